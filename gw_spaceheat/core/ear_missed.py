"""What an Ear has missed of its houses, and when it asks their AtomicTNodes for it.

    a number is left out, and 30 s later still is   it is asked for
    the link came up                                what came after the last number known is asked for, of every stream
    nothing comes of it                             it is asked for again, after 30, 60, 120 ... s, at most an hour
    something came of it                            the rest is asked for when nothing has come for 2 s

A stream of a house stays known until the house has begun several others. What is never answered, because the AtomicTNode
does not have it either, costs a message in an hour.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from gw_spaceheat.core.events import Keep
from gw_spaceheat.core.numbers import HeardNumbers, Numbers, accounted
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import HIGHEST_SEQUENCE
from gw_spaceheat.messages.gws_resend import MOST_RANGES, GwsResend
from gw_spaceheat.messages.gws_sequence_range import GwsSequenceRange
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS, Moment

TAIL_TRIES = 8
"""So often it is asked what came after the last number, after the link came up; then the stream is taken to have ended."""


@dataclass(frozen=True, slots=True)
class MissedOptions:
    """What can be set about asking.

    Attributes:
        hole_age_ms: A number that was left out is waited for so long before it is asked for [ms].
        longest_pause_ms: The most that lies between two requests for the same [ms].
        settle_ms: After an answer the rest is asked for when nothing more has come for so long [ms].
        most_at_once: Streams asked for in one go; the next follow after a second.
        most_streams: So many streams of a house are known, the newest.
    """

    hole_age_ms: int = 30 * SECOND_MS
    longest_pause_ms: int = HOUR_MS
    settle_ms: int = 2 * SECOND_MS
    most_at_once: int = 20
    most_streams: int = 8


class Request(NamedTuple):
    """What is to be asked of whom.

    Attributes:
        message: The request.
        numbers: How many numbers below the highest known are missing; 0 if only what came after it is asked for.
        again: It was asked for before, in vain.
    """

    message: GwsResend
    numbers: int
    again: bool


@dataclass(slots=True)
class _Stream:
    """One stream of one house."""

    house: str
    name: str
    numbers: Numbers
    young: deque[tuple[int, int]] = field(default_factory=deque)
    """When a hole was found [mono ms], and where it begins; the oldest first, and therefore the lowest."""
    wants_tail: bool = False
    tries: int = 0
    due_ms: int | None = None
    asked_to: int = 0
    """Up to here holes were asked for last; the next request goes on from there."""


class Missed:
    """Numbers heard of every stream, and the holes in them."""

    def __init__(self, known: Iterable[HeardNumbers] = (), options: MissedOptions | None = None) -> None:
        """Begin with what was known when the process ended."""
        self._options = options or MissedOptions()
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._of_house: dict[str, list[str]] = {}
        self._changed: dict[tuple[str, str], None] = {}
        self._due: list[tuple[int, int, _Stream]] = []
        self._ticket = count()
        self._up = False
        self._free_ms = 0
        for each in known:
            self._add(each.house, each.stream, Numbers(each.ranges))

    def link(self, now: Moment, *, up: bool) -> None:
        """The link came up, and what came meanwhile was missed; or it went down, and nothing can be asked for."""
        self._up = up
        if not up:
            return
        self._due.clear()
        for stream in self._streams.values():
            stream.wants_tail, stream.tries, stream.due_ms = True, 0, None
            self._schedule(stream, now.mono_ms + self._options.settle_ms)

    def heard(self, house: str, name: str, sequence: int, message: Message, now: Moment) -> None:
        """A message with a number came from the house itself."""
        stream = self._streams.get((house, name)) or self._add(house, name, Numbers())
        self._is_newest(stream)
        last = stream.numbers.last
        self._account(stream, message, sequence)
        stream.wants_tail = False  # whatever came before it is a hole now
        if sequence > last + 1:
            stream.young.append((now.mono_ms, last + 1))
            due_ms = now.mono_ms + self._options.hole_age_ms
            if stream.due_ms is None or stream.due_ms > due_ms:
                stream.tries = 0
                self._schedule(stream, due_ms)

    def fetched(self, house: str, name: str, sequence: int, message: Message, now: Moment) -> bool:
        """A message that was asked for came; False if it is known already."""
        stream = self._streams.get((house, name))
        if stream is None or sequence in stream.numbers:
            return False
        self._account(stream, message, sequence)
        stream.tries = 0
        self._schedule(stream, now.mono_ms + self._options.settle_ms)
        return True

    def wake(self, now: Moment) -> list[Request]:
        """What is to be asked for now."""
        asked: list[Request] = []
        if not self._up or now.mono_ms < self._free_ms:
            return asked
        while self._due and self._due[0][0] <= now.mono_ms:
            due_ms, _, stream = heappop(self._due)
            if stream.due_ms != due_ms:
                continue
            stream.due_ms = None
            request = self._ask(stream, now)
            if request is None:
                continue
            asked.append(request)
            if len(asked) == self._options.most_at_once:
                self._free_ms = now.mono_ms + SECOND_MS
                break
        return asked

    def deadline(self) -> int | None:
        """When something is to be asked for [mono ms]; None while nothing is, or nobody can be asked."""
        return max(self._due[0][0], self._free_ms) if self._up and self._due else None

    def changed(self) -> Sequence[Keep]:
        """What is to be kept since this was last asked."""
        kept = []
        for house, name in self._changed:
            stream = self._streams.get((house, name))
            ranges = () if stream is None else stream.numbers.ranges
            kept.append(Keep(state_name(house, name), HeardNumbers(house, name, ranges)))
        self._changed.clear()
        return kept

    def _add(self, house: str, name: str, numbers: Numbers) -> _Stream:
        names = self._of_house.setdefault(house, [])
        names.append(name)
        if len(names) > self._options.most_streams:
            gone = self._streams.pop((house, names.pop(0)))
            gone.due_ms = None
            self._changed[(house, gone.name)] = None
        stream = self._streams[(house, name)] = _Stream(house, name, numbers)
        return stream

    def _is_newest(self, stream: _Stream) -> None:
        names = self._of_house[stream.house]
        if names[-1] != stream.name:
            names.remove(stream.name)
            names.append(stream.name)

    def _account(self, stream: _Stream, message: Message, sequence: int) -> None:
        for first, last in accounted(message, sequence):
            if stream.numbers.add(first, last):
                self._changed[(stream.house, stream.name)] = None

    def _schedule(self, stream: _Stream, due_ms: int) -> None:
        if stream.due_ms != due_ms:
            stream.due_ms = due_ms
            heappush(self._due, (due_ms, next(self._ticket), stream))

    def _ask(self, stream: _Stream, now: Moment) -> Request | None:
        """The request for what is missing of a stream, and when the next is due; None if nothing is missing now."""
        young = stream.young
        while young and young[0][0] + self._options.hole_age_ms <= now.mono_ms:
            young.popleft()
        holes = stream.numbers.missing(young[0][1] if young else HIGHEST_SEQUENCE)
        again = stream.tries > 0
        if stream.tries >= TAIL_TRIES or stream.numbers.last >= HIGHEST_SEQUENCE:
            stream.wants_tail = False
        if not holes and not stream.wants_tail:
            stream.tries = 0
            if young:
                self._schedule(stream, young[0][0] + self._options.hole_age_ms)
            return None
        chosen = holes
        if len(holes) >= MOST_RANGES:  # in turn
            chosen = ([hole for hole in holes if hole[0] > stream.asked_to] or holes)[: MOST_RANGES - 1]
        stream.asked_to = chosen[-1][1] if chosen else 0
        ranges = [*chosen, (stream.numbers.last + 1, HIGHEST_SEQUENCE)] if stream.wants_tail else chosen
        due_ms = now.mono_ms + min(self._options.hole_age_ms << min(stream.tries, 20), self._options.longest_pause_ms)
        stream.tries += 1
        self._schedule(stream, min(due_ms, young[0][0] + self._options.hole_age_ms) if young else due_ms)
        message = GwsResend(
            house=stream.house,
            stream=stream.name,
            range_list=[GwsSequenceRange(first=first, last=last) for first, last in ranges],
        )
        return Request(message, sum(last - first + 1 for first, last in holes), again)


def state_name(house: str, stream: str) -> str:
    """Name under which the numbers of a stream are kept."""
    return f"heard {house} {stream}"
