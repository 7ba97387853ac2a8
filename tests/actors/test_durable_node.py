"""What is to be durable comes before all else; while nothing can be, commands from outside end as refused."""

from collections.abc import Iterator, Sequence

import pytest

from gw_spaceheat.actors.durable_node import RETRY_MS, DurableNode
from gw_spaceheat.core.contract.log import LOG
from gw_spaceheat.core.contract.state import SCADA_STATE, ScadaMemory
from gw_spaceheat.core.events import (
    Append,
    Authority,
    Command,
    Event,
    Keep,
    LeaseChanged,
    Level,
    Note,
    Obey,
    Outcome,
    Started,
    Stopping,
    Verdict,
)
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.stores.contract_memory import ContractMemory
from gw_spaceheat.vocabulary.moment import Moment
from tests.stores.entries import commits

NOW = Moment(1_000, 1_700_000_000_000)
FULL = "No space left on device"
LEASE = LeaseChanged(Authority.REMOTE, 2, "all is well", NOW.wall_ms)
OBEY = Obey("a.elt1.relay", 1.0, "trigger-0", 7, 2, 60_000)


def command(by: Authority, number: int = 1) -> Command:
    return Command("a.elt1.relay", 1.0, by, "because", f"trigger-{number}", 60_000)


class Script:
    """A machine that puts out what it is told to, one list for each call, and remembers what it handled."""

    def __init__(self, *effects: Sequence[Event]) -> None:
        self.effects = list(effects)
        self.handled: list[Event] = []
        self.due_ms: int | None = None
        self.wakes = 0

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        self.handled.append(event)
        return self.effects.pop(0) if self.effects else ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        self.wakes += 1
        self.due_ms = None
        return self.effects.pop(0) if self.effects else ()

    def deadline(self) -> int | None:
        return self.due_ms


class Watched(ContractMemory):
    """A store whose commits are counted, and that fails while it is told to."""

    def __init__(self) -> None:
        super().__init__(lambda: self.fault)
        self.fault = ""
        self.commits: list[int] = []
        self.rests = 0
        self.wants_rest = False
        self.told: list[str] = []

    def commit(self, effects: Sequence[Append | Keep]) -> None:
        self.commits.append(len(effects))
        super().commit(effects)

    def rest(self) -> None:
        self.rests += 1
        if self.fault:
            raise OSError(self.fault)
        self.wants_rest = False

    def troubles(self) -> list[str]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def store() -> Watched:
    return Watched()


@pytest.fixture
def kept() -> Iterator[list[Append | Keep]]:
    """What one call wants kept: a line and a state."""
    return (effects for effects, _, _ in commits())


def notes(effects: Sequence[Event]) -> list[tuple[Level, str]]:
    return [(effect.level, effect.text) for effect in effects if isinstance(effect, Note)]


def word(store: Watched) -> str:
    memory = store.state(SCADA_STATE, ScadaMemory)
    return "" if memory is None else memory.mode_cause


def test_what_is_kept_is_durable_before_the_rest_is_handed_on(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    machine = Script([*next(kept), LEASE, command(Authority.REMOTE)])
    effects = DurableNode(machine, store).handle(Started(), NOW)
    assert effects == [LEASE, command(Authority.REMOTE)]
    assert (len(store.lines[LOG]), word(store)) == (1, "state 0")


def test_all_of_one_call_is_one_commit_in_its_order(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    first, second = next(kept), next(kept)
    machine = Script([*first, command(Authority.LOCAL), *second, LEASE])
    assert DurableNode(machine, store).handle(Started(), NOW) == [command(Authority.LOCAL), LEASE]
    assert store.commits == [len(first) + len(second)]
    assert store.lines[LOG] == [effect.line for effect in (*first, *second) if isinstance(effect, Append)]
    assert word(store) == "state 1"


def test_where_nothing_is_kept_nothing_is_committed(store: Watched) -> None:
    machine = Script([], [LEASE])
    node = DurableNode(machine, store)
    assert node.handle(Started(), NOW) == []
    assert node.handle(Started(), NOW) == [LEASE]
    assert store.commits == []


def test_it_wakes_when_the_machine_wants(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    machine = Script([*next(kept), LEASE])
    node = DurableNode(machine, store)
    assert node.deadline() is None
    machine.due_ms = 5_000
    assert node.deadline() == 5_000
    assert node.wake(Moment(4_999, 0)) == []
    assert node.wake(Moment(5_000, 0)) == [LEASE]
    assert machine.wakes == 1


@pytest.mark.parametrize("effect", [command(Authority.REMOTE, 0), OBEY], ids=["command", "obey"])
def test_a_command_from_outside_is_refused_while_the_store_fails(
    store: Watched, kept: Iterator[list[Append | Keep]], effect: Event
) -> None:
    machine = Script([*next(kept), effect, LEASE], [LEASE])
    store.fault = FULL
    effects = DurableNode(machine, store).handle(Started(), NOW)
    assert [each for each in effects if not isinstance(each, Note)] == [LEASE, LEASE]
    refused = Outcome("a.elt1.relay", 1.0, Verdict.REFUSED, f"it cannot be kept that it was taken: {FULL}", "trigger-0", None)
    assert machine.handled == [Started(), refused]


@pytest.mark.parametrize("by", [Authority.SAFETY, Authority.LOCAL, Authority.HUMAN])
def test_all_other_commands_go_on(store: Watched, kept: Iterator[list[Append | Keep]], by: Authority) -> None:
    machine = Script([*next(kept), command(by)], [command(by, 2)])
    store.fault = FULL
    node = DurableNode(machine, store)
    effects = node.handle(Started(), NOW)
    assert command(by) in effects
    assert node.handle(Started(), NOW) == [command(by, 2)]
    assert machine.handled == [Started(), Started()]


def test_a_failing_store_is_told_once_and_once_when_it_is_over(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    machine = Script(*([*next(kept), command(Authority.REMOTE)] if number % 2 == 0 else [] for number in range(6)), next(kept))
    store.fault = FULL
    node = DurableNode(machine, store)
    ((level, text),) = notes(node.handle(Started(), NOW))
    assert level is Level.ERROR
    assert FULL in text
    for _ in range(2):
        assert notes(node.handle(Started(), NOW)) == []
    store.fault = ""
    assert notes(node.handle(Started(), NOW)) == [
        (Level.INFO, "contract: is kept again; 3 commands from outside were refused meanwhile")
    ]
    assert node.deadline() is None
    assert len(store.lines[LOG]) == 1 + 2 + 3 + 1, "what was to be kept meanwhile is kept now"


def test_it_tries_again_by_itself(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    machine = Script(next(kept))
    store.fault = FULL
    node = DurableNode(machine, store)
    node.handle(Started(), NOW)
    due_ms = node.deadline()
    assert due_ms == NOW.mono_ms + RETRY_MS
    assert node.wake(Moment(due_ms, 0)) == []
    assert node.deadline() == due_ms + RETRY_MS
    store.fault = ""
    assert len(notes(node.wake(Moment(due_ms + RETRY_MS, 0)))) == 1
    assert node.deadline() is None
    assert word(store) == "state 0"


def test_a_machine_that_commands_again_and_again_is_answered_at_each_try(
    store: Watched, kept: Iterator[list[Append | Keep]]
) -> None:
    machine = Script(
        [*next(kept), command(Authority.REMOTE, 1)], *([command(Authority.REMOTE, number)] for number in range(2, 6))
    )
    store.fault = FULL
    node = DurableNode(machine, store)
    node.handle(Started(), NOW)
    assert len(machine.handled) == 2
    node.wake(Moment(NOW.mono_ms + RETRY_MS, 0))
    assert len(machine.handled) == 3
    store.fault = ""
    effects = node.wake(Moment(NOW.mono_ms + 2 * RETRY_MS, 0))
    assert [each for each in effects if not isinstance(each, Note)] == [command(Authority.REMOTE, 4)]
    assert node.deadline() is None


def test_who_waits_for_an_answer_gets_it_also_when_the_store_is_well_again_in_between(
    store: Watched, kept: Iterator[list[Append | Keep]]
) -> None:
    machine = Script([*next(kept), command(Authority.REMOTE, 1)], [command(Authority.REMOTE, 2)], next(kept))
    store.fault = FULL
    node = DurableNode(machine, store)
    node.handle(Started(), NOW)
    store.fault = ""
    node.handle(Started(), NOW)
    assert node.deadline() == NOW.mono_ms
    node.wake(NOW)
    assert isinstance(machine.handled[-1], Outcome)
    assert machine.handled[-1].trigger == "trigger-2"
    assert node.deadline() is None


def test_the_store_rests_when_nobody_waits(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    node = DurableNode(Script(next(kept), next(kept)), store)
    store.wants_rest = True
    node.handle(Started(), NOW)
    due_ms = node.deadline()
    assert due_ms is not None
    assert due_ms > NOW.mono_ms
    assert store.rests == 0
    node.wake(Moment(due_ms, 0))
    assert (store.rests, node.deadline()) == (1, None)


def test_a_rest_that_fails_is_told(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    node = DurableNode(Script(next(kept)), store)
    store.wants_rest = True
    node.handle(Started(), NOW)
    store.fault = FULL
    ((level, _),) = notes(node.wake(Moment(node.deadline() or 0, 0)))
    assert level is Level.ERROR


def test_what_the_store_found_wrong_is_told(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    store.told = ["the log ended with 7 bytes that are no entry"]
    effects = DurableNode(Script(next(kept)), store).handle(Started(), NOW)
    assert notes(effects) == [(Level.WARNING, "contract: the log ended with 7 bytes that are no entry")]


def test_it_lives_in_virtual_time(store: Watched, kept: Iterator[list[Append | Keep]]) -> None:
    told: list[str] = []
    runtime = VirtualRuntime(NOW.wall_ms, lambda _source, _event: (), lambda _now, _name, note: told.append(note.text))
    machine = Script([*next(kept), command(Authority.REMOTE)], [], next(kept))
    runtime.add("a.s", DurableNode(machine, store))
    store.fault = FULL
    runtime.run(12_000)
    store.fault = ""
    runtime.run(20_000)
    runtime.stop()
    assert [text.split(":")[1] for text in told] == [
        " cannot be kept",
        " is kept again; 1 commands from outside were refused meanwhile",
    ]
    assert machine.handled[-1] == Stopping()
    assert word(store) == "state 1"
