"""Our own: how a command ended. The common protocol has no word for a refusal."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, PositiveInteger, UnixMs, Uuid4


class CommandVerdict(StrEnum):
    """How a command ended."""

    Done = "Done"
    Refused = "Refused"
    OutOfRange = "OutOfRange"
    DeviceFailed = "DeviceFailed"


class GwsCommandAnswer(Message, frozen=True, kw_only=True, tag="gws.command.answer"):
    """The SCADA's answer to an `fsm.event` or `analog.dispatch`, bare or within a `gws.command`.

    Attributes:
        from_g_node_alias: The SCADA.
        trigger_id: Identifier of the command that is answered.
        sequence: Number of the `gws.command` that is answered; left out for a bare command.
        node: Alias of the actuator.
        value: What was asked: 0 or 1 for a relay, the quantity in SI for an analogue output.
        verdict: How it ended, a word of CommandVerdict.
        reason: Why, for a person; empty when done.
        read_back: What the device says it now has; left out if it cannot say.
        answer_unix_ms: When the command ended [ms].
    """

    from_g_node_alias: LeftRightDot
    trigger_id: Uuid4
    sequence: Maybe[PositiveInteger] = UNSET
    node: HandleName
    value: float
    verdict: str
    reason: str
    read_back: Maybe[float] = UNSET
    answer_unix_ms: UnixMs
    version: str = "000"
