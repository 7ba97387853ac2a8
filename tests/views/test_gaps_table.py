"""Text of what is missing."""

import json

from gw_spaceheat.core.telemetry.gaps import ChannelHour
from gw_spaceheat.views.gaps_table import gaps_json, gaps_text
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.heard import MIDNIGHT_MS

ROWS = [
    ChannelHour("tank", MIDNIGHT_MS, 60, 60, 60, 0, 0, ()),
    ChannelHour("tank", MIDNIGHT_MS + HOUR_MS, 60, 50, 30, 8, 22, ("stale", "on its way")),
    ChannelHour("x", MIDNIGHT_MS, None, None, 1, 0, None, ("unknown",)),
]


def test_only_what_is_missing_is_shown() -> None:
    lines = list(gaps_text(ROWS))
    assert [line.split() for line in lines[1:]] == [
        ["2018-01-08T01:00Z", "tank", "60", "30", "8", "22", "stale;", "on", "its", "way"],
        ["2018-01-08T00:00Z", "x", "?", "1", "0", "?", "unknown"],
        ["1", "of", "3", "hours", "of", "channels", "are", "whole"],
    ]
    assert lines[0].split()[2:] == ["channel", "expected", "stored", "thinned", "missing", "why"]


def test_or_everything() -> None:
    assert len(list(gaps_text(ROWS, everything=True))) == 5


def test_nothing_is_missing() -> None:
    assert list(gaps_text(ROWS[:1])) == ["1 of 1 hours of channels are whole"]


def test_json_has_all() -> None:
    objects = [json.loads(line) for line in gaps_json(ROWS)]
    assert objects[1] == {
        "hour_utc": "2018-01-08T01:00:00.000Z",
        "hour_ms": MIDNIGHT_MS + HOUR_MS,
        "channel": "tank",
        "expected": 60,
        "captured": 50,
        "stored": 30,
        "thinned": 8,
        "missing": 22,
        "why": ["stale", "on its way"],
    }
    assert objects[2]["expected"] is None
