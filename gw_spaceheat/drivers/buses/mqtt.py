"""MQTT by paho to the broker inside the house: what a device said last, and questions with an answer.

One connection per broker serves all drivers. paho's own thread keeps it and takes in what comes; a driver only looks at what is
there, or waits, bounded, for an answer to what it asked. A message that the broker had kept for us (retained) is old by an
unknown time, and so is no reading.
"""

import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from gw_spaceheat.drivers.buses.shared import BusError, SharedBus, take

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

TIMEOUT_S = 3.0
LONGEST = 65_536
MOST_TOPICS = 1_000
"""A broker that is not ours may be full of topics; beyond so many nothing new is kept."""
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 1883


class Said(NamedTuple):
    """A message.

    Attributes:
        payload: What was said.
        age_s: How long ago it came [s].
        retained: The broker had kept it; it is older by an unknown time.
    """

    payload: bytes
    age_s: float
    retained: bool


class MqttBus(SharedBus):
    """One connection to a broker."""

    def __init__(self, host: str, port: int, user: str = "", password: str = "") -> None:
        """Remember."""
        super().__init__(f"{host}:{port}")
        self._host, self._port, self._user, self._password = host, port, user, password
        self._changed = threading.Condition()
        self._said: dict[str, tuple[bytes, float, bool]] = {}
        self._filters: set[str] = set()
        self._granted: dict[int, str] = {}
        self._heard_filters: set[str] = set()
        self._up = False
        self._why = "no answer yet"
        self._client: Client | None = None

    def listen(self, topic_filter: str) -> None:
        """Hear what is said there from now on; waits until the broker has granted it. Raises BusError."""
        with self.turn():
            self._open()
        with self._changed:
            new = topic_filter not in self._filters
            self._filters.add(topic_filter)
            if new and self._up:
                self._subscribe(topic_filter)
            if not self._changed.wait_for(lambda: topic_filter in self._heard_filters, TIMEOUT_S):
                raise BusError(f"broker {self.name}: {self._why}; is mosquitto running, and may we read {topic_filter}?")

    def last(self, topic: str) -> Said | None:
        """What was said last on a topic that is listened to; None if nothing was. Raises BusError when the broker is lost."""
        with self._changed:
            if not self._up:
                raise BusError(f"broker {self.name}: {self._why}; is mosquitto running?")
            found = self._said.get(topic)
        return None if found is None else Said(found[0], time.monotonic() - found[1], found[2])

    def say(self, topic: str, payload: bytes) -> None:
        """Say something and do not wait; raises BusError when the broker is lost."""
        with self._changed:
            if not self._up or self._client is None:
                raise BusError(f"broker {self.name}: {self._why}; is mosquitto running?")
            self._client.publish(topic, payload, qos=0)

    def ask(self, topic: str, payload: bytes, answer_topic: str) -> bytes:
        """Say something and wait for what is said next on another topic, which is listened to; raises BusError."""
        with self._changed:
            self._said.pop(answer_topic, None)
            self.say(topic, payload)
            if not self._changed.wait_for(lambda: answer_topic in self._said or not self._up, TIMEOUT_S) or not self._up:
                why = f"nothing was said on {answer_topic} within {TIMEOUT_S:g} s after {topic}"
                raise BusError(f"broker {self.name}: {why}; is the device on, and its topic right?")
            return self._said[answer_topic][0]

    def shut(self) -> None:
        """Leave the broker."""
        client, self._client = self._client, None
        self._up = False
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _open(self) -> None:
        if self._client is not None:
            return
        from paho.mqtt.client import Client  # noqa: PLC0415 - only a house with such a device needs it
        from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

        client = Client(CallbackAPIVersion.VERSION2, client_id="")
        if self._user:
            client.username_pw_set(self._user, self._password)
        client.connect_timeout = TIMEOUT_S
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_subscribe, client.on_message = self._on_disconnect, self._on_subscribe, self._on_message
        self._client = client
        client.connect_async(self._host, self._port, keepalive=30)
        client.loop_start()

    def _subscribe(self, topic_filter: str) -> None:
        if self._client is not None:
            _, mid = self._client.subscribe(topic_filter, qos=0)
            if mid is not None:
                self._granted[mid] = topic_filter

    # called in paho's thread

    def _on_connect(self, _client: "Client", _data: object, _flags: object, reason: Any, _properties: object) -> None:
        with self._changed:
            self._up = not reason.is_failure
            self._why = str(reason)
            self._heard_filters.clear()
            if self._up:
                for topic_filter in sorted(self._filters):
                    self._subscribe(topic_filter)
            self._changed.notify_all()

    def _on_connect_fail(self, _client: "Client", _data: object) -> None:
        with self._changed:
            self._why = "it does not accept a connection"
            self._changed.notify_all()

    def _on_disconnect(self, *_arguments: object) -> None:
        with self._changed:
            self._up, self._why = False, "the connection was lost"
            self._heard_filters.clear()
            self._said.clear()
            self._changed.notify_all()

    def _on_subscribe(self, _client: "Client", _data: object, mid: int, reasons: Any, _properties: object) -> None:
        with self._changed:
            topic_filter = self._granted.pop(mid, None)
            if topic_filter is not None and not any(reason.is_failure for reason in reasons):
                self._heard_filters.add(topic_filter)
            self._changed.notify_all()

    def _on_message(self, _client: "Client", _data: object, message: "MQTTMessage") -> None:
        with self._changed:
            if len(message.payload) > LONGEST or (message.topic not in self._said and len(self._said) >= MOST_TOPICS):
                return
            self._said[message.topic] = (bytes(message.payload), time.monotonic(), bool(message.retain))
            self._changed.notify_all()


def take_mqtt(host: str, port: int, user: str = "", password: str = "") -> MqttBus:
    """The connection to a broker, shared by all drivers; see `shared.give_back`."""
    return take(MqttBus, f"{host}:{port}", lambda: MqttBus(host, port, user, password))
