"""An event for a state machine, such as the one of a relay."""

from enum import StrEnum

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, UnixMs, Uuid4, require_boss

CHANGE_RELAY_STATE = "change.relay.state"


class ChangeRelayState(StrEnum):
    """The events of `change.relay.state`."""

    CloseRelay = "CloseRelay"
    OpenRelay = "OpenRelay"


class FsmEvent(Message, frozen=True, kw_only=True, tag="fsm.event"):
    """The boss of `to_handle` gives it the event `event_name` of the list `event_type`, at `send_time_unix_ms` [ms]."""

    from_handle: HandleName
    to_handle: HandleName
    event_type: LeftRightDot
    event_name: str
    trigger_id: Uuid4
    send_time_unix_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Only the immediate boss commands."""
        require_boss(self.from_handle, self.to_handle)
