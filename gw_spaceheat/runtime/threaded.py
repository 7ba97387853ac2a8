"""Real time: a thread and a mailbox for everything hosted, a watch over all of them, and an end in order.

Threads share nothing but mailboxes. A device that blocks harms only its own thread; whoever fails is started again, whoever is
late is named, and a critical one that does not come back is reported as dead, so that the process can end itself.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gw_spaceheat.core.events import Event, Level, Note, Stuck
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted, Route
from gw_spaceheat.runtime.serving import HostReport, HostThread
from gw_spaceheat.runtime.supervisor import HUNG_FOR_S, BackOff, BackOffLimits, Supervisor
from gw_spaceheat.vocabulary.moment import Moment

WATCH = "watch"
"""In whose name the runtime itself speaks."""


def _ignore_note(_now: Moment, _name: str, _note: Note) -> None:
    return None


def _ignore_death(_name: str, _reason: str) -> None:
    return None


def _ignore_health() -> None:
    return None


def _ignore_trouble(_stuck: Stuck) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Observers:
    """Who outside the runtime is told; none of them may block.

    Attributes:
        on_note: (moment, source, note), in the source's thread: a line for the log.
        on_dead: (name, reason), in the watch's thread, once: a critical thing broke its promise. The process should end
            itself; it must not call `stop` from here, but wake whoever does.
        on_healthy: In the watch's thread, after each look at which every critical thing kept its promise: the place to pat a
            watchdog.
        on_ready: Once, when every critical thing has begun.
        on_stuck: Each trouble, and the end of each, in the thread that notices it.
        on_effect: (moment, source, effect), in the source's thread: everything that anybody puts out; None for nobody.
    """

    on_note: Callable[[Moment, str, Note], None] = _ignore_note
    on_dead: Callable[[str, str], None] = _ignore_death
    on_healthy: Callable[[], None] = _ignore_health
    on_ready: Callable[[], None] = _ignore_health
    on_stuck: Callable[[Stuck], None] = _ignore_trouble
    on_effect: Callable[[Moment, str, Event], None] | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What can be set about the runtime.

    Attributes:
        troubles_to: Name of the hosted thing that gets `Stuck` events; None for nobody.
        look_every_s: How often the watch looks [s, real time].
        most_waiting: Readings for a mailbox in which this many mails wait are dropped and counted; everything else is always
            taken.
        back_off: The waits before restarts.
        seed: Chooses the jitter of the waits (below 2**31).
        hung_for_s: A thread that hangs in a call, or has ended, is freed by a new process only: after this long [s, real time]
            even one that is not critical is reported as dead.
    """

    troubles_to: str | None = None
    look_every_s: float = 1.0
    most_waiting: int = 10_000
    back_off: BackOffLimits = field(default_factory=BackOffLimits)
    seed: int = 0
    hung_for_s: float = HUNG_FOR_S


class ThreadedRuntime:
    """Hosts machines and actors in real time, one thread each."""

    def __init__(
        self,
        clock: Clock,
        route: Route,
        hosted: Iterable[Hosted],
        observers: Observers | None = None,
        options: Options | None = None,
    ) -> None:
        """Remember; nothing runs before `start`.

        Raises:
            ValueError: Two hosted things have one name, or troubles go to a name that is not hosted.
        """
        self._clock = clock
        self._route = route
        self._observers = observers or Observers()
        self._witness = self._observers.on_effect
        self._options = options or Options()
        self._hosts: dict[str, HostThread] = {}
        for index, one in enumerate(hosted):
            if one.name in self._hosts:
                raise ValueError(f"two hosted things are called {one.name}")
            back_off = BackOff(self._options.back_off, self._options.seed, index)
            self._hosts[one.name] = HostThread(one, clock, self, back_off, self._options.most_waiting)
        troubles_to = self._options.troubles_to
        if troubles_to is not None and troubles_to not in self._hosts:
            raise ValueError(f"troubles are to go to {troubles_to}, which is not hosted")
        self._supervisor = Supervisor(self._tell, self._observers.on_dead, self._options.hung_for_s)
        self._last_look_s: float | None = None
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._keep_watch, name=WATCH, daemon=True)
        self._lock = threading.Lock()
        self._unknown: Counter[str] = Counter()
        self._to_begin = {host.name for host in self._hosts.values() if host.critical}

    def start(self) -> None:
        """Start the threads in the order in which they were given, then the watch."""
        nothing_to_wait_for = not self._to_begin
        for host in self._hosts.values():
            host.start()
        self._watch.start()
        if nothing_to_wait_for:
            self._observers.on_ready()

    def post(self, name: str, event: Event) -> None:
        """Mail from any thread; never blocks. For a name that is not hosted it is counted, and noted once."""
        host = self._hosts.get(name)
        if host is None:
            self._count_unknown(name, event)
        else:
            host.post(event)

    def stop(self, order: Iterable[Iterable[str]] | None = None, within_s: float = 3.0) -> list[str]:
        """Stop group after group, and say who did not.

        Everyone handles the mail that waits, then `Stopping`; a group is told when the one before it has ended, so that its
        last words still find their readers. One that hangs holds up the next group for half of the time that is left at most.

        Args:
            order: Groups of names that stop together; None: one after another, in reverse order of starting. Hosts in no group
                form a last one.
            within_s: After this time [s, real] the call returns.

        Returns:
            The names of those who did not end in time. Their threads do not keep the process from ending.
        """
        ends_s = self._real_s() + within_s
        self._ended.set()
        if self._watch.ident is not None:
            self._watch.join(within_s / 4)
        groups = self._groups(order)
        for position, group in enumerate(groups):
            for host in group:
                host.ask_to_stop()
            left_s = ends_s - self._real_s()
            patience_s = left_s if position == len(groups) - 1 else left_s / 2
            group_ends_s = self._real_s() + patience_s
            for host in group:
                host.join(group_ends_s - self._real_s())
        hanging = [host for group in groups for host in group if not host.join(ends_s - self._real_s())]
        for host in hanging:
            host.abandon()
        return [host.name for host in hanging]

    def look(self) -> None:
        """One look of the watch, in its thread: has the wall clock stepped, does everyone keep what it promised?"""
        now, real_s = self._clock.now(), self._real_s()
        for event in self._clock.look():
            if isinstance(event, Note):
                self._observers.on_note(now, WATCH, event)
            else:
                for host in self._hosts.values():
                    host.post(event)
        stood_still = self._last_look_s is not None and real_s - self._last_look_s > 3 * self._options.look_every_s
        self._last_look_s = real_s
        if stood_still:
            return  # the whole process did not run, so nobody else is to blame
        for host in self._hosts.values():
            self._supervisor.look(host.condition(), real_s)
        if not any(host.critical and self._supervisor.trouble(host.name) for host in self._hosts.values()):
            self._observers.on_healthy()

    def report(self) -> tuple[HostReport, ...]:
        """How everyone is, in the order of starting."""
        return tuple(host.report(self._supervisor.trouble(host.name)) for host in self._hosts.values())

    def looked_ago_s(self) -> float | None:
        """Real time [s] since the watch last looked; None before it has done so."""
        last_s = self._last_look_s
        return None if last_s is None else max(0.0, self._real_s() - last_s)

    def unknown(self) -> dict[str, int]:
        """How many mails came for names that are not hosted, by name."""
        with self._lock:
            return dict(self._unknown)

    # what the threads need

    def dispatch(self, source: str, effects: Sequence[Event], now: Moment) -> None:
        """Route what a source put out, in order; notes go to the observer as well."""
        witness = self._witness
        for effect in effects:
            if type(effect) is Note:
                self._observers.on_note(now, source, effect)
            if witness is not None:
                witness(now, source, effect)
            for target in self._route(source, effect):
                self.post(target, effect)

    def note(self, source: str, note: Note) -> None:
        """A line for the log."""
        self._observers.on_note(self._clock.now(), source, note)

    def lost(self, name: str, reason: str) -> None:
        """It failed; told once."""
        self._supervisor.lost(name, reason)

    def back(self, name: str) -> None:
        """It runs again; told once."""
        self._supervisor.back(name)

    def begun(self, name: str) -> None:
        """It has dealt with its `Started`; when that is so of all that are critical, the process is ready."""
        with self._lock:
            ready = self._to_begin == {name}
            self._to_begin.discard(name)
        if ready:
            self._observers.on_ready()

    # inside

    def _real_s(self) -> float:
        return -self._clock.wait_s(0)

    def _groups(self, order: Iterable[Iterable[str]] | None) -> list[list[HostThread]]:
        if order is None:
            return [[host] for host in reversed(self._hosts.values())]
        groups = [[self._hosts[name] for name in group] for group in order]
        named = {host.name for group in groups for host in group}
        rest = [host for host in self._hosts.values() if host.name not in named]
        return [*groups, rest] if rest else groups

    def _keep_watch(self) -> None:
        while not self._ended.wait(self._options.look_every_s):
            try:
                self.look()
            except Exception as fault:  # noqa: BLE001 (the outermost loop of a thread)
                self._observers.on_dead(WATCH, f"a look failed: {type(fault).__name__}: {fault}")

    def _tell(self, stuck: Stuck) -> None:
        level, state = (Level.INFO, "is back") if stuck.back else (Level.WARNING, "is in trouble")
        self._observers.on_note(self._clock.now(), WATCH, Note(level, f"{stuck.actor} {state}: {stuck.reason}"))
        self._observers.on_stuck(stuck)
        if self._options.troubles_to is not None:
            self.post(self._options.troubles_to, stuck)

    def _count_unknown(self, name: str, event: Event) -> None:
        with self._lock:
            self._unknown[name] += 1
            first = self._unknown[name] == 1
        if first:
            text = f"mail for {name}, which is not hosted here, is not delivered; the first was {type(event).__name__}"
            self.note(WATCH, Note(Level.WARNING, text))
