"""Our own: a person who has taken command of the house wants an actuator so."""

from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.formats import HandleName, LeftRightDot, Uuid4, require_person


class GwsHumanSet(Message, frozen=True, kw_only=True, tag="gws.human.set"):
    """Said on the house's own bus; answered with `gws.human.answer`.

    Attributes:
        to_g_node_alias: The SCADA that is meant.
        who: The person, as he is to stand in the log.
        trigger_id: Identifier of the request and of the command that it becomes, found again in its answer.
        node: Alias of the actuator.
        value: 0 or 1 for a relay; the quantity in SI for an analogue output.
    """

    to_g_node_alias: LeftRightDot
    who: str
    trigger_id: Uuid4
    node: HandleName
    value: float
    version: str = "000"

    def check(self) -> None:
        """The person has a name."""
        require_person(self.who)
