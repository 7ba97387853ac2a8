"""Who commands: safety above all, then the AtomicTNode while its lease runs, else local control."""

from dataclasses import replace

from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.events import ActuatorTrouble, Authority, Command, Event, Outcome, Verdict
from gw_spaceheat.house.model import Actuator, Node
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from tests.houses import bare_house

RELAY, OUTPUT = "a.elt.relay", "a.hp.lwt"


def at(second: float) -> Moment:
    return Moment(round(second * 1000), 1_700_000_000_000 + round(second * 1000))


def arbiter() -> Arbiter:
    nodes = {
        RELAY: Node(alias=RELAY, role=Role.BooleanActuator, actuator=Actuator(expected_response_s=5)),
        OUTPUT: Node(alias=OUTPUT, role=Role.AnalogActuator, actuator=Actuator(minimum=25, maximum=70)),
        "a.tank": Node(alias="a.tank", role=Role.BufferTank),
    }
    return Arbiter(replace(bare_house(), nodes=nodes), IdSource(b"test"), remote_lease_ms=600_000)


def commands(events: list[Event]) -> list[tuple[str, float, Authority]]:
    return [(event.node, event.value, event.by) for event in events if isinstance(event, Command)]


def obey(chief: Arbiter, events: list[Event], second: float) -> None:
    for event in events:
        if isinstance(event, Command):
            done = Outcome(event.node, event.value, Verdict.DONE, "", event.trigger, event.value)
            assert chief.outcome(done, at(second)) == []


def test_a_local_wish_is_commanded_once() -> None:
    chief = arbiter()
    first = chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    assert commands(first) == [(RELAY, 1, Authority.LOCAL)]
    obey(chief, first, 1)
    assert chief.wish(Authority.LOCAL, RELAY, 1, "still cold", at(2)) == []
    assert chief.deadline() is None


def test_a_dispatch_takes_the_actuator_until_its_lease_ends() -> None:
    chief = arbiter()
    obey(chief, chief.wish(Authority.LOCAL, RELAY, 0, "warm", at(0)), 0)
    taken = chief.dispatch(RELAY, 1, "t1", at(10))
    assert commands(taken) == [(RELAY, 1, Authority.REMOTE)]
    assert (chief.commander(RELAY), chief.commander(OUTPUT), chief.token) == (Authority.REMOTE, Authority.LOCAL, 2)
    obey(chief, taken, 11)
    assert chief.wish(Authority.LOCAL, RELAY, 0, "warm", at(20)) == []
    assert chief.deadline() == 610_000
    back = chief.wake(at(610))
    assert commands(back) == [(RELAY, 0, Authority.LOCAL)]
    assert (chief.commander(RELAY), chief.token) == (Authority.LOCAL, 3)


def test_what_the_atomic_t_node_does_not_ask_for_stays_with_local_control() -> None:
    chief = arbiter()
    obey(chief, chief.dispatch(RELAY, 1, "t1", at(0)), 0)
    obey(chief, chief.wish(Authority.SAFETY, OUTPUT, 70, "freezing", at(1)), 1)
    chief.wish(Authority.LOCAL, OUTPUT, 40, "mild", at(2))
    assert commands(chief.release(Authority.SAFETY, OUTPUT, at(3))) == [(OUTPUT, 40, Authority.LOCAL)]


def test_safety_stands_above_both_and_gives_back() -> None:
    chief = arbiter()
    obey(chief, chief.dispatch(RELAY, 1, "t1", at(0)), 0)
    cut = chief.wish(Authority.SAFETY, RELAY, 0, "too hot", at(5))
    assert commands(cut) == [(RELAY, 0, Authority.SAFETY)]
    obey(chief, cut, 5)
    refused = chief.dispatch(RELAY, 1, "t2", at(6))
    assert [(event.verdict, "too hot" in event.reason) for event in refused if isinstance(event, Outcome)] == [
        (Verdict.REFUSED, True)
    ]
    assert commands(refused) == []
    assert commands(chief.release(Authority.SAFETY, RELAY, at(7))) == [(RELAY, 1, Authority.REMOTE)]


def test_refusals_name_the_reason_and_change_nothing() -> None:
    chief = arbiter()
    for node, value, verdict, word in (
        ("a.tank", 1, Verdict.REFUSED, "no actuator"),
        ("a.nobody", 1, Verdict.REFUSED, "no actuator"),
        (RELAY, 2, Verdict.OUT_OF_RANGE, "0 to 1"),
        (OUTPUT, 99, Verdict.OUT_OF_RANGE, "25 to 70"),
    ):
        (answer,) = chief.dispatch(node, value, "t", at(0))
        assert isinstance(answer, Outcome)
        assert (answer.verdict, word in answer.reason) == (verdict, True)
    assert (chief.commander(RELAY), chief.token, chief.deadline()) == (Authority.LOCAL, 1, None)


def test_what_is_not_obeyed_is_commanded_again_ever_more_seldom() -> None:
    chief = arbiter()
    (command,) = chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    assert isinstance(command, Command)
    now, waits = 0.0, []
    for _ in range(8):
        failed = Outcome(RELAY, 1, Verdict.DEVICE_FAILED, "no answer", command.trigger, None)
        chief.outcome(failed, at(now))
        due = chief.deadline()
        assert due is not None
        waits.append(due / 1000 - now)
        now = due / 1000
        (command,) = (event for event in chief.wake(at(now)) if isinstance(event, Command))
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


def test_no_answer_counts_as_a_failure() -> None:
    chief = arbiter()
    chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    assert chief.deadline() == 15_000
    failed, trouble = chief.wake(at(15))
    assert isinstance(failed, Outcome)
    assert (failed.verdict, "no answer" in failed.reason) == (Verdict.DEVICE_FAILED, True)
    assert isinstance(trouble, ActuatorTrouble)
    assert chief.deadline() == 20_000
    assert commands(chief.wake(at(20))) == [(RELAY, 1, Authority.LOCAL)]


def test_a_state_that_disagrees_is_told_and_commanded_again() -> None:
    chief = arbiter()
    obey(chief, chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0)), 0)
    assert chief.observe(RELAY, 1, at(10)) == []
    assert [type(event) for event in chief.observe(RELAY, 0, at(20))] == [ActuatorTrouble]
    assert chief.observe(RELAY, 0, at(21)) == []
    assert commands(chief.wake(at(25))) == [(RELAY, 1, Authority.LOCAL)]


def test_an_answer_to_an_older_command_changes_nothing() -> None:
    chief = arbiter()
    (old,) = chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    assert isinstance(old, Command)
    chief.wish(Authority.LOCAL, RELAY, 0, "warm", at(1))
    chief.outcome(Outcome(RELAY, 1, Verdict.DEVICE_FAILED, "late", old.trigger, None), at(2))
    assert chief.deadline() == 16_000


def test_a_relay_that_says_done_and_reads_otherwise_is_not_stormed() -> None:
    chief = arbiter()
    events = chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    told, given = [], 0
    for minute in range(24 * 60):
        now = minute * 60.0
        due = chief.deadline()
        if due is not None and due <= now * 1000:
            events = chief.wake(at(now))
        given += len(commands(events))
        told += [event for event in events if isinstance(event, ActuatorTrouble)]
        for event in events:
            if isinstance(event, Command):
                told += chief.outcome(Outcome(RELAY, 1, Verdict.DONE, "", event.trigger, 1), at(now))
        events = chief.observe(RELAY, 0, at(now + 1))
        told += [event for event in events if isinstance(event, ActuatorTrouble)]
        events = []
    assert given < 24 * 60 / 5
    assert given > 24
    assert [event.back for event in told] == [False]


def test_trouble_is_told_once_when_it_begins_and_once_when_it_is_over() -> None:
    chief = arbiter()
    (command,) = chief.wish(Authority.LOCAL, RELAY, 1, "cold", at(0))
    told = []
    for attempt in range(5):
        assert isinstance(command, Command)
        failed = Outcome(RELAY, 1, Verdict.DEVICE_FAILED, "no answer", command.trigger, None)
        told += chief.outcome(failed, at(attempt * 400))
        (command,) = (event for event in chief.wake(at(attempt * 400 + 350)) if isinstance(event, Command))
    assert chief.outcome(Outcome(RELAY, 1, Verdict.DONE, "", command.trigger, 1), at(2000)) == []
    assert chief.wake(at(2599)) == []
    told += chief.wake(at(2600))
    assert [(event.reason, event.back) for event in told] == [("no answer", False), ("", True)]
    assert chief.deadline() is None
