"""The acknowledgement that a node sends."""

from gw_spaceheat.core.events import Received, Send, Urgency
from gw_spaceheat.core.link.acknowledge import acknowledgement
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.power_watts import PowerWatts


def test_names_the_message_and_is_itself_not_kept() -> None:
    received = Received("uplink", "x.ta.scada", "id-1", ack_required=True, message=PowerWatts(watts=1), arrived_ms=0)
    assert acknowledgement(received, "s") == Send("uplink", "s", GridworksAck(ack_message_id="id-1"), Urgency.PLAIN, "")
