"""Readings to a queue of RabbitMQ: kept by the sender until the broker has confirmed that its replicas have them on disk."""

from collections import OrderedDict
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

import pika
from pika.channel import Channel

from gw_spaceheat.links.amqp import AmqpLine
from gw_spaceheat.links.amqp_settings import AmqpSettings
from gw_spaceheat.links.deliveries import OnState, Parcel


class AmqpSink:
    """A `deliveries.Sink`."""

    def __init__(self, settings: AmqpSettings, on_state: OnState, seed: int = 0) -> None:
        """Remember; as for `AmqpLine`."""
        self._settings = settings
        self._line = AmqpLine(settings, on_state, self._on_ready, seed)
        self._arrived: SimpleQueue[str] = SimpleQueue()
        self._channel: Channel | None = None
        self._published = 0
        self._number = 0
        self._waiting: OrderedDict[int, str] = OrderedDict()
        self._returned: set[str] = set()

    @property
    def connection(self) -> int:
        """Number of the connection there is now; 0 for none."""
        return self._line.connection

    @property
    def most_waiting(self) -> int:
        """So many parcels may be on their way."""
        return self._settings.most_waiting

    def open(self) -> None:
        """Begin to connect."""
        self._line.open()

    def close(self) -> None:
        """End; what is not confirmed stays with the sender."""
        self._line.close()

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Publish these, if the connection of now is still there when it is their turn."""
        number = self._line.connection
        if number and parcels:
            self._line.call(lambda: self._publish(number, parcels))

    def arrived(self) -> list[str]:
        """Keys of what the broker has confirmed."""
        keys = []
        try:
            while True:
                keys.append(self._arrived.get_nowait())
        except Empty:
            return keys

    # in the line's thread ---------------------------------------------------------------------------------------------

    def _on_ready(self, channel: Channel, number: int) -> None:
        self._channel, self._number, self._published = channel, number, 0
        self._waiting.clear()
        self._returned.clear()
        channel.add_on_return_callback(self._on_returned)
        channel.confirm_delivery(self._on_confirmed)

    def _publish(self, number: int, parcels: Sequence[Parcel]) -> None:
        channel = self._channel
        if channel is None or not channel.is_open or number != self._number:
            return
        for parcel in parcels:
            properties = pika.BasicProperties(content_type="application/json", delivery_mode=2, message_id=parcel.key)
            channel.basic_publish("", self._settings.queue, parcel.payload, properties, mandatory=True)
            self._published += 1
            self._waiting[self._published] = parcel.key

    def _on_returned(self, _channel: Channel, _method: object, properties: Any, _body: bytes) -> None:
        """The queue is gone; the confirmation that follows means nothing. A new connection makes the queue again."""
        self._returned.add(properties.message_id)
        self._line.drop("the queue was removed while we published; it is made again")

    def _on_confirmed(self, frame: Any) -> None:
        tag, several = frame.method.delivery_tag, frame.method.multiple
        is_kept = frame.method.NAME == "Basic.Ack"
        while self._waiting:
            first = next(iter(self._waiting))
            if first > tag:
                return
            if first < tag and not several:
                break
            self._conclude(self._waiting.pop(first), is_kept=is_kept)
        if not several and tag in self._waiting:
            self._conclude(self._waiting.pop(tag), is_kept=is_kept)

    def _conclude(self, key: str, *, is_kept: bool) -> None:
        if is_kept and key not in self._returned:
            self._arrived.put(key)
        elif not is_kept:
            self._line.drop("the broker could not keep a message; it is sent again")
