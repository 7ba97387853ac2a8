"""Who commands: whoever has the lease, and safety above all; what is refused, what waits, what is commanded again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    Command,
    Event,
    HumanSets,
    MinimumTime,
    Note,
    Obey,
    Outcome,
    Verdict,
)
from gw_spaceheat.house.model import Actuator, MinimumTimes, Node
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from tests.houses import bare_house

RELAY, OUTPUT, SOURCE = "a.elt.relay", "a.hp.lwt", "a.hp.relay"
LOCAL, REMOTE, HUMAN, SAFETY = Authority.LOCAL, Authority.REMOTE, Authority.HUMAN, Authority.SAFETY


def at(second: float) -> Moment:
    return Moment(round(second * 1000), 1_700_000_000_000 + round(second * 1000))


def arbiter() -> Arbiter:
    nodes = {
        RELAY: Node(alias=RELAY, role=Role.BooleanActuator, actuator=Actuator(expected_response_s=5)),
        OUTPUT: Node(alias=OUTPUT, role=Role.AnalogActuator, actuator=Actuator(minimum=25, maximum=70)),
        SOURCE: Node(alias=SOURCE, role=Role.BooleanActuator, actuator=Actuator()),
        "a.tank": Node(alias="a.tank", role=Role.BufferTank),
    }
    spared = {SOURCE: MinimumTimes(on_s=600, off_s=300, starts_per_hour=2)}
    chief = Arbiter(replace(bare_house(), nodes=nodes), IdSource(b"test"), spared)
    chief.begin(at(0))
    return chief


def held_by(holder: Authority) -> Arbiter:
    chief = arbiter()
    if holder is not LOCAL:
        chief.hand_over(holder, 2)
    return chief


def order(chief: Arbiter, node: str, value: float, trigger: str, second: float, lives_s: float = 60) -> list[Event]:
    """The AtomicTNode's, under the token that runs."""
    return chief.obey(Obey(node, value, trigger, 1, chief.token, at(second + lives_s).mono_ms), at(second))


def set_by_hand(chief: Arbiter, node: str, value: float, trigger: str, second: float) -> list[Event]:
    return chief.set_by_hand(HumanSets("Jo", node, value, trigger), at(second))


def outcomes(events: list[Event]) -> list[tuple[str, Verdict]]:
    return [(event.trigger, event.verdict) for event in events if isinstance(event, Outcome)]


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


@pytest.mark.parametrize("holder", [LOCAL, REMOTE, HUMAN])
@pytest.mark.parametrize("by", [LOCAL, REMOTE, HUMAN])
def test_only_the_holder_of_the_lease_commands(holder: Authority, by: Authority) -> None:
    chief = held_by(holder)
    assert commands(chief.wish(by, RELAY, 1, "x", at(1))) == ([(RELAY, 1, by)] if by is holder else [])
    ordered = order(chief, OUTPUT, 40, "t1", 2)
    assert commands(ordered) == ([(OUTPUT, 40, REMOTE)] if holder is REMOTE else [])
    assert outcomes(ordered) == ([] if holder is REMOTE else [("t1", Verdict.REFUSED)])
    by_hand = set_by_hand(chief, OUTPUT, 50, "t2", 3)
    assert commands(by_hand) == ([(OUTPUT, 50, HUMAN)] if holder is HUMAN else [])
    assert outcomes(by_hand) == ([] if holder is HUMAN else [("t2", Verdict.REFUSED)])


def test_an_order_under_another_token_is_refused() -> None:
    chief = held_by(REMOTE)
    for token in (1, 3):
        (refused,) = chief.obey(Obey(RELAY, 1, "t", 1, token, at(60).mono_ms), at(1))
        assert isinstance(refused, Outcome)
        assert (refused.verdict, f"lease {token}" in refused.reason) == (Verdict.REFUSED, True)
    assert (chief.found()[RELAY], chief.deadline()) == (None, None)


def test_every_command_carries_the_token_that_runs() -> None:
    chief = arbiter()
    tokens = []
    for token, holder in enumerate((LOCAL, REMOTE, HUMAN, LOCAL), start=1):
        chief.hand_over(holder, token)
        (command,) = chief.wish(holder, RELAY, token % 2, "x", at(token))
        assert isinstance(command, Command)
        tokens.append(command.token)
        obey(chief, [command], token)
    (cut,) = chief.wish(SAFETY, RELAY, 1, "freezing", at(9))
    assert isinstance(cut, Command)
    assert [*tokens, cut.token] == [1, 2, 3, 4, 4]


@pytest.mark.parametrize("before", [LOCAL, REMOTE, HUMAN])
@pytest.mark.parametrize("after", [LOCAL, REMOTE, HUMAN])
def test_a_change_of_hands_commands_nothing_and_nothing_twice(before: Authority, after: Authority) -> None:
    chief = held_by(before)
    obey(chief, chief.wish(before, RELAY, 1, "cold", at(1)), 1)
    assert chief.hand_over(after, 9) == []
    assert (chief.holder, chief.token, chief.deadline()) == (after, 9, None)
    assert chief.found() == {RELAY: 1, OUTPUT: None, SOURCE: None}
    assert chief.wake(at(1000)) == []
    assert chief.wish(after, RELAY, 1, "cold too", at(1001)) == []
    assert commands(chief.wish(after, RELAY, 0, "warm", at(1002))) == [(RELAY, 0, after)]


def test_what_was_not_obeyed_is_commanded_again_by_the_next() -> None:
    chief = arbiter()
    (command,) = chief.wish(LOCAL, RELAY, 1, "cold", at(0))
    assert isinstance(command, Command)
    chief.outcome(Outcome(RELAY, 1, Verdict.DEVICE_FAILED, "no answer", command.trigger, None), at(1))
    chief.hand_over(REMOTE, 2)
    (again,) = chief.wake(at(6))
    assert isinstance(again, Command)
    assert (again.value, again.by, again.token, again.reason) == (1, REMOTE, 2, "as it was found")


@pytest.mark.parametrize("holder", [LOCAL, REMOTE, HUMAN])
def test_safety_stands_above_whoever_has_the_lease_and_gives_back(holder: Authority) -> None:
    chief = held_by(holder)
    obey(chief, chief.wish(holder, RELAY, 1, "cold", at(0)), 0)
    cut = chief.wish(SAFETY, RELAY, 0, "too hot", at(5))
    assert commands(cut) == [(RELAY, 0, SAFETY)]
    obey(chief, cut, 5)
    assert (chief.commander(RELAY), chief.commander(OUTPUT)) == (SAFETY, holder)
    assert chief.wish(holder, RELAY, 1, "still cold", at(6)) == []
    assert commands(chief.release(SAFETY, RELAY, at(7))) == [(RELAY, 1, holder)]
    assert chief.release(SAFETY, RELAY, at(8)) == []


def test_who_orders_against_safety_is_told() -> None:
    chief = held_by(REMOTE)
    obey(chief, chief.wish(SAFETY, RELAY, 0, "too hot", at(5)), 5)
    (refused,) = order(chief, RELAY, 1, "t2", 6)
    assert isinstance(refused, Outcome)
    assert (refused.verdict, "too hot" in refused.reason) == (Verdict.REFUSED, True)
    assert commands(order(chief, RELAY, 0, "t3", 7)) == [(RELAY, 0, SAFETY)]  # he wants an answer


def test_what_safety_overrides_passes_to_the_next_holder_as_it_will_be_given_back() -> None:
    chief = held_by(REMOTE)
    obey(chief, order(chief, RELAY, 1, "t1", 0), 0)
    obey(chief, chief.wish(SAFETY, RELAY, 0, "too hot", at(5)), 5)
    assert chief.hand_over(LOCAL, 3) == []
    assert chief.found()[RELAY] == 1
    assert chief.wish(LOCAL, RELAY, 0, "warm", at(6)) == []
    assert chief.release(SAFETY, RELAY, at(7)) == []


def test_refusals_name_the_reason_and_change_nothing() -> None:
    for holder in (REMOTE, HUMAN):
        chief = held_by(holder)
        for node, value, verdict, word in (
            ("a.tank", 1, Verdict.REFUSED, "no actuator"),
            ("a.nobody", 1, Verdict.REFUSED, "no actuator"),
            (RELAY, 2, Verdict.OUT_OF_RANGE, "0 to 1"),
            (OUTPUT, 99, Verdict.OUT_OF_RANGE, "25 to 70"),
        ):
            (answer,) = order(chief, node, value, "t", 0) if holder is REMOTE else set_by_hand(chief, node, value, "t", 0)
            assert isinstance(answer, Outcome)
            assert (answer.verdict, word in answer.reason, answer.trigger) == (verdict, True, "t")
        assert (chief.commander(RELAY), chief.token, chief.deadline()) == (holder, 2, None)
        assert chief.found() == {RELAY: None, OUTPUT: None, SOURCE: None}


def test_a_wish_for_what_is_no_actuator_is_told() -> None:
    (note,) = arbiter().wish(LOCAL, "a.tank", 1, "cold", at(0))
    assert isinstance(note, Note)
    assert "a.tank" in note.text


# minimum times


def running(chief: Arbiter, by: Authority) -> None:
    """The source is switched on when it may be, at 300 s."""
    assert [type(event) for event in chief.wish(by, SOURCE, 1, "cold", at(0))] == [MinimumTime]
    assert chief.deadline() == 300_000
    assert chief.wake(at(299)) == []
    started = chief.wake(at(300))
    assert commands(started) == [(SOURCE, 1, by)]
    obey(chief, started, 300)


@pytest.mark.parametrize("holder", [LOCAL, REMOTE, HUMAN])
def test_what_is_spared_waits_whoever_commands(holder: Authority) -> None:
    chief = held_by(holder)
    running(chief, holder)
    assert chief.wish(holder, SOURCE, 0, "warm", at(301)) == [MinimumTime(SOURCE, 900_000)]
    assert commands(chief.wake(at(900))) == [(SOURCE, 0, holder)]


def test_a_wish_that_is_taken_back_while_it_waits_is_forgotten() -> None:
    chief = arbiter()
    running(chief, LOCAL)
    chief.wish(LOCAL, SOURCE, 0, "warm", at(301))
    assert chief.wish(LOCAL, SOURCE, 1, "cold again", at(302)) == []
    assert (chief.deadline(), chief.wake(at(900))) == (None, [])


def test_minimum_times_hold_across_a_change_of_hands_and_what_waited_is_forgotten() -> None:
    chief = arbiter()
    running(chief, LOCAL)
    chief.wish(LOCAL, SOURCE, 0, "warm", at(301))
    assert chief.hand_over(REMOTE, 2) == []
    assert chief.deadline() is None
    assert order(chief, SOURCE, 0, "t1", 850) == [MinimumTime(SOURCE, 900_000)]
    (command,) = chief.wake(at(900))
    assert isinstance(command, Command)
    assert (command.value, command.by, command.trigger) == (0, REMOTE, "t1")


def test_safety_does_not_wait_and_its_switching_counts() -> None:
    chief = arbiter()
    running(chief, LOCAL)
    stop = chief.wish(SAFETY, SOURCE, 0, "too hot", at(310))
    assert commands(stop) == [(SOURCE, 0, SAFETY)]
    obey(chief, stop, 310)
    assert chief.release(SAFETY, SOURCE, at(320)) == [MinimumTime(SOURCE, 610_000)]
    assert commands(chief.wake(at(610))) == [(SOURCE, 1, LOCAL)]


def test_an_order_that_cannot_wait_so_long_is_refused() -> None:
    chief = held_by(REMOTE)
    running(chief, REMOTE)
    (refused,) = order(chief, SOURCE, 0, "t1", 800)
    assert isinstance(refused, Outcome)
    assert (refused.verdict, refused.reason) == (Verdict.REFUSED, "a minimum time holds it back for 100 s more")
    (late,) = order(chief, RELAY, 1, "t2", 800, lives_s=-2)
    assert isinstance(late, Outcome)
    assert (late.verdict, late.reason) == (Verdict.REFUSED, "too old by 2.0 s")
    assert chief.deadline() is None


def test_a_person_may_wait_as_long_as_it_takes() -> None:
    chief = held_by(HUMAN)
    running(chief, HUMAN)
    assert set_by_hand(chief, SOURCE, 0, "t1", 301) == [MinimumTime(SOURCE, 900_000)]
    (command,) = chief.wake(at(900))
    assert isinstance(command, Command)
    assert command.trigger == "t1"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (lambda chief: order(chief, SOURCE, 0, "t2", 860), [("t1", Verdict.REFUSED)]),
        (lambda chief: order(chief, SOURCE, 1, "t2", 860), [("t1", Verdict.REFUSED)]),
        (lambda chief: order(chief, RELAY, 1, "t2", 860), []),
        (lambda chief: chief.wish(SAFETY, SOURCE, 1, "freezing", at(860)), [("t1", Verdict.REFUSED)]),
        (lambda chief: chief.wish(SAFETY, RELAY, 1, "freezing", at(860)), []),
        (lambda chief: chief.hand_over(LOCAL, 3), [("t1", Verdict.REFUSED)]),
        (lambda chief: chief.hand_over(HUMAN, 3), [("t1", Verdict.REFUSED)]),
        (lambda chief: chief.hand_over(REMOTE, 3), []),
        (lambda chief: chief.wake(at(899)), []),
    ],
)
def test_an_order_that_waits_is_answered_if_it_comes_to_nothing(
    what: Callable[[Arbiter], list[Event]], expected: object
) -> None:
    chief = held_by(REMOTE)
    running(chief, REMOTE)
    assert outcomes(order(chief, SOURCE, 0, "t1", 850)) == []
    assert outcomes(what(chief)) == expected
    later = chief.wake(at(900))
    given = [event.trigger for event in later if isinstance(event, Command) and event.node == SOURCE]
    assert ("t1" in given) is (expected == [])


def test_an_order_that_waits_keeps_its_number_when_the_command_before_it_is_repeated() -> None:
    chief = held_by(REMOTE)
    chief.wake(at(300))
    (start,) = order(chief, SOURCE, 1, "t0", 300)
    assert isinstance(start, Command)
    chief.wake(at(850))  # nobody answered: it is to be commanded again
    assert outcomes(order(chief, SOURCE, 0, "t1", 851)) == []
    given: list[Event] = []
    for second in range(851, 901):
        given += chief.wake(at(second))
    assert [event.trigger for event in given if isinstance(event, Command) and event.value == 0] == ["t1"]
    assert "t1" not in [trigger for trigger, _ in outcomes(given)]


# what is not obeyed


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
