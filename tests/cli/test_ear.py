"""`gws ear`: what was kept is read back; what is wrong has an exit code."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, power, report_event, thinned_report, uuid


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
        (["export", HOUSE, "--from", "2018-01-08", "--to", "2018-01-09", "--format", "xml"], Exit.USAGE, "xml"),
    ],
)
def test_what_is_wrong_has_an_exit_code(
    folder: str, capsys: pytest.CaptureFixture[str], words: list[str], code: Exit, told: str
) -> None:
    assert main(["ear", *words, "--folder", folder]) == code
    assert told in capsys.readouterr().err
