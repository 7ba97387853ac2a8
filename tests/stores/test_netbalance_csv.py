"""Recordings: both layouts, what is missing, and what is wrong with a file. All rows here are SYNTHETIC."""

from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.stores.netbalance_csv import RecordingError, read_recording

OLD = "timestamp,powerP,powerC,powerL1,powerL2,on_offL1\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "recording.csv"
    path.write_text(text)
    return path


def test_the_layout_of_2022(tmp_path: Path) -> None:
    path = written(tmp_path, OLD + "2022-06-06 00:00:06.5,100,900,700,,0\n2022-06-06 00:00:16.5,,950,700,0,0\n")
    trace = read_recording(path)
    assert trace.wall_s.tolist() == [1654473606.5, 1654473616.5]
    assert trace.base_w.tolist() == [200.0, 250.0]
    assert trace.production_w[0] == 100.0
    assert np.isnan(trace.production_w[1])  # missing is not zero


def test_our_own_layout(tmp_path: Path) -> None:
    path = written(tmp_path, "time,production_w,base_w\n2022-06-06T00:00:00Z,1,2\n2022-06-06T02:00:10+02:00,3,4\n")
    trace = read_recording(path)
    assert np.diff(trace.wall_s).tolist() == [10.0]
    assert trace.base_w.tolist() == [2.0, 4.0]


def test_zeros_of_a_silent_meter_are_an_outage_and_a_single_one_is_not(tmp_path: Path) -> None:
    silent = {3, 10, 11, 12, 13}
    rows = [f"2022-06-06 00:00:{at:02d},{'0,0' if at in silent else '5,9'},0,0,0" for at in range(20)]
    outage = read_recording(written(tmp_path, OLD + "\n".join(rows))).outage
    assert np.flatnonzero(outage).tolist() == [10, 11, 12, 13]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no rows"),
        ("a,b\n1,2\n", "columns timestamp"),
        ("timestamp,powerP\n2022-06-06 00:00:00,1\n", "give a base load"),
        ("time,production_w\n2022-06-06 00:00:00,1\n", "give a base load"),
        (OLD + "2022-06-06 00:00:00,x,1,1,1,0\n", "powerP"),
        (OLD + "yesterday,1,1,1,1,0\n", "isoformat"),
        (OLD + "2022-06-06 00:00:10,1,1,1,1,0\n2022-06-06 00:00:10,1,1,1,1,0\n", "line 3"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(RecordingError, match=what):
        read_recording(written(tmp_path, text))


def test_a_base_where_there_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "timestamp,powerP\n2022-06-06 00:00:00,1\n")
    assert read_recording(path, 223.0).base_w.tolist() == [223.0]
