"""Our own: a power meter said its serial number, in another process of the house than the SCADA's."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, UnixMs


class GwsMeterSerial(Message, frozen=True, kw_only=True, tag="gws.meter.serial"):
    """Said on the house's own bus whenever the meter was asked, and again to a SCADA that asks for what it has missed.

    Attributes:
        from_g_node_alias: The SCADA of the house.
        component: The meter, as the house file names it.
        serial: What it answered; whether that is the right number is for the SCADA to judge.
        said_unix_ms: When it did.
    """

    from_g_node_alias: LeftRightDot
    component: str
    serial: str
    said_unix_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """Somebody says something."""
        if not self.component or not self.serial:
            raise Malformed("Component and Serial must not be empty")
