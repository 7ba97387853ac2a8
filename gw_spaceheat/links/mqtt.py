"""MQTT by paho: a thread that keeps a connection, and tells by mail what comes in over it.

The thread drives paho through its interface for foreign event loops, so that paho is only ever touched by this one thread.
Three things that paho's own loop cannot do follow from that: whatever a strange packet makes it raise costs one connection and
not the thread; pauses between attempts are jittered; and closing never waits for a hanging connection attempt.

With a lasting session (`session_s`) the broker is told that a message has come only when whoever hosts this says that it is
safe; what was not told so comes again over the next connection.

Each connection is a new paho client. paho would send again, after a reconnect, what the broker had not yet acknowledged, though
it may be hours old and a command; what must arrive is kept and sent again by the session above, by the peer's own
acknowledgements.
"""

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import structs
from paho.mqtt.client import (
    MQTT_ERR_PROTOCOL,
    MQTT_ERR_QUEUE_SIZE,
    MQTT_ERR_SUCCESS,
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from gw_spaceheat.core.events import Event, Garbled, LinkChanged, LinkConnected, PlainReceived, Received, TransmitFailed
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion
from gw_spaceheat.links.outgoing import Outgoing, OutgoingLanes
from gw_spaceheat.messages.codec import Envelope, Refusal, decode
from gw_spaceheat.vocabulary.chance import uniform

LONGEST_LOOK_S = 5.0
"""The thread looks at least this often whether the connection still answers [s]."""
CLOSE_WITHIN_S = 2.0
FLUSH_WITHIN_S = 1.0
MOST_UNSENT_BYTES = 65_536
"""So much of ours may wait in the system's buffer; what is more waits here, where it is seen whether it goes out [bytes]."""
MOST_UNCONFIRMED = 5
"""While the broker has so much to confirm, nothing goes out that gives way."""
MOST_SHOWN = 120
"""A topic is quoted up to this many characters."""
_SEND_RETAINED = 0
_DO_NOT_SEND_RETAINED = 2


class Taken(StrEnum):
    """What became of a request to publish."""

    YES = "taken"
    NOT_CONNECTED = "not connected"
    QUEUE_FULL = "the queue of outgoing messages is full"


class _Unsettled(NamedTuple):
    """What the broker keeps for us: our number for it, its own, and whether we do not want it."""

    receipt: int
    message_number: int
    is_refused: bool


class _Lost(Exception):
    """The connection ended, or did not come about; the text says why."""


class Mqtt:
    """A connection to a broker that is made again whenever it is lost.

    What it tells, by calling `post` in its own thread: `LinkConnected` when the broker has accepted us; `LinkChanged` up when
    it has granted all subscriptions; `LinkChanged` down when either ends, or the reason changes for which it cannot be had;
    `Received` for every message that can be accepted and `Garbled` for every other.
    """

    def __init__(
        self,
        settings: MqttSettings,
        link: str,
        post: Callable[[Event], None],
        *,
        seed: int = 0,
        decoder: Callable[[str, bytes], Envelope] = decode,
        plain: Callable[[str, bytes, bool], Event | None] = lambda _topic, _payload, _kept: None,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Remember.

        Args:
            settings: Where the broker is.
            link: Name of the link, in every event told.
            post: Takes an event; called in the network thread, must neither raise nor block.
            seed: Of the jitter between attempts; different in every process, lest a whole town reconnects at once.
            decoder: Makes a message of topic and bytes, or raises Refusal; another one for peers that speak an older wire.
            plain: Makes an event of a message without an envelope, or leaves it (None) to the decoder; the third is whether the
                broker had kept it. Must not raise.
            wall_ms: Gives the wall time of arrival, UTC [ms]; another one where time passes faster than life.
        """
        self._settings = settings
        self._decode = decoder
        self._plain = plain
        self._wall_ms = wall_ms
        self._link = link
        self._post = post
        self._seed = seed
        self._outgoing = OutgoingLanes()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._wake_r: socket.socket | None = None
        self._wake_w: socket.socket | None = None
        self._poked = False
        self._connection = 0
        self._unconfirmed: set[int] = set()
        self._receipts = 0
        self._safe_receipt = 0
        self._unsettled: deque[_Unsettled] = deque()
        self._alive_s = 0.0
        self._accepted_us = False
        self._up = False
        self._told_reason: str | None = None
        self._failure = ""

    @property
    def up(self) -> bool:
        """Whether messages can be sent at present."""
        return self._up

    def open(self) -> None:
        """Begin to connect, in a thread of its own; returns at once. Calling it again changes nothing, also after `close`."""
        if self._thread is not None:
            return
        self._wake_r, self._wake_w = socket.socketpair()
        self._wake_r.settimeout(0)
        self._wake_w.settimeout(0)
        self._thread = threading.Thread(target=self._run, name=f"link-{self._link}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send what is still queued, take leave of the broker and end the thread, all within 2 s; may be called twice."""
        if self._thread is None:
            return
        self._closing.set()
        self._poke()
        self._thread.join(CLOSE_WITHIN_S)
        if self._thread.is_alive():
            return  # it hangs in a look-up or a handshake; it ends after that, and with the process in any case
        for end in (self._wake_r, self._wake_w):
            if end is not None:
                end.close()

    def publish(
        self, topic: str, payload: bytes, qos: int, behind: str = "", *, retain: bool = False, expires_s: int = 0
    ) -> Taken:
        """Hand a message to the network thread; returns at once and never raises.

        Args:
            topic: Where to.
            payload: What.
            qos: MQTT quality of service, 0 or 1.
            behind: Identifier of a message that gives way: it goes when no other waits and the broker has confirmed nearly all
                of what went before, so that on a thin line nothing new waits for old things. Empty for all others.
            retain: The broker is to keep it for whoever comes later.
            expires_s: The broker is to forget it when it could not be delivered within this [s]; 0 for never.
        """
        if not self._up:
            return Taken.NOT_CONNECTED
        if self._outgoing.holds(behind=bool(behind)) >= self._settings.most_queued:
            return Taken.QUEUE_FULL
        self._outgoing.put(Outgoing(self._connection, topic, payload, qos, retain, expires_s), behind)
        self._poke()
        return Taken.YES

    def acknowledge(self, receipt: int) -> None:
        """What came in up to this receipt is safe: the broker need not keep it any more. Never blocks."""
        self._safe_receipt = max(self._safe_receipt, receipt)
        self._poke()

    def _poke(self) -> None:
        """Wake the network thread, unless it has been told already and not yet looked."""
        if self._poked or self._wake_w is None:
            return
        self._poked = True
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_w.send(b"\0")

    # in the network thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pauses = 0
        while not self._closing.is_set():
            began_s = time.monotonic()
            reason = self._connect_and_serve()
            self._end_connection(reason)
            if time.monotonic() - began_s > self._settings.longest_pause_s:
                pauses = 0
            self._closing.wait(self._pause_s(pauses))
            pauses += 1

    def _pause_s(self, count: int) -> float:
        longest_s = min(self._settings.first_pause_s * 2.0 ** min(count, 20), self._settings.longest_pause_s)
        return longest_s * (0.5 + 0.5 * uniform(self._seed & 0x7FFFFFFF, 0, count))

    def _end_connection(self, reason: str) -> None:
        is_news = self._accepted_us or reason != self._told_reason
        self._accepted_us = self._up = False
        self._connection += 1
        if is_news and not self._closing.is_set():
            self._told_reason = reason
            self._post(LinkChanged(self._link, up=False, reason=reason))

    def _connect_and_serve(self) -> str:
        """One connection from first to last; the answer is why it ended."""
        where = self._settings.where
        self._failure = ""
        try:
            client = self._new_client()
            self._connect(client)
        except ssl.SSLError as error:
            return f"{where}: TLS failed ({error.reason or error}); check the certificates and the clock"
        except OSError as error:
            return f"{where}: {error.strerror or error}; check that the broker runs and that the address is right"
        try:
            self._serve(client)
        except (_Lost, OSError) as error:
            hint = "; check our certificate and the clock" if self._settings.tls and not self._accepted_us else ""
            return f"{where}: {error}{hint}"
        except Exception as error:  # noqa: BLE001 (the thread's outermost guard: paho raises all kinds on packets out of form)
            return f"{where}: a packet could not be dealt with ({type(error).__name__}: {error})"
        finally:
            _drop(client)
        return f"{where}: closed by ourselves"

    def _connect(self, client: Client) -> None:
        settings = self._settings
        if settings.version is MqttVersion.V5 and settings.session_s:
            lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            lasting.SessionExpiryInterval = settings.session_s
            client.connect(settings.host, settings.port, settings.keepalive_s, clean_start=False, properties=lasting)
        else:
            client.connect(settings.host, settings.port, settings.keepalive_s)

    def _new_client(self) -> Client:
        settings = self._settings
        version5 = settings.version is MqttVersion.V5
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
            clean_session=None if version5 else not settings.session_s,
            reconnect_on_failure=False,
            manual_ack=bool(settings.session_s),
        )
        client.connect_timeout = settings.connect_timeout_s
        client.max_queued_messages_set(settings.most_queued)
        if settings.username:
            client.username_pw_set(settings.username, settings.password or None)
        if settings.tls:
            context = ssl.create_default_context(cafile=settings.ca_file)
            if settings.cert_file is not None:
                context.load_cert_chain(settings.cert_file, settings.key_file)
            client.tls_set_context(context)
        client.on_socket_open = _made_ready
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        self._unconfirmed = set()
        self._unsettled.clear()  # the broker sends them again
        return client

    def _serve(self, client: Client) -> None:
        """Carry messages both ways until the connection ends (raises) or we close."""
        wake_r = self._wake_r
        set_up_until_s = time.monotonic() + self._settings.setup_timeout_s
        with selectors.DefaultSelector() as selector:
            connection = client.socket()
            if wake_r is None or connection is None:
                raise _Lost("the connection was lost as soon as it was made")
            selector.register(wake_r, selectors.EVENT_READ)
            selector.register(connection, selectors.EVENT_READ)
            watched = selectors.EVENT_READ
            while not self._closing.is_set():
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.want_write() else 0)
                if wanted != watched:
                    selector.modify(connection, wanted)
                    watched = wanted
                for key, mask in selector.select(self._look_s()):
                    if key.fileobj is wake_r:
                        self._hear_poke(wake_r)
                        continue
                    if mask & selectors.EVENT_READ:
                        self._read(client)
                    if mask & selectors.EVENT_WRITE:
                        self._alive_s = time.monotonic()
                        self._check(client, client.loop_write(), "while sending")
                # whatever happened: paho may also have sent all that it had while it was reading
                self._settle(client)
                self._take_outgoing(client)
                self._check(client, client.loop_misc(), f"no answer for {self._settings.keepalive_s} s")
                self._check_that_it_answers()
                if not self._up and time.monotonic() > set_up_until_s:
                    raise _Lost("it did not accept us and our subscriptions in time; check that it is an MQTT broker")
        self._take_leave(client)

    def _look_s(self) -> float:
        """How long the selector may wait [s]."""
        if not self._up:
            return 1.0
        if not self._unconfirmed:
            return LONGEST_LOOK_S
        return min(max(self._alive_s + self._settings.answer_timeout_s - time.monotonic(), 0.0) + 0.01, LONGEST_LOOK_S)

    def _check_that_it_answers(self) -> None:
        """Whatever has died without a word (a router, a broker's machine) would else be noticed at the keep-alive only."""
        if self._unconfirmed and time.monotonic() > self._alive_s + self._settings.answer_timeout_s:
            raise _Lost(f"nothing came for {self._settings.answer_timeout_s:g} s, though it had something to acknowledge")

    def _read(self, client: Client) -> None:
        """Read what is there; with TLS also what was decrypted already, which no selector sees."""
        self._alive_s = time.monotonic()
        self._check(client, client.loop_read(), "while receiving")
        while isinstance(connection := client.socket(), ssl.SSLSocket) and connection.pending():
            self._check(client, client.loop_read(), "while receiving")

    def _check(self, client: Client, code: int, what: str) -> None:
        if code != MQTT_ERR_SUCCESS or self._failure or client.socket() is None:
            if code == MQTT_ERR_PROTOCOL:
                what = f"as it does not speak MQTT {self._settings.version}; check the protocol version"
            raise _Lost(self._failure or f"the connection was lost {what}")

    def _hear_poke(self, wake_r: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            wake_r.recv(4096)
        self._poked = False

    def _take_outgoing(self, client: Client) -> None:
        """Hand what waits over to paho, as long as the socket takes it; what was meant for an earlier connection is dropped.

        What gives way is not sent any more when we close: it is kept, and the time is short.
        """
        while not client.want_write():
            has_room = len(self._unconfirmed) < MOST_UNCONFIRMED and not self._closing.is_set()
            outgoing = self._outgoing.take(with_behind=has_room)
            if outgoing is None:
                return
            if outgoing.connection != self._connection:
                continue
            try:
                more = self._more_about(outgoing)
                published = client.publish(outgoing.topic, outgoing.payload, outgoing.qos, retain=outgoing.retain, **more)
            except ValueError as error:
                self._post(TransmitFailed(self._link, "", f"{_shown(outgoing.topic)}: {error}", lasting=True))
                continue
            if published.rc == MQTT_ERR_QUEUE_SIZE:
                self._post(TransmitFailed(self._link, "", f"{_shown(outgoing.topic)}: {Taken.QUEUE_FULL}", lasting=False))
            elif outgoing.qos and published.rc == MQTT_ERR_SUCCESS:
                if not self._unconfirmed:
                    self._alive_s = time.monotonic()  # from now on it owes us an answer
                self._unconfirmed.add(published.mid)

    def _more_about(self, outgoing: Outgoing) -> dict[str, Any]:
        if not outgoing.expires_s or self._settings.version is not MqttVersion.V5:
            return {}
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = outgoing.expires_s
        return {"properties": properties}

    def _settle(self, client: Client) -> None:
        """Tell the broker what it need not keep any more, in the order in which it came, as the protocol wants it."""
        unsettled = self._unsettled
        while unsettled and (unsettled[0].is_refused or unsettled[0].receipt <= self._safe_receipt):
            client.ack(unsettled.popleft().message_number, 1)

    def _take_leave(self, client: Client) -> None:
        """Send what was accepted, wait until the broker has it, and say good-bye, in bounded time.

        A connection that is closed while something of the broker's is unread is reset, and then the broker loses what of ours
        it had not read: the last words of those who stop. So its acknowledgements are read before.
        """
        until_s = time.monotonic() + FLUSH_WITHIN_S
        connection = client.socket()
        if connection is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            self._settle(client)
            self._take_outgoing(client)
            while self._is_sending(client) and (left_s := until_s - time.monotonic()) > 0:
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.want_write() else 0)
                selector.modify(connection, wanted)
                for _key, mask in selector.select(left_s):
                    if mask & selectors.EVENT_READ:
                        self._read(client)
                    if mask & selectors.EVENT_WRITE:
                        self._check(client, client.loop_write(), "while sending")
                self._take_outgoing(client)
        client.disconnect()

    def _is_sending(self, client: Client) -> bool:
        return client.want_write() or bool(self._unconfirmed) or self._outgoing.holds(behind=False) > 0

    # called by paho, in the network thread ----------------------------------------------------------------------------

    def _on_connect(self, client: Client, _data: Any, _flags: ConnectFlags, code: ReasonCode, _more: Properties | None) -> None:
        if code.is_failure:
            self._failure = f"the broker refused us: {code}; check user name, password and protocol version"
            return
        self._accepted_us = True
        self._post(LinkConnected(self._link))
        if self._settings.subscriptions:
            version5 = self._settings.version is MqttVersion.V5
            retained = _SEND_RETAINED if self._settings.wants_kept else _DO_NOT_SEND_RETAINED
            options = SubscribeOptions(qos=1, noLocal=True, retainHandling=retained)
            wanted: list[Any] = [(topic, options if version5 else 1) for topic in self._settings.subscriptions]
            client.subscribe(wanted)
        else:
            self._come_up(client)

    def _on_subscribe(self, client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Properties | None) -> None:
        refused = [topic for topic, code in zip(self._settings.subscriptions, codes, strict=False) if code.is_failure]
        if refused:
            self._failure = f"the broker refused our subscription to {', '.join(refused)}; check its access list"
        else:
            self._come_up(client)

    def _on_disconnect(
        self, _c: Client, _data: Any, flags: DisconnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._failure = self._failure or f"the broker disconnected us: {code}"

    def _come_up(self, client: Client) -> None:
        for topic, payload in self._settings.announced:
            client.publish(topic, payload, qos=0, retain=True)
        self._told_reason = None
        self._up = True
        self._post(LinkChanged(self._link, up=True, reason=""))

    def _on_publish(self, _c: Client, _data: Any, mid: int, _code: ReasonCode, _more: Properties | None) -> None:
        self._unconfirmed.discard(mid)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        event = self._accepted(message)
        if self._settings.session_s and message.qos:
            self._receipts += 1
            is_refused = isinstance(event, Garbled)
            self._unsettled.append(_Unsettled(self._receipts, message.mid, is_refused))
            if isinstance(event, Received | PlainReceived):
                event = structs.replace(event, receipt=self._receipts)
        self._post(event)

    def _accepted(self, message: MQTTMessage) -> Event:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return Garbled(self._link, "", "topic", "the topic is no UTF-8")
        plain = self._plain(topic, bytes(message.payload), message.retain)
        if plain is not None:
            return plain
        if message.retain:
            return Garbled(self._link, _shown(topic), "retained", "the broker kept it for us; it may be of any age")
        try:
            envelope = self._decode(topic, bytes(message.payload))
        except Refusal as refusal:
            return Garbled(self._link, _shown(topic), refusal.kind, refusal.text)
        return Received(
            self._link,
            envelope.src,
            envelope.message_id,
            envelope.ack_required,
            envelope.message,
            arrived_ms=self._wall_ms(),
            dst=envelope.dst,
            stream=envelope.stream,
            sequence=envelope.sequence,
        )


def _made_ready(_client: Client, _data: Any, connection: Any) -> None:
    """Switch Nagle's algorithm off, with which and delayed acknowledgements a message stalls for 40 ms; limit the buffer."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNSENT_BYTES)


def _drop(client: Client) -> None:
    """Let the socket of an ended connection go, whatever state paho is in."""
    connection = client.socket()
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.close()


def _shown(topic: str) -> str:
    return topic[:MOST_SHOWN]
