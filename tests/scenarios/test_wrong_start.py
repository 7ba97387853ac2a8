"""What is wrong is told before anything starts: all of it, with an exit code that says of which kind it is."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.links.broker import start_broker
from tests.scenarios.scene import GARAGE, HOUSES, OAK, Program, version_of

NOWHERE = ["--broker", "mqtt://127.0.0.1:9", "--local-broker", "none", "--seconds", "0"]
"""A daemon that could not do anything, should it start all the same."""


@pytest.fixture(autouse=True)
def clean_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` and nothing in the environment but a folder of our own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GWS_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("GWS_HOUSES_FILE", str(HOUSES))


Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, *words: str) -> tuple[int, str]:
    """Exit code and what stands on standard error."""
    code = main(list(words))
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.err


def test_all_faults_of_a_house_file_are_listed(tmp_path: Path, capsys: Captured) -> None:
    houses = json.loads(HOUSES.read_text(encoding="utf-8"))
    garage = houses[GARAGE]
    garage["components"]["meter"]["make_model"] = "GridWorks__SimPowerMetre"
    garage["components"]["tank-temp0"]["capture"] = {"poll_s": -5, "period_s": 60}
    garage["nodes"]["a.elt2.relay"]["output"] = garage["nodes"]["a.elt1.relay"]["output"]
    file = tmp_path / "spoiled.json"
    file.write_text(json.dumps({GARAGE: garage}))
    for words in (["run"], ["try", "--actors", "a.s"]):
        code, error = told(capsys, *words, "--house", GARAGE, "--file", str(file), *NOWHERE)
        assert code == Exit.DATAERR
        for text in ("GridWorks__SimPowerMetre", "a.tank.temp0", "-5", "a.elt2.relay"):
            assert text in error


@pytest.mark.parametrize(
    ("words", "code", "texts"),
    [
        (
            ["run", "--house", "hw1.isone.me.nowhere", *NOWHERE],
            Exit.DATAERR,
            ["hw1.isone.me.nowhere", "did you mean hw1.isone.me.millinocket"],
        ),
        (
            ["atn", "--house", "hw1.isone.me.nowhere"],
            Exit.DATAERR,
            ["hw1.isone.me.nowhere", "did you mean hw1.isone.me.millinocket"],
        ),
        (["run", "--house", OAK, "--strategy", "wishful", *NOWHERE], Exit.USAGE, ["wishful", "hysteresis", "tou"]),
        (["simulate", OAK, "--strategy", "wishful"], Exit.USAGE, ["wishful", "hysteresis", "tou"]),
        (["try", "--house", OAK, "--actors", "a.s,a.nobody,a.tank", *NOWHERE], Exit.USAGE, ["a.nobody, a.tank", "a.temps"]),
        (["try", "--house", OAK, "--actors", ",", *NOWHERE], Exit.USAGE, ["no actor was named"]),
        (["run", "--house", OAK, "--broker", "http://x"], Exit.CONFIG, ["mqtt://"]),
        (["run", "--house", OAK, "--speed", "0", *NOWHERE], Exit.USAGE, ["--speed"]),
        (["run", "--house", OAK, "--speed", "-1", *NOWHERE], Exit.USAGE, ["--speed"]),
        (["run", "--house", OAK, "--file", "nothing.json", *NOWHERE], Exit.NOINPUT, ["nothing.json"]),
        (["ear", "run", "--folder", f"{HOUSES}/ear"], Exit.UNAVAILABLE, ["houses.json"]),
        (["simulate", OAK, "--days", "1", "--out", f"{HOUSES}/out"], Exit.UNAVAILABLE, ["houses.json"]),
        (["replay", "nothing.record"], Exit.USAGE, ["nothing.record"]),
        (["ear", "run", "--url", "somewhere"], Exit.CONFIG, ["mqtt://"]),
    ],
    ids=lambda value: " ".join(value[:5]) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_named(capsys: Captured, words: list[str], code: Exit, texts: list[str]) -> None:
    got, error = told(capsys, *words)
    assert got == code, error
    for text in texts:
        assert text in error


def test_wrong_settings_are_all_named_and_secrets_are_not(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWS_SPEED", "fast")
    monkeypatch.setenv("GWS_UPLINK_URL", "mqtt://me:secret@broker")
    monkeypatch.setenv("GWS_MQTT_PASSWORD", "secret")
    for words in (["run"], ["atn"], ["ear", "run"], ["try", "--actors", "a.s"], ["relays", "safe"], ["simulate", OAK]):
        code, error = told(capsys, *words)
        assert code == Exit.CONFIG
        assert "GWS_SPEED=fast" in error
        assert "GWS_UPLINK_URL=mqtt://***@broker" in error
        assert "secret" not in error


def sample(kind: str) -> list[str]:
    """The lines of a file that the project ships: a comment, the columns, then an hour each from the start of 2018."""
    (path,) = (HOUSES.parent / "samples").glob(f"{kind}*.csv")
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("kind", ["weather", "demand"])
@pytest.mark.parametrize("fault", ["gap", "no number", "short", "columns"])
def test_series_files_are_checked_before_anything_starts(kind: str, fault: str, tmp_path: Path, capsys: Captured) -> None:
    lines = sample(kind)
    column = lines[1].split(",")[1]
    expected = [f"{kind}.csv"]
    if fault == "gap":
        del lines[10]
        expected.append("line 11")
    elif fault == "no number":
        stamp, _, *more = lines[10].split(",")
        lines[10] = ",".join([stamp, "warm", *more])
        expected += ["line 11", column, "warm"]
    elif fault == "short":
        del lines[30:]
    else:
        lines[1] = lines[1].replace(column, "something_else")
        expected += [column]
    file = tmp_path / f"{kind}.csv"
    file.write_text("\n".join(lines) + "\n")
    code, error = told(
        capsys, "simulate", OAK, "--start", "2018-01-01", "--days", "2", f"--{kind}", str(file), "--out", str(tmp_path / "out")
    )
    assert code == Exit.DATAERR
    for text in expected:
        assert text in error
    assert not (tmp_path / "out").exists(), "nothing has been begun"


def test_a_second_ear_on_the_same_folder(tmp_path: Path) -> None:
    with start_broker(tmp_path / "broker") as broker:
        words = ["ear", "run", "--folder", str(tmp_path / "ear"), "--url", broker.url]
        with Program(tmp_path / "first", *words, **version_of(broker)) as first:
            first.log.wait_for("uplink: connected")
            with Program(tmp_path / "second", *words, **version_of(broker)) as second:
                assert second.ended() == Exit.UNAVAILABLE
                second.log.wait_for("another process writes to")
            assert first.stop() == 0


@pytest.mark.parametrize("place", ["/dev/full", "no/such/folder/record"])
def test_a_record_that_cannot_be_written_is_told_and_the_daemon_lives(place: str, tmp_path: Path) -> None:
    if place == "/dev/full" and not Path(place).exists():
        pytest.skip("needs /dev/full, a Linux device that is always full")
    with start_broker(tmp_path / "broker") as broker:
        words = ["--house", GARAGE, "--broker", broker.url, "--local-broker", broker.url, "--record", place]
        with Program(tmp_path, "run", *words, **version_of(broker)) as daemon:
            (line,) = daemon.log.wait_for("the record")
            assert "ends here" in line
            daemon.log.wait_for("uplink: connected")
            assert daemon.stop() == 0
    assert daemon.log.having("Traceback") == []
    assert len(daemon.log.having("the record")) == 1
