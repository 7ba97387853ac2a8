"""Readings as lines of a chart: few points, extremes kept, gaps kept, each reading once."""

from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.apps.history import compacted
from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.compaction import KeptDays
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.lines import Line, lines
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import DAY_MS

HOUSE = "d1.test.house"
SCADA = f"{HOUSE}.ta.scada"
T0 = 1_700_000_000_000 // 300_000 * 300_000
IDENTIFIER = "0384ef21-648b-4455-b917-58a1172d7fc1"


def report(readings: dict[str, list[tuple[int, int]]]) -> Persist:
    parts = [
        ChannelReadings(
            channel_name=name,
            value_list=[value for _, value in pairs],
            scada_read_time_unix_ms_list=[T0 + at for at, _ in pairs],
        )
        for name, pairs in readings.items()
    ]
    inner = Report(
        from_g_node_alias=SCADA,
        from_g_node_instance_id=IDENTIFIER,
        about_g_node_alias=f"{HOUSE}.ta",
        slot_start_unix_s=T0 // 1000,
        slot_duration_s=300,
        channel_reading_list=parts,
        state_list=[],
        fsm_report_list=[],
        message_created_ms=T0,
        id=IDENTIFIER,
    )
    event = ReportEvent(message_id=IDENTIFIER, time_created_ms=T0, src=SCADA, report=inner)
    return Persist(HOUSE, T0, SCADA, "a", IDENTIFIER, event, "", 0)


def kept(folder: Path, *reports: dict[str, list[tuple[int, int]]]) -> Path:
    store = ReadingsStore(folder)
    store.open()
    for each in reports:
        store.keep(report(each))
    store.commit()
    store.close()
    return folder


def found(folder: Path, channels: dict[str, int], to: int = 3_600_000, most: int = 2000) -> list[Line]:
    return lines(folder, HOUSE, T0, T0 + to, channels, most)


def test_few_readings_are_shown_as_they_are_and_once(tmp_path: Path) -> None:
    readings = {"a-x": [(0, 10), (60_000, 12)], "a-y": [(0, 5)]}
    kept(tmp_path, readings, readings)
    made = found(tmp_path, {"a-y": 600_000, "a-x": 600_000, "a-z": 600_000})
    assert [line.channel for line in made] == ["a-y", "a-x"]
    line = made[1]
    assert line.times_ms.tolist() == [T0, T0 + 60_000]
    assert line.mean.tolist() == line.least.tolist() == line.most.tolist() == [10, 12]
    assert not line.is_band


@pytest.mark.parametrize(("patience_ms", "values"), [(600_000, [1, 2]), (599_999, [1, None, 2])])
def test_a_gap_is_a_gap(tmp_path: Path, patience_ms: int, values: list[int | None]) -> None:
    kept(tmp_path, {"a-x": [(0, 1), (600_000, 2)]})
    (line,) = found(tmp_path, {"a-x": patience_ms})
    assert [None if np.isnan(value) else value for value in line.mean.tolist()] == values
    assert np.all(np.diff(line.times_ms) > 0)


def test_many_readings_become_bands_that_keep_the_extremes(tmp_path: Path) -> None:
    pairs = [(each * 1000, 500 if each == 777 else each % 10) for each in range(3000)]
    kept(tmp_path, {"a-x": pairs})
    (line,) = found(tmp_path, {"a-x": 10_000}, to=3_000_000, most=400)
    assert line.is_band
    assert len(line.times_ms) == 100
    assert line.most.max() == 500
    assert line.least.min() == 0
    assert np.all((line.least <= line.mean) & (line.mean <= line.most))
    assert abs(np.mean(line.mean) - np.mean([value for _, value in pairs])) < 1e-9


def test_gaps_between_bands_are_kept(tmp_path: Path) -> None:
    pairs = [(each * 1000, 1) for each in (*range(1000), *range(2000, 3000))]
    kept(tmp_path, {"a-x": pairs})
    (line,) = found(tmp_path, {"a-x": 10_000}, to=3_000_000, most=400)
    assert np.isnan(line.mean).sum() == 1
    assert T0 + 999_000 < line.times_ms[np.isnan(line.mean)][0] < T0 + 2_000_000


def test_outside_of_the_time_is_nothing(tmp_path: Path) -> None:
    kept(tmp_path, {"a-x": [(-1000, 1), (3_600_000, 2)]})
    assert found(tmp_path, {"a-x": 10_000}) == []


def test_days_that_were_joined_into_a_month(tmp_path: Path) -> None:
    folder = kept(tmp_path, {"a-x": [(0, 1), (60_000, 2)]})
    before = found(folder, {"a-x": 600_000})
    compacted(folder, KeptDays(), T0 + 90 * DAY_MS)
    assert {path.name for path in (folder / HOUSE).iterdir() if any(path.glob("readings*.parquet"))} == {"2023-11"}
    (line,) = found(folder, {"a-x": 600_000})
    assert line.mean.tolist() == before[0].mean.tolist() == [1, 2]


def test_a_house_that_is_not_kept(tmp_path: Path) -> None:
    kept(tmp_path, {"a-x": [(0, 1)]})
    with pytest.raises(StoreError):
        lines(tmp_path, "d1.other.house", T0, T0 + 1, {"a-x": 1})
