"""Told once, and once that it is over."""

import pytest

from gw_spaceheat.core.alerts.alerts import Alerts, QuietHours, Rule, Side

M = 60_000
COLD = Rule("cold", "room", Side.BELOW, 16.0, 17.0, for_ms=2 * M)
STALE = Rule("stale", "age", Side.ABOVE, 300.0, 300.0, urgent=True)
NIGHT = QuietHours(22 * 60, 6 * 60)
NOON, MIDNIGHT = 12 * 60, 0


@pytest.mark.parametrize(
    ("rule", "quiet", "story"),
    [
        (
            COLD,
            None,
            [(0, 15.0, []), (1, 15.0, []), (2, 15.0, ["raised"]), (3, 14.0, []), (4, 16.5, []), (5, 17.0, ["resolved"])],
        ),
        (COLD, None, [(0, 15.0, []), (1, 16.0, []), (2, 15.0, []), (3, 15.0, []), (4, 15.0, ["raised"])]),
        (COLD, None, [(0, 16.0, []), (9, 16.0, [])]),
        (STALE, None, [(0, 300.0, []), (1, 301.0, ["raised"]), (2, 500.0, []), (3, 1.0, ["resolved"]), (4, 301.0, ["raised"])]),
        (COLD, NIGHT, [(MIDNIGHT, 15.0, []), (5 * 60, 15.0, []), (6 * 60, 15.0, ["raised"])]),
        (COLD, NIGHT, [(MIDNIGHT, 15.0, []), (5 * 60, 18.0, []), (6 * 60, 18.0, [])]),
        (STALE, NIGHT, [(MIDNIGHT, 400.0, ["raised"])]),
        (STALE, None, [(0, 400.0, ["raised"]), (1, None, []), (2, 1.0, ["resolved"])]),
    ],
)
def test_a_story(rule: Rule, quiet: QuietHours | None, story: list[tuple[int, float | None, list[str]]]) -> None:
    """In minutes; after each look another machine goes on with what this one remembers."""
    remembered = Alerts((rule,)).open
    for minute, value, expected in story:
        machine = Alerts((rule,), quiet, dict(remembered))
        found = machine.look({rule.measure: {} if value is None else {"x": value}}, minute * M)
        assert [str(alert.standing) for alert in found] == expected, minute
        remembered = machine.open


@pytest.mark.parametrize(("minute", "holds"), [(22 * 60, True), (6 * 60 - 1, True), (6 * 60, False), (NOON, False)])
def test_quiet_hours_go_over_midnight(minute: int, holds: bool) -> None:
    assert NIGHT.holds(minute * M) is holds
    assert QuietHours(6 * 60, 22 * 60).holds(minute * M) is not holds
