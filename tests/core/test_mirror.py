"""The mirror orders what local heating would, by what was heard, while it may."""

from collections.abc import Sequence
from dataclasses import replace

from gw_spaceheat.core.events import Event, Latest, Level, Note, Started, StateChanged, TakesOver, Wish
from gw_spaceheat.core.mirror import AGAIN_MS, Mirror, Order
from gw_spaceheat.core.telemetry.heard import Heard
from gw_spaceheat.vocabulary.moment import Moment
from tests.core.bench import RELAY, SOURCE, house
from tests.heard import MIDNIGHT_MS, snapshot

TANK, STATE = "a-tank-temp0", "a-elt-relay"


class Strategy:
    """Says what it is told to say to the kind of event that it is told for."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.say: dict[type, list[Event]] = {}
        self.due: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        self.heard.append(event)
        return self.say.pop(type(event), [])

    def wake(self, now: Moment) -> Sequence[Event]:
        self.due = None
        return self.say.pop(type(None), [])

    def deadline(self) -> int | None:
        return self.due


def at(second: float) -> Moment:
    return Moment(round(second * 1000), MIDNIGHT_MS + round(second * 1000))


def heard(second: float = 0, **readings: int) -> Heard:
    known = Heard()
    taken = {name.replace("_", "-"): (at(second).wall_ms, number) for name, number in readings.items()}
    known.take_snapshot(snapshot(taken), at(second))
    return known


def mirror() -> tuple[Mirror, Strategy]:
    strategy = Strategy()
    machine = Mirror(house(), strategy)
    machine.start(at(0))
    return machine, strategy


def test_before_it_may_command_it_asks_nothing_and_orders_nothing() -> None:
    machine, strategy = mirror()
    strategy.due = 1_000
    assert (machine.active, machine.deadline()) == (False, None)
    assert machine.look(heard(a_tank_temp0=20_000), at(1)) == []
    assert machine.wake(at(2)) == []
    assert strategy.heard == [Started()]


def test_it_begins_with_the_actuators_as_they_were_heard_and_looks_at_once() -> None:
    machine, strategy = mirror()
    strategy.say = {Latest: [Wish(SOURCE, 1, "cold"), StateChanged("heating", "x")]}
    assert machine.begin(heard(a_tank_temp0=20_500, a_elt_relay=1), at(1)) == [Order(SOURCE, 1)]
    assert strategy.heard[1:] == [TakesOver({RELAY: 1.0}), Latest({TANK: 20.5})]
    assert machine.active


def test_what_the_strategy_wishes_as_it_takes_over_is_ordered() -> None:
    machine, strategy = mirror()
    strategy.say = {TakesOver: [Wish(RELAY, 0, "x")], Latest: [Wish(SOURCE, 1, "y")]}
    assert machine.begin(heard(), at(1)) == [Order(RELAY, 0), Order(SOURCE, 1)]
    assert strategy.heard[1] == TakesOver({RELAY: None})


def test_what_was_heard_too_long_ago_is_missing() -> None:
    machine, strategy = mirror()
    old = heard(0, a_tank_temp0=20_500)
    machine.begin(old, at(100))
    assert strategy.heard[-1] == Latest({TANK: 20.5})
    machine.look(old, at(1000))
    assert strategy.heard[-1] == Latest({TANK: None})
    machine.look(heard(1001, a_tank_temp0=21_000), at(1001))
    assert strategy.heard[-1] == Latest({TANK: 21.0})


def test_warnings_are_passed_on_and_chatter_is_not() -> None:
    machine, strategy = mirror()
    warning = Note(Level.WARNING, "a zone has no temperature")
    strategy.say = {Latest: [Note(Level.INFO, "it has it back"), warning]}
    assert machine.begin(heard(), at(1)) == [warning]


def test_it_wakes_the_strategy_when_that_wants() -> None:
    machine, strategy = mirror()
    machine.begin(heard(), at(1))
    strategy.due = 5_000
    assert machine.deadline() == 5_000
    strategy.say = {type(None): [Wish(RELAY, 1, "later")]}
    assert machine.wake(at(5)) == [Order(RELAY, 1)]
    assert machine.deadline() is None


def ordering() -> tuple[Mirror, Strategy]:
    machine, strategy = mirror()
    strategy.say = {Latest: [Wish(RELAY, 1, "cold")]}
    machine.begin(heard(), at(0))
    return machine, strategy


def test_what_was_not_done_is_ordered_again_until_it_is() -> None:
    machine, _ = ordering()
    machine.ended(RELAY, 1, done=False, now=at(10))
    assert machine.deadline() == 10_000 + AGAIN_MS
    assert machine.wake(at(69)) == []
    assert machine.wake(at(70)) == [Order(RELAY, 1)]
    assert machine.wake(at(140)) == []
    machine.ended(RELAY, 1, done=True, now=at(141))
    assert (machine.deadline(), machine.wake(at(1000))) == (None, [])


def test_what_is_not_wished_any_more_is_not_ordered_again() -> None:
    machine, strategy = ordering()
    machine.ended(RELAY, 1, done=False, now=at(10))
    strategy.say = {Latest: [Wish(RELAY, 0, "warm")]}
    assert machine.look(heard(), at(11)) == [Order(RELAY, 0)]
    machine.ended(RELAY, 1, done=False, now=at(12))  # an old order's end
    assert (machine.deadline(), machine.wake(at(1000))) == (None, [])


def test_when_it_may_command_no_more_it_forgets_what_it_ordered() -> None:
    machine, strategy = ordering()
    machine.ended(RELAY, 1, done=False, now=at(10))
    machine.end()
    machine.ended(RELAY, 1, done=False, now=at(11))
    strategy.due = 12_000
    assert (machine.active, machine.deadline(), machine.wake(at(1000))) == (False, None, [])
    machine.begin(heard(), at(1001))
    strategy.due = None
    assert machine.wake(at(2000)) == []


def test_a_house_without_actuators_has_nothing_to_order() -> None:
    strategy = Strategy()
    machine = Mirror(replace(house(), nodes={}, channels={}, heating=replace(house().heating, buffer=())), strategy)
    machine.start(at(0))
    assert machine.begin(heard(), at(1)) == []
    assert strategy.heard[1:] == [TakesOver({}), Latest({})]
