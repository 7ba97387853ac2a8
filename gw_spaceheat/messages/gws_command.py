"""Our own: a command together with the authority under which it is given, under one signature."""

from typing import Annotated

from msgspec import UNSET, Meta

from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, Uuid4
from gw_spaceheat.messages.fsm_event import FsmEvent


class GwsCommand(Message, frozen=True, kw_only=True, tag="gws.command"):
    """A command of the AtomicTNode: what is asked, as the common protocol has it, and by what right.

    Attributes:
        from_g_node_alias: Who commands.
        to_g_node_alias: The SCADA that is to obey.
        contract_id: The contract under which it is given.
        fencing_token: Token of the lease, as the SCADA last told it.
        sequence: Rises by one with every command of this sender; never used twice.
        heard_heartbeat: Number of the last message of the SCADA that the sender had. The SCADA knows when it sent that, so the
            command's age needs no wall clock.
        time_to_live_s: How long after the SCADA took it it may still be acted on [s].
        event: What is asked of a relay; exactly one of these two is given.
        dispatch: What is asked of an analogue output.
        signature: Of everything else here; empty if the sender has no key.
    """

    from_g_node_alias: LeftRightDot
    to_g_node_alias: LeftRightDot
    contract_id: Uuid4
    fencing_token: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    sequence: PositiveInteger
    heard_heartbeat: PositiveInteger
    time_to_live_s: Annotated[float, Meta(gt=0, le=86_400)]
    event: Maybe[FsmEvent] = UNSET
    dispatch: Maybe[AnalogDispatch] = UNSET
    signature: str = ""
    version: str = "000"

    def check(self) -> None:
        """Exactly one thing is asked, by its immediate boss."""
        event, dispatch = given(self.event), given(self.dispatch)
        if (event is None) == (dispatch is None):
            raise Malformed("exactly one of Event and Dispatch must be given")
        self.asked().check()

    def asked(self) -> FsmEvent | AnalogDispatch:
        """What is asked, whichever of the two it is; raises Malformed if it is neither."""
        asked = given(self.event) or given(self.dispatch)
        if asked is None:
            raise Malformed("exactly one of Event and Dispatch must be given")
        return asked
