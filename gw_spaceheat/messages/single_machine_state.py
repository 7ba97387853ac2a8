"""The present state of one state machine."""

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, UnixMs


class SingleMachineState(Message, frozen=True, kw_only=True, tag="single.machine.state"):
    """The state that a machine is in, since when [ms], and perhaps why."""

    machine_handle: HandleName
    state_enum: LeftRightDot
    state: str
    unix_ms: UnixMs
    cause: Maybe[str] = UNSET
    version: str = "000"
