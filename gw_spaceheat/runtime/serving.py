"""One hosted thing in its own thread: a mailbox, a deadline, and what happens when it fails."""

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Thread
from threading import Event as Signal
from typing import Protocol

from gw_spaceheat.core.events import Command, Event, Level, Note, Outcome, Readings, Received, Started, Stopping, Verdict
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.supervisor import BackOff, Condition
from gw_spaceheat.vocabulary.moment import Moment

STARTED = Started()
STOPPING = Stopping()
LONGEST_WAIT_S = min(TIMEOUT_MAX, 3600.0)
MOST_WAKES_IN_VAIN = 1000
"""A machine that was woken this often and still wants the same past moment would keep its core busy for ever."""


class WakesInVain(RuntimeError):
    """A machine's deadline does not move when it is woken."""


class Exchange(Protocol):
    """What a thread needs of its runtime; called in the thread's own context."""

    def dispatch(self, source: str, effects: Sequence[Event], now: Moment) -> None:
        """Route what the source put out."""
        ...

    def note(self, source: str, note: Note) -> None:
        """A line for the log."""
        ...

    def lost(self, name: str, reason: str) -> None:
        """It failed; told once."""
        ...

    def back(self, name: str) -> None:
        """It runs again; told once."""
        ...

    def begun(self, name: str) -> None:
        """It has dealt with its `Started`."""
        ...


@dataclass(frozen=True, slots=True)
class HostReport:
    """How one hosted thing is.

    Attributes:
        name: Its name.
        alive: Its thread runs.
        waiting: Mails in its mailbox.
        restarts: How often it was started again after a failure.
        progress_age_s: Real time [s] since it last began or finished a call.
        dropped: Readings not taken because the mailbox was full.
        trouble: What is wrong with it now; None if nothing is known.
        critical: The process is of no use without it.
    """

    name: str
    alive: bool
    waiting: int
    restarts: int
    progress_age_s: float
    dropped: int
    trouble: str | None
    critical: bool = False


@dataclass(frozen=True, slots=True)
class _Failure:
    mail: Event | None
    fault: Exception


class HostThread:
    """Runs one machine: first `Started`, then mail and wakes as they come, last `Stopping`.

    A command never vanishes: one that it fails at, or that is left when it stops, is answered with an outcome in its name.
    """

    def __init__(self, hosted: Hosted, clock: Clock, exchange: Exchange, back_off: BackOff, most_waiting: int) -> None:
        """Remember; no thread runs before `start`. Beyond most_waiting mails, readings are dropped and counted."""
        self.name = hosted.name
        self.critical = hosted.critical
        self.mailbox: SimpleQueue[Event] = SimpleQueue()
        self._hosted = hosted
        self._machine: Machine = hosted.machine
        self._clock = clock
        self._exchange = exchange
        self._back_off = back_off
        self._most_waiting = most_waiting
        self._thread = Thread(target=self._live, name=hosted.name, daemon=True)
        self._asked_to_stop = Signal()
        self._closed = False
        self._holds_device = True
        self._restarts = 0
        # written by the thread, read by the watch
        self._began: Moment | None = None
        self._mail: Event | None = None
        self._due_ms: int | None = None
        self._rests = 0
        self._rested_ms = clock.now().mono_ms
        self._down_since_ms: int | None = None
        # mail that was not handled
        self._dropped = 0
        self._dropping = False
        self._left_over: Counter[str] = Counter()
        self._told_of_late_mail = False

    # from any thread

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def post(self, event: Event) -> None:
        """Put an event into the mailbox; never blocks."""
        mailbox = self.mailbox
        if type(event) is Readings and not self._has_room():
            return
        mailbox.put(event)
        if self._closed:
            self._tell_of_leftovers()

    def ask_to_stop(self) -> None:
        """Let it handle what waits in its mailbox and then stop."""
        if not self._asked_to_stop.is_set():
            self._asked_to_stop.set()
            self.mailbox.put(STOPPING)

    def join(self, timeout_s: float) -> bool:
        """Wait for its end for this long [s]; True if it has ended or never ran."""
        if self._thread.ident is not None:
            self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """It did not stop in time: answer the command in its hands and those that wait. It may still end by itself."""
        self._closed = True
        self._answer(self._mail, Verdict.DEVICE_FAILED, "hangs in this command and did not stop in time")
        self._tell_of_leftovers()
        self.mailbox.put(STOPPING)

    def condition(self) -> Condition:
        """How it stands, for the supervisor."""
        began, due_ms, down_since_ms = self._began, self._due_ms, self._down_since_ms
        return Condition(
            name=self.name,
            late_after_ms=self._hosted.late_after_ms,
            critical=self.critical,
            alive=self._thread.is_alive(),
            down_s=None if down_since_ms is None else self._age_s(down_since_ms),
            call_s=None if began is None else self._age_s(began.mono_ms),
            overdue_s=None if began is not None or due_ms is None else self._age_s(due_ms),
            waiting=self.mailbox.qsize(),
            rests=self._rests,
        )

    def report(self, trouble: str | None) -> HostReport:
        """How it is, for a person."""
        began = self._began
        return HostReport(
            name=self.name,
            alive=self._thread.is_alive(),
            waiting=self.mailbox.qsize(),
            restarts=self._restarts,
            progress_age_s=max(0.0, self._age_s(self._rested_ms if began is None else began.mono_ms)),
            dropped=self._dropped,
            trouble=trouble,
            critical=self.critical,
        )

    def _age_s(self, mono_ms: int) -> float:
        return -self._clock.wait_s(mono_ms)

    def _has_room(self) -> bool:
        waiting = self.mailbox.qsize()
        if waiting >= self._most_waiting:
            self._dropped += 1
            if not self._dropping:
                self._dropping = True
                text = f"{self.name} does not keep up: {waiting} mails wait, readings for it are dropped until it does"
                self._exchange.note(self.name, Note(Level.WARNING, text))
            return False
        if self._dropping and waiting < self._most_waiting // 2:
            self._dropping = False
            text = f"{self.name} keeps up again; {self._dropped} readings were dropped since the start"
            self._exchange.note(self.name, Note(Level.INFO, text))
        return True

    # its own thread

    def _live(self) -> None:
        failure = self._serve(STARTED)
        while failure is not None:
            wait_s = self._back_off.next_s(self._age_s(0))
            self._go_down(failure, wait_s)
            if failure.mail is STOPPING:
                break
            if self._asked_to_stop.wait(wait_s) and not self._holds_device:
                break
            failure = self._begin_again()
        self._closed = True
        self._tell_of_leftovers()

    def _serve(self, first: Event | None) -> _Failure | None:
        """Handle mail and wakes until `Stopping` (None) or a failure."""
        machine = self._machine
        handle, wake, deadline = machine.handle, machine.wake, machine.deadline
        take, clock_now, dispatch, name = self.mailbox.get, self._clock.now, self._exchange.dispatch, self.name
        mail: Event | None = first
        vain_wakes = 0
        try:
            due_ms: int | None
            if first is None:
                self._up()
                due_ms = deadline()
                mail = self._next(due_ms)
            while True:
                self._mail = mail
                self._began = now = clock_now()
                if mail is None:
                    effects = wake(now)
                    if effects:
                        dispatch(name, effects, now)
                    woken_for_ms, due_ms = due_ms, deadline()
                    vain_wakes = vain_wakes + 1 if due_ms == woken_for_ms else 0
                    if vain_wakes >= MOST_WAKES_IN_VAIN:
                        raise WakesInVain(f"its deadline stays at {due_ms} ms however often it is woken")
                else:
                    effects = handle(mail, now)
                    if effects:
                        dispatch(name, effects, now)
                    if mail is STOPPING:
                        return None
                    if mail is STARTED:
                        self._up()
                    due_ms = deadline()
                    if due_ms is not None and due_ms <= now.mono_ms:
                        mail = None  # however much mail there is, a deadline waits for one call at most
                        continue
                try:
                    mail = take(False)  # noqa: FBT003 (by keyword it takes half as long again)
                except Empty:
                    mail = self._next(due_ms)
        except Exception as fault:  # noqa: BLE001 (the outermost loop of a thread: told, and started again)
            return _Failure(mail, fault)
        finally:
            self._mail = None
            self._rest(None)

    def _next(self, due_ms: int | None) -> Event | None:
        """Wait for mail; None when the deadline comes first."""
        self._rest(due_ms)
        while due_ms is not None:
            wait_s = self._clock.wait_s(due_ms)
            try:
                return self.mailbox.get(timeout=min(wait_s, LONGEST_WAIT_S)) if wait_s > 0 else self.mailbox.get_nowait()
            except Empty:
                if wait_s <= 0:
                    return None
        return self.mailbox.get()

    def _rest(self, due_ms: int | None) -> None:
        self._rests += 1
        self._rested_ms = self._clock.now().mono_ms
        self._mail = None
        self._due_ms = due_ms
        self._began = None

    def _up(self) -> None:
        if self._down_since_ms is not None:
            self._down_since_ms = None
            self._exchange.back(self.name)
        self._exchange.begun(self.name)

    def _go_down(self, failure: _Failure, wait_s: float) -> None:
        if self._down_since_ms is None:
            self._down_since_ms = self._clock.now().mono_ms
        fault = failure.fault
        at = "a wake" if failure.mail is None else type(failure.mail).__name__
        reason = f"failed at {at}: {type(fault).__name__}: {fault}"
        trace = "".join(traceback.format_exception(fault)).rstrip()
        self._exchange.note(self.name, Note(Level.ERROR, f"{self.name} {reason}; starts again in {wait_s:.1f} s\n{trace}"))
        self._exchange.lost(self.name, reason)
        self._answer(failure.mail, Verdict.DEVICE_FAILED, reason)
        if self._hosted.factory is not None and self._holds_device and failure.mail is not STOPPING:
            self._let_go()

    def _let_go(self) -> None:
        """Before another takes its place, the failed machine puts what it drives into its stop state and closes it."""
        self._holds_device = False
        self._began = now = self._clock.now()
        try:
            self._exchange.dispatch(self.name, self._machine.handle(STOPPING, now), now)
        except Exception as fault:  # noqa: BLE001 (it has failed before; the fresh machine must come all the same)
            text = f"{self.name} could not let go after its failure: {type(fault).__name__}: {fault}"
            self._exchange.note(self.name, Note(Level.WARNING, text))
        self._rest(None)

    def _begin_again(self) -> _Failure | None:
        self._restarts += 1
        factory = self._hosted.factory
        if factory is None:
            return self._serve(None)
        try:
            self._machine = factory()
        except Exception as fault:  # noqa: BLE001 (told, and tried again)
            return _Failure(STARTED, fault)
        self._holds_device = True
        return self._serve(STARTED)

    # what was not handled

    def _answer(self, mail: Event | None, verdict: Verdict, reason: str) -> bool:
        if not isinstance(mail, Command):
            return False
        outcome = Outcome(mail.node, mail.value, verdict, f"{self.name} {reason}", mail.trigger, None)
        self._exchange.dispatch(self.name, (outcome,), self._clock.now())
        return True

    def _tell_of_leftovers(self) -> None:
        """Empty the mailbox of a closed thread. Whoever posts after the closing calls this itself, so nothing stays unseen."""
        kinds: Counter[str] = Counter()
        while True:
            try:
                mail = self.mailbox.get_nowait()
            except Empty:
                break
            if mail is STOPPING:
                continue
            if not self._answer(mail, Verdict.REFUSED, "is stopped") and not isinstance(mail, Readings | Received):
                kinds[type(mail).__name__] += 1  # readings and messages are nobody's loss once the reader has gone
        self._left_over += kinds
        if kinds and not self._told_of_late_mail:
            self._told_of_late_mail = True
            listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
            self._exchange.note(self.name, Note(Level.INFO, f"{self.name} is stopped; mail for it was left: {listed}"))
