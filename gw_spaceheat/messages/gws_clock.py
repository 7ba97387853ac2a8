"""Our own: how the wall times that a house writes down are to be understood."""

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import LeftRightDot, UnixMs, Uuid4


class GwsClock(Message, frozen=True, kw_only=True, tag="gws.clock"):
    """The two clocks of a house side by side; whoever knows the boot can date by the monotonic clock whatever lies between two.

    Attributes:
        message_id: Identifier under which it is acknowledged.
        src: Alias of the SCADA.
        time_created_ms: The wall time by which readings are labelled, UTC [ms].
        mono_ms: The monotonic clock at that time; it began with the boot [ms].
        boot_id: Identifier of the boot.
        synchronised: Whether a time service confirms the wall time.
        awaited: Whether the clock has yet to be set: what is read meanwhile waits for its dates.
        stepped_by_ms: By how much the wall time was stepped just now [ms]; 0 if it was not.
        corrected_from_ms: What was labelled from then on, by the clock as it was before, was corrected by `stepped_by_ms`,
            UTC [ms]; left out if nothing was.
    """

    message_id: Uuid4
    src: LeftRightDot
    time_created_ms: UnixMs
    mono_ms: int
    boot_id: str
    synchronised: bool
    awaited: bool = False
    stepped_by_ms: int = 0
    corrected_from_ms: Maybe[UnixMs] = UNSET
    version: str = "000"
