"""`gws bench`: each prints one JSON object with its figures."""

import json

import pytest

from gw_spaceheat.apps.bench import daemon
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["codec", "--rounds", "1"], {"encode_us", "decode_us", "rounds"}),
        (["actors", "--rounds", "1"], {"threaded_tell_per_s", "virtual_tell_per_s", "virtual_timers_per_s"}),
        (
            ["contract-log", "--entries", "100", "--commits", "5"],
            {"entries", "verify_s", "faults", "commit_p50_ms", "commit_p99_ms"},
        ),
        (
            ["ear", "--houses", "2", "--slots", "2", "--rounds", "1"],
            {
                "ear_messages_per_s",
                "ear_readings_per_s",
                "ear_bytes_per_reading",
                "lines_messages_per_s",
                "rows_readings_per_s",
            },
        ),
        (
            ["outbox", "--events", "50", "--waiting", "50", "--rounds", "1"],
            {"outbox_1_per_s", "outbox_50_bytes", "plain_sqlite_1_flushes", "file_each_1_bytes", "start_up_s"},
        ),
        (["faults", "--seeds", "1"], {"violations", "seeds", "wall_s", "broken"}),
        (["netbalance", "--rounds", "1"], {"hysteresis_samples_per_s", "sweep_21_points_s", "frontier_day_ms"}),
        (["neighbourhood", "--rounds", "1"], {"streets", "rounds"}),
        (["fuzz-commands", "--number", "1000"], {"accepted", "histories", "good_obeyed", "wall_s"}),
        (["simulate", "--rounds", "1", "--days", "1"], {"house_days_per_s", "house", "channels", "physics_step_s"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_figures_are_printed_as_json(
    words: list[str], keys: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWS_NUMBA", "0")
    assert main(["bench", *words, "--json"]) == Exit.OK
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line).keys() >= keys
    if words[0] == "codec":
        assert main(["bench", *words]) == Exit.OK
        assert len(capsys.readouterr().out.splitlines()) > 3


def test_the_daemon_is_watched_for_as_long_as_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it measures is tried in `tests/apps/bench/test_daemon.py`."""
    monkeypatch.setattr(daemon, "measure", lambda houses, seconds: {"houses": houses.name, "seconds": seconds})
    assert main(["bench", "daemon", "--seconds", "7", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {"houses": "houses.json", "seconds": 7.0}


def test_rounds_must_be_sensible(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "actors", "--rounds", "0"]) == Exit.USAGE
    assert "--rounds" in capsys.readouterr().err
