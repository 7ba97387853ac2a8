"""The certificate of an hour: what should have been read, what was, and why the rest is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec
import pytest

from gw_spaceheat.core.telemetry.completeness import DOWN, Completeness
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.core.telemetry.presence import Change
from gw_spaceheat.house.model import CaptureRule
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS, Moment
from tests.core.bench import house

HOUR_S = 1_700_002_800  # a full hour
TANK, POWER = "a-tank-temp0", "a-elt-pwr"  # captured every minute
HOUSE = house()
HOUSE = replace(
    HOUSE,
    channels={**HOUSE.channels, POWER: replace(HOUSE.channels[POWER], capture=CaptureRule(poll_s=10, period_s=300, delta=50))},
)


class Daemon:
    """Reports slots by its clocks; a restart keeps what was kept, and nothing else.

    Attributes:
        mono_ms: Its monotonic clock.
        offset_ms: What its wall clock is ahead of that.
    """

    def __init__(self, wall_s: int = HOUR_S, memory: CompletenessMemory | None = None) -> None:
        self.mono_ms = 7_000
        self.offset_ms = wall_s * SECOND_MS - self.mono_ms
        self.kept = memory
        self.ids = IdSource(b"completeness")
        self.begin()

    @property
    def now(self) -> Moment:
        return Moment(self.mono_ms, self.mono_ms + self.offset_ms)

    def begin(self) -> None:
        raw = None if self.kept is None else msgspec.json.encode(self.kept)
        memory = None if raw is None else msgspec.json.decode(raw, type=CompletenessMemory)
        self.completeness = Completeness(HOUSE, self.ids, memory)
        self.completeness.start(self.now)

    def restart(self, after_s: int) -> None:
        self.mono_ms += after_s * SECOND_MS
        self.begin()

    def report(self, slot_s: int, readings: Mapping[str, Sequence[int]]) -> list[GwsCompleteness]:
        """The report of a slot, made a second after its end, with readings at these seconds of it."""
        end_ms = (slot_s + 301) * SECOND_MS
        self.mono_ms = max(self.mono_ms, end_ms - self.offset_ms)
        report = Report(
            from_g_node_alias=HOUSE.scada_alias,
            from_g_node_instance_id=HOUSE.scada_instance_id,
            about_g_node_alias=HOUSE.terminal_asset_alias,
            slot_start_unix_s=slot_s,
            slot_duration_s=300,
            channel_reading_list=[
                ChannelReadings(
                    channel_name=name,
                    value_list=[1] * len(seconds),
                    scada_read_time_unix_ms_list=[(slot_s + second) * SECOND_MS for second in seconds],
                )
                for name, seconds in readings.items()
            ],
            state_list=[],
            fsm_report_list=[],
            message_created_ms=self.now.wall_ms,
            id=self.ids(),
        )
        message = ReportEvent(message_id=report.id, time_created_ms=self.now.wall_ms, src="x", report=report)
        made = self.completeness.take(message, self.now)
        self.kept = self.completeness.memory(self.now)
        for certificate in made:
            certificate.check()
        return made

    def hours(self, first_s: int, slots: int) -> Iterator[GwsCompleteness]:
        """Report so many slots in which everything is captured."""
        for slot in range(slots):
            yield from self.report(first_s + slot * 300, {TANK: range(0, 300, 60), POWER: [0]})

    def lose(self, *names: str, back: bool = False, taken_ms: int | None = None) -> None:
        taken = {} if taken_ms is None else dict.fromkeys(names, taken_ms)
        self.completeness.changed(Change("a.tank.temp0", names, back, "nothing heard for 155 s"), taken, self.now)


def counts(certificate: GwsCompleteness) -> dict[str, tuple[int, int]]:
    return {each.channel_name: (each.expected, each.captured) for each in certificate.channel_list}


def missing(certificate: GwsCompleteness, name: str = TANK) -> list[tuple[int, int, str]]:
    """From, to, seconds of its hour, and why."""
    spans = next(each.missing_list for each in certificate.channel_list if each.channel_name == name)
    return [seconds(span, certificate.start_unix_s) for span in spans]


def seconds(span: GwsMissingSpan, start_s: int) -> tuple[int, int, str]:
    return span.from_unix_ms // 1000 - start_s, span.to_unix_ms // 1000 - start_s, span.because


def downs(certificate: GwsCompleteness) -> list[tuple[int, int, str]]:
    return [seconds(span, certificate.start_unix_s) for span in certificate.down_list]


def test_an_hour_in_which_all_was_well() -> None:
    daemon = Daemon()
    (certificate,) = daemon.hours(HOUR_S, 13)
    assert (certificate.src, certificate.start_unix_s, certificate.duration_s) == (HOUSE.scada_alias, HOUR_S, 3600)
    assert certificate.time_created_ms == (HOUR_S + 3901) * 1000
    assert counts(certificate) == {"a-elt-relay": (60, 0), POWER: (12, 12), TANK: (60, 60)}
    assert (missing(certificate), downs(certificate)) == ([], [])


def test_every_hour_has_one() -> None:
    daemon = Daemon()
    made = list(daemon.hours(HOUR_S, 37))
    assert [certificate.start_unix_s for certificate in made] == [HOUR_S, HOUR_S + 3600, HOUR_S + 7200]
    assert {counts(certificate)[TANK] for certificate in made} == {(60, 60)}
    assert len({certificate.message_id for certificate in made}) == 3


def test_changes_add_to_what_is_expected() -> None:
    daemon = Daemon()
    daemon.report(HOUR_S, {POWER: range(0, 300, 10)})
    (certificate,) = daemon.hours(HOUR_S + 300, 12)
    assert counts(certificate)[POWER] == (12, 41)


def test_a_reading_that_came_too_late_for_its_report_counts_in_its_own_hour() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 12))
    (certificate,) = daemon.report(HOUR_S + 3600, {TANK: [-3, 0, 60]})
    assert counts(certificate)[TANK] == (60, 61)
    (after,) = daemon.hours(HOUR_S + 3900, 12)
    assert counts(after)[TANK] == (60, 57)


def test_the_first_hour_of_all_begins_with_the_process() -> None:
    daemon = Daemon(wall_s=HOUR_S + 1_350)
    (certificate,) = daemon.hours(HOUR_S + 1_200, 9)
    assert (certificate.start_unix_s, certificate.duration_s) == (HOUR_S, 3600 - 1_350)
    assert counts(certificate)[POWER] == (7, 8)
    assert downs(certificate) == []


def test_a_channel_that_is_missing_for_a_while() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 1))
    daemon.lose(TANK, taken_ms=(HOUR_S + 240) * 1000)
    daemon.report(HOUR_S + 300, {POWER: [0]})
    daemon.lose(TANK, back=True, taken_ms=(HOUR_S + 780) * 1000)
    (certificate,) = daemon.hours(HOUR_S + 600, 11)
    assert missing(certificate) == [(240, 780, "nothing heard for 155 s")]
    assert missing(certificate, POWER) == []
    assert counts(certificate)[TANK] == (60, 55)
    (after,) = daemon.hours(HOUR_S + 3900, 12)
    assert missing(after) == []


def test_a_channel_that_is_missing_for_hours_is_so_in_each_of_them() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 6))
    daemon.lose(TANK, taken_ms=(HOUR_S + 1_740) * 1000)
    made = [each for slot in range(6, 30) for each in daemon.report(HOUR_S + slot * 300, {POWER: [0]})]
    daemon.lose(TANK, back=True, taken_ms=(HOUR_S + 9_000) * 1000)
    made += daemon.hours(HOUR_S + 9_000, 7)
    text = "nothing heard for 155 s"
    assert [missing(each) for each in made] == [[(1_740, 3600, text)], [(0, 3600, text)], [(0, 1_800, text)]]


def test_what_was_never_read_is_missing_from_when_it_is_told() -> None:
    daemon = Daemon()
    daemon.mono_ms += 155_000
    daemon.lose(TANK)
    (certificate,) = daemon.hours(HOUR_S, 13)
    assert missing(certificate) == [(155, 3600, "nothing heard for 155 s")]


def test_another_reason_ends_the_first() -> None:
    daemon = Daemon()
    daemon.lose(TANK, taken_ms=HOUR_S * 1000)
    daemon.mono_ms += 60_000
    daemon.lose(TANK)
    (certificate,) = daemon.hours(HOUR_S, 13)
    assert missing(certificate) == [(0, 60, "nothing heard for 155 s"), (60, 3600, "nothing heard for 155 s")]


def test_a_restart_within_the_hour_is_in_its_certificate() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 4))  # the last report is made at 1201
    daemon.lose(TANK, taken_ms=(HOUR_S + 1_140) * 1000)
    daemon.kept = daemon.completeness.memory(daemon.now)
    daemon.restart(after_s=700)
    (certificate,) = daemon.hours(HOUR_S + 1_800, 7)
    assert certificate.duration_s == 3600
    assert downs(certificate) == [(1_201, 1_901, DOWN)]
    assert missing(certificate) == [(1_140, 1_201, "nothing heard for 155 s")]
    assert counts(certificate)[TANK] == (60, 50)
    (after,) = daemon.hours(HOUR_S + 3900, 12)
    assert (downs(after), missing(after), counts(after)[TANK]) == ([], [], (60, 60))


def test_several_restarts_within_the_hour() -> None:
    daemon = Daemon()
    for slot in (0, 4, 8):
        list(daemon.hours(HOUR_S + slot * 300, 1))
        daemon.restart(after_s=800)
    (certificate,) = daemon.hours(HOUR_S + 3600, 1)
    assert downs(certificate) == [(301, 1_101, DOWN), (1_501, 2_301, DOWN), (2_701, 3_501, DOWN)]


def test_after_a_night_the_old_hour_is_told_and_the_night() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 4))
    daemon.restart(after_s=8 * 3600)
    began_s = 1_201 + 8 * 3600
    made = list(daemon.hours(HOUR_S + 8 * 3600 + 1_200, 9))
    assert [(each.start_unix_s - HOUR_S, each.duration_s) for each in made] == [(0, 1_200), (8 * 3600, 2_399)]
    assert [counts(each)[TANK] for each in made] == [(20, 20), (39, 40)]
    assert downs(made[0]) == [(1_201, began_s, DOWN)]
    assert downs(made[1]) == [(1_201 - 8 * 3600, began_s - 8 * 3600, DOWN)]
    (after,) = daemon.hours(HOUR_S + 9 * 3600 + 300, 12)
    assert downs(after) == []


def test_a_clock_that_is_put_right_within_the_hour_does_no_harm() -> None:
    """A Pi without a battery wakes with the time at which it fell asleep, until it finds a time server."""
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 4))
    daemon.mono_ms += 1_000
    daemon.begin()
    daemon.mono_ms += 30_000
    daemon.offset_ms += 3 * HOUR_MS
    made = [*daemon.report(HOUR_S + 1_200, {}), *daemon.hours(HOUR_S + 3 * 3600 + 1_200, 9)]
    assert [each.start_unix_s - HOUR_S for each in made] == [0, 3 * 3600]
    ((from_s, to_s, because),) = downs(made[0])
    assert (from_s, to_s) == (1_201, 1_202 + 3 * 3600)
    assert because == f"{DOWN} (its clock was wrong by 10800 s at the start, and was put right)"


def test_a_clock_that_goes_back_says_that_nobody_knows() -> None:
    daemon = Daemon()
    list(daemon.hours(HOUR_S, 4))
    daemon.offset_ms -= 20 * MINUTE_MS
    daemon.restart(after_s=60)
    (certificate,) = daemon.hours(HOUR_S + 300, 12)
    ((from_s, to_s, because),) = downs(certificate)
    assert from_s == to_s == 1_201
    assert "nobody knows how long" in because


@pytest.mark.parametrize("because", ["", "x" * 1_000])
def test_reasons_are_short(because: str) -> None:
    daemon = Daemon()
    daemon.completeness.changed(Change("a.tank.temp0", (TANK,), False, because), {}, daemon.now)
    (certificate,) = daemon.hours(HOUR_S, 13)
    ((_, _, told),) = missing(certificate)
    assert told == because[:200]


def test_channels_of_another_house_file_are_left_behind() -> None:
    memory = CompletenessMemory(HOUR_S, HOUR_S, HOUR_S + 300, HOUR_S * 1000, {"a-gone": 4, TANK: 5}, {}, [])
    (certificate,) = Daemon(wall_s=HOUR_S + 301, memory=memory).hours(HOUR_S + 300, 12)
    assert counts(certificate)[TANK] == (60, 60)
    assert "a-gone" not in counts(certificate)


def test_nothing_is_kept_before_the_first_report() -> None:
    daemon = Daemon()
    assert daemon.completeness.memory(daemon.now) is None
