"""The kernel's two speeds: as it stands, or compiled by Numba. Nothing here imports Numba or NumPy until it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from gw_spaceheat.plant import dwelling, header, heat_source, kernel, memory, phase_change, pipe, sensing, tank
from gw_spaceheat.plant.memory import Numbers, Whole
from gw_spaceheat.vocabulary import chance, units
from gw_spaceheat.vocabulary.compiling import compiled

_KERNEL_MODULES: tuple[ModuleType, ...] = (
    kernel,
    chance,
    tank,
    phase_change,
    pipe,
    heat_source,
    header,
    dwelling,
    sensing,
)
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
"""No tests for division by zero, and no counting of references to the two rows: that alone makes it three times as fast."""
_ENTRIES = (kernel.advance, kernel.scan, kernel.quiet_until)


@dataclass(frozen=True, slots=True)
class Kernel:
    """The kernel's entry functions and how to make the rows that they work on.

    Attributes:
        advance: See `kernel.advance`.
        scan: See `kernel.scan`.
        quiet_until: See `kernel.quiet_until`.
        floats: Makes a row of floats.
        integers: Makes a row of integers.
    """

    advance: Callable[[Numbers, Whole, int], None]
    scan: Callable[[Numbers, Whole, Whole, Numbers, int], None]
    quiet_until: Callable[[Numbers, Whole, Numbers, Whole, int], int]
    floats: Callable[[list[float]], Numbers]
    integers: Callable[[list[int]], Whole]


PLAIN = Kernel(kernel.advance, kernel.scan, kernel.quiet_until, list, list)


@cache
def compiled_kernel() -> Kernel:
    """The kernel compiled by Numba, or taken from its cache.

    Raises:
        ImportError: Numba is not installed.
    """
    try:
        import numpy as np  # noqa: PLC0415

        advance, scan, quiet_until = compiled(
            "kernel", _KERNEL_MODULES, _ENTRIES, constants=(memory, units), called=(kernel.advance,), **_OPTIONS
        )
    except ImportError as error:
        raise ImportError("the compiled plant needs Numba: install the simulation's requirements, or run it plain") from error

    def floats(values: list[float]) -> Any:
        return np.array(values, dtype=np.float64)

    def integers(values: list[int]) -> Any:
        return np.array(values, dtype=np.int64)

    return Kernel(advance, scan, quiet_until, floats, integers)
