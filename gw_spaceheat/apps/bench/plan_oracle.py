"""The linear programme that bounds a plan's cost, by HiGHS: the planner's oracle.

It knows no minimum times, no levels of power, no boost, and an efficiency that does not depend on the store; where a house is
such, a plan can cost no less.
"""

from dataclasses import replace

import highspy
import numpy as np

from gw_spaceheat.apps.highs import solver
from gw_spaceheat.core.planner.figures import Figures, Level
from gw_spaceheat.core.planner.outlook import Outlook, Standing
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.vocabulary.moment import HOUR_MS

ALWAYS_HOTTEST_K = 100.0
"""A source that always makes its hottest supply has an efficiency that depends on outdoor temperature alone."""


def without_cares(figures: Figures, levels: int) -> Figures:
    """A house whose plan is a linear programme but for its levels of power.

    Args:
        figures: The house.
        levels: How many powers its source then has, off included, evenly spaced.
    """
    most_kw = max(level.power_kw for level in figures.source.levels)
    powers = [most_kw * level / (levels - 1) for level in range(1, levels)]
    source = replace(
        figures.source,
        levels=tuple(Level(power_kw=power_kw, offset_k=ALWAYS_HOTTEST_K) for power_kw in powers),
        minimum_kw=0.0,
        approach_k=0.0,
        lift_k_per_kw=0.0,
        start_up_h=0.0,
        minimum_on_h=0.0,
        minimum_off_h=0.0,
        pumps_kw=0.0,
        standby_kw=0.0,
        frost_share=0.0,
    )
    return replace(figures, source=source, boost_kw=0.0)


def least_cost_usd(problem: Problem, standing: Standing, outlook: Outlook | None = None) -> float:
    """The least that any plan can cost, less what the heat at the end is worth [USD].

    Args:
        problem: A house without cares.
        standing: Where it stands.
        outlook: What is expected, if the month's highest power has a price there; then the cost is with that.

    Raises:
        ValueError: There is no plan in which the house is always supplied.
    """
    store = problem.figures.store
    lengths_h, steps = problem.lengths_h, problem.steps
    level = problem.figures.source.levels[-1]
    heat_kw, power_kw = problem.source(slice(None), np.zeros((steps, 1)), np.zeros((steps, 1)), level.power_kw, level.offset_k)
    cop = (heat_kw / power_kw)[:, 0]
    slope = (store.temperature_c[-1] - store.temperature_c[0]) / store.full_kwh
    solving = solver()
    usd_per_kw = (problem.price * lengths_h).tolist()
    most_kw = np.minimum(level.power_kw, problem.limit_kw).tolist()
    powers = [solving.addVariable(0.0, most, usd) for most, usd in zip(most_kw, usd_per_kw, strict=True)]
    energies = [solving.addVariable(float(problem.least_kwh[step]), store.full_kwh, 0.0) for step in range(steps)]
    solving.changeColCost(energies[-1].index, -problem.end_usd_per_kwh)
    first_kwh = min(standing.energy_kwh, store.full_kwh)
    for step in range(steps):
        keeps = 1.0 - store.loss_kw_per_k * slope * float(lengths_h[step])
        lost_kw = float(problem.need_kw[step]) + store.loss_kw_per_k * (store.reference_c - store.room_c)
        taken_kwh = lost_kw * float(lengths_h[step])
        gained = float(cop[step] * lengths_h[step]) * powers[step]
        if step:
            solving.addConstr(energies[step] - keeps * energies[step - 1] - gained == -taken_kwh)
        else:
            solving.addConstr(energies[step] - gained == keeps * first_kwh - taken_kwh)
    if outlook is not None:
        raised = solving.addVariable(0.0, highspy.kHighsInf, outlook.peak_usd_per_kw)
        hours = [start_ms // HOUR_MS for start_ms in outlook.horizon.edges_ms[:-1]]
        for hour in set(hours):
            drawn = sum(float(lengths_h[step]) * powers[step] for step in range(steps) if hours[step] == hour)
            solving.addConstr(drawn - raised <= outlook.peak_kw)
    solving.run()
    if solving.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("there is no plan in which the house is always supplied")
    return float(solving.getInfo().objective_function_value)
