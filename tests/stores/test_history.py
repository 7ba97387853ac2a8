"""Steps of time of what the Ear keeps: each reading once, gaps as gaps, and what was thinned marked."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.base import Message
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.history import Aggregate, Ask, Step, channels_of, steps, write_steps
from gw_spaceheat.stores.readings import ReadingsStore, reading_house
from gw_spaceheat.vocabulary.moment import DAY_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, report_event, thinned_report, uuid

T = MIDNIGHT_MS
MINUTE = 60_000


def kept(folder: Path, *messages: tuple[int, Message]) -> ReadingsStore:
    store = ReadingsStore(folder)
    store.open()
    for number, (arrived_ms, message) in enumerate(messages):
        store.keep(Persist(HOUSE, arrived_ms, SCADA, "a", uuid(100 + number), message))
    store.commit()
    return store


def told(folder: Path, ask: Ask) -> list[tuple[int, float | None, int, bool]]:
    with reading_house(folder, HOUSE) as reader:
        return [((step.from_ms - T) // MINUTE, step.value, step.readings, step.thinned) for step in steps(reader, ask)]


TWICE = report_event(1, {"tank": [(T, 10_000), (T + 1000, 30_000), (T + 2 * MINUTE, 5_000)]})


@pytest.mark.parametrize(
    ("aggregate", "first", "third"),
    [
        (Aggregate.MEAN, 20.0, 5.0),
        (Aggregate.MIN, 10.0, 5.0),
        (Aggregate.MAX, 30.0, 5.0),
        (Aggregate.FIRST, 10.0, 5.0),
        (Aggregate.LAST, 30.0, 5.0),
        (Aggregate.COUNT, 2.0, 1.0),
    ],
)
@pytest.mark.parametrize("sealed", [0, 1, 2])
def test_a_reading_that_came_twice_counts_once(
    tmp_path: Path, aggregate: Aggregate, first: float, third: float, sealed: int
) -> None:
    store = kept(
        tmp_path, (T, layout({"tank": TelemetryName.WaterTempCTimes1000})), (T, TWICE), (T + DAY_MS, TWICE), (T + DAY_MS, TWICE)
    )
    for _ in range(sealed):  # in the journal, half in a file, all in files
        assert store.seal_next()
    nothing = 0.0 if aggregate is Aggregate.COUNT else None
    assert told(tmp_path, Ask(("tank",), T, T + 4 * MINUTE, MINUTE, aggregate)) == [
        (0, first, 2, False),
        (1, nothing, 0, False),
        (2, third, 1, False),
        (3, nothing, 0, False),
    ]
    store.close()


THIN = thinned_report(2, 60, {"x": [(0, 5, 4, 6, 12), (1, 50, 40, 60, 3), (3, 7, 7, 7, 1)]})


@pytest.mark.parametrize(
    ("every_minutes", "expected"),
    [
        (1, [(0, 8.0, 1, False), (1, 50.0, 3, True), (2, None, 0, False), (3, 7.0, 1, True)]),
        (2, [(0, (8 + 150) / 4, 4, True), (2, 7.0, 1, True)]),
    ],
)
def test_a_mean_counts_where_no_reading_is_kept_and_says_so(
    tmp_path: Path, every_minutes: int, expected: list[tuple[int, float | None, int, bool]]
) -> None:
    kept(tmp_path, (T, THIN), (T, report_event(1, {"x": [(T + 500, 8)]}))).close()
    assert told(tmp_path, Ask(("x",), T, T + 4 * MINUTE, every_minutes * MINUTE)) == expected


def test_what_is_kept_outside_of_the_time_does_not_count(tmp_path: Path) -> None:
    kept(tmp_path, (T, report_event(1, {"x": [(T - 1, 1), (T, 2), (T + MINUTE - 1, 4), (T + MINUTE, 100)]}))).close()
    assert told(tmp_path, Ask(("x",), T, T + MINUTE, MINUTE)) == [(0, 3.0, 2, False)]


def test_too_many_steps_are_refused(tmp_path: Path) -> None:
    kept(tmp_path, (T, TWICE)).close()
    with pytest.raises(StoreError, match="too many"):
        told(tmp_path, Ask(("tank",), 0, 5_000_001, 1))


def test_channels_are_those_of_readings_means_and_layout(tmp_path: Path) -> None:
    kept(tmp_path, (T, layout({"y": TelemetryName.PowerW})), (T, TWICE), (T, THIN)).close()
    with reading_house(tmp_path, HOUSE) as reader:
        assert channels_of(reader) == ["tank", "x", "y"]


def test_steps_are_written_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "steps.parquet"
    write_steps(path, [Step(T, "x", 1.5, "W", 2, thinned=False), Step(T + 1, "x", None, "W", 0, thinned=False)])
    assert pq.read_table(path)["value"].to_pylist() == [1.5, None]
    assert [each.name for each in tmp_path.iterdir()] == ["steps.parquet"]
