"""A plan's problem in arrays: what figures and outlook say of each step, as `physics.py` wants it."""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.elapsed import Elapsed, elapsed_modes
from gw_spaceheat.core.planner.figures import Figures
from gw_spaceheat.core.planner.outlook import Outlook
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

Values = NDArray[np.float64]

SHORT_USD_PER_KWH_H = 20.0
"""What a kWh of missing heat costs for each hour that it is missing: dearer than any electricity [USD/(kWh h)]."""
LIMIT_USD_PER_KWH = 50.0
"""What a kWh beyond the grid operator's limit costs: even dearer [USD/kWh]."""
LARGEST_QUANTUM_MS = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One house, ready to be planned for.

    Attributes:
        figures: The house.
        elapsed: Its source's modes.
        lengths_h: Length of each step [h].
        price: Price of each step [USD/kWh].
        outdoor_c: Outdoor temperature of each [degC].
        required_c: Required supply temperature of each [degC].
        need_kw: Heat need of each [kW].
        least_kwh: Energy that is needed at the end of each, with the margin [kWh].
        limit_kw: Power limit of each [kW].
        end_usd_per_kwh: Worth of energy at the end [USD/kWh].
        kept: What an earlier plan said of each: 1 run, 0 rest, -1 nothing.
        keep_usd_per_h: What it costs to do otherwise [USD/h].
    """

    figures: Figures
    elapsed: Elapsed
    lengths_h: Values
    price: Values
    outdoor_c: Values
    required_c: Values
    need_kw: Values
    least_kwh: Values
    limit_kw: Values
    end_usd_per_kwh: float
    kept: NDArray[np.int8]
    keep_usd_per_h: float

    @property
    def steps(self) -> int:
        """How many steps."""
        return len(self.lengths_h)

    def store_c(self, energy_kwh: Values) -> Values:
        """Temperature of the store as the source sees it [degC]."""
        store = self.figures.store
        return np.interp(energy_kwh, store.energy_kwh, store.temperature_c)

    def rested_kwh(self, steps: slice | int, energy_kwh: Values) -> Values:
        """Energy at the end of steps in which nothing runs, from energy at their beginning [kWh]."""
        store = self.figures.store
        loss_kw = store.loss_kw_per_k * (self.store_c(energy_kwh) - store.room_c)
        return energy_kwh - (_column(self.need_kw[steps]) + loss_kw) * _column(self.lengths_h[steps])

    def source(self, steps: slice | int, energy_kwh: Values, rested_kwh: Values, level: int) -> tuple[Values, Values]:
        """Heat and electrical power of the source at a level [kW], reckoned at the step's middle."""
        source = self.figures.source
        outdoor_c = _column(self.outdoor_c[steps])
        least_c = _column(self.required_c[steps]) + source.levels[level].offset_k
        numbers = (
            source.levels[level].power_kw,
            source.minimum_kw,
            source.cop_a,
            source.cop_b,
            source.cop_c,
            source.approach_k,
            source.lift_k_per_kw,
            source.maximum_supply_c,
            source.minimum_outdoor_c,
        )
        heat_kw, _ = physics.heat_and_power(self.store_c(energy_kwh), outdoor_c, least_c, *numbers)
        middle_kwh = 0.5 * (energy_kwh + rested_kwh + heat_kw * _column(self.lengths_h[steps]))
        return physics.heat_and_power(self.store_c(middle_kwh), outdoor_c, least_c, *numbers)


def _column(values: Values) -> Values:
    """Values of several steps, or of one, so that they meet a row of energies."""
    return values[:, np.newaxis] if np.ndim(values) else values


def problem_of(figures: Figures, outlook: Outlook, kept: tuple[int, ...] = (), keep_usd_per_h: float = 0.0) -> Problem:
    """The problem of a house.

    Args:
        figures: The house.
        outlook: What is expected.
        kept: What an earlier plan said of each step: 1 run, 0 rest, -1 nothing; empty for no earlier plan.
        keep_usd_per_h: What it costs to do otherwise [USD/h].
    """
    horizon = outlook.horizon
    outdoor_c = np.array(outlook.outdoor_c)
    curve = figures.curve
    required_c = np.clip(curve.base_c + curve.slope * (curve.reference_c - outdoor_c), curve.minimum_c, curve.maximum_c)
    least = [figures.store.least_kwh(float(each), outlook.drop_k) + outlook.margin_kwh for each in required_c]
    lengths_ms = [end - start for start, end in zip(horizon.edges_ms, horizon.edges_ms[1:], strict=False)]
    quantum_h = min(gcd(*lengths_ms), LARGEST_QUANTUM_MS) / HOUR_MS
    return Problem(
        figures=figures,
        elapsed=elapsed_modes(figures.source, quantum_h),
        lengths_h=np.array(horizon.lengths_h),
        price=np.array(outlook.price_usd_per_kwh),
        outdoor_c=outdoor_c,
        required_c=required_c,
        need_kw=np.array(outlook.need_kw),
        least_kwh=np.minimum(np.array(least), figures.store.full_kwh),
        limit_kw=np.array(outlook.limit_kw) if outlook.limit_kw else np.full(horizon.steps, np.inf),
        end_usd_per_kwh=outlook.end_usd_per_kwh,
        kept=np.array(kept, np.int8) if kept else np.full(horizon.steps, -1, np.int8),
        keep_usd_per_h=keep_usd_per_h,
    )
