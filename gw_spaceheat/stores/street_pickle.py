"""Results of the original: pickles of what pandas kept, read without executing anything that stands in them.

A pickle is a programme that makes objects. Here it may make plain values, and the few things of pandas and NumPy that a result
consists of; for each of them there is a small class of our own that only remembers (`NAMES`). Every step of the programme is
looked at before the first is taken: whatever else it wants is refused, and says what that was.

A result is a pair: for each run a list of contracts (`id`, `job_id`, `producer_id` or "grid", `time`, `time_of_agreement`,
`load_profile`), and for each run what each producer gave; both as cumulative amounts over seconds.
"""

import io
import pickle
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, prod
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from gw_spaceheat.core.market.energy import Energy, Values

MOST_BYTES = 64 * 2**20
MOST_STEPS = 10_000_000
GRID = "grid"
VALUES = """NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING
UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8"""
CONTAINERS = "EMPTY_LIST LIST APPEND APPENDS EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM SETITEMS"
ORDER = "PROTO FRAME STOP MARK POP POP_MARK PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET"
MAKING = "GLOBAL STACK_GLOBAL REDUCE NEWOBJ BUILD"
STEPS = frozenset(f"{VALUES} {CONTAINERS} {ORDER} {MAKING}".split())
"""What a pickle may do; nothing of that reaches beyond what `NAMES` gives it."""


class ResultFileError(ValueError):
    """A file that is no result, or wants what it may not have; the text says what and where."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A job as the original has it.

    Attributes:
        id: Of the contract.
        job: The job.
        producer: Who gives; None for the grid.
        start_s: When it starts [s].
        agreed_s: When that was agreed [s].
        load: What it takes, from its start on.
    """

    id: str
    job: str
    producer: str | None
    start_s: float
    agreed_s: float
    load: Energy


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the original."""

    contracts: tuple[Contract, ...]
    production: Mapping[str, Energy]


def read_results(path: Path) -> tuple[Run, ...]:
    """All runs of a result.

    Raises:
        ResultFileError: It is no result, or does what a result need not do.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ResultFileError(f"{path.name} has more than {MOST_BYTES} bytes, which no result has")
    try:
        _look_through(raw)
        return _runs(_Reader(io.BytesIO(raw)).load())
    except ResultFileError as error:
        raise ResultFileError(f"{path.name}: {error}") from None
    except BROKEN as error:
        raise ResultFileError(f"{path.name} is no pickle of a result: {error}") from None


BROKEN = (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError, OverflowError, MemoryError)
"""What reading raises where bytes are no pickle, or one that puts things together that do not fit."""


def _look_through(raw: bytes) -> None:
    """Raise where a step is none of those that a result needs, or reserves more memory than it has things to keep."""
    for steps, (opcode, argument, place) in enumerate(pickletools.genops(raw), 1):
        if opcode.name not in STEPS:
            raise ResultFileError(f"byte {place} wants {opcode.name}, which a result does not need; nothing was executed")
        if steps > MOST_STEPS:
            raise ResultFileError(f"it has more than {MOST_STEPS} steps")
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and not 0 <= int(argument or 0) <= steps:
            raise ResultFileError(f"byte {place} keeps a thing under number {argument}, which is too far")


# what pandas and NumPy are made of here: each has a `__setstate__` of its own, so that no pickle sets anything else of it


class _Kind:
    """A type of numbers: `f8` or `i8`, and its order of bytes."""

    __slots__ = ("name", "order")

    def __init__(self, name: object, *_: object) -> None:
        self.name, self.order = str(name), "<"

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in ("<", ">", "|", "="):
            raise ResultFileError("a type of numbers that is none")
        self.order = str(state[1])

    @property
    def dtype(self) -> Any:
        """As NumPy has it."""
        if self.name not in KINDS:
            raise ResultFileError(f"numbers of the type {self.name!r}; {', '.join(sorted(KINDS))} are known")
        return np.dtype(self.name).newbyteorder(self.order)  # type: ignore[arg-type]


KINDS = frozenset(("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"))


class _Array:
    """An array of numbers."""

    __slots__ = ("values",)

    def __init__(self, *_: object) -> None:
        self.values = np.zeros(0)

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise ResultFileError("an array that is none")
        _, shape, kind, _, raw = state
        if not isinstance(kind, _Kind) or not isinstance(shape, tuple) or not all(isinstance(each, int) for each in shape):
            raise ResultFileError("an array without a shape or a type of numbers")
        raw = raw.encode("latin-1") if isinstance(raw, str) else raw
        if not isinstance(raw, bytes) or len(raw) != prod(shape) * kind.dtype.itemsize:
            raise ResultFileError("an array whose bytes are not as many as its shape says")
        self.values = np.frombuffer(raw, kind.dtype).astype(np.float64)


class _Named:
    """The name of a class of which something is made; by itself it does nothing."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise ResultFileError("something is said about a thing that has nothing to say")


class _Index(_Named):
    """Where a series has its values."""

    __slots__ = ("values",)

    def __init__(self, said: object) -> None:
        said = said if isinstance(said, dict) else {}
        if "data" in said:
            self.values = _numbers(said["data"])
            return
        start, stop, step = (said.get(name) for name in ("start", "stop", "step"))
        if not (isinstance(start, int) and isinstance(stop, int) and isinstance(step, int) and step != 0):
            raise ResultFileError("an index that is none")
        if abs(stop - start) // abs(step) > MOST_BYTES:
            raise ResultFileError("an index that is too long")
        self.values = np.arange(start, stop, step, dtype=np.float64)


class _Manager:
    """What is inside a series: its index and one block of values."""

    __slots__ = ("index", "values")

    def __init__(self, *made: object) -> None:
        self.index: Values = np.zeros(0)
        self.values: Values = np.zeros(0)
        if made:
            self._take(made[1], made[0])

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2:
            raise ResultFileError("a series that is none")
        self._take(state[0], state[1])

    def _take(self, axes: object, blocks: object) -> None:
        axis = axes[0] if isinstance(axes, list | tuple) and len(axes) == 1 else axes
        block = blocks[0] if isinstance(blocks, list | tuple) and len(blocks) == 1 else blocks
        if not isinstance(axis, _Index):
            raise ResultFileError("a series without an index")
        self.index, self.values = axis.values, _numbers(block)


class _Series:
    """A series."""

    __slots__ = ("manager",)

    def __init__(self, *_: object) -> None:
        self.manager = _Manager()

    def __setstate__(self, state: object) -> None:
        inside = (state.get("_mgr") or state.get("_data")) if isinstance(state, dict) else None
        if not isinstance(inside, _Manager):
            raise ResultFileError("a series that is none")
        self.manager = inside

    def energy(self, of: str) -> Energy:
        """Cumulative amounts over seconds."""
        times_s, wh = self.manager.index, self.manager.values
        if len(times_s) != len(wh) or len(wh) < 2:
            raise ResultFileError(f"{of} has {len(times_s)} times and {len(wh)} amounts; at least two of each are wanted")
        if not (np.isfinite(times_s).all() and np.isfinite(wh).all() and (np.diff(times_s) > 0.0).all()):
            raise ResultFileError(f"{of} must have times that rise, and numbers")
        return Energy(times_s, wh)


class _Step(_Named):
    """A function that a pickle may call, closed to whatever it would like to set of it."""

    __slots__ = ("_does",)

    def __init__(self, does: Callable[..., object]) -> None:
        self._does = does

    def __call__(self, *given: object) -> object:
        return self._does(*given)


def _empty_array(*_: object) -> _Array:
    return _Array()


def _index(_kind: object, said: object, *_: object) -> _Index:
    return _Index(said)


def _scalar(kind: object, raw: object) -> float:
    if not isinstance(kind, _Kind) or not isinstance(raw, bytes | str):
        raise ResultFileError("a number that is none")
    array = _Array()
    array.__setstate__((1, (1,), kind, False, raw))
    return float(array.values[0])


def _bytes_of(text: object, coding: object = "latin1") -> bytes:
    if not isinstance(text, str) or coding not in ("latin1", "latin-1"):
        raise ResultFileError("bytes that are none")
    return text.encode("latin-1")


def _block(values: object, *_: object) -> object:
    return values


def _slice(*_: object) -> None:
    """Where a block's values stand among all; of a series, everywhere."""


NAMES: dict[tuple[str, str], Callable[..., object]] = {
    ("pandas.core.series", "Series"): _Series,
    ("pandas.core.internals", "SingleBlockManager"): _Manager,
    ("pandas.core.internals.managers", "SingleBlockManager"): _Manager,
    ("pandas.core.indexes.base", "_new_Index"): _Step(_index),
    ("pandas.core.indexes.base", "Index"): _Named,
    ("pandas.core.indexes.numeric", "Int64Index"): _Named,
    ("pandas.core.indexes.numeric", "UInt64Index"): _Named,
    ("pandas.core.indexes.numeric", "Float64Index"): _Named,
    ("pandas.core.indexes.range", "RangeIndex"): _Named,
    ("pandas._libs.internals", "_unpickle_block"): _Step(_block),
    ("numpy.core.multiarray", "_reconstruct"): _Step(_empty_array),
    ("numpy._core.multiarray", "_reconstruct"): _Step(_empty_array),
    ("numpy.core.multiarray", "scalar"): _Step(_scalar),
    ("numpy._core.multiarray", "scalar"): _Step(_scalar),
    ("numpy", "ndarray"): _Named,
    ("numpy", "dtype"): _Kind,
    ("_codecs", "encode"): _Step(_bytes_of),
    ("builtins", "slice"): _Step(_slice),
    ("__builtin__", "slice"): _Step(_slice),
}
"""All that a pickle may ask for by name, and what it gets."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name here; nothing is ever imported."""
        found = NAMES.get((module, name))
        if found is None:
            raise ResultFileError(f"it wants {module}.{name}, which a result does not need; nothing was executed")
        return found

    def persistent_load(self, pid: Any) -> Any:
        """Nothing is kept elsewhere."""
        raise ResultFileError(f"it wants something that is kept elsewhere ({pid!r:.40})")


# what a result says


def _numbers(made: object) -> Values:
    if isinstance(made, _Array):
        return made.values
    raise ResultFileError("an array of numbers is missing")


def _runs(found: object) -> tuple[Run, ...]:
    if not isinstance(found, tuple | list) or len(found) != 2 or not all(isinstance(each, list | tuple) for each in found):
        raise ResultFileError("a pair of lists is wanted: contracts of each run, and production of each run")
    contracts, production = found
    if len(contracts) != len(production):
        raise ResultFileError(f"contracts of {len(contracts)} runs and production of {len(production)}")
    return tuple(
        Run(
            tuple(_contract(each, number, place) for place, each in enumerate(_listed(of_run, f"run {number}"), 1)),
            _production(production[number - 1], number),
        )
        for number, of_run in enumerate(contracts, 1)
    )


def _listed(made: object, what: str) -> list[object]:
    if not isinstance(made, list | tuple):
        raise ResultFileError(f"{what}: a list of contracts is wanted")
    return list(made)


def _contract(made: object, run: int, place: int) -> Contract:
    of = f"run {run}, contract {place}"
    if not isinstance(made, dict):
        raise ResultFileError(f"{of} is no contract")
    load = made.get("load_profile")
    if not isinstance(load, _Series):
        raise ResultFileError(f"{of} has no load_profile")
    producer = _text(made, "producer_id", of)
    return Contract(
        id=_text(made, "id", of),
        job=_text(made, "job_id", of),
        producer=None if producer == GRID else producer,
        start_s=_number(made, "time", of),
        agreed_s=_number(made, "time_of_agreement", of),
        load=load.energy(f"{of}, load_profile"),
    )


def _production(made: object, run: int) -> dict[str, Energy]:
    if not isinstance(made, dict):
        raise ResultFileError(f"run {run}: production by producer is wanted")
    found = {}
    for name, series in made.items():
        if not isinstance(name, str) or not isinstance(series, _Series):
            raise ResultFileError(f"run {run}: production of {name!r:.60} is no series")
        found[name] = series.energy(f"run {run}, production of {name}")
    return found


def _text(made: Mapping[Any, Any], name: str, of: str) -> str:
    value = made.get(name)
    if not isinstance(value, str):
        raise ResultFileError(f"{of}: {name} is {value!r:.60}; a text is wanted")
    return value


def _number(made: Mapping[Any, Any], name: str, of: str) -> float:
    value = made.get(name)
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ResultFileError(f"{of}: {name} is {value!r:.60}; a number is wanted")
    return float(value)
