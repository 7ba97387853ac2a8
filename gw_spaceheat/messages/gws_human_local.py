"""Our own: the home owner wants the house to heat by itself, whatever contract there is, or does not mind any more."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, Uuid4, require_person


class GwsHumanLocal(Message, frozen=True, kw_only=True, tag="gws.human.local"):
    """Said on the house's own bus; answered with `gws.human.answer`. Holds until the opposite is said.

    Attributes:
        to_g_node_alias: The SCADA that is meant.
        who: The person, as he is to stand in the log.
        trigger_id: Identifier of the request, found again in its answer.
        asked: LocalControl is wanted; else it is not any more.
    """

    to_g_node_alias: LeftRightDot
    who: str
    trigger_id: Uuid4
    asked: bool
    version: str = "000"

    def check(self) -> None:
        """The person has a name."""
        require_person(self.who)
