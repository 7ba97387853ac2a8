"""Somebody who listens at the broker and remembers which messages the AtomicTNode has acknowledged before his ears."""

import threading
from types import TracebackType

from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_ping import GridworksPing

PAUSE_S = 0.05


class Acknowledgements:
    """Hears acknowledgements; misses some while the broker is dead, and adds none of his own. A context manager."""

    def __init__(self, broker: RunningBroker, atn: str) -> None:
        """Remember; atn is the AtomicTNode's alias."""
        self._atn = atn
        self._lock = threading.Lock()
        self._acknowledged: set[str] = set()
        self._said: set[str] = set()
        settings = MqttSettings(
            host="127.0.0.1",
            port=broker.port,
            client_id="acknowledgements",
            subscriptions=("gw/+/to/+/gridworks-ack", f"gw/{atn.replace('.', '-')}-ta-scada/to/#"),
            version=broker.version,
            first_pause_s=PAUSE_S,
            longest_pause_s=PAUSE_S,
        )
        self._transport = Mqtt(settings, "acknowledgements", self._take)

    @property
    def heard(self) -> frozenset[str]:
        """Identifiers of the messages that were acknowledged; questions whether the peer is there are none of them."""
        with self._lock:
            return frozenset(self._acknowledged & self._said)

    def __enter__(self) -> "Acknowledgements":
        """Itself, listening."""
        self._transport.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """It listens no longer."""
        self._transport.close()

    def _take(self, event: Event) -> None:
        if not isinstance(event, Received):
            return
        with self._lock:
            if event.src != self._atn:
                if event.ack_required and not isinstance(event.message, GridworksPing):
                    self._said.add(event.message_id)
            elif isinstance(event.message, GridworksAck):
                self._acknowledged.add(event.message.ack_message_id)
