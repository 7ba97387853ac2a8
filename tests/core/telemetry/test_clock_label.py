"""A SCADA in a boot in which the clock has yet to be set: what it reads waits for its date, and gets it."""

import pytest

from gw_spaceheat.core.events import ClockStepped, Event, Readings, Started, Stopping
from gw_spaceheat.core.telemetry.clock_label import ClockKnown
from gw_spaceheat.messages.gws_clock import GwsClock
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, SECOND_MS
from tests.core.bench import START, TRIGGER, Bench, house, sent

SLOT_S = 300
AWAITED = ClockKnown("boot-1", synchronised=False, awaited=True)


def awaiting(off_ms: int) -> Bench:
    """It begins at START, and thinks that it is off_ms later."""
    bench = Bench(wall_ms=START + off_ms, clock=AWAITED)
    bench.tell(Started())
    return bench


def read_for(bench: Bench, minutes: int) -> list[Event]:
    """A minute after another, with a reading in each, whose value is the minute."""
    told: list[Event] = []
    for _ in range(minutes):
        told += bench.read_tank(bench.mono_ms / 60_000)
        told += bench.rest(60)
    return told


def dated(events: list[Event]) -> list[tuple[int, int]]:
    """The value of each reading that was reported, and when it was taken [s after START]."""
    return [
        (value // 1000, (taken_ms - START) // SECOND_MS)
        for report in sent(events, ReportEvent)
        for part in report.report.channel_reading_list
        if part.channel_name == "a-tank-temp0"
        for value, taken_ms in zip(part.value_list, part.scada_read_time_unix_ms_list, strict=True)
    ]


def slots(events: list[Event]) -> list[int]:
    """The slots that were reported, from START on."""
    return [(report.report.slot_start_unix_s - START // 1000) // SLOT_S for report in sent(events, ReportEvent)]


@pytest.mark.parametrize("off_ms", [-10 * 365 * DAY_MS, -3 * HOUR_MS - 17_250, -4_000, 0, 90_000, 5 * HOUR_MS])
def test_what_was_read_before_the_clock_was_set_gets_its_date(off_ms: int) -> None:
    bench = awaiting(off_ms)
    before = read_for(bench, 62)
    assert sent(before, ReportEvent) == []
    bench.step(-off_ms)
    after = bench.tell(ClockStepped(-off_ms, corrects_from_ms=START + off_ms))
    after += read_for(bench, 8)
    after += bench.rest(2)
    assert slots(after) == list(range(14))
    assert dated(after) == [(minute, minute * 60) for minute in range(70)]
    marked = [
        report.report.slot_start_unix_s
        for report in sent(after, ReportEvent)
        if any(state.machine_handle == "clock" for state in report.report.state_list)
    ]
    assert len(marked) == 13  # the last slot that was begun before, and all before that
    (certificate,) = sent(after, GwsCompleteness)
    assert certificate.start_unix_s == START // 1000 // 3600 * 3600


def test_a_scan_that_was_on_its_way_when_the_clock_was_set_is_corrected_too() -> None:
    bench = awaiting(-HOUR_MS)
    late = Readings("a.tank.temp0", bench.now.wall_ms, ("a-tank-temp0",), (7.0,))
    bench.step(HOUR_MS)
    told = bench.tell(ClockStepped(HOUR_MS, corrects_from_ms=START - HOUR_MS))
    told += bench.tell(late)
    told += bench.rest(30)
    told += bench.read_tank(8.0)
    told += bench.rest(300)
    assert dated(told) == [(7, 0), (8, 30)]


def test_a_command_is_dated_too() -> None:
    bench = awaiting(-HOUR_MS)
    bench.take()
    bench.step(HOUR_MS)
    told = bench.tell(ClockStepped(HOUR_MS, corrects_from_ms=START - HOUR_MS))
    told += bench.rest(301)
    (report,) = sent(told, ReportEvent)
    times = [at for state in report.report.state_list for at in state.unix_ms_list]
    times += [step.unix_time_ms for command in report.report.fsm_report_list for step in command.atomic_list]
    assert times
    assert all(START <= at < START + SLOT_S * SECOND_MS for at in times), TRIGGER


def test_an_orderly_stop_reports_nothing_that_has_no_date() -> None:
    bench = awaiting(-HOUR_MS)
    assert sent([*read_for(bench, 7), *bench.tell(Stopping())], ReportEvent) == []


def test_the_next_process_of_the_boot_dates_what_the_one_before_has_read() -> None:
    left = [
        Readings("a.tank.temp0", START - HOUR_MS + second * SECOND_MS, ("a-tank-temp0",), (float(second // 60),))
        for second in range(0, 600, 60)
    ]
    bench = Bench(mono_ms=600_000, wall_ms=START - HOUR_MS + 600_000, unreported=left, clock=AWAITED)
    bench.tell(Started())
    bench.step(HOUR_MS)
    told = bench.tell(ClockStepped(HOUR_MS, corrects_from_ms=START - HOUR_MS))
    told += bench.leap(901)
    assert slots(told) == [0, 1, 2]
    assert dated(told) == [(minute, minute * 60) for minute in range(10)]


def test_the_peer_is_told_of_both_clocks() -> None:
    bench = Bench(wall_ms=START - HOUR_MS, clock=AWAITED)
    (label,) = sent(bench.tell(Started()), GwsClock)
    assert (label.boot_id, label.mono_ms, label.synchronised, label.awaited) == ("boot-1", 0, False, True)
    bench.rest(10)
    bench.step(HOUR_MS)
    (label,) = sent(bench.tell(ClockStepped(HOUR_MS, corrects_from_ms=START - HOUR_MS)), GwsClock)
    assert (label.time_created_ms - label.mono_ms, label.synchronised, label.awaited) == (START, True, False)
    assert (label.stepped_by_ms, label.corrected_from_ms) == (HOUR_MS, START - HOUR_MS)
    (label,) = sent(bench.tell(ClockStepped(0, synchronised=False)), GwsClock)
    assert (label.stepped_by_ms, label.synchronised) == (0, False)
    assert len(sent(bench.rest(2 * 3600), GwsClock)) == 2  # with each certificate


def test_in_virtual_time_nobody_speaks_of_clocks() -> None:
    bench = Bench()
    told = [*bench.tell(Started()), *bench.rest(4000), *bench.tell(ClockStepped(0))]
    assert sent(told, GwsClock) == []
    assert house().scada_alias
