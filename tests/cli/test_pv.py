"""`gws pv energy` and `gws pv simulate`."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main

Captured = pytest.CaptureFixture[str]
WORDS = ["pv", "energy", "--lat", "44.6", "--lon", "-69.8", "--alt", "60", "--date", "2026-06-21", "--kwp", "4"]


def test_json(capsys: Captured) -> None:
    assert main([*WORDS, "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["kwh"] == pytest.approx(30.185, rel=0.03)
    assert told["peak_w"] == pytest.approx(3724, rel=0.03)
    assert told["max_elevation_deg"] == pytest.approx(68.837, abs=0.02)


def test_words(capsys: Captured) -> None:
    assert main([*WORDS, "--inverter-kw", "2"]) == Exit.OK
    assert "at most 2000 W at" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "text"), [(["--tilt", "95"], "tilt"), (["--date", "soon"], "date"), (["--lat", "91"], "lat")]
)
def test_what_is_wrong_is_named(words: list[str], text: str, capsys: Captured) -> None:
    assert main([*WORDS, *words]) == Exit.USAGE
    assert text in capsys.readouterr().err


def test_days_of_a_street(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "pv",
        "simulate",
        "--start",
        "2026-06-21",
        "--days",
        "0.5",
        "--interval",
        "60",
        "--folder",
        str(tmp_path),
        "--json",
    ]
    assert main(words) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["files"]) == (3 * 720, 3)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--layout", "nonsense"], "net, original"),
        (["--profile", "nonsense"], "household, standard, original"),
        (["--horizon", "a,b"], "--horizon"),
        (["--zone", "Nowhere"], "Nowhere"),
        (["--house", "../x"], "house is"),
    ],
)
def test_words_that_cannot_be(tmp_path: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["pv", "simulate", "--start", "2026-06-21", "--folder", str(tmp_path / "inner"), *words]
    assert main(given) == Exit.USAGE
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_file_of_somebody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "house-001_20260621.csv").write_text("a,b\n", encoding="utf-8")
    words = ["pv", "simulate", "--start", "2026-06-21", "--days", "0.01", "--folder", str(tmp_path)]
    assert main(words) == Exit.DATAERR
    assert "house-001_20260621.csv" in capsys.readouterr().err
