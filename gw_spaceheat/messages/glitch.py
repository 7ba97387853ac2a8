"""Something is not as it should be, told once for the operator."""

from enum import StrEnum

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, SpaceheatName, UnixMs


class LogLevel(StrEnum):
    """How much it matters."""

    Critical = "Critical"
    Error = "Error"
    Warning = "Warning"
    Info = "Info"
    Debug = "Debug"
    Trace = "Trace"


class Glitch(Message, frozen=True, kw_only=True, tag="glitch"):
    """What happened at `node`, in one line and in full; `type` is a word of LogLevel."""

    from_g_node_alias: LeftRightDot
    node: SpaceheatName
    type: str
    summary: str
    details: str
    created_ms: UnixMs
    version: str = "000"
