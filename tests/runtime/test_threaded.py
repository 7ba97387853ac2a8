"""Real threads. They wait on events, with a time-out that only a broken runtime reaches."""

import io
import random
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Event as Signal

import pytest

from gw_spaceheat.core.events import (
    Authority,
    ClockStepped,
    Command,
    Event,
    Level,
    LinkChanged,
    Note,
    Outcome,
    Readings,
    Started,
    Stopping,
    Stuck,
    Verdict,
)
from gw_spaceheat.core.timekeeper import Sync
from gw_spaceheat.runtime.clock import PacedClock, SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.stacks import dump_stacks
from gw_spaceheat.runtime.supervisor import BackOffLimits
from gw_spaceheat.runtime.threaded import Observers, Options, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment

PATIENCE_S = 30.0
NEVER_LOOKS = Options(look_every_s=1e6, back_off=BackOffLimits(first_s=0.001, longest_s=0.002))
"""The test looks itself; restarts wait next to nothing."""

React = Callable[[Event, Moment], Sequence[Event]]


class Told:
    """A machine that does what a function says, and a queue of all it was told."""

    def __init__(self, react: React | None = None) -> None:
        self._react = react
        self._heard: SimpleQueue[Event] = SimpleQueue()

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        self._heard.put(event)
        return self._react(event, now) if self._react is not None else ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None

    def hears(self, kind: type[Event]) -> Event:
        """The next event of this kind; what comes before it is passed over."""
        while True:
            event = self._heard.get(timeout=PATIENCE_S)
            if type(event) is kind:
                return event

    def heard(self) -> list[Event]:
        """All that was told and not yet looked at."""
        return [self._heard.get_nowait() for _ in range(self._heard.qsize())]


class HandSetClock:
    """A clock that stands until a test sets it."""

    def __init__(self) -> None:
        self.moment = Moment(1_000, 1_600_000_000_000)
        self.tells: list[Event] = []

    pace = 1.0

    def now(self) -> Moment:
        return self.moment

    def wait_s(self, mono_ms: int) -> float:
        return (mono_ms - self.moment.mono_ms) / 1000

    def look(self) -> Sequence[Event]:
        told, self.tells = self.tells, []
        return told


class Notes:
    """Keeps the notes of a run."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Note]] = []

    def __call__(self, _now: Moment, name: str, note: Note) -> None:
        self.kept.append((name, note))

    def texts(self) -> list[str]:
        return [note.text for _, note in self.kept]


def nowhere(_source: str, _event: Event) -> tuple[str, ...]:
    return ()


def command(trigger: str = "t1") -> Command:
    return Command("a.elt1.relay", 1.0, Authority.LOCAL, "cold", trigger, 10**12)


def readings(taken_ms: int) -> Readings:
    return Readings("a.tank.temp0", taken_ms, ("tank-temp0",), (50.0,))


# mail ------------------------------------------------------------------------------------------------


def test_started_comes_first_and_stopping_last_also_for_mail_posted_before_the_start() -> None:
    listener = Told()
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", listener)])
    runtime.post("a.s", readings(1))
    runtime.start()
    runtime.post("a.s", readings(2))
    assert runtime.stop() == []
    assert listener.heard() == [Started(), readings(1), readings(2), Stopping()]


def test_effects_are_routed_in_order() -> None:
    def report(event: Event, _now: Moment) -> Sequence[Event]:
        return [readings(1), readings(2), command()] if isinstance(event, LinkChanged) else ()

    scada, sensor = Told(), Told(report)

    def route(source: str, event: Event) -> tuple[str, ...]:
        return ("a.s", "nobody") if (source, type(event)) == ("a.tank.temp0", Readings) else ()

    notes = Notes()
    runtime = ThreadedRuntime(
        SystemClock(), route, [Hosted("a.s", scada), Hosted("a.tank.temp0", sensor)], Observers(on_note=notes)
    )
    runtime.start()
    runtime.post("a.tank.temp0", LinkChanged("local", True, ""))
    assert [scada.hears(Readings), scada.hears(Readings)] == [readings(1), readings(2)]
    assert runtime.stop() == []
    assert runtime.unknown() == {"nobody": 2}
    assert notes.texts() == ["mail for nobody, which is not hosted here, is not delivered; the first was Readings"]


def test_notes_go_to_the_observer() -> None:
    note = Note(Level.INFO, "the pump runs")
    notes = Notes()
    runtime = ThreadedRuntime(
        SystemClock(), nowhere, [Hosted("a.s", Told(lambda event, _: [note] if event == Started() else ()))], Observers(notes)
    )
    runtime.start()
    assert runtime.stop() == []
    assert notes.kept == [("a.s", note)]


def test_two_of_one_name_and_a_wrong_name_for_troubles_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two hosted things are called a\.s"):
        ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told()), Hosted("a.s", Told())])
    with pytest.raises(ValueError, match="not hosted"):
        ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told())], options=Options(troubles_to="a"))


def test_a_full_mailbox_drops_readings_only_and_says_so_once() -> None:
    notes = Notes()
    listener = Told()
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", listener)], Observers(notes), Options(most_waiting=4))
    for taken_ms in range(6):
        runtime.post("a.s", readings(taken_ms))
    runtime.post("a.s", command())
    (report,) = runtime.report()
    assert (report.waiting, report.dropped, report.alive, report.trouble) == (5, 2, False, None)
    assert notes.texts() == ["a.s does not keep up: 4 mails wait, readings for it are dropped until it does"]
    runtime.start()
    listener.hears(Command)
    runtime.post("a.s", readings(7))
    assert listener.hears(Readings) == readings(7)
    assert notes.texts()[1:] == ["a.s keeps up again; 2 readings were dropped since the start"]
    assert runtime.stop() == []


# time ------------------------------------------------------------------------------------------------


class Alarms:
    """Rings at the times that readings ask for, and tells when it was woken."""

    def __init__(self, rings: int) -> None:
        self._waiting: list[int] = []
        self._left = rings
        self.woken: list[tuple[int, int]] = []
        self.done = Signal()

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Readings):
            self._waiting = sorted([*self._waiting, event.taken_ms])
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        self.woken.append((self._waiting.pop(0), now.mono_ms))
        if len(self.woken) == self._left:
            self.done.set()
        return ()

    def deadline(self) -> int | None:
        return self._waiting[0] if self._waiting else None


def test_deadlines_are_kept_in_order_and_read_again_after_every_call() -> None:
    asked_ms = [3_600_000_000, 4_000, 1_000, 3_000, 2_000]
    alarms = Alarms(rings=4)
    runtime = ThreadedRuntime(PacedClock(100, 0), nowhere, [Hosted("alarms", alarms)])
    runtime.start()
    for at_ms in asked_ms:
        runtime.post("alarms", readings(at_ms))
    assert alarms.done.wait(PATIENCE_S)
    assert runtime.stop() == []
    assert [due_ms for due_ms, _ in alarms.woken] == [1_000, 2_000, 3_000, 4_000]
    assert all(woken_ms >= due_ms for due_ms, woken_ms in alarms.woken)


def test_mail_that_never_ends_does_not_hold_up_a_deadline() -> None:
    alarms = Alarms(rings=1)
    clock = HandSetClock()
    runtime = ThreadedRuntime(clock, nowhere, [Hosted("alarms", alarms)])
    runtime.post("alarms", readings(500))  # past already
    for _ in range(1_000):
        runtime.post("alarms", readings(10**9))
    runtime.start()
    assert alarms.done.wait(PATIENCE_S)
    assert runtime.stop() == []
    assert alarms.woken == [(500, 1_000)]


def test_a_machine_whose_deadline_never_moves_is_stopped_from_spinning() -> None:
    class Vain(Told):
        def deadline(self) -> int | None:
            return 0

    spinning, scada = Vain(), Told()
    runtime = ThreadedRuntime(
        SystemClock(),
        nowhere,
        [Hosted("a.s", scada), Hosted("vain", spinning, factory=Told)],
        options=Options(troubles_to="a.s", look_every_s=1e6, back_off=NEVER_LOOKS.back_off),
    )
    runtime.start()
    stuck = scada.hears(Stuck)
    assert isinstance(stuck, Stuck)
    assert "its deadline stays at 0 ms" in stuck.reason
    assert scada.hears(Stuck) == Stuck("vain", f"goes on; it was: {stuck.reason}", back=True)
    assert runtime.stop() == []


@pytest.mark.parametrize("by_ms", [120_000, -3_600_000])
def test_everybody_is_told_of_a_step_of_the_wall_clock(by_ms: int) -> None:
    clock, notes = HandSetClock(), Notes()
    hosts = [Told(), Told()]
    runtime = ThreadedRuntime(
        clock, nowhere, [Hosted(str(number), host) for number, host in enumerate(hosts)], Observers(notes), NEVER_LOOKS
    )
    runtime.start()
    runtime.look()
    clock.tells = [Note(Level.WARNING, "set"), ClockStepped(by_ms)]
    runtime.look()
    runtime.look()
    assert runtime.stop() == []
    assert [host.heard() for host in hosts] == [[Started(), ClockStepped(by_ms), Stopping()]] * 2
    assert notes.texts() == ["set"]


# supervision ------------------------------------------------------------------------------------------------


def fails_at_readings(event: Event, _now: Moment) -> Sequence[Event]:
    if isinstance(event, Readings | Command):
        raise ZeroDivisionError("no flow")
    return ()


def test_a_machine_that_raises_is_replaced_by_a_fresh_one_and_told_of() -> None:
    scada, first, second, notes = Told(), Told(fails_at_readings), Told(), Notes()
    runtime = ThreadedRuntime(
        SystemClock(),
        nowhere,
        [Hosted("a.s", scada), Hosted("a.pump", first, factory=lambda: second)],
        Observers(notes),
        Options(troubles_to="a.s", look_every_s=1e6, back_off=NEVER_LOOKS.back_off),
    )
    runtime.start()
    runtime.post("a.pump", readings(1))
    runtime.post("a.pump", readings(2))
    reason = "failed at Readings: ZeroDivisionError: no flow"
    assert scada.hears(Stuck) == Stuck("a.pump", reason, back=False)
    assert scada.hears(Stuck) == Stuck("a.pump", f"goes on; it was: {reason}", back=True)
    assert second.hears(Readings) == readings(2)
    assert [report.restarts for report in runtime.report()] == [0, 1]
    assert runtime.stop() == []
    assert first.heard() == [Started(), readings(1), Stopping()]  # it lets its device go before the next takes it
    trace = next(text for text in notes.texts() if "starts again" in text)
    assert "fails_at_readings" in trace
    assert "ZeroDivisionError: no flow" in trace


def test_without_a_factory_the_same_machine_goes_on_and_is_not_started_twice() -> None:
    machine = Told(fails_at_readings)
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.pump", machine)], options=NEVER_LOOKS)
    runtime.start()
    runtime.post("a.pump", readings(1))
    runtime.post("a.pump", LinkChanged("local", True, ""))
    machine.hears(LinkChanged)
    assert runtime.stop() == []
    assert machine.heard() == [Stopping()]


def test_a_factory_that_fails_is_tried_again() -> None:
    fresh, tries = Told(), iter([OSError("no such bus"), OSError("no such bus"), None])

    def factory() -> Told:
        fault = next(tries)
        if fault is not None:
            raise fault
        return fresh

    runtime = ThreadedRuntime(
        SystemClock(), nowhere, [Hosted("a.pump", Told(fails_at_readings), factory=factory)], options=NEVER_LOOKS
    )
    runtime.start()
    runtime.post("a.pump", readings(1))
    fresh.hears(Started)
    assert [report.restarts for report in runtime.report()] == [3]
    assert runtime.stop() == []


def test_one_that_cannot_let_go_is_replaced_all_the_same() -> None:
    def fail(event: Event, _now: Moment) -> Sequence[Event]:
        if event != Started():
            raise OSError("bus gone")
        return ()

    fresh, notes = Told(), Notes()
    runtime = ThreadedRuntime(
        SystemClock(), nowhere, [Hosted("a.pump", Told(fail), factory=lambda: fresh)], Observers(notes), NEVER_LOOKS
    )
    runtime.start()
    runtime.post("a.pump", readings(1))
    fresh.hears(Started)
    assert runtime.stop() == []
    assert "a.pump could not let go after its failure: OSError: bus gone" in notes.texts()


def test_a_command_that_a_machine_fails_at_is_answered() -> None:
    scada = Told()

    def route(_source: str, event: Event) -> tuple[str, ...]:
        return ("a.s",) if isinstance(event, Outcome) else ()

    relay = Hosted("a.elt1.relay", Told(fails_at_readings), factory=Told)
    runtime = ThreadedRuntime(SystemClock(), route, [Hosted("a.s", scada), relay], options=NEVER_LOOKS)
    runtime.start()
    runtime.post("a.elt1.relay", command())
    reason = "a.elt1.relay failed at Command: ZeroDivisionError: no flow"
    assert scada.hears(Outcome) == Outcome("a.elt1.relay", 1.0, Verdict.DEVICE_FAILED, reason, "t1", None)
    assert runtime.stop() == []


def test_one_that_hangs_is_named_while_the_others_go_on_and_the_end_comes_in_time() -> None:
    entered, let_go = Signal(), Signal()

    def block(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Command):
            entered.set()
            let_go.wait(PATIENCE_S)
        return ()

    outcomes: SimpleQueue[Event] = SimpleQueue()

    def route(source: str, event: Event) -> tuple[str, ...]:
        if source == "a.elt1.relay" and isinstance(event, Outcome):
            outcomes.put(event)
        return ()

    clock, scada, dead, healthy = HandSetClock(), Told(), [], []
    runtime = ThreadedRuntime(
        clock,
        route,
        [Hosted("a.s", scada), Hosted("a.elt1.relay", Told(block), late_after_ms=5_000, critical=True)],
        Observers(on_dead=lambda name, _: dead.append(name), on_healthy=lambda: healthy.append(True)),
        Options(troubles_to="a.s", look_every_s=1e6),
    )
    runtime.start()
    runtime.post("a.elt1.relay", command("in hand"))
    runtime.post("a.elt1.relay", command("waiting"))
    assert entered.wait(PATIENCE_S)
    runtime.look()
    assert (dead, healthy) == ([], [True])
    clock.moment = clock.moment.later(5_001)
    runtime.look()
    runtime.look()
    assert scada.hears(Stuck) == Stuck("a.elt1.relay", "in one call for 5.0 s (promised within 5 s)", back=False)
    assert (dead, healthy) == (["a.elt1.relay"], [True])
    assert runtime.report()[1].trouble is not None

    runtime.post("a.s", readings(1))
    assert scada.hears(Readings) == readings(1)
    assert runtime.stop(within_s=0.1) == ["a.elt1.relay"]
    assert scada.heard() == [Stopping()]
    answered = [outcomes.get(timeout=PATIENCE_S), outcomes.get(timeout=PATIENCE_S)]
    verdicts = [(outcome.trigger, outcome.verdict) for outcome in answered if isinstance(outcome, Outcome)]
    assert verdicts == [("in hand", Verdict.DEVICE_FAILED), ("waiting", Verdict.REFUSED)]
    let_go.set()
    assert runtime.stop(within_s=PATIENCE_S) == []


@pytest.mark.parametrize("confirmed", [False, True])
def test_one_that_hangs_is_found_in_time_whatever_the_wall_clock_does(confirmed: bool) -> None:
    """A thousand steps, a second apart, from a second to ten years; nobody else is blamed for them."""
    entered, let_go, chance = Signal(), Signal(), random.Random(7)

    def block(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Command):
            entered.set()
            let_go.wait(PATIENCE_S)
        return ()

    hands = {"mono": 1_000_000_000, "wall": 1_800_000_000_000_000_000}
    clock = SystemClock(
        sync=lambda: Sync.CONFIRMED if confirmed else Sync.UNKNOWN,
        monotonic_ns=lambda: hands["mono"],
        wall_ns=lambda: hands["wall"],
    )
    stuck: list[tuple[int, Stuck]] = []
    healthy: list[bool] = []
    observers = Observers(on_stuck=lambda event: stuck.append((second, event)), on_healthy=lambda: healthy.append(True))
    scada, relay = Told(), Told(block)
    hosted = [Hosted("a.s", scada, critical=True), Hosted("a.elt1.relay", relay, late_after_ms=30_000)]
    runtime = ThreadedRuntime(clock, nowhere, hosted, observers, NEVER_LOOKS)
    runtime.start()
    hangs_from = 500
    for second in range(1000):
        if second == hangs_from:
            runtime.post("a.elt1.relay", command())
            assert entered.wait(PATIENCE_S)
        for name, host in (("a.s", scada), ("a.elt1.relay", relay))[: 2 if second < hangs_from else 1]:
            runtime.post(name, readings(second))
            host.hears(Readings)  # so that it has dealt with all mail before the clock goes on
        hands["mono"] += 1_000_000_000
        hands["wall"] += 1_000_000_000 + chance.choice((-1, 1)) * round(10 ** chance.uniform(9, 17.5))
        runtime.look()
        if second < hangs_from:
            assert stuck == []
    let_go.set()
    (first, event), *others = stuck
    assert (event.actor, event.back) == ("a.elt1.relay", False)
    assert 30 <= first + 1 - hangs_from <= 31
    assert [late.actor for _, late in others if late.actor != "a.elt1.relay"] == []
    assert len(healthy) == 1000
    assert runtime.stop() == []


def test_one_that_hung_and_goes_on_is_told_back_once() -> None:
    entered, let_go = Signal(), Signal()

    def block(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Command):
            entered.set()
            let_go.wait(PATIENCE_S)
        return ()

    clock, scada, relay = HandSetClock(), Told(), Told(block)
    runtime = ThreadedRuntime(
        clock,
        nowhere,
        [Hosted("a.s", scada), Hosted("a.elt1.relay", relay, late_after_ms=5_000)],
        options=Options(troubles_to="a.s", look_every_s=1e6),
    )
    runtime.start()
    runtime.post("a.elt1.relay", command())
    assert entered.wait(PATIENCE_S)
    clock.moment = clock.moment.later(6_000)
    runtime.look()
    let_go.set()
    runtime.post("a.elt1.relay", readings(1))
    relay.hears(Readings)
    runtime.look()
    runtime.look()
    assert runtime.stop() == []
    assert [event.back for event in scada.heard() if isinstance(event, Stuck)] == [False, True]


def test_a_watch_that_did_not_run_itself_blames_nobody() -> None:
    entered, let_go = Signal(), Signal()

    def block(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Command):
            entered.set()
            let_go.wait(PATIENCE_S)
        return ()

    clock, notes = HandSetClock(), Notes()
    options = Options(look_every_s=100.0)
    runtime = ThreadedRuntime(clock, nowhere, [Hosted("a.relay", Told(block), late_after_ms=50_000)], Observers(notes), options)
    runtime.start()
    runtime.post("a.relay", command())
    assert entered.wait(PATIENCE_S)
    runtime.look()
    clock.moment = clock.moment.later(301_000)
    runtime.look()
    assert notes.texts() == []
    clock.moment = clock.moment.later(1_000)
    runtime.look()
    assert notes.texts() == ["a.relay is in trouble: in one call for 302.0 s (promised within 50 s)"]
    let_go.set()
    assert runtime.stop() == []


def test_the_watch_looks_by_itself_and_is_named_dead_when_it_fails() -> None:
    looked, dead = Signal(), Signal()

    def healthy() -> None:
        looked.set()
        raise OSError("no watchdog")

    observers = Observers(on_healthy=healthy, on_dead=lambda name, _: dead.set() if name == "watch" else None)
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told())], observers, Options(look_every_s=0.001))
    runtime.start()
    assert looked.wait(PATIENCE_S)
    assert dead.wait(PATIENCE_S)
    assert runtime.stop() == []


# the end ------------------------------------------------------------------------------------------------


def test_groups_stop_one_after_another_and_the_rest_last() -> None:
    ended: list[str] = []

    def host(name: str) -> Hosted:
        def react(event: Event, _now: Moment) -> Sequence[Event]:
            if event == Stopping():
                ended.append(name)
            return ()

        return Hosted(name, Told(react))

    for order, expected in [
        (None, ["sensor", "scada", "link"]),
        ([["scada"], ["sensor"]], ["scada", "sensor", "link"]),
    ]:
        ended.clear()
        runtime = ThreadedRuntime(SystemClock(), nowhere, [host("link"), host("scada"), host("sensor")])
        runtime.start()
        assert runtime.stop(order, within_s=PATIENCE_S) == []
        assert ended == expected


def test_last_words_reach_those_who_stop_later_and_commands_to_those_who_stopped_are_answered() -> None:
    last_words = [command(), readings(9), ClockStepped(1)]
    link = Told()
    scada = Told(lambda event, _now: last_words if event == Stopping() else ())
    answered: SimpleQueue[Outcome] = SimpleQueue()

    def route(source: str, event: Event) -> tuple[str, ...]:
        if isinstance(event, Outcome):
            answered.put(event)
        return {Command: ("relay",), Readings: ("link", "relay"), ClockStepped: ("relay",)}.get(type(event), ())

    notes = Notes()
    runtime = ThreadedRuntime(
        SystemClock(), route, [Hosted("link", link), Hosted("scada", scada), Hosted("relay", Told())], Observers(notes)
    )
    runtime.start()
    assert runtime.stop([["relay"], ["scada"], ["link"]], within_s=PATIENCE_S) == []
    assert link.heard() == [Started(), readings(9), Stopping()]
    outcome = answered.get(timeout=PATIENCE_S)
    assert (outcome.verdict, outcome.reason, outcome.trigger) == (Verdict.REFUSED, "relay is stopped", "t1")
    assert notes.texts() == ["relay is stopped; mail for it was left: 1 ClockStepped"]
    runtime.post("relay", ClockStepped(2))
    assert len(notes.texts()) == 1


def test_stop_does_not_wait_for_a_restart() -> None:
    failed = Signal()

    def on_note(_now: Moment, _name: str, note: Note) -> None:
        if "starts again" in note.text:
            failed.set()

    fresh = Told()
    runtime = ThreadedRuntime(
        SystemClock(),
        nowhere,
        [Hosted("a.pump", Told(fails_at_readings), factory=lambda: fresh)],
        Observers(on_note),
        Options(look_every_s=1e6, back_off=BackOffLimits(first_s=1e6, longest_s=1e6)),
    )
    runtime.start()
    runtime.post("a.pump", readings(1))
    assert failed.wait(PATIENCE_S)
    assert runtime.stop(within_s=PATIENCE_S) == []
    assert fresh.heard() == []


@pytest.mark.parametrize("factory", [None, Told])
def test_one_that_fails_at_stopping_has_stopped(factory: Callable[[], Told] | None) -> None:
    def fail(event: Event, _now: Moment) -> Sequence[Event]:
        if event == Stopping():
            raise OSError("bus gone")
        return ()

    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.pump", Told(fail), factory=factory)], options=NEVER_LOOKS)
    runtime.start()
    assert runtime.stop(within_s=PATIENCE_S) == []


def test_stop_before_start_and_twice_does_no_harm() -> None:
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told())])
    assert runtime.stop() == []
    assert runtime.stop() == []


# looking in ------------------------------------------------------------------------------------------------


def test_report_and_stacks_name_every_thread() -> None:
    entered, let_go = Signal(), Signal()

    def block_in_driver(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Command):
            entered.set()
            let_go.wait(PATIENCE_S)
        return ()

    clock = HandSetClock()
    runtime = ThreadedRuntime(clock, nowhere, [Hosted("a.relay", Told(block_in_driver))], options=NEVER_LOOKS)
    runtime.start()
    runtime.post("a.relay", command())
    runtime.post("a.relay", readings(1))
    assert entered.wait(PATIENCE_S)
    clock.moment = clock.moment.later(2_500)
    (report,) = runtime.report()
    stacks = io.StringIO()
    dump_stacks(stacks)
    let_go.set()
    assert runtime.stop() == []
    assert (report.name, report.alive, report.waiting, report.progress_age_s) == ("a.relay", True, 1, 2.5)
    assert "--- a.relay (" in stacks.getvalue()
    assert "block_in_driver" in stacks.getvalue()


# who looks from outside ------------------------------------------------------------------------------------------------


def test_ready_is_told_once_when_everything_critical_has_begun() -> None:
    """Also when one of them fails at first; whoever is not critical is not waited for."""
    ready, may_begin, failures = SimpleQueue[bool](), Signal(), iter([ZeroDivisionError("at first")])

    def begin_late(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Started):
            assert may_begin.wait(PATIENCE_S)
            for failure in failures:
                raise failure
        return ()

    def never_begins(event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Started):
            let_go.wait(PATIENCE_S)
        return ()

    let_go, first = Signal(), Told()
    hosted = [
        Hosted("a.first", first, critical=True),
        Hosted("a.late", Told(begin_late), critical=True, factory=lambda: Told(begin_late)),
        Hosted("a.sensor", Told(never_begins)),
    ]
    runtime = ThreadedRuntime(SystemClock(), nowhere, hosted, Observers(on_ready=lambda: ready.put(True)), NEVER_LOOKS)
    runtime.start()
    first.hears(Started)
    assert ready.empty()
    may_begin.set()
    assert ready.get(timeout=PATIENCE_S)
    let_go.set()
    assert runtime.stop(within_s=PATIENCE_S) == []
    assert ready.empty()


def test_where_nothing_is_critical_it_is_ready_at_once() -> None:
    ready = Signal()
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told())], Observers(on_ready=ready.set), NEVER_LOOKS)
    runtime.start()
    assert ready.is_set()
    assert runtime.stop() == []


def test_every_effect_and_every_trouble_is_shown() -> None:
    seen, stuck = SimpleQueue[tuple[str, Event]](), SimpleQueue[Stuck]()
    note = Note(Level.INFO, "hello")

    def fail_at_second(event: Event, _now: Moment) -> Sequence[Event]:
        if event == readings(2):
            raise ZeroDivisionError("a bug")
        return (note, LinkChanged("uplink", up=True, reason="")) if event == readings(1) else ()

    observers = Observers(on_effect=lambda _now, source, effect: seen.put((source, effect)), on_stuck=stuck.put)
    runtime = ThreadedRuntime(SystemClock(), nowhere, [Hosted("a.s", Told(fail_at_second))], observers, NEVER_LOOKS)
    runtime.start()
    runtime.post("a.s", readings(1))
    runtime.post("a.s", readings(2))
    assert [seen.get(timeout=PATIENCE_S) for _ in range(2)] == [
        ("a.s", note),
        ("a.s", LinkChanged("uplink", up=True, reason="")),
    ]
    assert [stuck.get(timeout=PATIENCE_S).back for _ in range(2)] == [False, True]
    assert runtime.stop() == []


def test_how_long_ago_the_watch_has_looked() -> None:
    clock = HandSetClock()
    runtime = ThreadedRuntime(clock, nowhere, [], options=NEVER_LOOKS)
    assert runtime.looked_ago_s() is None
    runtime.look()
    clock.moment = clock.moment.later(1_500)
    assert runtime.looked_ago_s() == 1.5
