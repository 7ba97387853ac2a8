"""What a process before has captured and not reported is reported by this one, once."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.core.events import Readings, Started
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.core.telemetry.reporter import Reporter
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from tests.core.bench import Bench, house, sent

SLOT_MS = 1_700_002_800_000  # a full hour
POWER = ("a-elt-pwr",)


def at(second: float) -> Moment:
    return Moment(round(second * 1000) + 7_000, SLOT_MS + round(second * 1000))


def scan(second: float, watts: float = 7.0) -> Readings:
    return Readings("a.m", SLOT_MS + round(second * 1000), POWER, (watts,))


def reporter(*restored: Readings, from_ms: int = 0) -> Reporter:
    fresh = Reporter(house(), IdSource(b"reporter"), 1000)
    fresh.restore(restored, from_ms)
    return fresh


def told(reports: Sequence[ReportEvent]) -> list[tuple[int, list[float]]]:
    """Beginning of each slot, and when each of its readings was taken [s, from the first slot's beginning]."""
    return [
        (
            event.report.slot_start_unix_s - SLOT_MS // 1000,
            [
                (taken_ms - SLOT_MS) / 1000
                for part in event.report.channel_reading_list
                for taken_ms in part.scada_read_time_unix_ms_list
            ],
        )
        for event in reports
    ]


def test_a_slot_that_is_still_open_goes_on() -> None:
    fresh = reporter(scan(0), scan(60))
    assert told(fresh.due(at(100))) == []
    fresh.take(scan(120))
    assert told(fresh.due(at(301))) == [(0, [0, 60, 120])]
    assert told(fresh.due(at(601))) == [(300, [])]


@pytest.mark.parametrize("began_s", [300, 300.5, 301, 450, 599])
def test_a_slot_that_is_over_is_reported_at_once(began_s: float) -> None:
    fresh = reporter(scan(0), scan(60))
    assert told(fresh.due(at(began_s))) == [(0, [0, 60])]
    fresh.take(scan(599.5))
    assert told(fresh.due(at(601))) == [(300, [599.5])]


def test_slots_in_which_nobody_lived_are_not_reported() -> None:
    fresh = reporter(scan(290), scan(300))
    assert told(fresh.due(at(3700))) == [(0, [290]), (300, [300])]
    assert told(fresh.due(at(3901))) == [(3600, [])]


def test_a_clock_that_is_behind_at_the_start_and_is_put_right() -> None:
    fresh = reporter(scan(0))
    assert told(fresh.due(at(-7200))) == []
    put_right = Moment(at(-7200).mono_ms + 5_000, at(400).wall_ms)
    assert told(fresh.due(put_right)) == [(-7200, []), (0, [0])]


@pytest.mark.parametrize("after_report", [False, True])
def test_a_scan_that_still_waited_in_the_mailbox_is_not_taken_twice(after_report: bool) -> None:
    fresh = reporter(scan(0), scan(60))
    reports = list(fresh.due(at(350 if after_report else 100)))
    fresh.take(scan(60))
    fresh.take(scan(61))
    reports += [*fresh.due(at(301)), *fresh.due(at(601))]
    assert sorted(taken_s for _slot, taken in told(reports) for taken_s in taken) == [0, 60, 61]


def test_it_is_in_the_report_of_an_orderly_end() -> None:
    fresh = reporter(scan(0), scan(60))
    fresh.due(at(100))
    assert told(fresh.flush(at(110))) == [(0, [0, 60])]


def test_what_came_too_late_for_an_hour_that_is_told_goes_into_the_next() -> None:
    fresh = reporter(scan(-10), scan(5), from_ms=SLOT_MS)
    assert told(fresh.due(at(310))) == [(0, [-10, 5])]


COUNTED = CompletenessMemory(
    hour_s=SLOT_MS // 1000 - 3600,
    from_s=SLOT_MS // 1000 - 3600,
    to_s=SLOT_MS // 1000,
    alive_ms=SLOT_MS + 1_000,
    captured={"a-elt-pwr": 60},
    missing={},
    down=[],
)


def test_a_scada_reports_and_counts_what_it_was_given_back() -> None:
    strange = Readings("a.m", SLOT_MS, ("a-sold-meter",), (1.0,))
    bench = Bench(wall_ms=SLOT_MS + 7 * MINUTE_MS, counted=COUNTED, unreported=(scan(0), strange, scan(60)))
    assert told(sent(bench.tell(Started()), ReportEvent)) == [(0, [0, 60])]
    assert bench.counted is not None
    assert (bench.counted.to_s, bench.counted.captured["a-elt-pwr"]) == (SLOT_MS // 1000 + 300, 2)
    assert [span.to_ms for span in bench.counted.down] == [SLOT_MS + 7 * MINUTE_MS]


def test_a_scada_that_was_given_nothing_back_reports_no_slot_in_which_it_did_not_live() -> None:
    bench = Bench(wall_ms=SLOT_MS + HOUR_MS, counted=COUNTED)
    assert sent(bench.tell(Started()), ReportEvent) == []
