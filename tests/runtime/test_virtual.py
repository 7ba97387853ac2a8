"""Virtual time: order, deadlines, skipping, and the same story every time."""

from collections.abc import Sequence

import pytest

from gw_spaceheat.core.events import Carried, Event, Garbled, LinkChanged, Note, Started, Stopping
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.moment import Moment


class Ticker:
    """Wakes every period and says so."""

    def __init__(self, name: str, period_ms: int, log: list[tuple[int, str]]) -> None:
        self.name, self.period_ms, self.log = name, period_ms, log
        self.next_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        if isinstance(event, Started):
            self.next_ms = now.mono_ms + self.period_ms
        elif isinstance(event, Stopping):
            self.next_ms = None
        else:
            self.log.append((now.mono_ms, f"{self.name} got mail"))
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        self.log.append((now.mono_ms, self.name))
        self.next_ms = now.mono_ms + self.period_ms
        return (LinkChanged(self.name, True, ""),)

    def deadline(self) -> int | None:
        return self.next_ms


class Sleeper(Ticker):
    """Knows that only every fifth of its wakes matters."""

    def __init__(self, name: str, period_ms: int, log: list[tuple[int, str]]) -> None:
        super().__init__(name, period_ms, log)
        self.count = 0

    def wake(self, now: Moment) -> Sequence[Event]:
        self.count += 1
        self.next_ms = now.mono_ms + self.period_ms
        if self.count % 5:
            return ()
        self.log.append((now.mono_ms, self.name))
        return ()

    def skip(self, now: Moment, limit_mono_ms: int) -> int:
        self.next_ms = now.mono_ms
        while self.next_ms <= limit_mono_ms and (self.count + 1) % 5:
            self.count += 1
            self.next_ms += self.period_ms
        return self.next_ms


def no_notes(_now: Moment, _source: str, _note: Note) -> None:
    raise AssertionError("nobody notes anything here")


def test_time_goes_on_in_order_and_ties_go_by_arming() -> None:
    log: list[tuple[int, str]] = []
    runtime = VirtualRuntime(1_700_000_000_000, lambda source, event: ["b"] if source == "a" else [], no_notes)
    runtime.add("a", Ticker("a", 30, log))
    runtime.add("b", Ticker("b", 20, log))
    runtime.run(60)
    assert log == [(20, "b"), (30, "a"), (30, "b got mail"), (40, "b"), (60, "a"), (60, "b got mail"), (60, "b")]
    assert runtime.now == Moment(60, 1_700_000_000_060)
    runtime.stop()
    runtime.run(500)
    assert log[-1][0] == 60


@pytest.mark.parametrize("other_period_ms", [7, 50, 1_000])
def test_skipping_changes_nothing(other_period_ms: int) -> None:
    stories = []
    for skipping in (False, True):
        log: list[tuple[int, str]] = []
        runtime = VirtualRuntime(0, lambda source, event: [], no_notes, skipping=skipping)
        runtime.add("sleeper", Sleeper("sleeper", 10, log))
        runtime.add("other", Ticker("other", other_period_ms, log))
        runtime.run(5_000)
        stories.append((log, runtime.calls))
    assert stories[0][0] == stories[1][0]
    assert stories[1][1] < stories[0][1]


class Postman(Ticker):
    """Sends itself a message that takes its time, at every wake."""

    def wake(self, now: Moment) -> Sequence[Event]:
        super().wake(now)
        return (Carried(self.name, now.mono_ms + 25, Garbled("x", "t", "odd", "")),)


def test_what_is_carried_arrives_when_its_time_has_come() -> None:
    log: list[tuple[int, str]] = []
    runtime = VirtualRuntime(0, lambda source, event: [event.to] if isinstance(event, Carried) else [], no_notes)
    runtime.add("a", Postman("a", 100, log))
    runtime.run(124)
    assert log == [(100, "a")]
    runtime.run(125)
    assert log == [(100, "a"), (125, "a got mail")]


def test_who_wants_to_be_woken_at_once_comes_after_those_who_wait_for_the_same_moment() -> None:
    log: list[tuple[int, str]] = []

    class Eager(Ticker):
        def wake(self, now: Moment) -> Sequence[Event]:
            self.log.append((now.mono_ms, self.name))
            self.next_ms = now.mono_ms - 5 if len(self.log) < 3 else None
            return ()

    runtime = VirtualRuntime(0, lambda source, event: [], no_notes)
    runtime.add("eager", Eager("eager", 10, log))
    runtime.add("other", Ticker("other", 10, log))
    runtime.run(15)
    assert log == [(10, "eager"), (10, "other"), (10, "eager")]
    assert runtime.now == Moment(15, 15)


def test_two_of_a_name_are_refused() -> None:
    runtime = VirtualRuntime(0, lambda source, event: [], no_notes)
    runtime.add("a", Ticker("a", 1, []))
    with pytest.raises(ValueError, match="called a"):
        runtime.add("a", Ticker("a", 1, []))


def test_mail_from_outside_is_handled_before_time_goes_on() -> None:
    log: list[tuple[int, str]] = []
    runtime = VirtualRuntime(0, lambda source, event: [], no_notes)
    runtime.add("a", Ticker("a", 100, log))
    runtime.run(50)
    runtime.post("a", LinkChanged("x", True, ""))
    runtime.run(100)
    assert log == [(50, "a got mail"), (100, "a")]


def test_another_machine_in_the_place_of_one_that_was_killed() -> None:
    """It gets `Started`, and what was on its way; the mail of the old one is lost with it, and so is its deadline."""
    log: list[tuple[int, str]] = []
    runtime = VirtualRuntime(0, lambda _source, _event: (), no_notes)
    old, new = Ticker("old", 10, log), Ticker("new", 25, log)
    runtime.add("node", old)
    runtime.run(12)
    runtime.post("node", LinkChanged("x", up=True, reason=""))
    runtime.replace("node", new)
    runtime.run(40)
    assert log == [(10, "old"), (37, "new")]
    runtime.post("node", LinkChanged("x", up=True, reason=""))
    runtime.run(41)
    assert log[-1] == (40, "new got mail")
