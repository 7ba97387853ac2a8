"""Our own: a person at the house takes command of it for a time."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, Uuid4, require_person


class GwsHumanTake(Message, frozen=True, kw_only=True, tag="gws.human.take"):
    """Said on the house's own bus; answered with `gws.human.answer`. Said again in time, the time begins anew.

    Attributes:
        to_g_node_alias: The SCADA that is meant.
        who: The person, as he is to stand in the log.
        trigger_id: Identifier of the request, found again in its answer.
        for_s: For how long [s].
    """

    to_g_node_alias: LeftRightDot
    who: str
    trigger_id: Uuid4
    for_s: PositiveInteger
    version: str = "000"

    def check(self) -> None:
        """The person has a name."""
        require_person(self.who)
