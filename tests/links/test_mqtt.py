"""The transport against real brokers, and against peers that behave badly."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from gw_spaceheat.apps.chaos.proxy import Proxy
from gw_spaceheat.core.events import Garbled, LinkChanged, LinkConnected, PlainReceived, Received
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt import MOST_UNCONFIRMED, Mqtt, Taken
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.power_watts import PowerWatts
from tests.links.conftest import require_mosquitto
from tests.links.mailbox import PATIENCE_S, Mailbox, fast

TO_SCADA = "gw/+/to/s/#"


def power(watts: int, src: str = "x") -> tuple[str, bytes]:
    return encode(PowerWatts(watts=watts), src=src, dst="s", message_id="")


@contextmanager
def opened(settings: MqttSettings) -> Iterator[tuple[Mqtt, Mailbox]]:
    mailbox = Mailbox()
    transport = Mqtt(settings, "uplink", mailbox.post)
    transport.open()
    try:
        yield transport, mailbox
    finally:
        transport.close()


@contextmanager
def stranger(broker: RunningBroker) -> Iterator[Client]:
    """A client that sends whatever it likes."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="stranger")
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def watts(mailbox: Mailbox, wanted: int) -> Received:
    def fits(received: Received) -> bool:
        return isinstance(received.message, PowerWatts) and received.message.watts == wanted

    return mailbox.expect(Received, fits)


@pytest.mark.parametrize("version", MqttVersion, ids=str)
@pytest.mark.parametrize("qos", [0, 1])
def test_what_one_publishes_the_other_gets(broker: RunningBroker, version: MqttVersion, qos: int) -> None:
    if version is MqttVersion.V5 and broker.version is not version:
        version = broker.version  # the embedded broker speaks one version only
    with (
        opened(fast(broker.url, "scada", TO_SCADA, version=version)) as (_, inbox),
        opened(fast(broker.url, "atn", version=version)) as (atn, outbox),
    ):
        assert inbox.expect(LinkChanged) == LinkChanged("uplink", up=True, reason="")
        outbox.expect_link(up=True)
        assert atn.up
        assert atn.publish(*power(4500), qos) is Taken.YES
        received = watts(inbox, 4500)
        assert (received.link, received.src, received.dst, received.ack_required) == ("uplink", "x", "s", False)
        assert received.arrived_ms > 1_700_000_000_000


def test_a_broker_absent_at_the_start_is_told_once_and_found_when_it_comes(kind: BrokerKind, tmp_path: Path) -> None:
    with start_broker(tmp_path / "first", kind) as first:
        port, version = first.port, first.version
    with opened(fast(f"mqtt://127.0.0.1:{port}", "scada", TO_SCADA, version=version)) as (scada, mailbox):
        down = mailbox.expect_link(up=False)
        assert (
            down.reason
            == f"mqtt://127.0.0.1:{port}: Connection refused; check that the broker runs and that the address is right"
        )
        assert scada.publish(*power(1), 1) is Taken.NOT_CONNECTED
        with start_broker(tmp_path / "second", kind, port):
            mailbox.expect_link(up=True)
            assert [event for event in mailbox.seen if isinstance(event, LinkChanged) and not event.up] == [down]


def test_after_a_broker_restart_it_is_subscribed_again(kind: BrokerKind, tmp_path: Path) -> None:
    first = start_broker(tmp_path / "first", kind)
    with first, opened(fast(first.url, "scada", TO_SCADA, version=first.version)) as (scada, mailbox):
        mailbox.expect_link(up=True)
        first.stop()
        mailbox.expect_link(up=False)
        assert not scada.up
        with start_broker(tmp_path / "second", kind, first.port):
            mailbox.expect_link(up=True)
            with opened(fast(first.url, "atn", version=first.version)) as (atn, outbox):
                outbox.expect_link(up=True)
                atn.publish(*power(1), 1)
                watts(mailbox, 1)


GOOD_TOPIC, GOOD_PAYLOAD = power(1)
HOSTILE = [
    (GOOD_TOPIC, b""),
    (GOOD_TOPIC, b"{"),
    (GOOD_TOPIC, b"\xff\xfe\x00"),
    (GOOD_TOPIC, b"null"),
    (GOOD_TOPIC, b"[" * 100_000),
    (GOOD_TOPIC, b'{"TypeName":"gw","Header":1e999}'),
    (GOOD_TOPIC, GOOD_PAYLOAD.replace(b'"x"', b'"someone.else"')),
    (GOOD_TOPIC, GOOD_PAYLOAD.replace(b":1}", b':"1"}').replace(b":1,", b':"1",')),
    (GOOD_TOPIC, b"x" * 1_050_000),
    ("gw/x/to/s/no-such-type", GOOD_PAYLOAD),
    ("gw//to/s/power-watts", GOOD_PAYLOAD),
    ("gw/\u00e9\u2028/to/s/power-watts", GOOD_PAYLOAD),
    ("gw/X/to/s/" + "a" * 1_000, GOOD_PAYLOAD),
    ("gw/x/to/s", GOOD_PAYLOAD),
    ("gw/x/to/s/power-watts/and/more", GOOD_PAYLOAD),
]


def test_hostile_payloads_and_topics_are_refused_one_by_one_and_the_thread_lives(broker: RunningBroker) -> None:
    with (
        opened(fast(broker.url, "scada", "gw/#", version=broker.version)) as (_, mailbox),
        stranger(broker) as client,
    ):
        mailbox.expect_link(up=True)
        for topic, payload in HOSTILE:
            client.publish(topic, payload, qos=1)
        client.publish(*power(7), qos=1)
        watts(mailbox, 7)
        refused = [event for event in mailbox.seen if isinstance(event, Garbled)]
        assert len(refused) == len(HOSTILE)
        assert all(event.kind and event.reason and len(event.topic) <= 120 for event in refused)
        assert [event for event in mailbox.seen if isinstance(event, LinkChanged) and not event.up] == []


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[RunningBroker]:
    require_mosquitto()
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as running:
        yield running


def test_what_is_plain_is_told_as_it_is_and_what_the_broker_kept_with_it(broker: RunningBroker) -> None:
    """A server of plain messages leaves what stands with the broker, for whoever comes later."""

    def plain(topic: str, payload: bytes, kept: bool) -> PlainReceived | None:
        return PlainReceived("uplink", topic, payload, kept) if topic.startswith("plain/") else None

    topics = ("plain/#", TO_SCADA)
    wanting = replace(fast(broker.url, "viewer", *topics, version=broker.version), wants_kept=True)
    with opened(fast(broker.url, "server", "none", version=broker.version)) as (server, of_server):
        of_server.expect_link(up=True)
        assert server.publish("plain/state", b"7", 1, retain=True) is Taken.YES
        with stranger(broker) as client:
            client.publish("plain/other", b"", qos=1).wait_for_publish(PATIENCE_S)
        mailbox = Mailbox()
        viewer = Mqtt(wanting, "uplink", mailbox.post, plain=plain)
        viewer.open()
        try:
            mailbox.expect_link(up=True)
            kept = mailbox.expect(PlainReceived, lambda event: event.topic == "plain/state")
            assert (kept.payload, kept.kept, kept.receipt) == (b"7", True, 0)
            server.publish("plain/state", b"8", 0, retain=True)
            assert mailbox.expect(PlainReceived, lambda event: event.payload == b"8").kept is False
            server.publish(*power(5), 1)
            watts(mailbox, 5)
        finally:
            viewer.close()


def test_a_message_that_expires_says_so(mosquitto: RunningBroker) -> None:
    expires: SimpleQueue[object] = SimpleQueue()
    ready = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id="device", protocol=MQTTProtocolVersion.MQTTv5)
    client.on_connect = lambda one, *_: one.subscribe("plain/#")
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _client, _data, message: expires.put(getattr(message.properties, "MessageExpiryInterval", None))
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    try:
        assert ready.wait(PATIENCE_S)
        with opened(fast(mosquitto.url, "server")) as (server, of_server):
            of_server.expect_link(up=True)
            server.publish("plain/set", b"1", 1, expires_s=600)
            server.publish("plain/set", b"1", 1)
            assert expires.get(timeout=PATIENCE_S) in range(590, 601)
            assert expires.get(timeout=PATIENCE_S) is None
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.parametrize("version", MqttVersion, ids=str)
def test_a_retained_message_may_be_of_any_age_and_is_never_acted_on(mosquitto: RunningBroker, version: MqttVersion) -> None:
    with stranger(mosquitto) as client:
        client.publish(*power(1), qos=1, retain=True).wait_for_publish(PATIENCE_S)
        with opened(fast(mosquitto.url, "scada", TO_SCADA, version=version)) as (_, mailbox):
            mailbox.expect_link(up=True)
            client.publish(*power(2), qos=1)
            watts(mailbox, 2)
    kinds = [event.kind for event in mailbox.seen if isinstance(event, Garbled)]
    assert kinds == ([] if version is MqttVersion.V5 else ["retained"])
    assert len([event for event in mailbox.seen if isinstance(event, Received)]) == 1


def test_with_version_5_the_broker_does_not_send_our_own_messages_back(mosquitto: RunningBroker) -> None:
    with opened(fast(mosquitto.url, "scada", TO_SCADA)) as (scada, mailbox), stranger(mosquitto) as client:
        mailbox.expect_link(up=True)
        scada.publish(*power(1), 1)
        with opened(fast(mosquitto.url, "witness", TO_SCADA)) as (_, witness):
            witness.expect_link(up=True)
            scada.publish(*power(2), 1)
            watts(witness, 2)
            client.publish(*power(3), qos=1)
            watts(mailbox, 3)
    assert len([event for event in mailbox.seen if isinstance(event, Received)]) == 1


def test_every_connection_goes_without_delay(mosquitto: RunningBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []
    create = socket.create_connection

    def remembering(*arguments: object, **options: object) -> socket.socket:
        made.append(create(*arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", remembering)
    with opened(fast(mosquitto.url, "scada", TO_SCADA)) as (_, mailbox):
        mailbox.expect_link(up=True)
        assert [connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for connection in made] == [1]


def test_the_broker_that_accepts_us_is_told_before_the_subscriptions_it_grants(broker: RunningBroker) -> None:
    with opened(fast(broker.url, "scada", TO_SCADA, version=broker.version)) as (_, mailbox):
        mailbox.expect_link(up=True)
    assert mailbox.seen == [LinkConnected("uplink"), LinkChanged("uplink", up=True, reason="")]


def test_a_dead_line_is_found_by_what_the_broker_does_not_acknowledge_and_left_for_another(mosquitto: RunningBroker) -> None:
    with Proxy(mosquitto.port) as proxy:
        settings = replace(fast(f"mqtt://127.0.0.1:{proxy.port}", "scada", TO_SCADA), answer_timeout_s=0.3)
        with opened(settings) as (scada, mailbox), stranger(mosquitto) as client:
            mailbox.expect_link(up=True)
            proxy.swallow()
            assert scada.publish(*power(1), 1) is Taken.YES
            assert mailbox.expect_link(up=False).reason == (
                f"mqtt://127.0.0.1:{proxy.port}: nothing came for 0.3 s, though it had something to acknowledge"
            )
            mailbox.expect_link(up=True)
            client.publish(*power(2), qos=1)
            watts(mailbox, 2)


def test_over_a_line_that_takes_nothing_what_is_new_goes_before_what_gives_way(tmp_path: Path) -> None:
    require_mosquitto()
    with (
        start_broker(tmp_path, BrokerKind.MOSQUITTO) as broker,
        Proxy(broker.port) as proxy,
        opened(fast(broker.url, "atn", TO_SCADA)) as (_, inbox),
        opened(fast(f"mqtt://127.0.0.1:{proxy.port}", "scada")) as (scada, outbox),
    ):
        inbox.expect_link(up=True)
        outbox.expect_link(up=True)
        proxy.hold()
        before = [2_000 + number for number in range(MOST_UNCONFIRMED)]
        for watts in before:  # so many that the broker owes us
            assert scada.publish(*power(watts), 1) is Taken.YES
        for old in range(100):
            for _ in range(2):  # what waits already does not wait twice
                assert scada.publish(*power(old), 1, f"id-{old}") is Taken.YES
        for new in (1_000, 1_001):
            assert scada.publish(*power(new), 1) is Taken.YES
        proxy.heal()
        came = [_watts_of(inbox.expect(Received)) for _ in range(MOST_UNCONFIRMED + 102)]
    assert came == [*before, 1_000, 1_001, *range(100)]


def _watts_of(received: Received) -> int:
    assert isinstance(received.message, PowerWatts)
    return received.message.watts


def lasting(broker: RunningBroker, version: MqttVersion) -> MqttSettings:
    return replace(fast(broker.url, "ear", TO_SCADA, version=version), session_s=600)


@pytest.mark.parametrize("version", MqttVersion, ids=str)
def test_with_a_lasting_session_comes_what_passed_and_again_what_was_not_told_to_be_safe(
    version: MqttVersion, tmp_path: Path
) -> None:
    require_mosquitto()
    with (
        start_broker(tmp_path, BrokerKind.MOSQUITTO) as broker,
        opened(fast(broker.url, "scada")) as (scada, outbox),
    ):
        outbox.expect_link(up=True)
        with opened(lasting(broker, version)) as (ear, inbox):
            inbox.expect_link(up=True)
            for number in (1, 2, 3):
                assert scada.publish(*power(number), 1) is Taken.YES
            receipts = [watts(inbox, number).receipt for number in (1, 2, 3)]
            assert receipts == [1, 2, 3]
            ear.acknowledge(receipts[1])
        assert scada.publish(*power(4), 1) is Taken.YES
        with opened(lasting(broker, version)) as (ear, inbox):
            again = [inbox.expect(Received) for _ in range(2)]
            assert [_watts_of(each) for each in again] == [3, 4]
            ear.acknowledge(again[-1].receipt)
        with opened(lasting(broker, version)) as (_, inbox):
            inbox.expect_link(up=True)
            assert scada.publish(*power(5), 1) is Taken.YES
            assert _watts_of(inbox.expect(Received)) == 5


def test_what_cannot_be_read_does_not_clog_a_lasting_session(tmp_path: Path) -> None:
    """The broker has a hundred on their way at most."""
    require_mosquitto()
    with (
        start_broker(tmp_path, BrokerKind.MOSQUITTO) as broker,
        opened(fast(broker.url, "scada")) as (scada, outbox),
        opened(lasting(broker, MqttVersion.V5)) as (_, inbox),
    ):
        outbox.expect_link(up=True)
        inbox.expect_link(up=True)
        for _ in range(150):
            assert scada.publish("gw/x/to/s/power-watts", b"{", 1) is Taken.YES
        assert scada.publish(*power(1), 1) is Taken.YES
        assert watts(inbox, 1).receipt == 151


def test_a_network_that_swallows_everything_is_tried_until_it_is_back(mosquitto: RunningBroker) -> None:
    with Proxy(mosquitto.port) as proxy:
        settings = fast(f"mqtt://127.0.0.1:{proxy.port}", "scada", TO_SCADA)
        with opened(replace(settings, answer_timeout_s=0.2, setup_timeout_s=0.2)) as (scada, mailbox):
            mailbox.expect_link(up=True)
            proxy.wait_for_connection()
            proxy.swallow(new_ones=True)
            scada.publish(*power(1), 1)
            for _ in range(2):
                proxy.wait_for_connection()
            proxy.heal()
            mailbox.expect_link(up=True)
            reasons = [event.reason for event in mailbox.seen if isinstance(event, LinkChanged) and not event.up]
            assert len(reasons) == 2
            assert "in time" in reasons[1]


def test_a_connection_that_is_cut_is_made_again(mosquitto: RunningBroker) -> None:
    with Proxy(mosquitto.port) as proxy, opened(fast(f"mqtt://127.0.0.1:{proxy.port}", "scada", TO_SCADA)) as (_, mailbox):
        for _ in range(3):
            mailbox.expect_link(up=True)
            proxy.cut()
            mailbox.expect_link(up=False)
        mailbox.expect_link(up=True)


def test_a_full_queue_is_answered(mosquitto: RunningBroker) -> None:
    with opened(replace(fast(mosquitto.url, "scada"), most_queued=0)) as (scada, mailbox):
        mailbox.expect_link(up=True)
        assert scada.publish(*power(1), 0) is Taken.QUEUE_FULL


def test_what_was_accepted_is_sent_before_closing(mosquitto: RunningBroker) -> None:
    with opened(fast(mosquitto.url, "atn", TO_SCADA)) as (_, inbox):
        inbox.expect_link(up=True)
        with opened(fast(mosquitto.url, "scada")) as (scada, mailbox):
            mailbox.expect_link(up=True)
            for number in range(500):
                assert scada.publish(*power(number), 0) is Taken.YES
        watts(inbox, 499)


def test_closing_ends_the_thread_and_nothing_is_taken_any_more(mosquitto: RunningBroker) -> None:
    threads = threading.active_count()
    with opened(fast(mosquitto.url, "scada")) as (scada, mailbox):
        mailbox.expect_link(up=True)
    assert threading.active_count() == threads
    assert scada.publish(*power(1), 0) is Taken.NOT_CONNECTED
    scada.close()
    scada.open()
    assert threading.active_count() == threads


# against peers that behave badly ------------------------------------------------------------------------------------------

CONNACK_311 = b"\x20\x02\x00\x00"


@contextmanager
def pretender(*behaviours: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port on which each connection is treated by the next behaviour; the last one is repeated."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            number = 0
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    behaviours[min(number, len(behaviours) - 1)](connection)
                number += 1

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_S)


def at(port: int) -> MqttSettings:
    return fast(f"mqtt://127.0.0.1:{port}", "scada", version=MqttVersion.V311)


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff" * 50,
        b"\x20\x00",
        b"\x20\x02\x00",
        CONNACK_311 + b"\x30\x01\x00" + b"\x90\x00",
    ],
    ids=["http", "ones", "empty connack", "cut", "good, then nonsense"],
)
@pytest.mark.parametrize("version", MqttVersion, ids=str)
def test_whatever_the_other_side_sends_costs_a_connection_and_not_the_thread(bytes_sent: bytes, version: MqttVersion) -> None:
    came: SimpleQueue[int] = SimpleQueue()

    def talk_nonsense(connection: socket.socket) -> None:
        came.put(1)
        connection.recv(1000)
        connection.sendall(bytes_sent)

    with pretender(talk_nonsense) as port, opened(replace(at(port), version=version)) as (_, mailbox):
        for _ in range(3):
            came.get(timeout=PATIENCE_S)
        assert mailbox.expect_link(up=False).reason.startswith(f"mqtt://127.0.0.1:{port}: ")


def test_a_broker_that_never_answers_is_left_and_tried_again() -> None:
    came: SimpleQueue[int] = SimpleQueue()

    def say_nothing(connection: socket.socket) -> None:
        came.put(1)
        while connection.recv(1000):
            pass

    with pretender(say_nothing) as port, opened(replace(at(port), setup_timeout_s=0.05)) as (_, mailbox):
        for _ in range(2):
            came.get(timeout=PATIENCE_S)
        assert "in time" in mailbox.expect_link(up=False).reason


def test_closing_does_not_wait_for_a_broker_that_never_answers() -> None:
    threads = threading.active_count()
    came: SimpleQueue[int] = SimpleQueue()

    def say_nothing(connection: socket.socket) -> None:
        came.put(1)
        while connection.recv(1000):
            pass

    with pretender(say_nothing) as port:
        with opened(at(port)):
            came.get(timeout=PATIENCE_S)
        assert threading.active_count() == threads + 1  # the pretender's own


@pytest.mark.parametrize(
    ("code", "said"),
    [(5, "Not authorized; check user name, password"), (1, "does not speak MQTT 3.1.1; check the protocol version")],
)
def test_being_refused_is_told_without_secrets(code: int, said: str) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"\x20\x02\x00" + bytes([code]))
        connection.recv(1000)

    with pretender(refuse) as port:
        settings = replace(at(port), username="oak", password="hunter2")
        with opened(settings) as (_, mailbox):
            reason = mailbox.expect_link(up=False).reason
    assert said in reason
    assert "hunter2" not in reason


def test_a_refused_subscription_is_told_every_time_so_that_nobody_waits_for_it() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(CONNACK_311)
        packet = connection.recv(1000)
        connection.sendall(b"\x90\x03" + packet[2:4] + b"\x80")
        connection.recv(1000)

    with pretender(refuse) as port, opened(replace(at(port), subscriptions=("gw/secret/#",))) as (_, mailbox):
        for _ in range(3):
            assert mailbox.expect(LinkConnected) == LinkConnected("uplink")
            assert "refused our subscription to gw/secret/#" in mailbox.expect_link(up=False).reason


def published(connection: socket.socket) -> tuple[str, bytes]:
    """Read one small PUBLISH packet (QoS 1, version 3.1.1)."""
    stream = connection.makefile("rb")
    assert stream.read(1)[0] & 0xF0 == 0x30
    body = stream.read(stream.read(1)[0])
    (length,) = struct.unpack(">H", body[:2])
    return body[2 : 2 + length].decode(), body[4 + length :]


def test_what_the_broker_did_not_acknowledge_is_not_sent_again_behind_the_sessions_back() -> None:
    """paho keeps unacknowledged messages over a reconnect; here that would replay commands of unknown age."""
    got: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    def take_one(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(CONNACK_311)
        got.put(published(connection))

    with pretender(take_one) as port, opened(at(port)) as (transport, mailbox):
        for payload in (b"first", b"second"):
            mailbox.expect_link(up=True)
            assert transport.publish("t", payload, 1) is Taken.YES
            assert got.get(timeout=PATIENCE_S) == ("t", payload)


def test_tls_with_a_peer_that_speaks_none_is_told() -> None:
    def talk_plain(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"plain text")

    with pretender(talk_plain) as port, opened(replace(at(port), tls=True)) as (_, mailbox):
        assert "TLS failed" in mailbox.expect_link(up=False).reason


def test_a_missing_certificate_file_is_told_and_not_raised(tmp_path: Path) -> None:
    with pretender(lambda _connection: None) as port:
        settings = replace(at(port), tls=True, ca_file=tmp_path / "no-such.pem")
        with opened(settings) as (_, mailbox):
            assert "No such file" in mailbox.expect_link(up=False).reason


def test_last_words_reach_the_broker(broker: RunningBroker) -> None:
    """Closing at once, while the broker still acknowledges, must not cost what it had not yet read."""
    with opened(fast(broker.url, "listener", TO_SCADA, version=broker.version)) as (_, inbox):
        inbox.expect_link(up=True)
        for life in range(20):
            with opened(fast(broker.url, "speaker", version=broker.version)) as (speaker, own):
                own.expect_link(up=True)
                for number in range(10):
                    assert speaker.publish(*power(life * 10 + number), 1) is Taken.YES
            watts(inbox, life * 10 + 9)
        spoken = [event.message for event in inbox.seen if isinstance(event, Received)]
        assert [message.watts for message in spoken if isinstance(message, PowerWatts)] == list(range(200))


class Blocked:
    """A client whose socket takes nothing, and which gets rid of what it has while it reads, as paho may."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.published: SimpleQueue[str] = SimpleQueue()
        self.waiting = False

    def socket(self) -> socket.socket:
        return self.connection

    def want_write(self) -> bool:
        return self.waiting

    def publish(self, topic: str, _payload: bytes, _qos: int, *, retain: bool) -> MQTTMessageInfo:
        self.waiting = not retain
        self.published.put(topic)
        return MQTTMessageInfo(self.published.qsize())

    def loop_read(self) -> MQTTErrorCode:
        self.connection.recv(1)
        self.waiting = False
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def loop_misc(self) -> MQTTErrorCode:
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def disconnect(self) -> None:
        self.waiting = False


def test_what_waits_goes_out_when_paho_has_written_while_it_was_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        with contextlib.suppress(BlockingIOError):
            while True:
                ours.send(bytes(65_536))  # so that the socket never becomes writable
        client = Blocked(ours)
        transport = Mqtt(fast("mqtt://127.0.0.1:9", "x"), "uplink", lambda _event: None)
        monkeypatch.setattr(transport, "_connect_and_serve", lambda: transport._serve(client) or "")
        transport._up = True
        transport.open()
        for topic in ("first", "second"):
            assert transport.publish(topic, b"", 0) is Taken.YES
        assert client.published.get(timeout=PATIENCE_S) == "first"
        theirs.send(b"x")
        assert client.published.get(timeout=PATIENCE_S) == "second"
        theirs.send(b"x")
        transport.close()
