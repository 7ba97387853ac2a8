"""Our own: a command to an actuator on the house's own bus, together with the lease under which it is given."""

from typing import Annotated

from msgspec import UNSET, Meta

from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.fsm_event import FsmEvent


class GwsActuatorCommand(Message, frozen=True, kw_only=True, tag="gws.actuator.command"):
    """The SCADA commands an actuator that lives in another process.

    Attributes:
        fencing_token: Of the lease under which it is given; an actuator refuses one that is older than another it has obeyed.
        time_to_live_s: How long after it was sent it may be acted on [s].
        event: What is asked of a relay; exactly one of these two is given.
        dispatch: What is asked of an analogue output.
    """

    fencing_token: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    time_to_live_s: Annotated[float, Meta(gt=0, le=3600)]
    event: Maybe[FsmEvent] = UNSET
    dispatch: Maybe[AnalogDispatch] = UNSET
    version: str = "000"

    def check(self) -> None:
        """Exactly one thing is asked, by its immediate boss."""
        if (given(self.event) is None) == (given(self.dispatch) is None):
            raise Malformed("exactly one of Event and Dispatch must be given")
        self.asked().check()

    def asked(self) -> FsmEvent | AnalogDispatch:
        """What is asked, whichever of the two it is; raises Malformed if it is neither."""
        asked = given(self.event) or given(self.dispatch)
        if asked is None:
            raise Malformed("exactly one of Event and Dispatch must be given")
        return asked
