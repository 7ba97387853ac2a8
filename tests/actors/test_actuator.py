"""The actuator's actor: acts once per command, reads back, tells how it ended, and begins and ends in its defined states."""

from msgspec.structs import replace

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.core.events import (
    Authority,
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    LookedAt,
    Outcome,
    Readings,
    Scanned,
    Started,
    Stopping,
    Verdict,
)
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, FailStates, Node
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

START = 1_700_000_100_000


class Relay:
    """A relay that may be dead or stuck."""

    def __init__(self) -> None:
        self.value: float = 1.0
        self.written: list[float] = []
        self.dead = self.stuck = False

    def open(self) -> None:
        if self.dead:
            raise DeviceError("no answer at address 32")

    def close(self) -> None:
        pass

    def write(self, value: float) -> None:
        if self.dead:
            raise DeviceError("no answer at address 32")
        self.written.append(value)
        if not self.stuck:
            self.value = value

    def read_back(self) -> float | None:
        if self.dead:
            raise DeviceError("no answer at address 32")
        return self.value


def actor(states: FailStates | None = None) -> tuple[ActuatorActor, Relay]:
    relay = Relay()
    node = Node(alias="a.elt.relay", role=Role.BooleanActuator, actuator=Actuator(fail_states=states or FailStates()))
    rule = CaptureRule(poll_s=300, period_s=300, delta=0.5)
    channel = Channel(
        name="a-elt-relay", about=node.alias, captured_by=node.alias, telemetry=TelemetryName.RelayState, capture=rule
    )
    return ActuatorActor(node, channel, relay), relay


def at(second: float) -> Moment:
    return Moment(round(second * 1000), START + round(second * 1000))


def command(value: float, trigger: str = "t1", node: str = "a.elt.relay", until_s: float = 15) -> Command:
    return Command(node, value, Authority.LOCAL, "cold", trigger, round(until_s * 1000))


def verdicts(events: list[Event] | tuple[Event, ...]) -> list[Verdict]:
    return [event.verdict for event in events if isinstance(event, Outcome)]


def test_begins_and_ends_in_its_defined_states() -> None:
    for states, expected in ((FailStates(), [0.0, 0.0]), (FailStates(process_start=None, process_stop=1.0), [1.0])):
        switch, relay = actor(states)
        switch.handle(Started(), at(0))
        switch.handle(Stopping(), at(9))
        assert relay.written == expected


def test_obeys_once_and_tells_the_new_state() -> None:
    switch, relay = actor()
    switch.handle(Started(), at(0))
    told = switch.handle(command(1), at(1))
    assert verdicts(list(told)) == [Verdict.DONE]
    assert [event.values for event in told if isinstance(event, Readings)] == [(1.0,)]
    assert switch.handle(command(1), at(1.1)) == ()
    assert relay.written == [0.0, 1.0]


def test_a_command_that_comes_again_after_another_is_not_obeyed_again() -> None:
    """As on a bus that delivers twice and out of order."""
    switch, relay = actor()
    switch.handle(Started(), at(0))
    for second, value, trigger in ((1, 1, "t1"), (2, 0, "t2"), (3, 1, "t1"), (4, 0, "t2")):
        switch.handle(command(value, trigger), at(second))
    assert relay.written == [0.0, 1.0, 0.0]
    assert verdicts(list(switch.handle(command(1, "t3", until_s=100), at(20)))) == [Verdict.DONE]
    assert verdicts(list(switch.handle(command(1, "t1"), at(21)))) == [Verdict.REFUSED], "it has expired, and need not be known"


def test_what_it_refuses() -> None:
    switch, relay = actor()
    switch.handle(Started(), at(0))
    for wrong, second, verdict in (
        (command(1, node="a.other"), 1, Verdict.REFUSED),
        (command(1, until_s=0.5), 1, Verdict.REFUSED),
        (command(2), 1, Verdict.OUT_OF_RANGE),
    ):
        assert verdicts(list(switch.handle(wrong, at(second)))) == [verdict]
    assert relay.written == [0.0]


def test_a_stuck_relay_is_a_failure_that_says_what_it_reads() -> None:
    switch, relay = actor()
    switch.handle(Started(), at(0))
    relay.stuck = True
    (outcome, *_) = switch.handle(command(1), at(1))
    assert isinstance(outcome, Outcome)
    assert (outcome.verdict, outcome.read_back, "the device says 0" in outcome.reason) == (Verdict.DEVICE_FAILED, 0.0, True)


def test_a_dead_relay_is_lost_once_and_found_once() -> None:
    switch, relay = actor()
    switch.handle(Started(), at(0))
    relay.dead = True
    first = switch.handle(command(1, "t1"), at(1))
    second = switch.handle(command(1, "t2"), at(6))
    assert [type(event) for event in first] == [Outcome, DeviceLost]
    assert [type(event) for event in second] == [Outcome]
    relay.dead = False
    third = switch.handle(command(1, "t3"), at(11))
    assert [type(event) for event in third] == [Outcome, DeviceBack, Readings]


def test_reads_back_every_period_and_sees_a_hand_on_the_relay() -> None:
    switch, relay = actor()
    switch.handle(Started(), at(0))
    relay.value = 1.0
    assert switch.deadline() == 300_000
    told = switch.wake(at(300))
    assert [event.values for event in told if isinstance(event, Readings)] == [(1.0,)]


def test_a_read_back_that_comes_before_its_time_by_the_wall_clock_waits() -> None:
    one, _ = actor()
    one.handle(Started(), at(0))
    due_ms = one.deadline()
    assert due_ms is not None
    assert one.wake(Moment(due_ms, START + due_ms - 1)) == ()
    assert one.deadline() == due_ms + 1
    one.wake(Moment(due_ms + 1, START + due_ms))
    assert one.deadline() == due_ms + 1 + 300_000


def test_states_within_one_millisecond_keep_their_order() -> None:
    """A poll and a command, or two commands, at the same time: each state has a time of its own, and none is lost."""
    switch, _ = actor()
    told = [*switch.handle(Started(), at(0)), *switch.handle(command(1, "t1"), at(0)), *switch.handle(command(0, "t2"), at(0))]
    told += switch.handle(command(1, "t3"), at(1))
    readings = [(event.taken_ms - START, event.values) for event in told if isinstance(event, Readings)]
    assert readings == [(0, (0.0,)), (1, (1.0,)), (2, (0.0,)), (1000, (1.0,))]


def test_after_a_clock_that_was_set_back_states_have_the_new_time() -> None:
    switch, _ = actor()
    switch.handle(Started(), at(0))
    (reading,) = [event for event in switch.handle(command(1), Moment(1, START - 3_600_000)) if isinstance(event, Readings)]
    assert reading.taken_ms == START - 3_600_000


class Timed(Relay):
    """A relay that can go off by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[float] = []

    def write_on(self, for_s: float) -> None:
        self.write(1.0)
        self.timers.append(for_s)


def test_a_relay_that_is_to_go_off_by_itself_is_told_when() -> None:
    timed = Timed()
    made = ActuatorActor(Node(alias="a.elt.relay", role=Role.BooleanActuator, actuator=Actuator()), None, timed)
    assert verdicts([*made.handle(replace(command(1.0), off_after_s=90.0), at(1))]) == [Verdict.DONE]
    assert verdicts([*made.handle(replace(command(0.0, "t2"), off_after_s=0.0), at(2))]) == [Verdict.DONE]
    assert (timed.timers, timed.written) == ([90.0], [1.0, 0.0])


def test_a_relay_that_cannot_go_off_by_itself_does_not_go_on_where_it_must() -> None:
    made, relay = actor()
    outcomes = [each for each in made.handle(replace(command(1.0), off_after_s=90.0), at(1)) if isinstance(each, Outcome)]
    assert [(each.verdict, relay.written) for each in outcomes] == [(Verdict.DEVICE_FAILED, [])]
    assert "cannot go off by itself" in outcomes[0].reason


def shown(events: list[Event] | tuple[Event, ...]) -> list[tuple[float | None, float]]:
    """Values that whoever looks is told, and when the next are due [s]."""
    return [(event.values[0], (event.due_ms - START) / 1000) for event in events if isinstance(event, Scanned)]


def test_while_somebody_looks_the_output_is_read_back_as_often_as_he_wants_and_captured_no_more() -> None:
    relay_actor, relay = actor()
    relay_actor.handle(Started(), at(1))
    told = list(relay_actor.handle(LookedAt(2000, 5000), at(10)))
    relay.value = 1.0  # a hand at the board
    deadlines = []
    for second in (12, 14):
        deadlines.append(relay_actor.deadline())
        told += relay_actor.wake(at(second))
    assert deadlines == [12_000, 14_000]
    assert relay_actor.deadline() == 300_000, "nobody looks any more"
    assert shown(told) == [(0.0, 12), (1.0, 14), (1.0, 300)]
    assert not [event for event in told if isinstance(event, Readings)]
    assert [event.values for event in relay_actor.wake(at(300)) if isinstance(event, Readings)] == [(1.0,)]


def test_what_a_command_did_is_shown_at_once_and_a_dead_relay_is_missing() -> None:
    relay_actor, relay = actor()
    relay_actor.handle(Started(), at(1))
    relay_actor.handle(LookedAt(1000, 60_000), at(10))
    told = relay_actor.handle(command(0.0), at(11))
    assert shown(told) == [(0.0, 12)]
    relay.dead = True
    lost = relay_actor.wake(at(12))
    assert [type(event) for event in lost] == [DeviceLost, Scanned]
    assert shown(lost)[0][0] is None
    assert relay_actor.handle(LookedAt(1000, 60_000), at(13)) == ()
    (again,) = relay_actor.handle(LookedAt(1000, 60_000), at(100))
    assert isinstance(again, Scanned)
    assert again.values == (None,)
