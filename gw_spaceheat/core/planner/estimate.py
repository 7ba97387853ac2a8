"""How much heat is in a house's stores, from the temperatures that their sensors show."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from gw_spaceheat.core.planner.figures import BuildingFigures, StoreFigures

MELTING_SPREAD_K = 2.0
"""Where nothing is molten, a phase-change store's water is so much below the melting point; where all is, so much above [K]."""


def stored_kwh(figures: StoreFigures, store_c: Sequence[float | None], buffer_c: Sequence[float | None]) -> float | None:
    """Heat above the reference temperature [kWh]; None if no sensor of either shows anything.

    A sensor that is missing is taken to show what the others of its tank do, and a tank without any what the other tank does.

    Args:
        figures: The stores.
        store_c: What the store's sensors show, evenly spaced from top to bottom; empty if there is none [degC].
        buffer_c: The same of the buffer [degC].
    """
    store = [value for value in store_c if value is not None]
    buffer = [value for value in buffer_c if value is not None]
    if not store and not buffer:
        return None
    held = 0.0
    if store_c:
        held += sum(_store_kwh(figures, value) for value in store or buffer) / len(store or buffer)
    water = figures.buffer_kwh_per_k if store_c else figures.water_kwh_per_k
    seen = buffer or store
    return max(held + water * (sum(seen) / len(seen) - figures.reference_c), 0.0)


def rooms_kwh(figures: BuildingFigures, rooms_c: Sequence[float | None]) -> float | None:
    """Heat in the rooms above the coldest that they may be [kWh]; None if no sensor shows anything.

    Negative where they are colder still. A zone without a sensor is taken to be as far above its coldest as the others are.

    Args:
        figures: The rooms.
        rooms_c: Air temperature of each zone [degC].
    """
    seen = [
        (each - least_c, kwh_per_k)
        for each, least_c, kwh_per_k in zip(rooms_c, figures.least_c, figures.kwh_per_k, strict=True)
        if each is not None
    ]
    if not seen:
        return None
    return sum(above_k * held for above_k, held in seen) / sum(held for _, held in seen) * sum(figures.kwh_per_k)


def _store_kwh(figures: StoreFigures, value_c: float) -> float:
    """Heat in the store beside the buffer if all of it were at one temperature [kWh]."""
    buffer = figures.buffer_kwh_per_k * (value_c - figures.reference_c)
    return float(np.interp(value_c, _rising(figures.temperature_c), figures.energy_kwh)) - buffer


@lru_cache(maxsize=64)
def _rising(temperature_c: tuple[float, ...]) -> tuple[float, ...]:
    """Temperatures that rise with the energies: a step is spread over what the water shows while something melts."""
    temperature = list(temperature_c)
    for index in range(1, len(temperature)):
        if temperature[index] <= temperature[index - 1]:
            temperature[index - 1] -= MELTING_SPREAD_K
            temperature[index] += MELTING_SPREAD_K
    return tuple(temperature)
