"""Readings from a queue of RabbitMQ: acknowledged one by one when they are safe with us, a bounded number at a time."""

import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

import pika
from pika.channel import Channel

from gw_spaceheat.links.amqp import AmqpLine
from gw_spaceheat.links.amqp_settings import AmqpSettings
from gw_spaceheat.links.deliveries import Delivery, OnState

LONGEST_REASON = 500


class AmqpSource:
    """A `deliveries.Source`."""

    def __init__(self, settings: AmqpSettings, on_state: OnState, seed: int = 0) -> None:
        """Remember; as for `AmqpLine`."""
        self._settings = settings
        self._line = AmqpLine(settings, on_state, self._on_ready, seed)
        self._inbox: SimpleQueue[Delivery] = SimpleQueue()
        self._channel: Channel | None = None
        self._number = 0
        self._published = 0
        self._set_aside: dict[int, int] = {}

    @property
    def connection(self) -> int:
        """Number of the connection there is now; 0 for none."""
        return self._line.connection

    def open(self) -> None:
        """Begin to connect."""
        self._line.open()

    def close(self) -> None:
        """End; the broker hands out again what was not acknowledged."""
        self._line.close()

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        """What has come, up to so many, waiting for the first at most so long; nothing of earlier connections."""
        until_s = time.monotonic() + wait_s
        taken: list[Delivery] = []
        while len(taken) < most:
            try:
                left_s = max(until_s - time.monotonic(), 0.0)
                one = self._inbox.get(timeout=left_s) if not taken and left_s > 0 else self._inbox.get_nowait()
            except Empty:
                return taken
            if one.connection == self._number:
                taken.append(one)
        return taken

    def settle(self, deliveries: Sequence[Delivery], keys: Sequence[str]) -> None:
        """Acknowledge these; the senders have the broker's word already."""
        del keys
        if deliveries:
            self._line.call(lambda: self._acknowledge(deliveries))

    def refuse(self, delivery: Delivery, kind: str, reason: str) -> None:
        """Put this into the queue of dead letters, and acknowledge it when it is there."""
        self._line.call(lambda: self._put_aside(delivery, kind, reason))

    # in the line's thread ---------------------------------------------------------------------------------------------

    def _on_ready(self, channel: Channel, number: int) -> None:
        self._channel, self._number, self._published = channel, number, 0
        self._set_aside.clear()
        channel.confirm_delivery(self._on_confirmed)
        channel.basic_qos(prefetch_count=self._settings.prefetch)
        channel.basic_consume(self._settings.queue, self._on_message, auto_ack=False)

    def _on_message(self, _channel: Channel, method: Any, _properties: object, body: bytes) -> None:
        self._inbox.put(Delivery(body, method.delivery_tag, self._number))

    def _is_of_now(self, delivery: Delivery) -> bool:
        return self._channel is not None and self._channel.is_open and delivery.connection == self._number

    def _acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if self._channel is not None and self._is_of_now(delivery):
                self._channel.basic_ack(delivery.tag)

    def _put_aside(self, delivery: Delivery, kind: str, reason: str) -> None:
        if self._channel is None or not self._is_of_now(delivery):
            return
        headers = {"x-reason": reason[:LONGEST_REASON], "x-kind": kind, "x-queue": self._settings.queue}
        properties = pika.BasicProperties(delivery_mode=2, headers=headers)
        self._channel.basic_publish("", self._settings.dead_letters, delivery.payload, properties, mandatory=True)
        self._published += 1
        self._set_aside[self._published] = delivery.tag

    def _on_confirmed(self, frame: Any) -> None:
        method = frame.method
        if method.NAME != "Basic.Ack":
            self._line.drop("the broker could not keep a dead letter; what it was comes again")
            return
        done = [
            number
            for number in self._set_aside
            if number == method.delivery_tag or (method.multiple and number < method.delivery_tag)
        ]
        for number in done:
            tag = self._set_aside.pop(number)
            if self._channel is not None and self._channel.is_open:
                self._channel.basic_ack(tag)
