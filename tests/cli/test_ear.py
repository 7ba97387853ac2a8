"""`gws ear`: what was kept is read back; what is wrong has an exit code."""

import json
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.gws_channel_completeness import GwsChannelCompleteness
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, report_event, thinned_report, uuid

OAK = "hw1.isone.me.millinocket.oak"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    store = ReadingsStore(tmp_path / "ear")
    store.open()
    messages = [
        layout({"tank": TelemetryName.WaterTempCTimes1000}),
        report_event(1, {"tank": [(MIDNIGHT_MS, 50_500)], "x": [(MIDNIGHT_MS, 1)]}),
        power(5),
    ]
    for number, message in enumerate(messages):
        store.keep(Persist(HOUSE, MIDNIGHT_MS + number, SCADA, "a", uuid(number), message))
    store.close()
    return str(tmp_path / "ear")


def test_tail_shows_the_last_messages(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ear", "tail", HOUSE, "-n", "2", "--folder", folder]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[4] for line in lines] == ["report.event", "power.watts"]
    assert main(["ear", "tail", HOUSE, "--json", "--folder", folder]) == Exit.OK
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["type_name"] for each in objects] == ["layout.lite", "report.event", "power.watts"]
    assert objects[-1]["payload"]["Watts"] == 5


def test_the_end_of_an_alias_is_enough(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ear", "tail", HOUSE.rpartition(".")[2], "--folder", folder]) == Exit.OK
    assert "power.watts" in capsys.readouterr().out


def test_the_folder_comes_from_the_settings(
    folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GWS_DATA_FOLDER", str(Path(folder).parent))
    assert main(["ear", "tail", HOUSE]) == Exit.OK
    assert "power.watts" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        (
            [],
            ["taken_utc,channel,value,unit", "2018-01-08T00:00:00.000Z,tank,50.5,degC", "2018-01-08T00:00:00.000Z,x,1,counts"],
        ),
        (["--channels", "tank, "], ["taken_utc,channel,value,unit", "2018-01-08T00:00:00.000Z,tank,50.5,degC"]),
        (
            ["--channels", "x", "--format", "json"],
            [
                '{"taken_utc": "2018-01-08T00:00:00.000Z", "taken_ms": 1515369600000, '
                '"channel": "x", "value": 1.0, "unit": "counts"}'
            ],
        ),
    ],
)
def test_export_writes_readings(folder: str, capsys: pytest.CaptureFixture[str], more: list[str], lines: list[str]) -> None:
    words = ["ear", "export", HOUSE, "--from", "2018-01-07T19:00-05:00", "--to", "2018-01-09", "--folder", folder, *more]
    assert main(words) == Exit.OK
    assert capsys.readouterr().out.splitlines() == lines


def test_what_is_left_of_readings_is_written_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ReadingsStore(tmp_path)
    store.open()
    store.keep(Persist(HOUSE, MIDNIGHT_MS, SCADA, "a", uuid(2), thinned_report(2, 60, {"x": [(1, 5, 4, 6, 12)]})))
    store.close()
    words = ["ear", "export", HOUSE, "--from", "2018-01-08", "--to", "2018-01-09", "--folder", str(tmp_path)]
    assert main([*words, "--thinned"]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "from_utc,bin_s,channel,mean,min,max,count,unit",
        "2018-01-08T00:01:00.000Z,60,x,5,4,6,12,counts",
    ]
    assert main([*words, "--thinned", "--format", "json"]) == Exit.OK
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "thinned": True, "from_utc": "2018-01-08T00:01:00.000Z", "from_ms": MIDNIGHT_MS + 60_000, "bin_s": 60, "channel": "x",
        "mean": 5.0, "min": 4.0, "max": 6.0, "count": 12, "unit": "counts",
    }  # fmt: skip
    assert main(words) == Exit.OK
    assert len(capsys.readouterr().out.splitlines()) == 1  # a mean is no reading


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["tail", "d1.other"], Exit.NOINPUT, "nothing is kept of d1.other"),
        (["tail", "../x"], Exit.NOINPUT, "no alias"),
        (["tail", HOUSE, "-n", "0"], Exit.USAGE, "--count"),
        (["export", HOUSE, "--from", "yesterday", "--to", "2018-01-09"], Exit.USAGE, "is no time"),
        (["export", HOUSE, "--from", "2018-01-09", "--to", "2018-01-09"], Exit.USAGE, "is not after"),
        (["gaps", HOUSE, "--from", "2018-01-09", "--to", "2018-01-09"], Exit.USAGE, "is not after"),
        (["gaps", "d1.other", "--from", "2018-01-08", "--to", "2018-01-09"], Exit.NOINPUT, "nothing is kept of d1.other"),
        (["export", HOUSE, "--from", "2018-01-08", "--to", "2018-01-09", "--format", "xml"], Exit.USAGE, "xml"),
    ],
)
def test_what_is_wrong_has_an_exit_code(
    folder: str, capsys: pytest.CaptureFixture[str], words: list[str], code: Exit, told: str
) -> None:
    assert main(["ear", *words, "--folder", folder]) == code
    assert told in capsys.readouterr().err


def test_gaps_lays_certificates_beside_what_has_arrived(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def part(name: str, expected: int, captured: int, *missing: GwsMissingSpan) -> GwsChannelCompleteness:
        return GwsChannelCompleteness(channel_name=name, expected=expected, captured=captured, missing_list=missing)

    def certificate(number: int, *parts: GwsChannelCompleteness) -> GwsCompleteness:
        return GwsCompleteness(
            message_id=uuid(number),
            src=SCADA,
            time_created_ms=MIDNIGHT_MS + number,
            start_unix_s=MIDNIGHT_MS // 1000,
            duration_s=3600,
            channel_list=parts,
            down_list=[],
        )

    stale = GwsMissingSpan(from_unix_ms=MIDNIGHT_MS, to_unix_ms=MIDNIGHT_MS + 60_000, because="no answer")
    relay = ChannelReadings(channel_name="relay", value_list=[1], scada_read_time_unix_ms_list=[MIDNIGHT_MS + 9])
    messages = [
        report_event(1, {"tank": [(MIDNIGHT_MS, 1), (MIDNIGHT_MS + 60_000, 2)], "pump": [(MIDNIGHT_MS, 1)]}),
        msgspec.structs.replace(thinned_report(2, 60, {"tank": [(2, 5, 5, 5, 3)]}), reading_list=[relay]),
        certificate(3, part("tank", 90, 90)),  # another comes later for the same hour
        certificate(4, part("tank", 6, 5, stale), part("pump", 2, 2), part("relay", 1, 1)),
    ]
    with_store = ReadingsStore(tmp_path / "ear")
    with_store.open()
    for number, message in enumerate(messages):
        with_store.keep(Persist(HOUSE, MIDNIGHT_MS + number, SCADA, "a", uuid(10 + number), message))
    with_store.close()
    words = ["ear", "gaps", HOUSE, "--from", "2018-01-08T00:10", "--to", "2018-01-08T00:20", "--folder", str(tmp_path / "ear")]
    assert main(words) == Exit.OK
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        ["2018-01-08T00:00Z", "pump", "2", "1", "0", "1", "captured,", "and", "not", "arrived", "(yet)"],
        ["2018-01-08T00:00Z", "tank", "6", "2", "3", "1", "no", "answer"],
        ["1", "of", "3", "hours", "of", "channels", "are", "whole"],
    ]
    assert main([*words, "--json", "--channels", "relay"]) == Exit.OK
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["expected"], row["stored"], row["missing"], row["why"]) == (1, 1, 0, [])


WEEK = ["--from", "2018-01-08", "--to", "2018-01-08T00:10"]


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        (
            [],
            [
                "from_utc,channel,value,unit,count,thinned",
                "2018-01-08T00:00:00.000Z,tank,50.5,degC,1,false",
                "2018-01-08T00:05:00.000Z,tank,,degC,0,false",
            ],
        ),
        (
            ["--every", "10m", "--agg", "max", "--json"],
            [
                '{"from_utc": "2018-01-08T00:00:00.000Z", "from_ms": 1515369600000, "channel": "tank", '
                '"value": 50.5, "unit": "degC", "count": 1, "thinned": false}'
            ],
        ),
    ],
)
def test_query_tells_of_steps(folder: str, capsys: pytest.CaptureFixture[str], more: list[str], lines: list[str]) -> None:
    assert main(["ear", "query", HOUSE, "tank", *WEEK, "--folder", folder, *more]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize(
    ("channel", "more", "code", "text"),
    [
        ("tank", ["--every", "5 minutes"], Exit.USAGE, "length of time"),
        ("tank", ["--every", "0s"], Exit.USAGE, "length of time"),
        ("tank", ["--agg", "median"], Exit.USAGE, "none of"),
        ("tank", ["--json", "--csv"], Exit.USAGE, "only one"),
        ("tank", ["--parquet"], Exit.USAGE, "--out"),
        ("tank", ["--every", "1ms", "--to", "2019-01-01"], Exit.NOINPUT, "too many"),
        ("tonk", [], Exit.NOINPUT, "no channel tonk; there is: tank, x"),
    ],
)
def test_a_wrong_query_is_refused(
    folder: str, capsys: pytest.CaptureFixture[str], channel: str, more: list[str], code: Exit, text: str
) -> None:
    assert main(["ear", "query", HOUSE, channel, *WEEK, "--folder", folder, *more]) == code
    assert text in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_query_writes_a_file_once(folder: str, tmp_path: Path) -> None:
    words = ["ear", "query", HOUSE, "tank", *WEEK, "--folder", folder, "--parquet", "--out", str(tmp_path / "q.parquet")]
    assert [main(words), main(words)] == [Exit.OK, Exit.CANTCREAT]


def test_days_are_joined_and_old_ones_removed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ear", "compact", "--folder", folder]) == Exit.OK
    assert main(["ear", "query", HOUSE, "tank", *WEEK, "--every", "10m", "--folder", folder]) == Exit.OK
    assert main(["ear", "compact", "--keep-messages", "1", "--folder", folder]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "1 months joined, 0 files removed",
        "from_utc,channel,value,unit,count,thinned",
        "2018-01-08T00:00:00.000Z,tank,50.5,degC,1,false",
        "0 months joined, 1 files removed",
    ]
    assert main(["ear", "compact", "--folder", folder + "-not"]) == Exit.NOINPUT


def test_energies_are_told_by_local_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ReadingsStore(tmp_path)
    store.open()
    store.keep(
        Persist(OAK, MIDNIGHT_MS, f"{OAK}.ta.scada", "a", uuid(2), thinned_report(2, 60, {"a-hp": [(0, 600, 600, 600, 6)]}))
    )
    store.close()
    words = ["ear", "energy", OAK, "--from", "2018-01-07", "--to", "2018-01-08", "--folder", str(tmp_path)]
    assert main([*words, "--json"]) == Exit.OK
    sunday, monday = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (sunday["day"], sunday["source_kwh"], sunday["cop"]) == ("2018-01-07", 0.01, None)
    assert (monday["day"], monday["source_kwh"]) == ("2018-01-08", None)
    assert main(words) == Exit.OK
    assert capsys.readouterr().out.splitlines()[2].startswith("2018-01-07")


@pytest.mark.parametrize(
    ("from_", "to", "told"),
    [
        ("yesterday", "2018-01-08", "'yesterday' is no day"),
        ("2018-01-08", "2018-01-07", "must be --from"),
        ("2018-01-08", "2019-03-08", "up to 366 days later"),
    ],
)
def test_days_that_cannot_be_told(tmp_path: Path, from_: str, to: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ear", "energy", OAK, "--from", from_, "--to", to, "--folder", str(tmp_path)]) == Exit.USAGE
    assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())
