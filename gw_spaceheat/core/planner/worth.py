"""What heat is worth beyond a plan's end, and how much of it a source can give at most."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.planner.figures import Figures, SourceFigures
from gw_spaceheat.core.planner.horizon import Horizon
from gw_spaceheat.core.planner.need import COLDEST_C
from gw_spaceheat.core.planner.physics import efficiency
from gw_spaceheat.vocabulary.moment import HOUR_MS

LAST_DAY_MS = 24 * HOUR_MS
CHEAPER_SHARE = 0.5
"""Heat at the end replaces heat that would be made in the cheaper half of a day."""


def heat_usd_per_kwh(figures: Figures, steps: Horizon, price_usd_per_kwh: Sequence[float], outdoor_c: Sequence[float]) -> float:
    """What a kWh of heat at a horizon's end is worth: what it costs to make in the cheaper half of the last day [USD/kWh].

    Args:
        figures: The house.
        steps: The horizon.
        price_usd_per_kwh: Price of each step.
        outdoor_c: Outdoor temperature of each step [degC].
    """
    begin_ms = steps.edges_ms[-1] - LAST_DAY_MS
    last = [index for index, start_ms in enumerate(steps.edges_ms[:-1]) if start_ms >= begin_ms]
    prices = sorted(price_usd_per_kwh[index] for index in last)
    cheaper = prices[: max(int(len(prices) * CHEAPER_SHARE), 1)]
    mean_c = sum(outdoor_c[index] for index in last) / len(last)
    return max(sum(cheaper) / len(cheaper), 0.0) / usual_efficiency(figures, mean_c)


def usual_efficiency(figures: Figures, outdoor_c: float) -> float:
    """Coefficient of performance while the source makes what the house requires and its smallest offset."""
    source = figures.source
    supply_c = figures.curve.required_c(outdoor_c) + min(level.offset_k for level in source.levels)
    return _efficiency(source, outdoor_c, min(supply_c, source.maximum_supply_c))


def most_heat_kw(figures: Figures) -> float:
    """Heat that source and boost together can give when it is coldest [kW]."""
    source = figures.source
    most_kw = max(level.power_kw for level in source.levels)
    return most_kw * usual_efficiency(figures, COLDEST_C) + figures.boost_kw


def _efficiency(source: SourceFigures, outdoor_c: float, supply_c: float) -> float:
    return float(efficiency(np.array(outdoor_c), np.array(supply_c), source.cop_a, source.cop_b, source.cop_c))
