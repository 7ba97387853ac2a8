"""Who works problems out."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner.forward import Chosen, cheapest_ways
from gw_spaceheat.core.planner.induction import STATES, CostToGo, cost_to_go
from gw_spaceheat.core.planner.problem import Problem

Values = NDArray[np.float64]


class Valuing(Protocol):
    """Works backward through a problem; see `induction.cost_to_go`."""

    def __call__(self, problem: Problem, states: int = STATES, end_usd: Values | None = None, /) -> CostToGo:
        """What it costs from each step on, by so many energies in the grid."""


class Solver(NamedTuple):
    """Who works problems out: NumPy, or Numba where there are many (`batch.py`); both the same to rounding.

    Attributes:
        values: Backward through all steps.
        ways: Forward through them along the cheapest way, from a mode and an amount of heat [kWh].
    """

    values: Valuing
    ways: Callable[[Problem, CostToGo, int, float], list[Chosen]]


NUMPY = Solver(cost_to_go, cheapest_ways)
