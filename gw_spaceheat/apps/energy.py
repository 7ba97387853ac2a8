"""What a house took and gave, day by day, of what the Ear keeps."""

from datetime import date
from pathlib import Path

import numpy as np

from gw_spaceheat.core.telemetry.energy import NOTHING, Held, held, joined
from gw_spaceheat.core.telemetry.energy_days import EnergyDay, channels_of, energy_days, span_of
from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.house.delivery import Delivery
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.lines import series
from gw_spaceheat.stores.market_prices import market_prices
from gw_spaceheat.stores.plans import held_plan
from gw_spaceheat.stores.query import thinned
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS


def days_kept(folder: Path, house: House, first: date, last: date) -> list[EnergyDay]:
    """The days from `first` to `last`, both included, by the house's local time.

    Args:
        folder: The Ear's folder.
        house: The house.
        first: First day.
        last: Last day, not before the first.

    Raises:
        StoreError: The folder cannot be read, or nothing is kept of the house.
    """
    span = span_of(house, first, last)
    return energy_days(house, kept_channels(folder, house, span), energy_prices(folder, house, span), first, last)


def kept_channels(folder: Path, house: House, span: tuple[int, int]) -> dict[str, Held]:
    """Of each channel that tells of energies the whole readings, and where there are none the means that stand for them.

    Args:
        folder: The Ear's folder.
        house: The house.
        span: From when to when, UTC [ms].

    Raises:
        StoreError: The folder cannot be read, or nothing is kept of the house.
    """
    channels = channels_of(house)
    patience = {name: patience_ms(house.channels, [name]) for name in channels}
    before_ms = max(patience.values(), default=0)  # what was read before midnight holds after it
    found = series(folder, house.alias, span[0] - before_ms, span[1], channels)
    kept = {name: held(each.times_ms, each.values, patience[name]) for name, each in found.items()}
    means: dict[str, list[tuple[float, float, float]]] = {}
    for row in thinned(folder, house.alias, span[0] - HOUR_MS, span[1], channels):
        means.setdefault(row.channel, []).append((row.from_ms, row.from_ms + row.bin_s * SECOND_MS, row.mean))
    for name, rows in means.items():
        begins, ends, values = np.array(sorted(rows)).T
        kept[name] = joined(kept.get(name, NOTHING), Held(begins, ends, values))
    return kept


def energy_prices(folder: Path, house: House, span: tuple[int, int]) -> Held:
    """What energy cost, without delivery [USD/kWh]: the market's prices, or else those with which was planned.

    Args:
        folder: The Ear's folder.
        house: The house.
        span: From when to when, UTC [ms].

    Raises:
        StoreError: The folder cannot be read.
    """
    slots = market_prices(folder, house.alias, *span)
    if slots:
        begins, lengths, values = (np.array(column, dtype=float) for column in zip(*slots, strict=True))
        return Held(begins, begins + lengths, values)
    plan = held_plan(folder, house.alias, *span)
    if plan is None:
        return NOTHING
    delivery = Delivery(house.tariff, house.timezone)
    delivered = np.array([delivery.usd_per_kwh(int(at_ms)) for at_ms in plan.times_ms])
    until = np.append(plan.times_ms[1:], span[1])
    return Held(plan.times_ms, until, plan.usd_per_kwh - delivered)
