"""`gws simulate`: what it prints, and what it writes into a folder."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.messages.codec import decode
from gw_spaceheat.messages.report_event import ReportEvent
from tests.scenarios.scene import GARAGE, HOUSES

FILE = ["--file", str(HOUSES)]
RUN = ["simulate", GARAGE, "--start", "2018-01-08", "--days", "1", "--seed", "3", *FILE]
KEYS = {
    "house", "start", "days", "strategy", "seed", "energy_kwh", "heat_kwh", "cost_usd", "comfort", "compressor_starts",
    "on_peak_share", "peak_kw", "peak_usd", "energy_residual", "reports", "readings", "events", "wall_s", "digest",
    "contract", "reports_sent",
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated day with all that it writes."""
    folder = tmp_path_factory.mktemp("simulated") / "out"
    assert main([*RUN, "--out", str(folder), "--json"]) == Exit.OK
    return folder


@pytest.fixture
def summary(out: Path) -> dict[str, object]:
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    return told


def test_the_summary_has_every_figure(summary: dict[str, object]) -> None:
    assert summary.keys() >= KEYS
    for name, parts in {
        "energy_kwh": {"heat_pump", "boost", "pumps", "total"},
        "heat_kwh": {"delivered", "demanded"},
        "comfort": {"kelvin_hours_below", "worst_k"},
        "contract": {"plan", "remote_share", "mode_changes", "accounts"},
    }.items():
        value = summary[name]
        assert isinstance(value, dict)
        assert value.keys() >= parts
    assert (summary["house"], summary["days"], summary["seed"], summary["reports"]) == (GARAGE, 1, 3, 288)


def test_one_json_object_is_printed_and_the_digest_is_the_same_again(
    summary: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "--json"]) == Exit.OK
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert {**told, "wall_s": 0} == {**summary, "wall_s": 0}


def test_a_person_reads_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(RUN) == Exit.OK
    captured = capsys.readouterr()
    assert captured.out.startswith("house")
    assert "288 reports" in captured.out


def test_every_message_on_the_uplink_is_written_and_decodes(out: Path, summary: dict[str, object]) -> None:
    said = [json.loads(line) for line in (out / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    envelopes = [decode(each["topic"], json.dumps(each["payload"]).encode()) for each in said]
    counts = summary["messages"]
    assert isinstance(counts, dict)
    assert len(envelopes) == sum(counts.values())
    reports = [each.message for each in envelopes if isinstance(each.message, ReportEvent)]
    starts_s = [message.report.slot_start_unix_s for message in reports]
    assert starts_s == [starts_s[0] + 300 * number for number in range(288)]


def test_the_readings_are_an_ears_files(out: Path, summary: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(out / "readings")]
    assert main(["ear", "export", GARAGE, "--from", "2018-01-08", "--to", "2018-01-10", "--format", "json", *folder]) == Exit.OK
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == summary["readings"]
    assert {row["channel"] for row in rows} >= {"a-tank-temp0", "a-m", "a-elt1-relay"}
    assert len({(row["channel"], row["taken_ms"]) for row in rows}) == len(rows)


def test_without_a_contract_reports_are_made_and_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--contract", "none", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["reports"], told["reports_sent"]) == (288, 0)
    assert told["contract"] == {"plan": "none", "remote_share": 0.0, "mode_changes": 0, "accounts": []}


def test_outages_are_read_and_what_is_wrong_with_them_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "outages.csv"
    file.write_text("start,end\n2018-01-08T10:00,2018-01-08T11:00\n", encoding="utf-8")
    assert main([*RUN, "--contract-outages", str(file), "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["contract"]["mode_changes"] == 3
    assert told["contract"]["remote_share"] == pytest.approx(23 / 24, abs=0.01)
    assert (told["reports"], told["reports_sent"]) == (288, 288)
    file.write_text("start,end\n2018-01-08T10:00,noon\n", encoding="utf-8")
    assert main([*RUN, "--contract-outages", str(file)]) == Exit.DATAERR
    assert "outages.csv: line 2, column end: 'noon' is no time" in capsys.readouterr().err
