"""Clocks for what runs in real time: the system's own, and one that runs faster than life.

Whatever waits, promises or times out lives by the monotonic clock; the wall clock is a label that may step in either direction
(a Pi has no battery clock: the first synchronisation after a boot is a large step forward).
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from gw_spaceheat.core.events import ClockStepped, Event, Level, Note
from gw_spaceheat.core.timekeeper import Dating, Seen, Sync, Timekeeper
from gw_spaceheat.vocabulary.moment import Moment

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """Where a runtime in real time gets its time; may be asked from any thread."""

    @property
    def pace(self) -> float:
        """How many times faster than life it runs."""
        ...

    def now(self) -> Moment:
        """The present moment; its monotonic part never goes back."""
        ...

    def wait_s(self, mono_ms: int) -> float:
        """Seconds of real time [s] until the monotonic clock shows mono_ms; zero or negative when it does already.

        When the answer is not positive, the next `now` shows at least mono_ms. So the negated answer is also how long ago, in
        real time, a moment was: promises of threads are judged by it, however fast the clock runs.
        """
        ...

    def look(self) -> Sequence[Event]:
        """What has become of the wall clock since the last look, for all to hear; one thread looks, now and then."""
        ...


def _unknown() -> Sync:
    return Sync.UNKNOWN


def _forget(_dating: Dating) -> None:
    return None


class SystemClock:
    """The machine's clocks: the monotonic one as it is, the wall clock as far as it is believed (`core/timekeeper.py`)."""

    def __init__(
        self,
        *,
        boot: str = "",
        remembered: Dating | None = None,
        newest_ms: int = 0,
        remember: Callable[[Dating], None] = _forget,
        sync: Callable[[], Sync] = _unknown,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Look at the clocks for the first time; nothing is written.

        Args:
            boot: Identifier of this boot of the machine.
            remembered: How a process before made its labels.
            newest_ms: The newest label that a process before has given, UTC [ms].
            remember: Keeps how labels are made, for the next process; called in the thread that looks. May raise OSError.
            sync: Says what is known of the wall clock.
            monotonic_ns: Reads the monotonic clock [ns].
            wall_ns: Reads the wall clock [ns].
        """
        self._monotonic_ns = monotonic_ns
        self._wall_ns = wall_ns
        self._sync = sync
        self._remember = remember
        self._remembered: Dating | None = None
        self._timekeeper = Timekeeper(boot, self._seen(), remembered, newest_ms)
        self._apart_ms = self._timekeeper.dating.apart_ms
        self._latest: tuple[int, Moment] = (-1, Moment(0, 0))

    @property
    def dating(self) -> Dating:
        """How labels are made now."""
        return self._timekeeper.dating

    @property
    def synchronised(self) -> bool:
        """Whether a time service confirms the wall clock, as of the last look."""
        return self._timekeeper.synchronised

    @property
    def pace(self) -> float:
        """That of life."""
        return 1.0

    def now(self) -> Moment:
        """The present moment, to the millisecond.

        Within one millisecond everybody gets the same object: a busy mailbox asks millions of times a second.
        """
        ns = self._monotonic_ns()
        ends_ns, moment = self._latest
        if ns < ends_ns:
            return moment
        mono_ms = ns // NS_PER_MS
        moment = Moment(mono_ms, mono_ms + self._apart_ms)
        self._latest = ((mono_ms + 1) * NS_PER_MS, moment)
        return moment

    def wait_s(self, mono_ms: int) -> float:
        """Seconds until the monotonic clock shows mono_ms."""
        return (mono_ms * NS_PER_MS - self._monotonic_ns()) / NS_PER_S

    def look(self) -> Sequence[Event]:
        """Look whether the wall clock was set; how labels are made from now on is kept before anybody is told."""
        events = list(self._timekeeper.look(self._seen()))
        dating = self._timekeeper.dating
        if self._remembered is None or any(isinstance(event, ClockStepped) for event in events):
            self._remembered = dating
            try:
                self._remember(dating)
            except OSError as error:
                text = f"how the wall clock is to be read cannot be kept: {error}; a restart may date readings wrongly"
                events.append(Note(Level.WARNING, text))
        self._apart_ms = dating.apart_ms
        self._latest = (-1, Moment(0, 0))
        return events

    def _seen(self) -> Seen:
        return Seen(self._monotonic_ns() // NS_PER_MS, self._wall_ns() // NS_PER_MS, self._sync())


class PacedClock:
    """Virtual time that passes `speed` times faster than life, on both clocks; blind to steps of the system's wall clock."""

    def __init__(self, speed: float, start_wall_ms: int, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """Begin now, at a wall time [ms]; the monotonic part begins at 0.

        Raises:
            ValueError: The speed is not above zero.
        """
        if not speed > 0:
            raise ValueError(f"the speed must be above 0, not {speed}")
        self._speed = speed
        self._start_wall_ms = start_wall_ms
        self._monotonic_ns = monotonic_ns
        self._origin_ns = monotonic_ns()

    @property
    def pace(self) -> float:
        """As it was made."""
        return self._speed

    def now(self) -> Moment:
        """The present virtual moment."""
        mono_ms = int((self._monotonic_ns() - self._origin_ns) * self._speed) // NS_PER_MS
        return Moment(mono_ms, self._start_wall_ms + mono_ms)

    def wait_s(self, mono_ms: int) -> float:
        """Seconds of real time until the virtual monotonic clock shows mono_ms."""
        virtual_ns = int((self._monotonic_ns() - self._origin_ns) * self._speed)
        return (mono_ms * NS_PER_MS - virtual_ns) / self._speed / NS_PER_S

    def look(self) -> Sequence[Event]:
        """It is never set."""
        return ()
