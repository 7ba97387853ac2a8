"""A house of a draft that is to be heated by its street: what it needs is SYNTHETIC, drawn for the street's days.

The street's outdoor temperature is that which it has; where it has none, it is drawn with the simulators' weather of these
days. A house needs what it loses to that, with the habits of its people, and without sun through its windows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

import numpy as np

from gw_spaceheat.apps.neighbourhood.simulated import BEYOND_DAYS, DAY_H, OFFSET_S, cumulated
from gw_spaceheat.core.market.draft import Draft, DraftError
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.street import HeatedHouse
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, HeatNeed, generate_demand, generate_weather
from gw_spaceheat.plant.weather import WeatherSeries

HOUR_S = 3600
WEATHER_SEED = 1
LEAST_LOSS_W_PER_K, MOST_LOSS_W_PER_K = 10.0, 2_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedHeat:
    """What is asked for.

    Attributes:
        house: The house.
        model: Alias of the house in a house file that its source and stores are like.
        loss_w_per_k: What it loses for each degree that it is colder outside [W/K].
        levels: How many powers its source can have.
        stored_share: How full its stores are at the street's first event [0-1].
    """

    house: str
    model: str
    loss_w_per_k: float = 260.0
    levels: int = 6
    stored_share: float = 0.7


def heated_by_hand(draft: Draft, wanted: WantedHeat) -> Draft:
    """The draft, with a house that is heated, in place of how it was before.

    Raises:
        DraftError: There is no such house, or nothing says when the street begins, or its temperatures end too early.
        ValueError: A figure is not allowed; the text names it.
    """
    if not LEAST_LOSS_W_PER_K <= wanted.loss_w_per_k <= MOST_LOSS_W_PER_K:
        raise DraftError(f"A house loses {LEAST_LOSS_W_PER_K:.0f} to {MOST_LOSS_W_PER_K:.0f} W/K, not {wanted.loss_w_per_k:g}.")
    draft.house(wanted.house)
    begins_s, days = draft.begins_s, draft.counted_days
    if not begins_s:
        raise DraftError("Add a job, a roof or base load first: they say when the street's days begin.")
    local = datetime.fromtimestamp(begins_s + OFFSET_S, UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    outdoor_c = draft.outdoor_c
    if not outdoor_c:
        span = Span(local, (days + BEYOND_DAYS) * DAY_H, MILLINOCKET.utc_offset_h)
        outdoor_c = generate_weather(MILLINOCKET, span, WEATHER_SEED).outdoor_c[: span.hours]
    if len(outdoor_c) < days * DAY_H:
        raise DraftError(
            f"The street's outdoor temperature is known for {len(outdoor_c)} hours and it lasts for {days * DAY_H}: let no "
            "house be heated, and begin anew."
        )
    return draft.with_heat(
        HeatedHouse(
            house=wanted.house,
            model=wanted.model,
            need=cumulated(_need_w(outdoor_c, local, wanted), HOUR_S),
            levels=wanted.levels,
            stored_share=wanted.stored_share,
        ),
        outdoor_c,
    )


def _need_w(outdoor_c: tuple[float, ...], begin: datetime, wanted: WantedHeat) -> Values:
    """Mean of each hour for which the temperature is known [W]."""
    dark = (0.0,) * (len(outdoor_c) + 1)
    weather = WeatherSeries(
        span=Span(begin, len(outdoor_c), MILLINOCKET.utc_offset_h),
        outdoor_c=(*outdoor_c, outdoor_c[-1]),
        diffuse_horizontal_w_m2=dark,
        direct_normal_w_m2=dark,
        source="SYNTHETIC: of the street",
    )
    demand = generate_demand(weather, HeatNeed(loss_w_per_k=wanted.loss_w_per_k), crc32(wanted.house.encode()))
    return np.array(demand.heating_w[: len(outdoor_c)])
