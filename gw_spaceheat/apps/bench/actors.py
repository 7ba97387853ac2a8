"""How fast mail and time pass through the two runtimes, beside Pykka and SimPy where they are installed.

All cases run in turn, round after round, in one process, so that whatever else the machine does falls on all of them alike; the
figures are the medians. Compare the ratios: the rates belong to the machine.
"""

import platform
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from queue import SimpleQueue
from statistics import median, quantiles
from threading import Event as Signal
from typing import Any

from gw_spaceheat.core.events import ClockStepped, Event, Note
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.moment import Moment

TIMERS = 100
MAIL = ClockStepped(1)
PATIENCE_S = 60.0

Figures = dict[str, float]


class BenchError(RuntimeError):
    """A run that did not come to its end."""


def measure(rounds: int = 5, messages: int = 200_000, asks: int = 3_000) -> dict[str, object]:
    """Measure everything.

    Args:
        rounds: How often each case runs.
        messages: Messages or timers per run.
        asks: Questions per run.

    Returns:
        Medians: rates [1/s] and round trips [us], those of peers under `peer_...`, and under `..._ratio` how many times better
        ours are than the peer's; `missing` names the peers that are not installed.
    """
    cases: list[Callable[[], Figures]] = [
        lambda: _threaded_tell(messages),
        lambda: _threaded_ask(asks),
        lambda: _virtual_tell(messages),
        lambda: _virtual_timers(messages),
    ]
    peers = {name: find_spec(name) is not None for name in ("pykka", "simpy")}
    if peers["pykka"]:
        cases += [lambda: _pykka_tell(messages // 4), lambda: _pykka_ask(asks)]
    if peers["simpy"]:
        cases += [lambda: _simpy_tell(messages // 4), lambda: _simpy_timers(messages // 2)]
    seen: dict[str, list[float]] = {}
    for _ in range(rounds):
        for case in cases:
            for name, value in case().items():
                seen.setdefault(name, []).append(value)
    figures = {name: median(values) for name, values in seen.items()}
    return {
        **{name: round(value, 2) for name, value in figures.items()},
        **_ratios(figures),
        "missing": [name for name, found in peers.items() if not found],
        "rounds": rounds,
        "python": platform.python_version(),
    }


def _ratios(figures: Figures) -> dict[str, float]:
    better = {
        "threaded_tell_ratio": ("threaded_tell_per_s", "peer_pykka_tell_per_s"),
        "threaded_ask_p50_ratio": ("peer_pykka_ask_p50_us", "threaded_ask_p50_us"),
        "virtual_tell_ratio": ("virtual_tell_per_s", "peer_simpy_tell_per_s"),
        "virtual_timer_ratio": ("virtual_timers_per_s", "peer_simpy_timers_per_s"),
    }
    return {
        name: round(figures[above] / figures[below], 2)
        for name, (above, below) in better.items()
        if above in figures and below in figures
    }


# ours ------------------------------------------------------------------------------------------------


class _Counter:
    """Counts its mail and tells when it has had so much."""

    def __init__(self, expected: int) -> None:
        self._left = expected
        self.done = Signal()

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        if event is MAIL:
            self._left -= 1
            if self._left == 0:
                self.done.set()
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


class _Echo:
    """Puts every mail into a queue that the asker waits for."""

    def __init__(self, answers: "SimpleQueue[Event]") -> None:
        self._answers = answers

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        if event is MAIL:
            self._answers.put(event)
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


class _Ticker:
    """Wants to be woken every so often [ms]."""

    def __init__(self, period_ms: int) -> None:
        self._period_ms = period_ms
        self._due_ms = period_ms

    def handle(self, _event: Event, _now: Moment) -> Sequence[Event]:
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        self._due_ms = now.mono_ms + self._period_ms
        return ()

    def deadline(self) -> int | None:
        return self._due_ms


def _nowhere(_source: str, _event: Event) -> tuple[str, ...]:
    return ()


def _ignore(_now: Moment, _name: str, _note: Note) -> None:
    return None


def _threaded_tell(messages: int) -> Figures:
    counter = _Counter(messages)
    runtime = ThreadedRuntime(SystemClock(), _nowhere, [Hosted("counter", counter)])
    runtime.start()
    post = runtime.post
    began = time.perf_counter()
    for _ in range(messages):
        post("counter", MAIL)
    _await(counter.done)
    took_s = time.perf_counter() - began
    runtime.stop()
    return {"threaded_tell_per_s": messages / took_s}


def _threaded_ask(asks: int) -> Figures:
    answers: SimpleQueue[Event] = SimpleQueue()
    runtime = ThreadedRuntime(SystemClock(), _nowhere, [Hosted("echo", _Echo(answers))])
    runtime.start()

    def ask() -> None:
        runtime.post("echo", MAIL)
        answers.get(timeout=PATIENCE_S)

    figures = _round_trips("threaded_ask", asks, ask)
    runtime.stop()
    return figures


def _virtual_tell(messages: int) -> Figures:
    runtime = VirtualRuntime(0, _nowhere, _ignore)
    runtime.add("counter", _Counter(messages))
    post = runtime.post
    began = time.perf_counter()
    for _ in range(messages):
        post("counter", MAIL)
    runtime.run(1)
    return {"virtual_tell_per_s": messages / (time.perf_counter() - began)}


def _virtual_timers(timers: int) -> Figures:
    runtime = VirtualRuntime(0, _nowhere, _ignore)
    for number in range(TIMERS):
        runtime.add(str(number), _Ticker(1_000 + number))
    began = time.perf_counter()
    runtime.run(timers // TIMERS * 1_050)
    return {"virtual_timers_per_s": runtime.calls / (time.perf_counter() - began)}


# peers ------------------------------------------------------------------------------------------------


def _pykka_tell(messages: int) -> Figures:
    done = Signal()
    left = messages

    def count(_actor: object, _message: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done.set()

    reference = _pykka_actor(count)
    began = time.perf_counter()
    for _ in range(messages):
        reference.tell(MAIL)
    _await(done)
    took_s = time.perf_counter() - began
    reference.stop()
    return {"peer_pykka_tell_per_s": messages / took_s}


def _pykka_ask(asks: int) -> Figures:
    reference = _pykka_actor(lambda _actor, message: message)
    figures = _round_trips("peer_pykka_ask", asks, lambda: reference.ask(MAIL))
    reference.stop()
    return figures


def _pykka_actor(on_receive: Callable[[object, object], object]) -> Any:
    base: Any = import_module("pykka").ThreadingActor
    actor: Any = type("Actor", (base,), {"on_receive": on_receive})
    return actor.start()


def _simpy_tell(messages: int) -> Figures:
    simpy = import_module("simpy")
    environment = simpy.Environment()
    store = simpy.Store(environment)

    def give() -> Any:
        for _ in range(messages):
            yield store.put(MAIL)

    def take() -> Any:
        for _ in range(messages):
            yield store.get()

    environment.process(give())
    environment.process(take())
    began = time.perf_counter()
    environment.run()
    return {"peer_simpy_tell_per_s": messages / (time.perf_counter() - began)}


def _simpy_timers(timers: int) -> Figures:
    simpy = import_module("simpy")
    environment = simpy.Environment()
    rings = timers // TIMERS

    def tick(period_ms: int) -> Any:
        for _ in range(rings):
            yield environment.timeout(period_ms)

    for number in range(TIMERS):
        environment.process(tick(1_000 + number))
    began = time.perf_counter()
    environment.run()
    return {"peer_simpy_timers_per_s": rings * TIMERS / (time.perf_counter() - began)}


# both ------------------------------------------------------------------------------------------------


def _round_trips(name: str, asks: int, ask: Callable[[], object]) -> Figures:
    took_us: list[float] = []
    for _ in range(asks):
        began = time.perf_counter_ns()
        ask()
        took_us.append((time.perf_counter_ns() - began) / 1_000)
    return {f"{name}_p50_us": median(took_us), f"{name}_p99_us": quantiles(took_us, n=100)[98]}


def _await(done: Signal) -> None:
    if not done.wait(PATIENCE_S):
        raise BenchError(f"messages were still missing after {PATIENCE_S:.0f} s")
