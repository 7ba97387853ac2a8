"""The SCADA's side: who commands, what is refused, what it says of itself, and what it brings back after a restart."""

import json
from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest

from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.log import head_of, peer_heads, verify
from gw_spaceheat.core.contract.mode import ModeState
from gw_spaceheat.core.contract.response import FIRST_WORD_MS
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import ScadaMemory
from gw_spaceheat.core.events import (
    Append,
    Authority,
    ClockStepped,
    Command,
    ContractQuit,
    Event,
    HumanReleases,
    HumanTakes,
    Keep,
    LeaseChanged,
    LinkChanged,
    LocalControlAsked,
    MeterAnswered,
    MinimumTime,
    ModeChanged,
    ModeWished,
    Note,
    Obey,
    Readings,
    Received,
    SafetyActs,
    Send,
    StandingWanted,
    Started,
    StateChanged,
    Stopping,
)
from gw_spaceheat.messages.base import Message, given
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from tests.core.contract.houses import METER, POWER, RELAY, SERIAL, metered_house
from tests.core.contract.keys import ATN_KEYS, OURS, SCADA_KEYS
from tests.faults.two_sides import TwoSides, close_relay

SCADA, ATN = Side.SCADA, Side.ATOMIC_T_NODE


class Recorded(TwoSides):
    """Both sides with a metered house; keeps what the SCADA put out."""

    def __init__(self, *, signed: bool = False) -> None:
        keys = (SCADA_KEYS, ATN_KEYS) if signed else None
        self.effects: list[Event] = []
        self.told: list[GwsContract] = []
        super().__init__(keys=keys or (TwoSides().keys[SCADA], TwoSides().keys[ATN]), house=metered_house())

    def start(self) -> None:
        """The meter answers at once, as it does."""
        super().start()
        self.give(SCADA, MeterAnswered("meter", SERIAL))

    def take(self, side: Side, effects: Sequence[Event]) -> None:
        if side is SCADA:
            self.effects += effects
            sends = [effect.message for effect in effects if isinstance(effect, Send)]
            self.told += [message for message in sends if isinstance(message, GwsContract)]
            order = [RANK[type(effect)] for effect in effects]
            assert order == sorted(order), "what must be durable comes before what others act on"
        super().take(side, effects)

    def sent(self, kind: type[Message]) -> list[Message]:
        return [effect.message for effect in self.effects if isinstance(effect, Send) and isinstance(effect.message, kind)]

    def of(self, kind: type[Event]) -> list[Event]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def last(self) -> GwsContract:
        return self.told[-1]


RANK: dict[type, int] = {
    Append: 0, Keep: 1, ModeChanged: 2, LeaseChanged: 2, StateChanged: 2, Obey: 2, Send: 3, Note: 4
}  # fmt: skip


def remote(*, signed: bool = False) -> Recorded:
    """A standing contract in RemoteControl, five minutes old."""
    sides = Recorded(signed=signed)
    sides.start()
    sides.give(ATN, StandingWanted(3000))
    sides.run(5 * MINUTE_MS)
    assert sides.scada.remote
    return sides


def received(message: Message, src: str = "d1.test.house") -> Received:
    return Received("uplink", src, "", ack_required=False, message=message, arrived_ms=0)


@pytest.mark.parametrize(
    ("trouble", "after_s", "well"),
    [
        (HumanTakes("Jo", HOUR_MS), 0, HumanReleases("Jo")),
        (LocalControlAsked("Jo", asked=True), 0, LocalControlAsked("Jo", asked=False)),
        (SafetyActs(acts=True, reason="a pipe is cold"), 60, SafetyActs(acts=False, reason="")),
        (LinkChanged("uplink", up=False, reason=""), 60, LinkChanged("uplink", up=True, reason="")),
        (MeterAnswered("meter", "another"), 0, MeterAnswered("meter", SERIAL)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_leads_to_local_control_and_back(trouble: Event, after_s: int, well: Event) -> None:
    sides = remote()
    began_ms = sides.now_ms
    sides.give(SCADA, trouble)
    sides.run(began_ms + after_s * SECOND_MS - 1)
    assert sides.scada.remote is (after_s > 0)
    sides.run(began_ms + after_s * SECOND_MS)
    assert not sides.scada.remote
    sides.run(began_ms + 90 * SECOND_MS)
    sides.give(SCADA, well)
    well_ms = sides.now_ms
    sides.run(well_ms + sides.options.hold_ms - 1)
    assert not sides.scada.remote
    sides.run(well_ms + sides.options.hold_ms + MINUTE_MS)
    assert sides.scada.remote


def test_the_atomic_t_node_asks_for_local_control_and_for_the_command_back() -> None:
    sides = remote()
    sides.give(ATN, ModeWished(local=True))
    sides.run(sides.now_ms + SECOND_MS)
    assert (sides.scada.mode, "asked for local control" in sides.scada.mode_cause) == (ModeState.LocalControl, True)
    assert sides.atn.mode == "LocalControl"
    assert "in LocalControl" in sides.atn.command_fault(sides.now(ATN))
    sides.give(ATN, ModeWished(local=False))
    sides.run(sides.now_ms + 3 * MINUTE_MS)
    assert sides.scada.remote
    assert sides.atn.command_fault(sides.now(ATN)) == ""


def test_a_change_of_mode_is_told_to_all_with_cause_time_and_token() -> None:
    sides = remote()
    sides.effects.clear()
    sides.give(SCADA, LocalControlAsked("Jo", asked=True))
    cause, at_ms = "Jo asked for local control", sides.now(SCADA).wall_ms
    assert sides.of(ModeChanged) == [ModeChanged(remote=False, cause=cause, at_ms=at_ms)]
    assert sides.of(LeaseChanged) == [LeaseChanged(Authority.LOCAL, 3, cause, at_ms)]
    assert StateChanged("contract.mode", "LocalControl") in sides.effects
    told = sides.last()
    assert (told.mode, told.mode_cause, told.fencing_token) == ("LocalControl", cause, 3)


def test_a_person_goes_above_remote_and_is_let_go_of_by_itself() -> None:
    sides = remote()
    sides.give(SCADA, HumanTakes("Jo", 30 * MINUTE_MS))
    assert (sides.scada.holder, sides.scada.token) == (Holder.Human, 3)
    sides.run(sides.now_ms + 31 * MINUTE_MS)
    assert sides.scada.holder is Holder.Local
    sides.run(sides.now_ms + 3 * MINUTE_MS)
    assert (sides.scada.holder, sides.scada.token) == (Holder.Remote, 5)


def test_a_command_is_obeyed_answered_with_its_number_and_repeated_in_vain() -> None:
    sides = remote()
    now = sides.now(ATN)
    effects = sides.atn.command(close_relay(sides.ids, now), now)
    (send,) = [effect for effect in effects if isinstance(effect, Send)]
    for _ in range(3):
        sides.give(SCADA, received(send.message))
    assert len(sides.of(Obey)) == 1
    answers = [answer for answer in sides.sent(GwsCommandAnswer) if isinstance(answer, GwsCommandAnswer)]
    assert [(given(answer.sequence), answer.verdict) for answer in answers] == [(1, "Done")] * 3


@pytest.mark.parametrize(("src", "answers"), [("d1.test.house", 1), ("d1.test.stranger", 0)])
def test_a_bare_command_is_refused_and_a_stranger_gets_no_answer(src: str, answers: int) -> None:
    sides = remote()
    sides.give(SCADA, received(close_relay(sides.ids, sides.now(ATN)), src))
    assert sides.of(Obey) == []
    assert len(sides.sent(GwsCommandAnswer)) == answers


def test_strangers_are_told_of_once_a_minute() -> None:
    sides = remote()
    sides.effects.clear()
    for _ in range(50):
        sides.give(SCADA, received(close_relay(sides.ids, sides.now(ATN)), "d1.test.stranger"))
    assert len(sides.of(Note)) == 1
    assert len(sides.of(Append)) == 1


def test_a_bare_heartbeat_changes_nothing() -> None:
    sides = remote()
    sides.effects.clear()
    sides.give(SCADA, received(sides.last().heartbeat))
    assert "within a gws.contract" in str(sides.of(Note))
    assert sides.of(Send) == sides.of(Keep) == []


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"Status": "Created", "Contract": {"StartS": 0}}, "TerminatedByScada"),  # overlaps
        ({"Status": "Active", "Contract": {"StartS": 3600}}, "TerminatedByScada"),  # nobody knows it
        ({"Status": "Renegotiated", "Contract": {"StartS": 3600}}, None),
    ],
)
def test_what_cannot_be_accepted_is_refused_with_its_reason_and_harms_nothing(
    changes: dict[str, object], claim: str | None
) -> None:
    sides = remote()
    active = sides.scada.active
    assert active is not None
    sides.effects.clear()
    say_as_atn(sides, changes)
    assert sides.scada.active == msgspec.structs.replace(active, served=sides.scada.active.served)  # type: ignore[union-attr]
    assert sides.scada.remote
    if claim is not None:
        told = sides.last()
        assert (told.claim, bool(told.heartbeat.cause)) == (claim, True)
    else:
        assert sides.sent(GwsContract) == []


def say_as_atn(sides: Recorded, changes: dict[str, object], **besides: object) -> None:
    """The AtomicTNode says something about a contract of its own invention."""
    like = msgspec.to_builtins(sides.last())
    contract = like["Heartbeat"]["Contract"] | {"ContractId": sides.ids()}
    start_s = contract["StartS"] + changes.pop("Contract")["StartS"]  # type: ignore[index]
    heartbeat = {
        "TypeName": "slow.contract.heartbeat",
        "FromNode": "ltn",
        "Contract": contract | {"StartS": start_s},
        "MessageCreatedMs": min(sides.now(ATN).wall_ms, start_s * 1000),
        "MyDigit": 3,
        **changes,
    }
    fields = like | {"FromGNodeAlias": "d1.test.house", "Heartbeat": heartbeat, "HeartbeatNumber": 2**40}
    for name in ("HeardNumber", "AttestationSays"):
        del fields[name]
    fields |= besides
    sides.give(SCADA, received(msgspec.convert(fields, GwsContract)))


@pytest.mark.parametrize(
    ("heard", "claims"),
    [({}, "CompletedUnknownOutcome"), ({"HeardClaim": "CompletedFailureByLtn"}, "CompletedFailureByLtn")],
)
def test_of_a_contract_that_it_has_forgotten_it_claims_what_it_claimed_before(heard: dict[str, str], claims: str) -> None:
    sides = remote()
    ended = {"Status": "CompletedSuccess", "IsAuthoritative": False, "Contract": {"StartS": -3600}}
    say_as_atn(sides, ended, Claim="CompletedSuccess", **heard)
    told = next(message for message in reversed(sides.told) if given(message.claim) is not None)
    assert (told.claim, told.heard_claim) == (claims, "CompletedSuccess")
    assert sides.scada.remote


def test_the_same_contract_in_other_words_is_refused() -> None:
    sides = remote()
    like = msgspec.to_builtins(sides.last())
    like["Heartbeat"]["Contract"]["AvgPowerWatts"] = 9999
    like["Heartbeat"] |= {"FromNode": "ltn", "WattHoursUsed": None}
    fields = like | {"FromGNodeAlias": "d1.test.house", "HeartbeatNumber": 2**40, "AttestationSays": None, "HeardNumber": None}
    sides.effects.clear()
    sides.give(SCADA, received(msgspec.convert(fields, GwsContract)))
    assert "other terms" in str(sides.of(Note))
    assert sides.scada.remote


def test_energy_is_told_with_every_heartbeat_and_at_the_end() -> None:
    sides = remote()
    for minute in range(5, 60):
        at_ms = minute * MINUTE_MS
        sides.at(at_ms, lambda: sides.give(SCADA, Readings(METER, sides.now(SCADA).wall_ms, (POWER,), (3600.0,))))
    sides.run(HOUR_MS + MINUTE_MS)
    assert given(sides.told[0].heartbeat.watt_hours_used) == 0
    closed = [message for message in sides.told if given(message.claim) is not None]
    assert given(closed[-1].heartbeat.watt_hours_used) == 55 * 60
    assert given(closed[-1].claim) == "CompletedSuccess", "five minutes of unknown power are less than a tenth"


def test_a_switching_that_is_not_seen_leads_to_local_control() -> None:
    sides = remote()
    sides.give(SCADA, Readings(METER, sides.now(SCADA).wall_ms, (POWER,), (0.0,)))
    for value in (0.0, 1.0):
        sides.give(SCADA, Command(RELAY, value, Authority.REMOTE, "", sides.ids(), 0))
    sides.run(sides.now_ms + 20 * SECOND_MS)
    assert not sides.scada.remote
    assert "no step" in sides.scada.mode_cause
    attestation = given(sides.last().attestation_says)
    assert attestation is not None
    assert attestation.unseen == [RELAY]


def test_a_meter_that_says_another_serial_number_is_told_and_logged() -> None:
    sides = remote()
    sides.give(SCADA, MeterAnswered("meter", "another"))
    told = sides.last()
    assert (told.mode, told.mode_cause) == (
        "LocalControl",
        "the power meter says another serial number than the house file's: meter",
    )
    says = given(told.attestation_says)
    assert says is not None
    assert (says.serial_number_matches, given(says.strange_meters)) == (False, ["meter"])
    logged = [json.loads(line) for line in sides.ends[SCADA].lines]
    assert [entry["body"]["serial"] for entry in logged if entry["kind"] == "meter"] == [SERIAL, "another"]


def test_a_meter_that_says_nothing_has_a_while_when_the_process_begins() -> None:
    sides = Recorded()
    TwoSides.start(sides)
    sides.give(ATN, StandingWanted(3000))
    sides.run(FIRST_WORD_MS - 1)
    assert sides.scada.remote
    says = given(sides.last().attestation_says)
    assert says is not None
    assert (says.serial_number_matches, given(says.silent_meters)) == (False, ["meter"])
    sides.run(FIRST_WORD_MS)
    assert not sides.scada.remote
    assert sides.scada.mode_cause == "the power meter has not said its serial number: meter"
    sides.give(SCADA, MeterAnswered("meter", SERIAL))
    sides.run(FIRST_WORD_MS + sides.options.hold_ms + MINUTE_MS)
    assert sides.scada.remote


@pytest.mark.parametrize("down_ms", [MINUTE_MS, 3 * DAY_MS])
def test_a_restart_does_not_make_the_metering_unattested(down_ms: int) -> None:
    """What was answered is kept; and if it has grown old meanwhile, the meter has a while to say it again."""
    sides = remote()
    sides.kill(SCADA)
    sides.run(sides.now_ms + down_ms)
    sides.revive(SCADA)
    TwoSides.start(sides)
    sides.run(sides.now_ms + 4 * MINUTE_MS)
    assert "serial" not in sides.scada.mode_cause
    assert sides.scada.remote
    says = given(sides.last().attestation_says)
    assert says is not None
    assert says.serial_number_matches is (down_ms == MINUTE_MS)


def test_a_meter_that_falls_silent_is_not_trusted_after_two_days() -> None:
    sides = remote()
    sides.run(2 * DAY_MS - MINUTE_MS)
    assert sides.scada.remote
    sides.run(2 * DAY_MS + 2 * MINUTE_MS)
    assert not sides.scada.remote
    assert sides.scada.mode_cause == "the power meter has not said its serial number: meter"


def test_a_minimum_time_or_a_clock_that_is_set_is_no_failure() -> None:
    for excuse in (MinimumTime(RELAY, 10**9), ClockStepped(5000)):
        sides = remote()
        sides.give(SCADA, Readings(METER, sides.now(SCADA).wall_ms, (POWER,), (0.0,)))
        for value in (0.0, 1.0):
            sides.give(SCADA, Command(RELAY, value, Authority.REMOTE, "", sides.ids(), 0))
        sides.give(SCADA, excuse)
        sides.run(sides.now_ms + 20 * SECOND_MS)
        assert sides.scada.remote


@pytest.mark.parametrize(
    ("lost_minutes", "how", "result"),
    [
        (0, None, "CompletedSuccess"),
        (3, LocalControlAsked("Jo", asked=True), "CompletedSuccess"),
        (30, LocalControlAsked("Jo", asked=True), "CompletedFailureByScada"),
        (30, LinkChanged("uplink", up=False, reason=""), "CompletedUnknownOutcome"),
    ],
)
def test_the_account_of_the_modes_decides_how_it_ended(lost_minutes: int, how: Event | None, result: str) -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(3000))
    sides.run(10 * MINUTE_MS)
    undo = {LocalControlAsked: LocalControlAsked("Jo", asked=False), LinkChanged: LinkChanged("uplink", up=True, reason="")}
    if how is not None:
        sides.give(SCADA, how)
        sides.ends[SCADA].link_up = not isinstance(how, LinkChanged)
        sides.run((10 + lost_minutes) * MINUTE_MS)
        sides.ends[SCADA].link_up = True
        sides.give(SCADA, undo[type(how)])
    sides.run(HOUR_MS + 2 * MINUTE_MS)
    assert next(iter(sides.outcomes(SCADA).values())) == result
    assert sides.outcomes(SCADA) == sides.outcomes(ATN)


def test_a_silent_atomic_t_node_has_failed() -> None:
    sides = TwoSides()
    sides.start()
    sides.give(ATN, StandingWanted(3000))
    sides.run(10 * MINUTE_MS)
    sides.fate = lambda side, _message: () if side is ATN else (20,)
    sides.run(50 * MINUTE_MS)
    sides.fate = lambda _side, _message: (20,)
    sides.run(HOUR_MS + 2 * MINUTE_MS)
    assert next(iter(sides.outcomes(SCADA).values())) == "CompletedFailureByLtn"


def test_signed_both_ways_and_the_logs_prove_each_other() -> None:
    sides = remote(signed=True)
    sides.command()
    sides.run(20 * MINUTE_MS)
    assert len(sides.of(Obey)) == 1
    assert sides.last().signature
    ours, theirs = ([line.encode() for line in sides.ends[side].lines] for side in (SCADA, ATN))
    kept = peer_heads(theirs)
    assert len(kept) > 10
    assert verify(ours, kept, OURS.verify).faults == ()
    assert verify(ours[:-60], kept, OURS.verify).faults != ()


def test_without_keys_it_says_so() -> None:
    sides = remote()
    assert "nothing is signed" in sides.ends[SCADA].notes[0]
    assert all('"key":"unsigned"' in line for line in sides.ends[SCADA].lines)
    assert not sides.scada.signs


def test_the_head_is_signed_every_minute_if_the_log_has_grown() -> None:
    machine = ScadaSide(metered_house(), TwoSides().ids, lambda: 1, keys=SCADA_KEYS)
    sides = TwoSides()
    now = sides.now(SCADA)
    machine.handle(Started(), now)
    machine.handle(MeterAnswered("meter", SERIAL), now)
    due = machine.deadline()
    assert due == now.mono_ms + MINUTE_MS
    (line,) = [effect.line for effect in machine.wake(now.later(MINUTE_MS)) if isinstance(effect, Append)]
    assert '"kind":"head"' in line
    assert machine.deadline() is None
    assert head_of(line) == machine.log_head


def test_a_command_that_was_under_way_at_a_restart_is_answered() -> None:
    sides = remote()
    now = sides.now(ATN)
    (send,) = [effect for effect in sides.atn.command(close_relay(sides.ids, now), now) if isinstance(effect, Send)]
    effects = sides.scada.handle(received(send.message), sides.now(SCADA))
    kept = [effect.state for effect in effects if isinstance(effect, Keep)][-1]
    assert isinstance(kept, ScadaMemory)
    again = ScadaSide(metered_house(), sides.ids, lambda: 1, memory=kept)
    answers = [effect.message for effect in again.handle(Started(), now) if isinstance(effect, Send)]
    assert [(answer.verdict, answer.node) for answer in answers if isinstance(answer, GwsCommandAnswer)] == [
        ("DeviceFailed", RELAY)
    ]


def test_what_it_keeps_can_be_written_and_read() -> None:
    sides = remote()
    sides.command()
    sides.run(6 * MINUTE_MS)
    memory = sides.ends[SCADA].memory
    assert msgspec.json.decode(msgspec.json.encode(memory), type=ScadaMemory) == memory


def test_it_quits_at_once() -> None:
    sides = remote()
    sides.give(SCADA, ContractQuit("the house is cold"))
    assert not sides.scada.remote
    told = sides.last()
    assert (told.heartbeat.status, told.heartbeat.cause) == ("TerminatedByScada", "the house is cold")


def test_what_is_not_its_business_changes_nothing() -> None:
    sides = remote()
    now = sides.now(SCADA)
    assert sides.scada.handle(Stopping(), now) == ()
    assert sides.scada.handle(Readings("a.x", now.wall_ms, ("a-x",), (1.0,)), now) == ()
    assert sides.scada.wake(now) == ()


def test_between_a_command_and_its_being_given_nothing_goes_on() -> None:
    """What falls due at the same moment comes after it: else it would be given under a lease that is over."""
    sides = remote()
    sides.give(SCADA, LocalControlAsked("Jo", asked=True))
    sides.give(SCADA, LocalControlAsked("Jo", asked=False))
    held_ms = sides.now_ms + 2 * MINUTE_MS
    sides.run(held_ms - 1)
    assert not sides.scada.remote
    now = sides.now(SCADA).later(1)
    command = Command(RELAY, 1, Authority.LOCAL, "cold", "t", now.mono_ms + 15_000, sides.scada.token)
    assert {type(effect) for effect in sides.scada.handle(command, now)} == {Append}
    assert not sides.scada.remote
    assert sides.scada.deadline() == now.mono_ms
    assert LeaseChanged in {type(effect) for effect in sides.scada.wake(now)}


def test_a_heartbeat_like_the_one_before_is_a_short_line_and_the_other_sides_head_is_found_in_it() -> None:
    sides = remote(signed=True)
    before = len(sides.ends[SCADA].lines)
    sides.run(30 * MINUTE_MS)
    kinds = Counter(json.loads(line)["kind"] for line in sides.ends[SCADA].lines[before:])
    assert kinds.keys() == {"beat", "heard beat"}, "nothing new is said in half an hour"
    assert kinds["beat"] > 20
    assert kinds["heard beat"] > 20
    ours, theirs = ([line.encode() for line in sides.ends[side].lines] for side in (SCADA, ATN))
    heads = peer_heads(ours)
    assert len(theirs) - heads[-1].length <= 3, "up to the last heartbeats"
    assert not verify(theirs, heads, SCADA_KEYS.verify).faults
    assert verify(theirs[:-10], heads).faults, "a log that was cut"
