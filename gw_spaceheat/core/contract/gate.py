"""Whether a command from outside is obeyed: judged without wall clocks, and refused with a reason.

The order of the questions is that of what can be trusted: first who speaks, then whether it was said before, then whether it
may be said now, and only then what is asked. The age of a command is told by the message of the SCADA that its sender had
heard last: the SCADA knows on its own monotonic clock when it sent that.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

from gw_spaceheat.core.events import Obey
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState, FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.signing import Verify, signature_fault
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import Role

RELAY_VALUES = {ChangeRelayState.CloseRelay.value: 1.0, ChangeRelayState.OpenRelay.value: 0.0}
BARE_LIVES_MS = 60 * SECOND_MS
"""A bare command says no time to live; it may be acted on for so long after it came."""


class Ground(StrEnum):
    """Why a command is refused."""

    Unsigned = "Unsigned"
    """It is not signed by the other side, or was altered."""
    Bare = "Bare"
    """It says nothing of the authority under which it is given, and this house wants that."""
    WrongHouse = "WrongHouse"
    """It is from another AtomicTNode, or for another SCADA."""
    NoContract = "NoContract"
    """The contract that it names is not active."""
    NotRemote = "NotRemote"
    """The contract is active, and the SCADA heats."""
    StaleToken = "StaleToken"
    """It was given under a lease that is over."""
    OldSequence = "OldSequence"
    """A newer one was taken already, or its number was used for another."""
    TooOld = "TooOld"
    """What its sender had heard last from this SCADA was sent too long ago, or by an earlier process."""
    UnknownActuator = "UnknownActuator"
    """There is no such actuator, or it cannot do what is asked."""
    OutOfRange = "OutOfRange"
    """The actuator does not go so far."""


class Refuse(NamedTuple):
    """The command is not obeyed.

    Attributes:
        ground: Why.
        reason: Why, for a person.
        node: Alias of the actuator, as far as it is known; else the name that was given.
        value: What was asked, as far as it is known.
    """

    ground: Ground
    reason: str
    node: str
    value: float


class Repeat(NamedTuple):
    """The command was taken before; nothing is done.

    Attributes:
        reason: What became of it, for a person.
        answer: The answer that it got; None while it is under way.
    """

    reason: str
    answer: GwsCommandAnswer | None


Judgement: TypeAlias = Obey | Repeat | Refuse
"""All that can become of a command."""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """A command that was taken, its answer as soon as there is one, and the token of the lease under which it was given."""

    sequence: int
    trigger: str
    node: str
    value: float
    answer: GwsCommandAnswer | None = None
    token: int = 0


class Authorized(NamedTuple):
    """What the gate must know of the moment.

    Attributes:
        contract_id: The active contract; empty if there is none.
        remote: Whether it is in RemoteControl and the AtomicTNode has the lease.
        why_not: Why not, for a person.
        token: The current fencing token.
        last_sequence: The highest number that was taken under this contract.
        taken: The last commands that were taken.
        sent_mono_ms: When this process sent its messages to the AtomicTNode, by number [mono ms].
    """

    contract_id: str
    remote: bool
    why_not: str
    token: int
    last_sequence: int
    taken: tuple[Taken, ...]
    sent_mono_ms: Mapping[int, int]


class Asked(NamedTuple):
    """What a command asks for: an actuator's alias, a value in SI, and why it cannot be (empty if it can)."""

    node: str
    value: float
    fault: str


class Gate:
    """Judges commands for one house."""

    def __init__(self, house: House, allowed_age_ms: int, verify: Verify | None = None, *, allow_bare: bool = False) -> None:
        """Learn the actuators.

        Args:
            house: Whose.
            allowed_age_ms: What its sender had heard last may have been sent so long ago [ms].
            verify: Tells the AtomicTNode's signatures; None where there are no keys.
            allow_bare: The house file allows commands without authority. Once there are keys that counts for nothing.
        """
        self._house = house
        self._allowed_age_ms = allowed_age_ms
        self._verify = verify
        self._allow_bare = allow_bare and verify is None
        self._alias_of = {wire_name(node.alias): node.alias for node in house.nodes.values() if node.actuator is not None}

    def judge(self, command: GwsCommand, authorized: Authorized, now: Moment) -> Judgement:
        """What becomes of a command."""
        message = command.asked()
        asked = self.read(message)
        refused = self._question(command, asked, authorized, now)
        if refused is not None:
            return refused
        valid_until_mono_ms = now.mono_ms + round(command.time_to_live_s * SECOND_MS)
        return Obey(asked.node, asked.value, message.trigger_id, command.sequence, command.fencing_token, valid_until_mono_ms)

    def judge_bare(self, message: FsmEvent | AnalogDispatch, authorized: Authorized, now: Moment) -> Judgement:
        """What becomes of a command that says nothing of its authority. Whether it is late or repeated cannot be told here."""
        asked = self.read(message)
        if not self._allow_bare:
            reason = "it names no contract, token and number; send it within a gws.command"
            return Refuse(Ground.Bare, reason, asked.node, asked.value)
        if not authorized.remote:
            ground = Ground.NotRemote if authorized.contract_id else Ground.NoContract
            return Refuse(ground, authorized.why_not, asked.node, asked.value)
        refused = self._judge_asked(asked)
        if refused is not None:
            return refused
        return Obey(asked.node, asked.value, message.trigger_id, 0, authorized.token, now.mono_ms + BARE_LIVES_MS)

    def read(self, message: FsmEvent | AnalogDispatch) -> Asked:
        """What is asked, in the house's own words and units."""
        if isinstance(message, FsmEvent):
            name = message.to_handle.rpartition(".")[2]
            return self._read_event(self._alias_of.get(name, name), message)
        name = message.about_name
        return self._read_dispatch(self._alias_of.get(name, name), message)

    def _question(self, command: GwsCommand, asked: Asked, authorized: Authorized, now: Moment) -> Refuse | Repeat | None:
        fault = signature_fault(command, self._verify)
        if fault:
            return Refuse(Ground.Unsigned, fault, asked.node, asked.value)
        if (command.from_g_node_alias, command.to_g_node_alias) != (self._house.alias, self._house.scada_alias):
            reason = f"it is from {command.from_g_node_alias} for {command.to_g_node_alias}; this is {self._house.scada_alias}"
            return Refuse(Ground.WrongHouse, reason, asked.node, asked.value)
        if not authorized.contract_id or command.contract_id != authorized.contract_id:
            reason = f"contract {command.contract_id} is not active here"
            return Refuse(Ground.NoContract, reason, asked.node, asked.value)
        if command.sequence <= authorized.last_sequence:
            return _repeated(command, asked, authorized)
        if not authorized.remote:
            return Refuse(Ground.NotRemote, authorized.why_not, asked.node, asked.value)
        if command.fencing_token != authorized.token:
            reason = f"it was given under token {command.fencing_token}; now it is {authorized.token}"
            return Refuse(Ground.StaleToken, reason, asked.node, asked.value)
        return self._judge_age(command, asked, authorized, now) or self._judge_asked(asked)

    def _judge_age(self, command: GwsCommand, asked: Asked, authorized: Authorized, now: Moment) -> Refuse | None:
        sent_mono_ms = authorized.sent_mono_ms.get(command.heard_heartbeat)
        if sent_mono_ms is None:
            reason = f"it names message {command.heard_heartbeat}, which this SCADA did not send lately"
            return Refuse(Ground.TooOld, reason, asked.node, asked.value)
        age_ms = now.mono_ms - sent_mono_ms
        if age_ms > self._allowed_age_ms:
            reason = (
                f"its sender had last heard what was sent {age_ms / 1000:.0f} s ago; "
                f"{self._allowed_age_ms / 1000:g} s are allowed"
            )
            return Refuse(Ground.TooOld, reason, asked.node, asked.value)
        return None

    def _judge_asked(self, asked: Asked) -> Refuse | None:
        if asked.fault:
            return Refuse(Ground.UnknownActuator, asked.fault, asked.node, asked.value)
        limits = self._house.nodes[asked.node].actuator
        if limits is None or not limits.minimum <= asked.value <= limits.maximum:
            span = "nothing" if limits is None else f"{limits.minimum:g} to {limits.maximum:g}"
            reason = f"{asked.node} takes {span}, not {asked.value:g}"
            return Refuse(Ground.OutOfRange, reason, asked.node, asked.value)
        return None

    def _read_event(self, node: str, message: FsmEvent) -> Asked:
        known = self._house.nodes.get(node)
        if known is None or known.actuator is None:
            return self._unknown(node)
        if known.role is Role.AnalogActuator:
            return Asked(node, 0.0, f"{node} takes a value; send it an analog.dispatch")
        value = RELAY_VALUES.get(message.event_name)
        if message.event_type != CHANGE_RELAY_STATE or value is None:
            said = f"{message.event_type} {message.event_name}"
            return Asked(node, 0.0, f"{said} is not understood; use change.relay.state CloseRelay or OpenRelay")
        return Asked(node, value, "")

    def _read_dispatch(self, node: str, message: AnalogDispatch) -> Asked:
        known = self._house.nodes.get(node)
        if known is None or known.actuator is None:
            return self._unknown(node)
        if known.role is not Role.AnalogActuator:
            return Asked(node, 0.0, f"{node} is a relay; send it an fsm.event with CloseRelay or OpenRelay")
        return Asked(node, self._house.dispatch_from_wire(node, message.value), "")

    def _unknown(self, node: str) -> Asked:
        return Asked(node, 0.0, f"{node} is no actuator of this house; there are {', '.join(self._alias_of.values())}")


def _repeated(command: GwsCommand, asked: Asked, authorized: Authorized) -> Repeat | Refuse:
    for taken in authorized.taken:
        if taken.sequence == command.sequence and taken.trigger == command.asked().trigger_id:
            became = "is under way" if taken.answer is None else "was answered"
            return Repeat(f"command {command.sequence} {became}", taken.answer)
    reason = f"its number {command.sequence} is not above {authorized.last_sequence}, which was taken already"
    return Refuse(Ground.OldSequence, reason, asked.node, asked.value)
