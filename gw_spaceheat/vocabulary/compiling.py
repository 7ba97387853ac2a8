"""Pure functions at a second speed: compiled by Numba where it is installed. Nothing here imports Numba until it is asked for.

Compiling takes some ten seconds and is done once: the result is kept beside the source (or under NUMBA_CACHE_DIR), in a
folder named after the sources' digest, because Numba by itself notices a change in the entry function's file only.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any


def numba_is_here() -> bool:
    """Whether functions can be compiled; looks for Numba without importing it."""
    return find_spec("numba") is not None


def source_digest(modules: Sequence[ModuleType]) -> str:
    """Digest of the source of some modules, and of this one."""
    digest = blake2b(digest_size=8)
    for path in (*(str(module.__file__) for module in modules), __file__):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def compiled(
    name: str,
    modules: Sequence[ModuleType],
    entries: Sequence[Callable[..., Any]],
    constants: Sequence[ModuleType] = (),
    called: Sequence[Callable[..., Any]] = (),
    instead: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    **options: Any,
) -> list[Any]:
    """Functions compiled by Numba, or taken from its cache.

    Args:
        name: Of the cache's folder.
        modules: Whose functions may be called by the entries; the first one says where the cache lies.
        entries: What is to be called from Python.
        constants: Modules of which they use values only.
        called: Entries that other entries call too.
        instead: Functions of the modules in whose place others are compiled: the same on single numbers, and faster.
        options: Of Numba's own.

    Raises:
        ImportError: Numba is not installed.
    """
    import numba  # noqa: PLC0415
    from numba.extending import overload, register_jitable  # noqa: PLC0415

    own: list[Any] = [
        function
        for module in modules
        for function in vars(module).values()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and function not in entries
    ]
    register: Any = register_jitable(**options) if options else register_jitable
    jit_options: Any = options
    replace: Any = partial(overload, jit_options=jit_options)
    others = instead or {}
    for function in (*own, *called):
        if function in others:
            replace(function)(_always(others[function]))
        else:
            register(function)
    settings: Any = numba.config
    kept = settings.CACHE_DIR
    beside = Path(kept) if kept else Path(str(modules[0].__file__)).parent / "__pycache__"
    folder = beside / f"{name}-{source_digest((*modules, *constants))}"
    cacheable = _can_make(folder)
    settings.CACHE_DIR = str(folder)
    try:
        return [numba.njit(cache=cacheable, **options)(function) for function in entries]
    finally:
        settings.CACHE_DIR = kept


def _always(other: Callable[..., Any]) -> Callable[..., Any]:
    """What Numba asks, with the types of the arguments, for the function to compile; its signature must be that function's."""

    def chosen(*_types: Any) -> Callable[..., Any]:
        return other

    chosen.__signature__ = signature(other)  # type: ignore[attr-defined]
    return chosen


def _can_make(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True
