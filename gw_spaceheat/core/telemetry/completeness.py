"""What the house should have read in each hour, what it did read, and why the rest is missing.

Readings are counted when their report is made, and only then; nothing is done for a single reading. The certificate of an hour
is made with the first report after it, five minutes late, so that readings that came too late for their own report are in it.

What was counted so far is small and kept with every report. So an hour with a restart has one certificate, for all of it, and
the time since the last report before it is told as one in which the daemon did not run: up to five minutes of that it did run,
and what it read then is counted with the report that the next process makes of it. When the process began is reckoned back from
the present by the monotonic clock, so that a wall clock that was wrong at the start and put right within the hour does no harm;
it is told that it was put right.
"""

from collections.abc import Callable, Iterable, Mapping

from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory, Span
from gw_spaceheat.core.telemetry.presence import Change
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.gws_channel_completeness import GwsChannelCompleteness
from gw_spaceheat.messages.gws_completeness import GwsCompleteness
from gw_spaceheat.messages.gws_missing_span import GwsMissingSpan
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

COMPLETENESS = "completeness"
"""Name of the state that is kept."""
HOUR_S = 3600
LONGEST_REASON = 200
DOWN = "the daemon did not run"


class _Hour:
    """What was counted of one hour."""

    __slots__ = ("captured", "from_s", "start_s", "to_s")

    def __init__(self, start_s: int, from_s: int, to_s: int, captured: dict[str, int]) -> None:
        self.start_s = start_s
        self.from_s = from_s
        self.to_s = to_s
        self.captured = captured


class Completeness:
    """Counts what went into reports, and makes a certificate of each hour."""

    def __init__(self, house: House, new_id: Callable[[], str], memory: CompletenessMemory | None = None) -> None:
        """Go on where the memory ends; without one nothing was counted, and nothing is known of any time before.

        Args:
            house: The house.
            new_id: Gives identifiers [uuid4].
            memory: What was kept last.
        """
        self._alias = house.scada_alias
        self._new_id = new_id
        self._periods_s = {name: house.channels[name].capture.period_s for name in sorted(house.channels)}
        self._hour: _Hour | None = None
        self._missing: dict[str, list[Span]] = {}
        self._open: dict[str, tuple[int, str]] = {}
        self._downs: list[Span] = []
        self._alive_ms: int | None = None
        self._started: Moment | None = None
        if memory is not None:
            captured = {name: memory.captured.get(name, 0) for name in self._periods_s}
            self._hour = _Hour(memory.hour_s, memory.from_s, memory.to_s, captured)
            self._missing = {name: list(spans) for name, spans in memory.missing.items()}
            self._downs = list(memory.down)
            self._alive_ms = memory.alive_ms

    def start(self, now: Moment) -> None:
        """The daemon has begun to run."""
        self._started = now

    def changed(self, change: Change, taken_ms: Mapping[str, int], now: Moment) -> None:
        """Channels went missing, or came back.

        Args:
            change: Which, and why.
            taken_ms: When they were last read, UTC [ms], as far as they ever were.
            now: The present moment.
        """
        for name in change.channels:
            at_ms = taken_ms.get(name, now.wall_ms)
            since = self._open.pop(name, None)
            if since is not None:
                self._missing.setdefault(name, []).append(Span(since[0], max(at_ms, since[0]), since[1]))
            if not change.back:
                self._open[name] = (at_ms, change.reason[:LONGEST_REASON])

    def correct(self, from_ms: int, by_ms: int) -> None:
        """What was labelled from from_ms on [ms] was labelled wrongly, by by_ms [ms]."""

        def right(label_ms: int) -> int:
            return label_ms + by_ms if label_ms >= from_ms else label_ms

        self._open = {name: (right(at_ms), because) for name, (at_ms, because) in self._open.items()}
        self._missing = {
            name: [Span(right(span.from_ms), right(span.to_ms), span.because) for span in spans]
            for name, spans in self._missing.items()
        }

    def take(self, message: ReportEvent, now: Moment) -> list[GwsCompleteness]:
        """Count a report; gives the certificate of the hour before if this is the first report after it."""
        report = message.report
        slot_s = report.slot_start_unix_s
        end_s, hour_s = slot_s + report.slot_duration_s, slot_s - slot_s % HOUR_S
        hour, made = self._hour, []
        late: dict[str, int] = {}
        if hour is None or hour.start_s != hour_s:
            if hour is not None:
                late = self._late(message, hour)
                made.append(self._certificate(hour, now))
                self._forget_before(hour_s * SECOND_MS, now)
            hour = self._hour = _Hour(hour_s, self._begun_s(slot_s, end_s, now), end_s, dict.fromkeys(self._periods_s, 0))
        hour.to_s = end_s
        captured = hour.captured
        for part in report.channel_reading_list:
            captured[part.channel_name] += len(part.value_list)
        for name, count in late.items():
            captured[name] -= count
        return made

    def memory(self, now: Moment) -> CompletenessMemory | None:
        """What is to be kept now; None before the first report."""
        hour = self._hour
        if hour is None:
            return None
        missing = {name: list(spans) for name, spans in self._missing.items()}
        for name, (from_ms, because) in self._open.items():
            missing.setdefault(name, []).append(Span(from_ms, max(now.wall_ms, from_ms), because))
        return CompletenessMemory(
            hour_s=hour.start_s,
            from_s=hour.from_s,
            to_s=hour.to_s,
            alive_ms=now.wall_ms,
            captured=dict(hour.captured),
            missing=missing,
            down=self._all_downs(now),
        )

    def _begun_s(self, slot_s: int, end_s: int, now: Moment) -> int:
        """From when on the slot was lived [s]: it is the first one of the process, or the daemon ran before."""
        began_ms = self._began_ms(now)
        return began_ms // SECOND_MS if slot_s * SECOND_MS < began_ms < end_s * SECOND_MS else slot_s

    def _began_ms(self, now: Moment) -> int:
        """When the process began, by the wall clock as it is now, UTC [ms]."""
        started = self._started or now
        return now.wall_ms - (now.mono_ms - started.mono_ms)

    def _late(self, message: ReportEvent, hour: _Hour) -> dict[str, int]:
        """How many readings of each channel were read in the hour before; they are counted there."""
        end_ms = (hour.start_s + HOUR_S) * SECOND_MS
        if message.report.slot_start_unix_s * SECOND_MS != end_ms:
            return {}
        late = {}
        for part in message.report.channel_reading_list:
            times_ms = part.scada_read_time_unix_ms_list
            if times_ms and times_ms[0] < end_ms:
                count = sum(hour.start_s * SECOND_MS <= taken_ms < end_ms for taken_ms in times_ms)
                late[part.channel_name] = count
                hour.captured[part.channel_name] += count
        return late

    def _certificate(self, hour: _Hour, now: Moment) -> GwsCompleteness:
        duration_s = hour.to_s - hour.from_s
        begin_ms, end_ms = hour.start_s * SECOND_MS, (hour.start_s + HOUR_S) * SECOND_MS
        captured, missing = hour.captured, self._missing_in(begin_ms, end_ms)
        return GwsCompleteness(
            message_id=self._new_id(),
            src=self._alias,
            time_created_ms=now.wall_ms,
            start_unix_s=hour.start_s,
            duration_s=duration_s,
            channel_list=[
                GwsChannelCompleteness(
                    channel_name=name,
                    expected=int(duration_s // period_s),
                    captured=captured[name],
                    missing_list=missing.get(name, ()),
                )
                for name, period_s in self._periods_s.items()
            ],
            down_list=_told(self._all_downs(now), begin_ms, 2**62),
        )

    def _missing_in(self, begin_ms: int, end_ms: int) -> dict[str, list[GwsMissingSpan]]:
        """When each channel was missing within a time; hardly ever anything."""
        missing = {name: _told(spans, begin_ms, end_ms, clip=True) for name, spans in self._missing.items()}
        for name, (from_ms, because) in self._open.items():
            missing.setdefault(name, []).extend(_told([Span(from_ms, end_ms, because)], begin_ms, end_ms, clip=True))
        return missing

    def _all_downs(self, now: Moment) -> list[Span]:
        """When the daemon did not run, up to the beginning of this process."""
        if self._alive_ms is None or self._started is None:
            return self._downs
        began_ms = self._began_ms(now)
        put_right_ms = began_ms - self._started.wall_ms
        if began_ms < self._alive_ms:
            text = f"{DOWN}; its clock says that it began before it ended, so nobody knows how long"
            return [*self._downs, Span(self._alive_ms, self._alive_ms, text)]
        if abs(put_right_ms) >= MINUTE_MS:
            text = f"{DOWN} (its clock was wrong by {put_right_ms / 1000:.0f} s at the start, and was put right)"
            return [*self._downs, Span(self._alive_ms, began_ms, text)]
        return [*self._downs, Span(self._alive_ms, began_ms, DOWN)]

    def _forget_before(self, begin_ms: int, now: Moment) -> None:
        """An hour was told, and another begins: what ended before that is told too."""
        for name, spans in list(self._missing.items()):
            left = [span for span in spans if span.to_ms > begin_ms]
            if left:
                self._missing[name] = left
            else:
                del self._missing[name]
        downs = self._all_downs(now)
        if self._alive_ms is not None:
            self._alive_ms = None
            self._downs = downs
        self._downs = [span for span in self._downs if span.to_ms > begin_ms]


def _told(spans: Iterable[Span], begin_ms: int, end_ms: int, *, clip: bool = False) -> list[GwsMissingSpan]:
    """Those that reach into a time, or touch its beginning where they have no length; clipped to it if wanted."""
    told = []
    for from_ms, to_ms, because in spans:
        if clip:
            from_ms, to_ms = max(from_ms, begin_ms), min(to_ms, end_ms)  # noqa: PLW2901 - the same span, cut
            if to_ms <= from_ms:
                continue
        elif to_ms < begin_ms or from_ms >= end_ms:
            continue
        told.append(GwsMissingSpan(from_unix_ms=from_ms, to_unix_ms=to_ms, because=because))
    return told
