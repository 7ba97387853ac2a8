"""Rules in a file: what they mean, and every problem of one that cannot be used."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gw_spaceheat.apps.alerts.measures import MEASURES
from gw_spaceheat.apps.alerts.rules_file import DEFAULT, AlertRulesError, read_rules
from gw_spaceheat.apps.alerts.running import quiet_hours
from gw_spaceheat.core.alerts.alerts import Rule, Side

COLD = {"name": "cold", "measure": "room_c", "below": 17, "clear": 18, "for_min": 5, "urgent": True}


def file(tmp_path: Path, said: Any) -> Path:
    path = tmp_path / "alerts.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said))
    return path


def test_without_a_file_the_usual_rules_hold() -> None:
    assert read_rules(None) is DEFAULT
    assert {rule.measure for rule in DEFAULT.rules} == set(MEASURES)


def test_a_rule_of_a_file(tmp_path: Path) -> None:
    found = read_rules(file(tmp_path, {"rules": [COLD, {"name": "hot", "measure": "room_c", "above": 27}]}))
    assert found.rules == (
        Rule("cold", "room_c", Side.BELOW, 17, 18, 300_000, urgent=True),
        Rule("hot", "room_c", Side.ABOVE, 27, 27),
    )
    assert found.quiet is None


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (datetime(2026, 1, 10, 2, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 10, 3, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 10, 10, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 10, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 10, 2, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 10, 10, 0, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(tmp_path: Path, at: datetime, quiet: bool) -> None:
    rules = read_rules(file(tmp_path, {"quiet": {"from": "22:00", "to": "06:00", "timezone": "America/New_York"}}))
    assert rules.rules == DEFAULT.rules
    assert rules.quiet is not None
    assert rules.quiet.zone == ZoneInfo("America/New_York")
    hours = quiet_hours(rules, round(at.timestamp() * 1000))
    assert hours is not None
    assert hours.holds(round(at.timestamp() * 1000)) is quiet


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{", "truncated"),
        ({"rulez": []}, "unknown field `rulez`"),
        ({"rules": [{**COLD, "measure": "room"}]}, "rule 'cold': there is no measure room; known are house_silent_min"),
        ({"rules": [{**COLD, "above": 3}]}, "rule 'cold': give either above or below"),
        ({"rules": [{**COLD, "clear": 16}]}, r"clear \(16\) must be on the good side"),
        ({"rules": [{**COLD, "for_min": -1}]}, "for_min must be 0 to 100000, not -1"),
        ({"rules": [COLD, COLD]}, "two rules are called 'cold'"),
        ({"quiet": {"from": "22", "to": "6:00", "timezone": "UTC"}}, "from must be a time such as 22:00, not '22'"),
        ({"quiet": {"from": "22:00", "to": "6:00", "timezone": "Main"}}, "no time zone 'Main'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, said: Any, words: str) -> None:
    with pytest.raises(AlertRulesError, match=words):
        read_rules(file(tmp_path, said))
