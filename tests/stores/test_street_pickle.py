"""Results of the original: pickles made by hand as pandas makes them, and hostile ones, of which nothing is executed."""

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gw_spaceheat.stores.street_pickle import GRID, NAMES, ResultFileError, read_results

# classes that pickle as pandas' do: by these names, with these states


class Index:
    def __init__(self, kind: type, said: dict[str, Any]) -> None:
        self.kind, self.said = kind, said

    def __reduce__(self) -> tuple[Any, ...]:
        return new_index, (self.kind, self.said), None


def new_index(kind: type, said: dict[str, Any]) -> None: ...


class Int64Index: ...


class RangeIndex: ...


class SingleBlockManager:
    def __init__(self, index: Index, values: Any) -> None:
        self.index, self.values = index, values

    def __getstate__(self) -> tuple[Any, ...]:
        block = {"values": self.values, "mgr_locs": slice(0, len(self.values), 1)}
        return [self.index], [self.values], [self.index], {"0.14.1": {"axes": [self.index], "blocks": [block]}}

    def __setstate__(self, state: object) -> None: ...


class NewerManager(SingleBlockManager):
    def __reduce__(self) -> tuple[Any, ...]:
        return SingleBlockManager, (Block(self.values), self.index)


class Block:
    def __init__(self, values: Any) -> None:
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return unpickle_block, (self.values, slice(0, len(self.values), 1), 1)


def unpickle_block(*_: object) -> None: ...


class Series:
    def __init__(self, times: list[int] | range, values: list[float], manager: str = "_data") -> None:
        if isinstance(times, range):
            index = Index(RangeIndex, {"start": times.start, "stop": times.stop, "step": times.step, "name": None})
        else:
            index = Index(Int64Index, {"data": np.array(times), "name": None})
        kind = NewerManager if manager == "_mgr" else SingleBlockManager
        self.state = {manager: kind(index, np.array(values)), "_typ": "series", "_metadata": ["name"], "name": None}

    def __getstate__(self) -> dict[str, Any]:
        return self.state


PLACES: dict[str, tuple[str, Any]] = {
    "Series": ("pandas.core.series", Series),
    "SingleBlockManager": ("pandas.core.internals.managers", SingleBlockManager),
    "_new_Index": ("pandas.core.indexes.base", new_index),
    "Int64Index": ("pandas.core.indexes.numeric", Int64Index),
    "RangeIndex": ("pandas.core.indexes.range", RangeIndex),
    "_unpickle_block": ("pandas._libs.internals", unpickle_block),
}


for _name, (_module, _made) in PLACES.items():
    _made.__module__, _made.__qualname__, _made.__name__ = _module, _name, _name


@pytest.fixture
def dumped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Pickles a thing as if pandas were there, for as long as that takes."""

    def dump(thing: object, protocol: int = 3) -> Path:
        path = tmp_path / "result.pkl"
        with monkeypatch.context() as patch:
            for name, (module, made) in PLACES.items():
                parts = module.split(".")
                for name_of in (".".join(parts[:count]) for count in range(1, len(parts) + 1)):
                    if name_of not in sys.modules:
                        patch.setitem(sys.modules, name_of, ModuleType(name_of))
                patch.setattr(sys.modules[module], name, made, raising=False)
            path.write_bytes(thing if isinstance(thing, bytes) else pickle.dumps(thing, protocol))
        return path

    return dump


def contract(job: str, producer: str, start: object = 3600, **changes: object) -> dict[str, object]:
    load = Series([0, 1800, 3600], [0.0, 300.0, 900.0])
    made = {"id": f"{producer};{job};0", "time": start, "time_of_agreement": 0.0, "load_profile": load}
    return {**made, "job_id": job, "producer_id": producer, **changes}


def result(*contracts: dict[str, object]) -> tuple[object, object]:
    return [list(contracts)], [{"roof": Series(range(0, 14_400, 3600), [0.0, 1000.0, 1500.0, 1500.0])}]


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_contracts_and_production(dumped: Callable[..., Path], protocol: int) -> None:
    (run,) = read_results(dumped(result(contract("[1]:[2]:[3]", "roof"), contract("b", GRID, np.int64(7200))), protocol))
    first, second = run.contracts
    assert (first.job, first.producer, first.start_s, first.agreed_s) == ("[1]:[2]:[3]", "roof", 3600.0, 0.0)
    assert (second.job, second.producer, second.start_s) == ("b", None, 7200.0)
    assert first.load.times_s.tolist() == [0.0, 1800.0, 3600.0]
    assert first.load.wh.tolist() == [0.0, 300.0, 900.0]
    assert run.production["roof"].times_s.tolist() == [0.0, 3600.0, 7200.0, 10_800.0]


def test_newer_pandas_too(dumped: Callable[..., Path]) -> None:
    made = contract("a", "roof", load_profile=Series([0, 60], [0.0, 5.0], "_mgr"))
    (run,) = read_results(dumped(result(made)))
    assert run.contracts[0].load.wh.tolist() == [0.0, 5.0]


class Hostile:
    """Runs a command where it is read carelessly."""

    def __init__(self, does: Callable[..., object], *given: object) -> None:
        self.does, self.given = does, given

    def __reduce__(self) -> tuple[Any, ...]:
        return self.does, self.given


@pytest.mark.parametrize("does", [os.system, eval, exec, print, getattr, __import__, pickle.loads, open])
def test_what_would_be_executed_is_refused(dumped: Callable[..., Path], does: Callable[..., object], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for protocol in (2, 3, 4):
        path = dumped(result(contract("a", "roof", id=Hostile(does, f"touch {trace}"))), protocol)
        with pytest.raises(ResultFileError, match=r"it wants \S+\.\w+, which a result does not need; nothing was executed"):
            read_results(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is no pickle"),
        (b"not a pickle at all", "."),
        (pickle.dumps(result)[:0] + b"\x80\x04K\x01", "is no pickle"),
        (b"(S'touch x'\nios\nsystem\n.", "INST"),
        (b"(cos\nsystem\nS'touch x'\no.", "OBJ"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"Pelsewhere\n.", "PERSID"),
        (b"\x80\x02Nr\xff\xff\xff\x7f.", "too far"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", r"os\.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x0dslice.indices\x93.", r"slice\.indices"),
        (b"\x80\x02c_codecs\nencode\n}(X\x08\x00\x00\x00__code__Nub.", "has nothing to say|no pickle"),
        (b"\x80\x02c_codecs\nencode\nN}X\x0c\x00\x00\x00__defaults__N" + b"s\x86b.", "has nothing to say"),
        (b"\x80\x02cpandas.core.series\nSeries\n}X\x01\x00\x00\x00xK\x01sb.", "no pickle"),
        (b"\x80\x02cnumpy\nndarray\nN}X\x08\x00\x00\x00__init__Ns\x86b.", "no pickle|has nothing to say"),
        (pickle.dumps([1, 2]), "a pair of lists"),
        (pickle.dumps(([[{}]], [{}])), "run 1, contract 1 has no load_profile"),
        (pickle.dumps(([[]], [])), "contracts of 1 runs and production of 0"),
        (pickle.dumps(([[]], [{"roof": 3}])), "production of 'roof' is no series"),
        (pickle.dumps(([[]], [{1: 3}])), "production of 1 is no series"),
        (pickle.dumps(([[7]], [{}])), "run 1, contract 1 is no contract"),
    ],
)
def test_what_is_no_result_is_named(dumped: Callable[..., Path], raw: bytes, words: str) -> None:
    with pytest.raises(ResultFileError, match=words):
        read_results(dumped(raw))
    assert all(type(made).__name__ in ("type", "_Step") for made in NAMES.values())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time": "soon"}, "contract 1: time is 'soon'; a number is wanted"),
        ({"time": float("nan")}, "time is nan"),
        ({"time": True}, "time is True"),
        ({"job_id": 7}, "job_id is 7; a text is wanted"),
        ({"load_profile": [1, 2]}, "contract 1 has no load_profile"),
        ({"load_profile": Series([0], [0.0])}, "has 1 times and 1 amounts"),
        ({"load_profile": Series([0, 60], [0.0])}, "has 2 times and 1 amounts"),
        ({"load_profile": Series([0, 60, 60], [0.0, 1.0, 2.0])}, "times that rise"),
        ({"load_profile": Series([0, 60], [0.0, float("inf")])}, "and numbers"),
        ({"load_profile": Series(range(10**12), [0.0, 1.0])}, "an index that is too long"),
    ],
)
def test_what_is_wrong_about_a_contract_is_named(dumped: Callable[..., Path], changes: dict[str, object], words: str) -> None:
    with pytest.raises(ResultFileError, match=words):
        read_results(dumped(result(contract("a", "roof", **changes))))


def test_objects_in_arrays_are_refused(dumped: Callable[..., Path]) -> None:
    made = contract("a", "roof")
    made["load_profile"] = load = Series([0, 60], [0.0, 1.0])
    load.state["_data"].values = np.array([Hostile(os.system, "touch x"), 1.0], dtype=object)
    with pytest.raises(ResultFileError, match=r"it wants \S*system"):
        read_results(dumped(result(made)))
    load.state["_data"].values = np.array(["a", "b"], dtype=object)
    with pytest.raises(ResultFileError, match=r"type of numbers|bytes are not as many|no pickle"):
        read_results(dumped(result(made)))
