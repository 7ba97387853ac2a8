"""Our own: a person at the house gives the command of it back."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, Uuid4, require_person


class GwsHumanRelease(Message, frozen=True, kw_only=True, tag="gws.human.release"):
    """Said on the house's own bus; answered with `gws.human.answer`. Does nothing if no person has the house.

    Attributes:
        to_g_node_alias: The SCADA that is meant.
        who: The person, as he is to stand in the log.
        trigger_id: Identifier of the request, found again in its answer.
    """

    to_g_node_alias: LeftRightDot
    who: str
    trigger_id: Uuid4
    version: str = "000"

    def check(self) -> None:
        """The person has a name."""
        require_person(self.who)
