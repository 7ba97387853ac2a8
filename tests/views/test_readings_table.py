"""Text of what the Ear kept."""

import json

from gw_spaceheat.stores.query import MessageRow, ReadingRow
from gw_spaceheat.views.readings_table import messages_json, messages_text, readings_csv, readings_json, utc_text
from tests.heard import MIDNIGHT_MS

ROWS = [
    ReadingRow(MIDNIGHT_MS + 250, "tank", 51.25, "degC"),
    ReadingRow(MIDNIGHT_MS + 1000, "relay", 1.0, ""),
    ReadingRow(MIDNIGHT_MS, "f", 1 / 3, "degC"),
]
MESSAGE = MessageRow(MIDNIGHT_MS + 7, "h.ta.scada", "a", "power.watts", "id", '{"Watts":5}')


def test_times_are_utc_with_milliseconds() -> None:
    assert utc_text(MIDNIGHT_MS + 3) == "2018-01-08T00:00:00.003Z"


def test_csv_has_a_header_and_a_line_per_reading() -> None:
    assert list(readings_csv(ROWS)) == [
        "taken_utc,channel,value,unit",
        "2018-01-08T00:00:00.250Z,tank,51.25,degC",
        "2018-01-08T00:00:01.000Z,relay,1,",
        "2018-01-08T00:00:00.000Z,f,0.333333,degC",
    ]


def test_json_has_an_object_per_line() -> None:
    assert json.loads(next(readings_json(ROWS))) == {
        "taken_utc": "2018-01-08T00:00:00.250Z",
        "taken_ms": MIDNIGHT_MS + 250,
        "channel": "tank",
        "value": 51.25,
        "unit": "degC",
    }


def test_messages_are_lines_or_objects() -> None:
    long = MESSAGE._replace(dst="", payload='"' + "x" * 500 + '"')
    first, second = messages_text([MESSAGE, long])
    assert first.startswith("2018-01-08T00:00:00.007Z  h.ta.scada > a  power.watts ")
    assert first.endswith('{"Watts":5}')
    assert " > ?  " in second
    assert second.endswith("...")
    assert len(second) < 300
    assert json.loads(next(messages_json([MESSAGE])))["payload"] == {"Watts": 5}
