"""How jobs look for their best starts: by NumPy, or where there are many jobs compiled by Numba, with equal results.

A look is short, so that NumPy spends most of it on being called. Compiled, it takes a small part of the time.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.market import looking
from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.looking import Rows, Whole
from gw_spaceheat.vocabulary.compiling import compiled, numba_is_here

MANY_JOBS = 300
"""From so many on it is worth while to fetch Numba."""


class Looks(NamedTuple):
    """Functions of `looking.py`, at one of two speeds.

    Attributes:
        look: One job looks.
        sweep: Jobs answer each other.
    """

    look: Callable[[Rows, int, Values, Values, Values, int, int], int]
    sweep: Callable[[Rows, Whole, Whole, Values, Values, Values, int, int, int], int]


BY_NUMPY = Looks(looking.look, looking.sweep)


def looks_for(jobs: int) -> Looks:
    """How so many jobs look: compiled where there are many, and Numba is installed.

    The first time it takes half a second to fetch Numba, and once for all some seconds to compile; whoever measures how long
    a street takes asks before.
    """
    return _compiled() if jobs >= MANY_JOBS and numba_is_here() else BY_NUMPY


@cache
def _compiled() -> Looks:
    look, sweep = compiled(
        "looking",
        (looking,),
        (looking.look, looking.sweep),
        called=(looking.look,),
        instead={looking.best_start: looking.best_start_in_loops},
        error_model="numpy",
    )
    one, of_one = np.zeros(1, np.int64), np.zeros(1)
    rows = Rows(one, one, one, one, of_one, one, of_one)
    look(rows, 0, of_one, np.zeros((1, 1)), of_one, 0, -1)  # Numba compiles for the types that it meets
    sweep(rows, one, one.copy(), of_one, np.zeros((1, 1)), of_one, 0, 0, 0)
    return Looks(look, sweep)
