"""Which numbers of a stream are accounted for: heard, replaced by a thinned report, or told to be given up."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport

MOST_RANGES = 2000
"""With more holes than this the lowest is closed, so that a stranger who leaves out every second number costs little."""


class HeardNumbers(msgspec.Struct, frozen=True):
    """What is kept of one stream of a house.

    Attributes:
        house: Alias of the house.
        stream: Name of the stream.
        ranges: The first and the last of every range of numbers that are accounted for, rising.
    """

    house: str
    stream: str
    ranges: tuple[tuple[int, int], ...]


class Numbers:
    """A set of numbers from 1, as ranges that rise and do not touch each other."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        """Begin with these ranges."""
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    @property
    def last(self) -> int:
        """The highest number; 0 if there is none."""
        return self._lasts[-1] if self._lasts else 0

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The first and the last of every range."""
        return tuple(zip(self._firsts, self._lasts, strict=True))

    def __contains__(self, number: int) -> bool:
        """Whether a number is accounted for."""
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, first: int, last: int) -> bool:
        """Add numbers from the first to the last; False if they were all there."""
        begin = bisect_left(self._lasts, first - 1)
        end = bisect_right(self._firsts, last + 1)
        if begin < end:
            if end == begin + 1 and self._firsts[begin] <= first and last <= self._lasts[begin]:
                return False
            first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._firsts[begin:end] = [first]
        self._lasts[begin:end] = [last]
        if len(self._firsts) > MOST_RANGES:
            del self._firsts[1], self._lasts[0]
        return True

    def missing(self, before: int) -> list[tuple[int, int]]:
        """The holes among the numbers, from 1, that begin before a number; what follows the last number is no hole."""
        holes: list[tuple[int, int]] = []
        expected = 1
        for first, last in zip(self._firsts, self._lasts, strict=True):
            if expected >= before:
                break
            if first > expected:
                holes.append((expected, first - 1))
            expected = last + 1
        return holes


def accounted(message: Message, sequence: int) -> Iterator[tuple[int, int]]:
    """Ranges of numbers, in its own stream, that need not be waited for once a message with this number is there."""
    yield sequence, sequence
    if isinstance(message, GwsThinnedReport):
        for number in message.replaces:
            if number < sequence:  # others cannot have been given away by then
                yield number, number
    elif isinstance(message, GwsGivenUp) and message.first_sequence < sequence:
        yield message.first_sequence, min(message.last_sequence, sequence - 1)
