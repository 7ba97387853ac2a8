"""Days become months: every row stays once, whenever somebody looks and wherever it is broken off."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores import compaction
from gw_spaceheat.stores.compaction import compact_next, drop_before
from gw_spaceheat.stores.query import export, stored_counts, tail, thinned
from gw_spaceheat.stores.readings import MESSAGES, READINGS, HouseReader, ReadingsStore, reading_house
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, report_event, thinned_report, uuid

T = MIDNIGHT_MS
LATER = T + 60 * DAY_MS
DAYS = 4


@pytest.fixture
def store(tmp_path: Path) -> ReadingsStore:
    """Four sealed days of January."""
    store = ReadingsStore(tmp_path)
    store.open()
    add(store, DAYS)
    return store


def add(store: ReadingsStore, days: int, first: int = 0) -> None:
    for day in range(first, first + days):
        at = T + day * DAY_MS
        messages = [
            layout({"tank": TelemetryName.WaterTempCTimes1000}),
            report_event(day, {"tank": [(at, 1000 * day), (at + 1, 2000)], "x": [(at, day)]}),
            thinned_report(100 + day, 60, {"y": [(0, 5, 4, 6, 12)]}),
            power(day),
        ]
        for number, message in enumerate(messages):
            store.keep(Persist(HOUSE, at + number, SCADA, "a", uuid(1000 * day + number), message))
    store.commit()
    while store.seal_next():
        pass


def everything(folder: Path) -> tuple[object, ...]:
    bounds = (folder, HOUSE, 0, 2**60)
    return (tail(folder, HOUSE, 1000), export(*bounds), thinned(*bounds), stored_counts(*bounds), rows(folder))


def rows(folder: Path) -> list[int]:
    with reading_house(folder, HOUSE) as reader:
        return [reader.read_all(table).num_rows for table in (MESSAGES, READINGS)]


def units(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / HOUSE).iterdir())


def test_days_become_a_month(store: ReadingsStore, tmp_path: Path) -> None:
    before = everything(tmp_path)
    assert compact_next(store.folder, LATER)
    assert units(tmp_path) == ["2018-01"]
    assert everything(tmp_path) == before
    assert not compact_next(store.folder, LATER)


def test_a_day_that_comes_later_is_joined_too(store: ReadingsStore, tmp_path: Path) -> None:
    compact_next(store.folder, LATER)
    add(store, 2, first=DAYS - 1)  # the last day again, and another
    before = everything(tmp_path)
    assert units(tmp_path) == ["2018-01", "2018-01-11", "2018-01-12"]
    assert compact_next(store.folder, LATER)
    assert units(tmp_path) == ["2018-01"]
    assert everything(tmp_path) == before


@pytest.mark.parametrize("now_ms", [T + 5 * DAY_MS, 1_517_443_200_000 + DAY_MS], ids=["in the month", "a day after it"])
def test_a_month_that_has_hardly_ended_is_left_alone(store: ReadingsStore, now_ms: int) -> None:
    assert not compact_next(store.folder, now_ms)


def test_a_month_of_which_something_waits_in_the_journal_is_left_alone(store: ReadingsStore) -> None:
    store.keep(Persist(HOUSE, T, SCADA, "a", uuid(77), power(1)))
    store.commit()
    assert not compact_next(store.folder, LATER)


class Broken(Exception):
    pass


@pytest.mark.parametrize("step", range(20))
def test_a_crash_at_any_step_leaves_every_row_once(
    store: ReadingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before = everything(tmp_path)
    passed = 0

    def breaking(real: Callable[..., object]) -> Callable[..., object]:
        def may_break(*given: object, **more: object) -> object:
            nonlocal passed
            passed += 1
            if passed > step:
                raise Broken
            return real(*given, **more)

        return may_break

    with monkeypatch.context() as patched:
        for name in ("unlink", "replace", "mkdir", "rmdir"):
            patched.setattr(Path, name, breaking(getattr(Path, name)))
        patched.setattr(compaction, "sync_folder", breaking(compaction.sync_folder))
        with pytest.raises(Broken):
            compact_next(store.folder, LATER)
    assert everything(tmp_path) == before
    compact_next(store.folder, LATER)
    assert everything(tmp_path) == before
    assert units(tmp_path) == ["2018-01"]


def test_a_query_while_days_become_a_month_is_right(
    store: ReadingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each day that a reader reads, the compaction makes one step in its own thread."""
    before = everything(tmp_path)
    may_step, stepped, done = threading.Semaphore(0), threading.Semaphore(0), threading.Event()
    compacting: list[threading.Thread] = []

    def stepwise(real: Callable[..., object]) -> Callable[..., object]:
        def step(*given: object, **more: object) -> object:
            if threading.current_thread() in compacting:
                assert may_step.acquire(timeout=30)
                try:
                    return real(*given, **more)
                finally:
                    stepped.release()
            return real(*given, **more)

        return step

    def compact() -> None:
        try:
            compact_next(store.folder, LATER)
        finally:
            done.set()
            stepped.release(1000)

    real_read = HouseReader.read

    def read(self: HouseReader, *given: object, **more: object) -> object:
        may_step.release()
        assert stepped.acquire(timeout=30)
        return real_read(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "unlink", stepwise(Path.unlink))
    monkeypatch.setattr(Path, "replace", stepwise(Path.replace))
    monkeypatch.setattr(HouseReader, "read", read)
    thread = threading.Thread(target=compact)
    compacting.append(thread)
    thread.start()
    looked = 0
    while not done.is_set():
        assert export(tmp_path, HOUSE, 0, 2**60) == before[1]
        assert tail(tmp_path, HOUSE, 1000) == before[0]
        looked += 1
    thread.join(30)
    assert looked
    monkeypatch.undo()
    assert everything(tmp_path) == before
    assert units(tmp_path) == ["2018-01"]


def test_what_is_older_is_let_go_of(store: ReadingsStore, tmp_path: Path) -> None:
    assert drop_before(tmp_path, HOUSE, MESSAGES, "2018-01-10") == 2
    assert rows(tmp_path) == [8, 12]
    compact_next(store.folder, LATER)
    assert drop_before(tmp_path, HOUSE, READINGS, "2018-01-31") == 0  # the month has not ended
    assert drop_before(tmp_path, HOUSE, READINGS, "2018-02-01") == 1
    assert rows(tmp_path) == [8, 0]
