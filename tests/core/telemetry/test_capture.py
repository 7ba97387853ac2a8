"""Capture rules: at least one a period, at once beyond the delta, and at once when a value goes missing or comes back."""

import pytest

from gw_spaceheat.core.telemetry.capture import Capture
from gw_spaceheat.house.model import CaptureRule, Channel
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

START = 1_700_000_100_000


def channel(name: str, period_s: float, delta: float | None) -> Channel:
    rule = CaptureRule(poll_s=10, period_s=period_s, delta=delta)
    return Channel(name=name, about=f"a.{name}", captured_by="a.m", telemetry=TelemetryName.PowerW, capture=rule)


@pytest.mark.parametrize(
    ("story", "scans", "captured"),
    [
        ("the first scan is captured whole", [(0, [1.0, 2.0])], [("ab", [1.0, 2.0])]),
        (
            "unchanged values wait for their period",
            [(0, [1.0, 2.0]), (10, [1.0, 2.0]), (50, [1.0, 2.0])],
            ["first", None, None],
        ),
        (
            "each has its own period",
            [(0, [1.0, 2.0]), (60, [1.0, 2.0]), (300, [1.0, 2.0])],
            ["first", ("a", [1.0]), ("ab", [1.0, 2.0])],
        ),
        ("a change beyond the delta comes at once", [(0, [1.0, 2.0]), (10, [1.0, 7.1])], ["first", ("b", [7.1])]),
        ("a change up to the delta does not", [(0, [1.0, 2.0]), (10, [1.0, 7.0])], ["first", None]),
        (
            "changes count from the last captured",
            [(0, [1.0, 2.0]), (10, [1.0, 6.0]), (20, [1.0, 8.0])],
            ["first", None, ("b", [8.0])],
        ),
        ("without a delta only the period counts", [(0, [1.0, 2.0]), (10, [99.0, 2.0])], ["first", None]),
        ("going missing is told once", [(0, [1.0, 2.0]), (10, [None, 2.0]), (20, [None, 2.0])], ["first", ("a", [None]), None]),
        (
            "and so is coming back",
            [(0, [1.0, 2.0]), (10, [None, 2.0]), (20, [1.0, 2.0])],
            ["first", ("a", [None]), ("a", [1.0])],
        ),
        ("a late start is aligned afterwards", [(50, [1.0, 2.0]), (60, [1.0, 2.0])], ["first", ("a", [1.0])]),
        (
            "a step back captures and aligns again",
            [(7200, [1.0, 2.0]), (10, [1.0, 2.0]), (20, [1.0, 2.0])],
            ["first", "first", None],
        ),
    ],
)
def test_stories(story: str, scans: list, captured: list) -> None:
    capture = Capture([channel("a", 60, None), channel("b", 300, 5.0)])
    for (second, values), expected in zip(scans, captured, strict=True):
        chosen = capture.select(values, Moment(second * 1000, START + second * 1000))
        if expected is None:
            assert chosen is None, story
            continue
        names, wanted = ("ab", values) if expected == "first" else expected
        assert chosen == (tuple(names), tuple(wanted)), story


def test_after_a_loss_everything_is_captured() -> None:
    capture = Capture([channel("a", 60, None), channel("b", 300, 5.0)])
    capture.select([1.0, 2.0], Moment(0, START))
    capture.forget()
    assert capture.select([1.0, 2.0], Moment(10, START + 10)) == (("a", "b"), (1.0, 2.0))


def test_a_reader_that_knows_what_changed_is_believed_and_periods_are_kept_anyway() -> None:
    capture = Capture([channel("a", 60, 1.0), channel("b", 60, 5.0)])
    assert capture.select([1.0, 2.0], Moment(0, START), []) == (("a", "b"), (1.0, 2.0))
    assert capture.first_due_wall_ms == START - START % 60_000 + 60_000
    assert capture.select([1.0, 2.0], Moment(1_000, START + 1_000), []) is None
    assert capture.select([1.0, 9.0], Moment(2_000, START + 2_000), [1]) == (("b",), (9.0,))
    assert capture.last == [1.0, 9.0]
    assert capture.select([1.0, 9.0], Moment(60_000, START + 60_000), []) == (("a", "b"), (1.0, 9.0))
