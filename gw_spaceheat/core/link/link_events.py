"""What the peer is told, by GridWorks' events, of what became of the link to it."""

from collections.abc import Callable

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.messages.gridworks_event_comm_mqtt_connect import GridworksEventCommMqttConnect
from gw_spaceheat.messages.gridworks_event_comm_mqtt_disconnect import GridworksEventCommMqttDisconnect
from gw_spaceheat.messages.gridworks_event_comm_mqtt_fully_subscribed import GridworksEventCommMqttFullySubscribed
from gw_spaceheat.messages.gridworks_event_comm_peer_active import GridworksEventCommPeerActive
from gw_spaceheat.messages.gridworks_event_comm_response_timeout import GridworksEventCommResponseTimeout
from gw_spaceheat.vocabulary.moment import Moment

MOST_WAITING = 20
"""So many of these may wait in the outbox; they must never push a report out of it."""

Kind = (
    type[GridworksEventCommMqttConnect]
    | type[GridworksEventCommMqttDisconnect]
    | type[GridworksEventCommMqttFullySubscribed]
    | type[GridworksEventCommPeerActive]
    | type[GridworksEventCommResponseTimeout]
)


class LinkEvents:
    """Makes the events, and counts how many of them the peer has not acknowledged."""

    def __init__(self, link: str, alias: str, peer: str, new_id: Callable[[], str]) -> None:
        """Remember who tells whom over which link."""
        self._link = link
        self._alias = alias
        self._peer = peer
        self._new_id = new_id
        self._waiting: set[str] = set()

    def make(self, kind: Kind, at: Moment) -> Send | None:
        """The event to be kept until it is acknowledged; None while too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            return None
        message_id = self._new_id()
        self._waiting.add(message_id)
        message = kind(message_id=message_id, time_created_ms=at.wall_ms, src=self._alias, peer_name=self._peer)
        return Send(self._link, self._peer, message, Urgency.EVENT, message_id)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Identifiers of those that wait."""
        return tuple(self._waiting)

    def gone(self, message_id: str) -> None:
        """Something has left the outbox, acknowledged or given up."""
        self._waiting.discard(message_id)
