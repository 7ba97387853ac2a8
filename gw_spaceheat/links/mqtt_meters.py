"""Readings over MQTT, for which a broker's acknowledgement proves nothing: the one who keeps them tells their senders.

Meters publish to `gws/meters/<house>/reading`. Who keeps readings publishes to `gws/meters-kept` the keys of those that are
durable with it, as a JSON list; a sender keeps what it has not found there, and sends it again when its time is over.
"""

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec

from gw_spaceheat.core.events import Event, LinkChanged, Received
from gw_spaceheat.links.deliveries import Delivery, OnState, Parcel
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import Envelope, Refusal
from gw_spaceheat.messages.refusal import RefusalKind

READINGS = "gws/meters/+/reading"
KEPT = "gws/meters-kept"
MOST_WAITING = 400
LONGEST_WAIT_S = 10.0
"""What was sent and has not been told to be kept after this is sent again [s]."""
LONGEST_PAYLOAD = 64 * 1024
MOST_DEAD_BYTES = 1_000_000
_KEYS = msgspec.json.Decoder(list[str])


class _Raw(Message, frozen=True, kw_only=True, tag="gws.meter.raw"):
    """Bytes that are looked at elsewhere."""

    payload: bytes


def _as_raw(topic: str, payload: bytes) -> Envelope:
    if len(payload) > LONGEST_PAYLOAD:
        raise Refusal(RefusalKind.TOO_LARGE, f"{len(payload)} bytes")
    return Envelope(topic, "", "", False, _Raw(payload=payload))  # noqa: FBT003


class _Line:
    """A connection, its number, and what comes in over it."""

    def __init__(self, settings: MqttSettings, on_state: OnState, seed: int) -> None:
        self.inbox: SimpleQueue[bytes] = SimpleQueue()
        self.connection = 0
        self._numbers = itertools.count(1)
        self._on_state = on_state
        self._where = settings.where
        self.mqtt = Mqtt(settings, "meters", self._post, seed=seed, decoder=_as_raw)

    def _post(self, event: Event) -> None:
        if isinstance(event, LinkChanged):
            self.connection = next(self._numbers) if event.up else 0
            self._on_state(event.up, self._where if event.up else event.reason)
        elif isinstance(event, Received) and isinstance(event.message, _Raw):
            self.inbox.put(event.message.payload)


class MqttSink:
    """A `deliveries.Sink`."""

    def __init__(self, settings: MqttSettings, on_state: OnState, seed: int = 0) -> None:
        """Remember; the settings' subscriptions are replaced."""
        self._line = _Line(replace(settings, subscriptions=(KEPT,)), on_state, seed)
        self._sent_s: dict[str, float] = {}
        self._begins_anew = 0

    @property
    def connection(self) -> int:
        """Number of the connection there is now; another one also when what was sent over it has waited too long."""
        number = self._line.connection
        return number + self._begins_anew * 1_000_000 if number else 0

    @property
    def most_waiting(self) -> int:
        """So many parcels may be on their way."""
        return MOST_WAITING

    def open(self) -> None:
        """Begin to connect."""
        self._line.mqtt.open()

    def close(self) -> None:
        """End."""
        self._line.mqtt.close()

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Publish these."""
        now_s = time.monotonic()
        for parcel in parcels:
            self._sent_s[parcel.key] = now_s  # what is not taken now is sent again when its time is over
            self._line.mqtt.publish(f"gws/meters/{parcel.house}/reading", parcel.payload, 1)

    def arrived(self) -> list[str]:
        """Keys of what is kept; it is also noticed here that something has waited too long."""
        arrived: list[str] = []
        for payload in _emptied(self._line.inbox):
            try:
                told = _KEYS.decode(payload)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # somebody else's
            arrived += [key for key in told if self._sent_s.pop(key, None) is not None]
        oldest_s = next(iter(self._sent_s.values()), None)
        if oldest_s is not None and time.monotonic() - oldest_s > LONGEST_WAIT_S:
            self._sent_s.clear()
            self._begins_anew += 1
        return arrived


class MqttSource:
    """A `deliveries.Source`; dead letters go to a file."""

    def __init__(self, settings: MqttSettings, dead_letters: Path, on_state: OnState, seed: int = 0) -> None:
        """Remember; the settings' subscriptions are replaced."""
        self._line = _Line(replace(settings, subscriptions=(READINGS,)), on_state, seed)
        self._dead = DeadLetterFile(dead_letters)

    @property
    def connection(self) -> int:
        """Number of the connection there is now; 0 for none."""
        return self._line.connection

    def open(self) -> None:
        """Begin to connect."""
        self._line.mqtt.open()

    def close(self) -> None:
        """End."""
        self._line.mqtt.close()

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        """What has come, up to so many; waits for the first at most so long."""
        taken: list[Delivery] = []
        while len(taken) < most:
            try:
                payload = self._line.inbox.get(timeout=wait_s) if not taken and wait_s > 0 else self._line.inbox.get_nowait()
            except Empty:
                break
            taken.append(Delivery(payload, len(taken), 0))
        return taken

    def settle(self, deliveries: Sequence[Delivery], keys: Sequence[str]) -> None:
        """Tell the senders."""
        del deliveries
        if keys:
            self._line.mqtt.publish(KEPT, msgspec.json.encode(list(keys)), 1)

    def refuse(self, delivery: Delivery, kind: str, reason: str) -> None:
        """Write it down. Raises OSError."""
        self._dead.add(delivery.payload, kind, reason)


class DeadLetterFile:
    """What could not be dealt with, a JSON object per line; the older half goes when there is too much."""

    def __init__(self, path: Path) -> None:
        """Remember where."""
        self._path = path
        self._lock = threading.Lock()

    def add(self, payload: bytes, kind: str, reason: str) -> None:
        """Write one down. Raises OSError."""
        line = msgspec.json.encode({"kind": kind, "reason": reason, "payload": payload[:4096].decode("utf-8", "replace")})
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(line + b"\n")
                size = file.tell()
            if size > MOST_DEAD_BYTES:
                self._path.replace(self._path.with_suffix(".older"))


def _emptied(queue: SimpleQueue[bytes]) -> list[bytes]:
    found = []
    try:
        while True:
            found.append(queue.get_nowait())
    except Empty:
        return found
