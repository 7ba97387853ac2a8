"""Supervision: who broke a promise, who is back, and when to try again. No thread and no clock in here.

A hosted thing promises to finish every call, and to take its mail and its deadline, within its declared time. Whoever does not
is told of once, and once more when it goes on. When it is critical, the process is told that it is dead, so that it can end
itself and be started again by the system. Anything else is only named, and the process lives on: a sensor is no reason to let
the house's relays fall. But a thread that hangs can be freed by nothing except a new process; when it has hung for half an
hour, that is what it gets, and so at most two starts of the heat source in an hour are due to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from gw_spaceheat.core.events import Stuck
from gw_spaceheat.vocabulary.chance import uniform

HUNG_FOR_S = 1800.0
"""So long may a thread hang on which not everything depends [s]."""


@dataclass(frozen=True, slots=True)
class BackOffLimits:
    """How long a restart waits: doubling from the first to the longest, and beginning anew after a quiet time.

    Attributes:
        first_s: Before the first restart [s].
        longest_s: Never more than this [s].
        quiet_s: A failure this long [s] after the last one counts as a first one again.
    """

    first_s: float = 1.0
    longest_s: float = 60.0
    quiet_s: float = 300.0


class BackOff:
    """The waits before one thing's restarts: [1, 2) firsts, then [2, 4) and so on; the jitter keeps many apart."""

    def __init__(self, limits: BackOffLimits, seed: int, stream: int) -> None:
        """Remember the limits; seed and stream (below 2**31) choose the jitter."""
        self._limits = limits
        self._seed = seed
        self._stream = stream
        self._draws = 0
        self._failures = 0
        self._last_s: float | None = None

    def next_s(self, now_s: float) -> float:
        """It failed at now_s [s, real monotonic]: how long [s] to wait before the restart."""
        limits = self._limits
        if self._last_s is not None and now_s - self._last_s >= limits.quiet_s:
            self._failures = 0
        self._last_s = now_s
        self._failures += 1
        self._draws += 1
        step_s = min(limits.first_s * 2.0 ** min(self._failures, 32), limits.longest_s)
        return step_s / 2 * (1.0 + uniform(self._seed, self._stream, self._draws))


@dataclass(frozen=True, slots=True)
class Condition:
    """How one hosted thing stands at a look. All ages are real time [s], not the paced clock's.

    Attributes:
        name: Its name.
        late_after_ms: Its promise [ms].
        critical: The process is of no use without it.
        alive: Its thread runs.
        down_s: How long it has been down after a failure, waiting for its restart; None when it is up.
        call_s: How long it has been inside the present call; None when it rests.
        overdue_s: How long ago the deadline passed that it rests for; negative when it is still to come, None when it has none.
        waiting: How many mails wait.
        rests: How often it went to rest; tells one rest from the next.
    """

    name: str
    late_after_ms: int
    critical: bool
    alive: bool
    down_s: float | None
    call_s: float | None
    overdue_s: float | None
    waiting: int
    rests: int


class Supervisor:
    """Keeps who is in trouble and tells each change once. `lost` and `back` may be called from any thread, `look` from one."""

    def __init__(
        self, tell: Callable[[Stuck], None], on_dead: Callable[[str, str], None], hung_for_s: float = HUNG_FOR_S
    ) -> None:
        """Remember whom to tell: of every trouble and its end, and (name, reason) of a death.

        Dead is what is critical and broke its promise, and whatever has hung for hung_for_s [s, real time].
        """
        self._tell = tell
        self._on_dead = on_dead
        self._lock = Lock()
        self._trouble: dict[str, str] = {}
        self._dead: set[str] = set()
        self._unserved_for_s: dict[str, tuple[int, float]] = {}
        self._hung_for_s = hung_for_s
        self._hangs_since_s: dict[str, float] = {}

    def trouble(self, name: str) -> str | None:
        """What is wrong with it; None if nothing is known."""
        return self._trouble.get(name)

    def lost(self, name: str, reason: str) -> None:
        """It failed or is late; told unless that is known already."""
        with self._lock:
            known = name in self._trouble
            self._trouble[name] = reason
            if not known:
                self._tell(Stuck(name, reason, back=False))

    def back(self, name: str) -> None:
        """It goes on; told if it was in trouble."""
        with self._lock:
            reason = self._trouble.pop(name, None)
            if reason is not None:
                self._tell(Stuck(name, f"goes on; it was: {reason}", back=True))

    def look(self, condition: Condition, now_s: float) -> None:
        """Judge one condition, seen at now_s [s, real monotonic]; to be called every second or so for each."""
        reason = self._broken_promise(condition, now_s)
        beyond_help = self._beyond_help(condition, now_s)
        if reason is not None:
            self.lost(condition.name, reason)
            if (condition.critical or beyond_help) and condition.name not in self._dead:
                self._dead.add(condition.name)
                self._on_dead(condition.name, reason)
        elif condition.down_s is None:
            self._dead.discard(condition.name)
            self.back(condition.name)

    def _beyond_help(self, condition: Condition, now_s: float) -> bool:
        """Its thread has hung, or been gone, at every look for too long."""
        hangs = not condition.alive or (condition.call_s or 0.0) > condition.late_after_ms / 1000
        if not hangs:
            self._hangs_since_s.pop(condition.name, None)
            return False
        return now_s - self._hangs_since_s.setdefault(condition.name, now_s) >= self._hung_for_s

    def _broken_promise(self, condition: Condition, now_s: float) -> str | None:
        if not condition.alive:
            return "its thread has ended; restart the process"
        age_s, what = self._longest_wait(condition, now_s)
        promised_s = condition.late_after_ms / 1000
        return f"{what} for {age_s:.1f} s (promised within {promised_s:g} s)" if age_s > promised_s else None

    def _longest_wait(self, condition: Condition, now_s: float) -> tuple[float, str]:
        if condition.down_s is not None:
            return condition.down_s, "down in spite of restarts"
        if condition.call_s is not None:
            return condition.call_s, "in one call"
        overdue_s = condition.overdue_s or 0.0
        unserved_s = self._unserved_s(condition, now_s)
        return (overdue_s, "past its deadline") if overdue_s > unserved_s else (unserved_s, "deaf to its mail")

    def _unserved_s(self, condition: Condition, now_s: float) -> float:
        """How long mail has been seen waiting during one and the same rest; mail that came just now is no fault."""
        if not condition.waiting:
            self._unserved_for_s.pop(condition.name, None)
            return 0.0
        rests, since_s = self._unserved_for_s.get(condition.name, (-1, now_s))
        if rests != condition.rests:
            since_s = now_s
            self._unserved_for_s[condition.name] = (condition.rests, since_s)
        return now_s - since_s
