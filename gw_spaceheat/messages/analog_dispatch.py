"""Set an analogue output."""

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, SpaceheatName, UnixMs, Uuid4, WireInteger, require_boss


class AnalogDispatch(Message, frozen=True, kw_only=True, tag="analog.dispatch"):
    """The boss of `to_handle` tells it to set the output `about_name` to `value`, at `unix_time_ms` [ms]."""

    from_g_node_alias: Maybe[LeftRightDot] = UNSET
    from_handle: HandleName
    to_handle: HandleName
    about_name: SpaceheatName
    value: WireInteger
    trigger_id: Uuid4
    unix_time_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Only the immediate boss commands."""
        require_boss(self.from_handle, self.to_handle)
