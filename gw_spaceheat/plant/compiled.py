"""The kernel's two speeds: as it stands, or compiled by Numba. Nothing here imports Numba or NumPy until it is asked for.

Compiling takes some ten seconds and is done once: the result is kept beside the source (or under NUMBA_CACHE_DIR), in a
folder named after the source's digest, because Numba by itself notices a change in the entry function's file only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from gw_spaceheat.plant import dwelling, header, heat_source, kernel, memory, phase_change, pipe, sensing, tank
from gw_spaceheat.plant.memory import Numbers, Whole
from gw_spaceheat.vocabulary import chance, units

_KERNEL_MODULES: tuple[ModuleType, ...] = (chance, tank, phase_change, pipe, heat_source, header, dwelling, sensing, kernel)
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


def numba_is_here() -> bool:
    """Whether the compiled kernel can be had; looks for Numba without importing it."""
    return find_spec("numba") is not None


def source_digest() -> str:
    """Digest of all source that the compiled kernel is made of."""
    digest = blake2b(digest_size=8)
    for module in (*_KERNEL_MODULES, memory, units):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


@cache
def compiled_kernel() -> Kernel:
    """The kernel compiled by Numba, or taken from its cache.

    Raises:
        ImportError: Numba is not installed.
    """
    try:
        import numba  # noqa: PLC0415
        import numpy as np  # noqa: PLC0415
        from numba.extending import register_jitable  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("the compiled plant needs Numba: install the simulation's requirements, or run it plain") from error

    for module in _KERNEL_MODULES:
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__ and function not in _ENTRIES:
                register_jitable(**_OPTIONS)(function)
    # the entry functions call one of each other too
    register_jitable(**_OPTIONS)(kernel.advance)

    settings: Any = numba.config
    kept = settings.CACHE_DIR
    folder = (Path(kept) if kept else Path(str(kernel.__file__)).parent / "__pycache__") / f"kernel-{source_digest()}"
    cacheable = _can_make(folder)
    settings.CACHE_DIR = str(folder)
    try:
        entries: list[Any] = [numba.njit(cache=cacheable, **_OPTIONS)(function) for function in _ENTRIES]
    finally:
        settings.CACHE_DIR = kept

    def floats(values: list[float]) -> Any:
        return np.array(values, dtype=np.float64)

    def integers(values: list[int]) -> Any:
        return np.array(values, dtype=np.int64)

    return Kernel(entries[0], entries[1], entries[2], floats, integers)


def _can_make(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True
