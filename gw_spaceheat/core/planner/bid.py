"""How much would be bought in a market slot at which price: read off what heat is worth at the slot's end."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.planner.plan import Plan, modes_of
from gw_spaceheat.core.planner.problem import Problem
from gw_spaceheat.core.planner.solver import NUMPY, Solver

PRICE_SHARES = (0.0, 0.25, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6, 2.0, 3.0)
"""Prices for which it is worked out, as shares of the expected one."""
LEAST_USD_PER_KWH = 0.02
"""An expected price nearer to nothing than this is taken to be so high, so that the prices differ."""


class Pair(NamedTuple):
    """At this energy price [USD/kWh], or a lower one, so much is bought on average [kW]."""

    usd_per_kwh: float
    kw: float


def bid_curve(
    problem: Problem,
    plan: Plan,
    first: int,
    last: int,
    energy_usd_per_kwh: float,
    delivery_usd_per_kwh: Sequence[float],
    solver: Solver = NUMPY,
) -> tuple[Pair, ...]:
    """The pairs of a bid, from the dearest to the cheapest; quantities do not fall with the price.

    For each price the slot is planned anew, from where the plan expects the house at its beginning, against what heat is worth
    at its end.

    Args:
        problem: What was planned for.
        plan: The plan, with its values.
        first: Number of the slot's first step.
        last: Number of the first step after it.
        energy_usd_per_kwh: Energy price that is expected in it, without delivery.
        delivery_usd_per_kwh: Delivery price in each of its steps.
        solver: Who plans it.
    """
    slot = replace(problem.part(first, last), kept=np.full(last - first, -1, np.int8))
    hours = float(slot.lengths_h.sum())
    around = max(abs(energy_usd_per_kwh), LEAST_USD_PER_KWH)
    delivery = np.array(delivery_usd_per_kwh)
    end_usd = plan.values.usd[last]
    mode, energy_kwh = modes_of(problem, plan)[first], plan.steps[first].energy_kwh
    pairs: list[Pair] = []
    most_kw = 0.0
    for share in sorted(PRICE_SHARES, reverse=True):
        price = share * around
        priced = replace(slot, price=price + delivery)
        values = solver.values(priced, len(plan.values.grid_kwh), end_usd)
        bought_kwh = sum(way.bought_kwh for way in solver.ways(priced, values, mode, energy_kwh))
        most_kw = max(most_kw, bought_kwh / hours)
        pairs.append(Pair(price, most_kw))
    return tuple(pair for place, pair in enumerate(pairs) if place == 0 or pair.kw > pairs[place - 1].kw + 1e-3)
