"""SYNTHETIC streets with what the simulators of meters and panels make: base load, and sun under clouds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypedDict

import numpy as np

from gw_spaceheat.apps.pv.sites import PanelsRequest, sites_of
from gw_spaceheat.core.market.energy import Energy, Values
from gw_spaceheat.core.market.street import BaseLoad, Battery, HeatedHouse, Street
from gw_spaceheat.core.market.synthetic import EPOCH_S, StreetKind, make_street
from gw_spaceheat.plant.meter.household import Household, load_w
from gw_spaceheat.plant.pv.production import production_w
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, HeatNeed, generate_demand, generate_weather
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.moment import MINUTE_MS

DAY_S, DAY_H, MINUTE_S = 86_400, 24, 60
OFFSET_S = round(MILLINOCKET.utc_offset_h * 3600)
"""Local standard time of these streets, which lie where the simulators' weather is, minus UTC [s]."""
ANNUAL_KWH = (1_200.0, 3_000.0)
"""What base load takes in a year, least and most: jobs come on top [kWh]."""
BATTERY_WH, BATTERY_STEP_WH, BATTERY_FULL_H = (4_000.0, 12_000.0), 2_000.0, 2.0
"""Least and most capacity and the steps between [Wh]; a battery can be filled in so many hours [h]."""
LOSS_SHARE = (0.6, 1.1)
"""What heated houses lose of what the usual one does, least and most."""
BEYOND_DAYS = 2
"""Forecasts and plans look beyond a street's last day [d]."""
_ANNUAL, _CAPACITY, _LOSS = 0x6B01, 0x6B02, 0x6B03


class Base(StrEnum):
    """Whose base load a street gets."""

    STANDARD = "standard"
    """Each house follows the standard profile, as is expected of it."""
    HOUSEHOLD = "household"
    """Households that switch things on and off; the standard profile is expected of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What a street gets beside jobs and roofs.

    Attributes:
        start: Its first day, local standard time; None for a day in spring.
        simulated_sun: Its roofs give what simulated panels do, in place of what a formula draws.
        base: Base load; None for none.
        batteries: How many of its houses have one.
        heated: How many of its houses are heated when that suits the street.
        model: The house of a house file that they are like.
        levels: How many powers their heat sources have.
    """

    start: datetime | None = None
    simulated_sun: bool = False
    base: Base | None = None
    batteries: int = 0
    heated: int = 0
    model: str = "hw1.isone.me.millinocket.oak"
    levels: int = 6

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing of it."""
        return self == Additions()


def make_simulated(kind: StreetKind, name: str, additions: Additions) -> Street:
    """Make a street; the same kind and additions give the same street.

    Raises:
        ValueError: There would be more batteries or heat sources than houses.
    """
    for what, count in (("batteries", additions.batteries), ("heat sources", additions.heated)):
        if count > kind.houses:
            raise ValueError(f"{count} {what} in {kind.houses} houses: a house has one at most")
    if additions.is_plain:
        return make_street(kind, name)
    kind = replace(kind, epoch_s=_first_day_s(additions.start))
    street = make_street(kind, name, _simulated_roof(kind) if additions.simulated_sun else None)
    houses = [str(house) for house in range(1, kind.houses + 1)]
    return replace(
        street,
        base=() if additions.base is None else tuple(_base(kind, additions.base, house) for house in houses),
        batteries=tuple(_battery(kind, house) for house in houses[: additions.batteries]),
        **_heated(kind, additions, houses[: additions.heated]),
    )


def _first_day_s(start: datetime | None) -> int:
    """Unix time at which a street's first day begins there [s]."""
    if start is None:
        return EPOCH_S - OFFSET_S
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    return round((midnight - timedelta(seconds=OFFSET_S)).timestamp())


def _base(kind: StreetKind, base: Base, house: str) -> BaseLoad:
    least_kwh, most_kwh = ANNUAL_KWH
    annual_kwh = least_kwh + uniform(kind.seed, _ANNUAL, int(house)) * (most_kwh - least_kwh)
    seed = kind.seed * 10_007 + int(house)
    standard = _energy(kind, Household(annual_kwh=annual_kwh, smooth=True), seed, 15 * MINUTE_S)
    if base is Base.STANDARD:
        return BaseLoad(house=house, load=standard)
    return BaseLoad(house=house, load=_energy(kind, Household(annual_kwh=annual_kwh), seed, MINUTE_S), expected=standard)


def _battery(kind: StreetKind, house: str) -> Battery:
    least_wh, most_wh = BATTERY_WH
    capacity_wh = least_wh + BATTERY_STEP_WH * int(
        uniform(kind.seed, _CAPACITY, int(house)) * ((most_wh - least_wh) / BATTERY_STEP_WH + 1.0)
    )
    most_w = capacity_wh / BATTERY_FULL_H
    return Battery(house=house, capacity_wh=capacity_wh, charge_w=most_w, discharge_w=most_w)


class _Heat(TypedDict, total=False):
    heated: tuple[HeatedHouse, ...]
    outdoor_c: tuple[float, ...]


def _heated(kind: StreetKind, additions: Additions, houses: list[str]) -> _Heat:
    """Houses that lose more or less than the usual one, in one weather."""
    if not houses:
        return {}
    hours = (kind.days + BEYOND_DAYS) * DAY_H
    midnight = datetime.fromtimestamp(kind.epoch_s + OFFSET_S, UTC).replace(tzinfo=None)
    weather = generate_weather(MILLINOCKET, Span(midnight, hours, MILLINOCKET.utc_offset_h), kind.seed)
    least, most = LOSS_SHARE
    heated = []
    for house in houses:
        loss = HeatNeed().loss_w_per_k * (least + uniform(kind.seed, _LOSS, int(house)) * (most - least))
        demand = generate_demand(weather, HeatNeed(loss_w_per_k=loss), kind.seed * 10_007 + int(house))
        need = cumulated(np.array(demand.heating_w[:hours]), 3600)
        heated.append(HeatedHouse(house=house, model=additions.model, need=need, levels=additions.levels))
    return {"heated": tuple(heated), "outdoor_c": weather.outdoor_c[:hours]}


def _energy(kind: StreetKind, household: Household, seed: int, step_s: int) -> Energy:
    """What a household takes from a street's first day to two days after its last."""
    steps = (kind.days + BEYOND_DAYS) * DAY_S // step_s
    local_s = kind.epoch_s + OFFSET_S + np.arange(steps, dtype=np.int64) * step_s
    return cumulated(load_w(household, seed, local_s), step_s)


def _simulated_roof(kind: StreetKind) -> Callable[[int], Energy]:
    site_of = sites_of(PanelsRequest(seed=kind.seed))

    def gives(house: int) -> Energy:
        minutes = np.arange((kind.days + BEYOND_DAYS) * DAY_S // MINUTE_S, dtype=np.int64)
        unix_ms = kind.epoch_s * 1000 + minutes * MINUTE_MS
        return cumulated(production_w(site_of(f"house-{house:03d}"), unix_ms), MINUTE_S)

    return gives


def cumulated(watts: Values, step_s: int) -> Energy:
    """Energy of steps of one length with so much power, from 0 s on [W, s]."""
    times_s = np.arange(len(watts) + 1, dtype=np.float64) * step_s
    return Energy(times_s, np.concatenate([[0.0], np.cumsum(watts * (step_s / 3600.0))]))
