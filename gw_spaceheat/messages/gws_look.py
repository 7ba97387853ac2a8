"""Our own: somebody looks at the house, and wants to be told what its devices scan."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger

LONGEST_LOOK_S = 3600
"""Whoever goes on looking asks again [s of the house's time]."""


class GwsLook(Message, frozen=True, kw_only=True, tag="gws.look"):
    """Said on the house's own bus, and passed on by the SCADA to all who have devices; answered with many `gws.scan`.

    Attributes:
        to_g_node_alias: The SCADA that is meant.
        every_s: So often he wants to be told of each device [s]; a device that is read more seldom is told as often as that.
        for_s: For how long from now on [s], up to an hour.
    """

    to_g_node_alias: LeftRightDot
    every_s: PositiveInteger
    for_s: PositiveInteger
    version: str = "000"

    def check(self) -> None:
        """Nobody looks for ever."""
        if self.for_s > LONGEST_LOOK_S:
            raise Malformed(f"ForS must be up to {LONGEST_LOOK_S}, not {self.for_s}")
