"""The states that a state machine went through within a report."""

from collections.abc import Sequence

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, UnixMs, require_equal_lengths


class MachineStates(Message, frozen=True, kw_only=True, tag="machine.states"):
    """Each state with the time it was entered [ms]; `state_enum` names the list of words that the states are from."""

    machine_handle: HandleName
    state_enum: LeftRightDot
    state_list: Sequence[str]
    unix_ms_list: Sequence[UnixMs]
    version: str = "000"

    def check(self) -> None:
        """States and times must pair."""
        require_equal_lengths(StateList=self.state_list, UnixMsList=self.unix_ms_list)
