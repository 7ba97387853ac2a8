"""`gws netbalance`: what each command prints, and how it ends when something is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace


@pytest.fixture
def recording(tmp_path: Path) -> str:
    trace = synthetic_trace(1, step_s=60.0)
    rows = zip(trace.wall_s.tolist(), trace.production_w.tolist(), trace.base_w.tolist(), strict=True)
    path = tmp_path / "synthetic.csv"
    lines = [f"{datetime.fromtimestamp(at, UTC).isoformat()},{made:.1f},{base:.1f}" for at, made, base in rows]
    path.write_text("time,production_w,base_w\n" + "\n".join(lines))
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["netbalance", *words, "--json"]) == Exit.OK
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_simulate(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "simulate", recording, "--algorithm", "hysteresis", "--set", "top_wh=50,100", "--loads", "700,1000")
    assert found.keys() >= {"share_of_perfect_gain", "commutations_per_day", "energies_wh", "bills", "hours_on", "days"}
    assert main(["netbalance", "simulate", recording, "--algorithm", "hysteresis"]) == Exit.OK
    assert "foresight" in capsys.readouterr().out


def test_simulate_as_published(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "simulate", recording, "--algorithm", "time-to-consume", "--as-published")
    assert isinstance(found["totals"], dict)
    assert found["totals"]["commut1"] > 0


def test_sweep(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "sweep", recording, "--over", "top_wh.1=50:100:10")
    assert isinstance(found["points"], list)
    assert len(found["points"]) == 6
    assert main(["netbalance", "sweep", recording, "--over", "top_wh.1=50,60"]) == Exit.OK
    assert "top_wh.1=60" in capsys.readouterr().out


def test_compare(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "compare", recording)
    assert isinstance(found["algorithms"], list)
    assert found["algorithms"][0]["algorithm"] == "none"
    assert main(["netbalance", "compare", recording]) == Exit.OK
    assert len(capsys.readouterr().out.splitlines()) == 7


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["--algorithm", "best"], Exit.USAGE, "there is no algorithm"),
        (["--set", "x=1"], Exit.USAGE, "no setting 'x'"),
        (["--set", "x"], Exit.USAGE, "KEY=VALUE"),
        (["--loads", "-5"], Exit.USAGE, "no load"),
        (["--loads", "a"], Exit.USAGE, "powers in W"),
        (["--period", "20"], Exit.USAGE, "60, 30, 15 or 0"),
        (["--tariff", "dear"], Exit.USAGE, "there is no tariff"),
    ],
)
def test_what_is_wrong(recording: str, words: list[str], code: Exit, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["netbalance", "simulate", recording, *words]) == code
    assert what in capsys.readouterr().err


def test_files_that_are_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["netbalance", "simulate", str(tmp_path / "none.csv")]) == Exit.NOINPUT
    (tmp_path / "empty.csv").write_text("")
    assert main(["netbalance", "simulate", str(tmp_path / "empty.csv")]) == Exit.DATAERR
    assert "no rows" in capsys.readouterr().err


def test_a_site_is_tried_on_a_recording_with_all_that_binds_its_loads(
    recording: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelly = {"make_model": "Shelly__Gen1", "address": {"host": "192.168.1.46"}}
    meter = {"make_model": "Enphase__EnvoyS", "address": {"host": "192.168.1.43"}, "consumption": "total-consumption"}
    loads = [
        {"name": "late", "nominal_w": 1000, "priority": 2, "from": "12:00", "to": "13:00", "relay": shelly},
        {"name": "early", "nominal_w": 700, "priority": 1, "relay": shelly},
    ]
    form = {"meter": meter, "loads": loads, "algorithm": "hysteresis", "tariff": "every-day-alike", "sell_per_kwh": 0.187}
    site = tmp_path / "site.json"
    site.write_text(json.dumps(form))
    found = told(capsys, "try", str(site), recording)
    assert found["loads"] == ["early", "late"]
    hours_on = found["hours_on"]
    assert isinstance(hours_on, list)
    assert hours_on[0] > 1.0
    assert 0.0 < hours_on[1] <= 1.02, "an hour's window, to a sample"
    site.write_text(json.dumps({**form, "tariff": "x"}))
    assert main(["netbalance", "try", str(site), recording]) == Exit.USAGE
    assert "there is no tariff" in capsys.readouterr().err
