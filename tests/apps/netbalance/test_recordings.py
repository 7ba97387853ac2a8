"""Recordings that somebody brings: kept under harmless names, refused if they are none, read with what is known."""

from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance import recordings
from gw_spaceheat.apps.netbalance.recordings import LARGEST_BYTES, SYNTHETIC, CannotKeepError, Recordings

GOOD = b"time,production_w,base_w\n2022-06-09T06:00:00,100,200\n2022-06-09T06:00:10,110,210\n"
WITHOUT_BASE = b"timestamp,powerP\n2022-06-10 06:00:00,100\n2022-06-10 06:00:10,110\n"


def test_what_is_brought_is_there_and_can_be_read(tmp_path: Path) -> None:
    kept = Recordings(tmp_path / "recordings")
    assert kept.names() == (SYNTHETIC,)
    assert kept.keep("June.csv", GOOD) == "June.csv"
    assert kept.keep("later.csv", WITHOUT_BASE) == "later.csv"
    assert kept.names() == (SYNTHETIC, "June.csv", "later.csv")
    assert kept.trace(("June.csv",), None).base_w.tolist() == [200, 210]
    assert kept.trace(("June.csv", "later.csv"), 50.0).base_w.tolist() == [50, 50, 50, 50]
    with pytest.raises(ValueError, match="give a base load"):
        kept.trace(("later.csv",), None)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.csv"),
        ("C:\\data\\a b.csv", "a b.csv"),
        (".hidden.csv", "hidden.csv"),
        ("<script>.csv", "script.csv"),
        ("", "recording.csv"),
        ("..", "recording.csv"),
        ("a" * 300 + ".csv", "a" * 70 + ".csv"),
        ("Jordi (2).csv", "Jordi (2).csv"),
        ("x\0y.csv", "x-y.csv"),
    ],
)
def test_names_harm_nobody(tmp_path: Path, name: str, safe: str) -> None:
    kept = Recordings(tmp_path / "recordings")
    assert kept.keep(name, GOOD) == safe
    assert [path.name for path in (tmp_path / "recordings").iterdir()] == [safe]
    assert safe in kept.names()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no rows"),
        (b"a,b\n1,2\n", "columns timestamp and powerP, or time and production_w"),
        (b"time,production_w\n2022-06-09,x\n", "production_w"),
        (b"\xff\xfe\x00", "no recording"),
        (b"x" * (LARGEST_BYTES + 1), "may have 8 MB"),
    ],
)
def test_what_is_no_recording_is_refused_and_not_kept(tmp_path: Path, data: bytes, told: str) -> None:
    kept = Recordings(tmp_path)
    with pytest.raises(CannotKeepError, match=told) as caught:
        kept.keep("a.csv", data)
    assert str(tmp_path) not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_not_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MOST_KEPT", 1)
    kept = Recordings(tmp_path)
    kept.keep("a.csv", GOOD)
    with pytest.raises(CannotKeepError, match="recordings already"):
        kept.keep("b.csv", GOOD)


@pytest.mark.parametrize("names", [(), ("../site.json",), ("nothing.csv",)])
def test_what_is_not_there(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(CannotKeepError):
        Recordings(tmp_path).trace(names, None)


def test_the_synthetic_days_are_always_there(tmp_path: Path) -> None:
    trace = Recordings(tmp_path).trace((SYNTHETIC,), None)
    assert trace.wall_s[-1] - trace.wall_s[0] == pytest.approx(2 * 86_400, abs=20)
    assert not np.isnan(trace.production_w).any()
