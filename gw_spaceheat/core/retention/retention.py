"""When what waits for its peer grows old: thinned after a day, thinned again after a week, given up after four.

    age, or size                      what follows
    -------------------------------   -----------------------------------------------------------------------------------
    a report is a day old             means of a minute take its place
    a quarter of an hour is a week    means of that quarter take the place of its three reports, of what there is of them
    anything is 28 days old           given up, and that is told
    all together have more bytes      the oldest are given up, whatever they are, and that is told
      than there may be

Ages are those of the time that a report is about, by the wall clock; of what is no report, of when it was put in. Nothing is
done for ten minutes after the start and after each step of the wall clock, so that a clock that is set wrong for a moment costs
nothing.

What is on its way to a peer who answers is left alone, whatever its age: the host says which kinds that are. Each thinning and
each loss is one `replace`, which is durable whole or not at all. A wake does a few of them and asks to be woken again, so that
a long backlog holds up nobody.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from gw_spaceheat.core.events import Event, Level, Note, Send, Urgency
from gw_spaceheat.core.retention.thinning import Frame, Numbered, numbers_of, slot_of, thinned
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.slots import slot_start
from gw_spaceheat.vocabulary.tier import Tier

MINUTE_S, QUARTER_S = 60, 900
QUARTER_MS = QUARTER_S * SECOND_MS
LOOK_MS = 5 * MINUTE_MS
"""How often it is looked whether something has grown old [ms]."""
PAUSE_MS = 200
"""How long the others of its thread have when more is to be done [ms]."""
SETTLE_MS = 10 * MINUTE_MS
STEP_MS = MINUTE_MS
MOST_STEPS = 4
"""How many replacements a wake makes; each may cost a sync of an SD card."""
MOST_ROWS = 12
"""A wake ends when it has handled so many messages, each of which is read, decoded and removed."""
MOST_LOST, MOST_OVER, MOST_JOINED = 32, 16, 8
"""How many messages are looked at for one step: too old, too much, in one quarter of an hour."""
JOIN_MS = 6 * HOUR_MS
"""What is too old waits so long [ms] for more that is, so that one message tells of all."""
MOST_APART = 32
"""Numbers that lie closer together than this are told as one run; most of what lies between was replaced or given up too."""
FOREVER_MS = 2**62
LEAST_BYTES = 500_000
NONE: frozenset[Urgency] = frozenset()


class Place(Protocol):
    """Where a message stands: how much of it is left, and what time it is about, UTC [ms]."""

    @property
    def tier(self) -> Tier:
        """How much is left."""
        ...

    @property
    def about_ms(self) -> int:
        """Beginning of the time it is about."""
        ...


class Kept(Protocol):
    """A message that waits, with its number."""

    @property
    def sequence(self) -> int:
        """Its number in the stream of its sender."""
        ...

    @property
    def send(self) -> Send:
        """The message."""
        ...

    @property
    def filed(self) -> Place:
        """Where it stands."""
        ...


class Waiting(Protocol):
    """Whatever keeps messages for a peer, as far as it matters here."""

    @property
    def size_bytes(self) -> int:
        """How many bytes all of them have together."""
        ...

    def filed_before(self, tier: Tier, about_ms: int, most: int) -> Sequence[Kept]:
        """At most so many of a tier that are about a time before this one [UTC ms], by that time, oldest first."""
        ...

    def replace(self, sequences: Sequence[int], send: Send | None, now_ms: int) -> None:
        """Put a message in the place of these, all at once or not at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionOptions:
    """How long what is kept.

    Attributes:
        whole_ms: Reports with every reading, at least so long [ms].
        minute_ms: Means of a minute, until the reports are so old [ms].
        most_ms: Anything at all [ms]; up to six hours longer, so that losses can be told together.
        most_bytes: How many bytes all may have together.

    Raises:
        ValueError: They fall, or less than half a megabyte is allowed.
    """

    whole_ms: int = DAY_MS
    minute_ms: int = 7 * DAY_MS
    most_ms: int = 28 * DAY_MS
    most_bytes: int = 60_000_000

    def __post_init__(self) -> None:
        """Check."""
        if not 0 < self.whole_ms <= self.minute_ms <= self.most_ms:
            raise ValueError("what is kept whole, as minutes and at all must be times above 0 that do not fall")
        if self.most_bytes < LEAST_BYTES:
            raise ValueError(f"at least {LEAST_BYTES} bytes must be allowed, not {self.most_bytes}")


class _Run(NamedTuple):
    """Numbers, from the first to the last."""

    first: int
    last: int


class Retention:
    """The machine; it handles no events, and its host wakes it."""

    def __init__(
        self,
        waiting: Waiting,
        src: str,
        new_id: Callable[[], str],
        states: Collection[str] = (),
        options: RetentionOptions | None = None,
    ) -> None:
        """Remember; nothing is touched before the first wake.

        Args:
            waiting: What keeps the messages.
            src: Alias of the sender, who tells what was given up.
            new_id: Gives identifiers [uuid4].
            states: Names of the channels that are states, and so have no mean.
            options: How long what is kept.
        """
        self._waiting = waiting
        self._src = src
        self._new_id = new_id
        self._states = frozenset(states)
        self._options = options or RetentionOptions()
        self._due_mono_ms = 0
        self._offset_ms: int | None = None
        self._settled_mono_ms = 0
        self._thinned = 0
        self._lost = 0

    def wake(self, now: Moment, passing: Collection[Urgency] = NONE) -> list[Event]:
        """Do some of what is due.

        Args:
            now: The present moment.
            passing: What travels so is on its way to a peer who answers, and is left alone.

        Returns:
            Notes. What was put in the place of something lies where that had lain.
        """
        if now.mono_ms < self._due_mono_ms:
            return []
        notes: list[Event] = []
        busy = False
        if self._is_settled(now):
            steps = rows = 0
            while steps < MOST_STEPS and rows < MOST_ROWS and (handled := self._step(now, passing, notes)):
                steps, rows = steps + 1, rows + handled
            busy = steps == MOST_STEPS or rows >= MOST_ROWS
        if Urgency.HELD in passing and self._thinned + self._lost:
            notes.append(self._summary())
        self._due_mono_ms = now.mono_ms + (PAUSE_MS if busy else LOOK_MS)
        return notes

    def deadline(self) -> int | None:
        """When it wants to look again [mono ms]."""
        return self._due_mono_ms

    def _is_settled(self, now: Moment) -> bool:
        offset_ms = now.wall_ms - now.mono_ms
        if self._offset_ms is None or abs(offset_ms - self._offset_ms) > STEP_MS:
            self._settled_mono_ms = now.mono_ms + SETTLE_MS
        self._offset_ms = offset_ms
        return now.mono_ms >= self._settled_mono_ms

    def _step(self, now: Moment, passing: Collection[Urgency], notes: list[Event]) -> int:
        """One replacement of the most urgent kind: of how many messages; 0 if nothing is to be done."""
        return (
            self._give_up_old(now, passing, notes)
            or self._give_up_much(now, passing, notes)
            or self._to_quarter(now, passing)
            or self._to_minutes(now, passing)
        )

    def _found(self, tiers: Sequence[Tier], before_ms: int, most: int, passing: Collection[Urgency]) -> list[Kept]:
        """The oldest of some tiers, as far as they are not on their way."""
        found = [kept for tier in tiers for kept in self._waiting.filed_before(tier, before_ms, most)]
        found.sort(key=lambda kept: (kept.filed.about_ms, kept.sequence))
        return [kept for kept in found if kept.send.urgency not in passing][:most]

    # thinning

    def _to_minutes(self, now: Moment, passing: Collection[Urgency]) -> int:
        found = self._found((Tier.WHOLE,), now.wall_ms - self._options.whole_ms, 1, passing)
        if not found:
            return 0
        report = _report_in(found[0])
        start_s, duration_s = slot_of(report)
        bins = -(-duration_s // MINUTE_S)
        self._thin(found, Frame(start_s, bins * MINUTE_S, MINUTE_S), now)
        return len(found)

    def _to_quarter(self, now: Moment, passing: Collection[Urgency]) -> int:
        """The reports of the oldest quarter of an hour, whole or of minutes, that lies far enough back as a whole."""
        before_ms = slot_start(now.wall_ms - self._options.minute_ms, QUARTER_MS)
        found = self._found((Tier.WHOLE, Tier.MINUTE), before_ms, MOST_JOINED, passing)
        if not found:
            return 0
        start_ms = slot_start(found[0].filed.about_ms, QUARTER_MS)
        group = [kept for kept in found if kept.filed.about_ms < start_ms + QUARTER_MS]
        self._thin(group, Frame(start_ms // SECOND_MS, QUARTER_S, QUARTER_S), now)
        return len(group)

    def _thin(self, group: Sequence[Kept], frame: Frame, now: Moment) -> None:
        parts = [Numbered(kept.sequence, _report_in(kept)) for kept in group]
        message = thinned(parts, frame, self._states, self._new_id(), now.wall_ms)
        self._thinned += len(group)
        old = group[0].send
        send = Send(old.link, old.dst, message, old.urgency, message.message_id, old.src)
        self._waiting.replace([kept.sequence for kept in group], send, now.wall_ms)

    # giving up

    def _give_up_old(self, now: Moment, passing: Collection[Urgency], notes: list[Event]) -> int:
        before_ms = now.wall_ms - self._options.most_ms
        if not self._found(tuple(Tier), before_ms - JOIN_MS, 1, passing):
            return 0
        lost = self._found(tuple(Tier), before_ms, MOST_LOST, passing)
        self._give_up(lost, f"older than {self._options.most_ms / DAY_MS:g} days", now, notes)
        return len(lost)

    def _give_up_much(self, now: Moment, passing: Collection[Urgency], notes: list[Event]) -> int:
        if self._waiting.size_bytes <= self._options.most_bytes:
            return 0
        lost = self._found(tuple(Tier), FOREVER_MS, MOST_OVER, passing)
        if len(lost) < MOST_OVER:  # a few that are large: the next reports are worth no more than these
            return 0
        self._give_up(lost, f"more than {self._options.most_bytes / 1e6:g} MB", now, notes)
        return len(lost)

    def _give_up(self, lost: Sequence[Kept], because: str, now: Moment, notes: list[Event]) -> None:
        """Let go of some, and say so: a message for each run of numbers, the last of them in the place of what is lost.

        If the process is killed in between, the first runs are told twice, and nothing is untold.
        """
        first_ms, last_ms = _span(lost)
        told = [self._given_up(lost[0].send, run, first_ms, last_ms, because, now) for run in _runs(lost)]
        for send in told[:-1]:
            self._waiting.replace((), send, now.wall_ms)
        self._waiting.replace([kept.sequence for kept in lost], told[-1], now.wall_ms)
        if not self._lost:
            text = f"{lost[0].send.link}: what waits there is {because} and the oldest of it is given up from now on"
            notes.append(Note(Level.WARNING, f"{text}; look whether the peer runs and may take it"))
        self._lost += len(lost)

    def _given_up(self, old: Send, run: _Run, first_ms: int, last_ms: int, because: str, now: Moment) -> Send:
        message = GwsGivenUp(
            message_id=self._new_id(),
            src=self._src,
            time_created_ms=now.wall_ms,
            first_sequence=run.first,
            last_sequence=run.last,
            from_unix_ms=first_ms,
            to_unix_ms=last_ms,
            because=because,
        )
        return Send(old.link, old.dst, message, Urgency.EVENT, message.message_id, old.src)

    def _summary(self) -> Note:
        text = f"what had waited is sent: {self._thinned} reports were thinned meanwhile, {self._lost} messages given up"
        self._thinned = self._lost = 0
        return Note(Level.INFO, text)


def _report_in(kept: Kept) -> ReportEvent | GwsThinnedReport:
    message = kept.send.message
    if not isinstance(message, ReportEvent | GwsThinnedReport):
        raise TypeError(f"number {kept.sequence} is filed as a report and is a {message.type_name()}")
    return message


def _span(lost: Sequence[Kept]) -> tuple[int, int]:
    """The time that messages are about, UTC [ms]."""
    first_ms, last_ms = FOREVER_MS, 0
    for kept in lost:
        message = kept.send.message
        begin_ms = end_ms = kept.filed.about_ms
        if isinstance(message, GwsGivenUp):
            begin_ms, end_ms = message.from_unix_ms, message.to_unix_ms
        elif isinstance(message, ReportEvent | GwsThinnedReport):
            end_ms += slot_of(message)[1] * SECOND_MS
        first_ms, last_ms = min(first_ms, begin_ms), max(last_ms, end_ms)
    return first_ms, last_ms


def _runs(lost: Sequence[Kept]) -> list[_Run]:
    """All numbers that are lost with these messages: their own, those they had replaced, and those they had told as lost."""
    found: list[_Run] = []
    for kept in lost:
        message = kept.send.message
        if isinstance(message, ReportEvent | GwsThinnedReport):
            found += [_Run(number, number) for number in numbers_of(Numbered(kept.sequence, message))]
        else:
            found.append(_Run(kept.sequence, kept.sequence))
            if isinstance(message, GwsGivenUp):
                found.append(_Run(message.first_sequence, message.last_sequence))
    found.sort()
    runs = [found[0]]
    for run in found[1:]:
        if run.first <= runs[-1].last + MOST_APART:
            runs[-1] = _Run(runs[-1].first, max(runs[-1].last, run.last))
        else:
            runs.append(run)
    return runs
