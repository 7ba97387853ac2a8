"""A plan's problem in arrays: what figures and outlook say of each step, as `physics.py` wants it."""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.elapsed import Elapsed, elapsed_modes
from gw_spaceheat.core.planner.figures import FROST_FROM_C, FROST_TO_C, Figures
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

Values = NDArray[np.float64]

SHORT_USD_PER_KWH_H = 20.0
"""What a kWh of missing heat costs for each hour that it is missing: dearer than any electricity [USD/(kWh h)]."""
LIMIT_USD_PER_KWH = 50.0
"""What a kWh beyond the grid operator's limit costs: even dearer [USD/kWh]."""
IDLE_USD = 0.001
"""A step in which a source is to run and cannot costs so much at least [USD]: rest is the better word for it."""
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
        frost_share: Part of the source's running time that goes into defrosting, of each [0-1].
        need_kw: Heat need of each [kW].
        least_kwh: Energy that is needed at the end of each, with the margin [kWh].
        limit_kw: Power limit of each [kW].
        beyond_usd_per_kwh: What electricity beyond it costs more, in each [USD/kWh].
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
    frost_share: Values
    need_kw: Values
    least_kwh: Values
    limit_kw: Values
    beyond_usd_per_kwh: Values
    end_usd_per_kwh: float
    kept: NDArray[np.int8]
    keep_usd_per_h: float

    @property
    def idle_usd(self) -> Values:
        """What it costs, in each step, to have the source run where it cannot: it stops, and must start again [USD]."""
        return np.maximum(self.price * self.figures.source.start_kwh, 0.0) + IDLE_USD

    @property
    def steps(self) -> int:
        """How many steps."""
        return len(self.lengths_h)

    @property
    def modulates(self) -> bool:
        """Whether the source has several powers, between which it can change."""
        return self.figures.source.modulates

    @property
    def levels(self) -> tuple[Values, Values]:
        """Power [kW] and offset [K] of each of the source's levels."""
        levels = self.figures.source.levels
        return np.array([level.power_kw for level in levels]), np.array([level.offset_k for level in levels])

    def part(self, first: int, last: int) -> "Problem":
        """The problem of some of the steps: from the first to before the last."""
        steps = slice(first, last)
        return replace(
            self,
            lengths_h=self.lengths_h[steps],
            price=self.price[steps],
            outdoor_c=self.outdoor_c[steps],
            required_c=self.required_c[steps],
            frost_share=self.frost_share[steps],
            need_kw=self.need_kw[steps],
            least_kwh=self.least_kwh[steps],
            limit_kw=self.limit_kw[steps],
            beyond_usd_per_kwh=self.beyond_usd_per_kwh[steps],
            kept=self.kept[steps],
        )

    def supply_c(self, step: int, level: int) -> float | None:
        """Supply temperature that is asked of the source at a level [degC]; None if it cannot be set."""
        source = self.figures.source
        if source.set_margin_k is None:
            return None
        return min(float(self.required_c[step]) + source.levels[level].offset_k, source.maximum_supply_c)

    def stands(self, standing: Standing) -> tuple[int, float]:
        """The source's mode, and the energy in the stores [kWh], where the house stands."""
        mode = self.elapsed.mode_of(running=standing.running, for_h=standing.for_h)
        return mode, min(standing.energy_kwh, self.figures.store.full_kwh)

    def store_c(self, energy_kwh: Values) -> Values:
        """Temperature of the store as the source sees it [degC]."""
        store = self.figures.store
        return np.interp(energy_kwh, store.energy_kwh, store.temperature_c)

    def rested_kwh(self, steps: slice | int, energy_kwh: Values) -> Values:
        """Energy at the end of steps in which nothing runs, from energy at their beginning [kWh]."""
        store = self.figures.store
        loss_kw = store.loss_kw_per_k * (self.store_c(energy_kwh) - store.room_c)
        return energy_kwh - (column(self.need_kw[steps]) + loss_kw) * column(self.lengths_h[steps])

    def source(
        self, steps: slice | int, energy_kwh: Values, rested_kwh: Values, power_kw: float, offset_k: float
    ) -> tuple[Values, Values]:
        """Heat and electrical power of the source [kW], reckoned at the step's middle.

        Args:
            steps: The steps, or one.
            energy_kwh: Energies at their beginning [kWh].
            rested_kwh: Energies at their end if nothing ran [kWh].
            power_kw: Power that is asked of it [kW].
            offset_k: It makes so much more than required [K].
        """
        source = self.figures.source
        outdoor_c = column(self.outdoor_c[steps])
        least_c = column(self.required_c[steps]) + offset_k
        margin_k = np.inf if source.set_margin_k is None else source.set_margin_k
        numbers = (
            power_kw,
            source.minimum_kw,
            source.cop_a,
            source.cop_b,
            source.cop_c,
            source.approach_k,
            source.lift_k_per_kw,
            np.minimum(least_c + margin_k, source.maximum_supply_c),
            source.minimum_outdoor_c,
        )
        heat_kw, _ = physics.heat_and_power(self.store_c(energy_kwh), outdoor_c, least_c, *numbers)
        middle_kwh = 0.5 * (energy_kwh + rested_kwh + heat_kw * column(self.lengths_h[steps]))
        heat_kw, taken_kw = physics.heat_and_power(self.store_c(middle_kwh), outdoor_c, least_c, *numbers)
        return physics.defrosted(heat_kw, taken_kw, column(self.frost_share[steps]), source.frost_heat_kw)

    def between_levels(
        self,
        steps: slice | int,
        target_kwh: Values | float,
        rested_kwh: Values,
        heat_kw: Values,
        power_kw: Values,
        starting_h: Values | float,
    ) -> tuple[Values, Values]:
        """Where the source, between its levels, leaves an amount of heat.

        Args:
            steps: The steps, or one.
            target_kwh: The amount, of each [kWh].
            rested_kwh: Energies at their end if nothing ran [kWh].
            heat_kw: Heat at each level, from each energy [kW].
            power_kw: Power likewise [kW].
            starting_h: How much of each step goes into starting up [h].

        Returns:
            Heat and power [kW], both nothing where it cannot.
        """
        running_h = np.maximum(column(self.lengths_h[steps]) - starting_h, physics.MOMENT_H)
        wanted_kw = physics.wanted_kw(target_kwh, rested_kwh, running_h)
        nothing = np.zeros((1, *rested_kwh.shape))
        lower_heat_kw, lower_power_kw = np.concatenate((nothing, heat_kw[:-1])), np.concatenate((nothing, power_kw[:-1]))
        minimum_kw = self.figures.source.minimum_kw
        each_kw = physics.between_levels(wanted_kw, lower_heat_kw, lower_power_kw, heat_kw, power_kw, minimum_kw)
        between_kw = np.minimum.reduce(each_kw)
        found = between_kw < physics.NEVER_KW
        return np.where(found, wanted_kw, 0.0), np.where(found, between_kw, 0.0)


def column(values: Values) -> Values:
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
        frost_share=np.where((outdoor_c >= FROST_FROM_C) & (outdoor_c <= FROST_TO_C), figures.source.frost_share, 0.0),
        need_kw=np.array(outlook.need_kw),
        least_kwh=np.minimum(np.array(least), figures.store.full_kwh),
        limit_kw=np.array(outlook.limit_kw) if outlook.limit_kw else np.full(horizon.steps, np.inf),
        beyond_usd_per_kwh=np.array(outlook.beyond_usd_per_kwh or np.full(horizon.steps, LIMIT_USD_PER_KWH)),
        end_usd_per_kwh=outlook.end_usd_per_kwh,
        kept=np.array(kept, np.int8) if kept else np.full(horizon.steps, -1, np.int8),
        keep_usd_per_h=keep_usd_per_h,
    )
