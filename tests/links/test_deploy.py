"""The production configuration in deploy/, with a real mosquitto, real certificates and real access rules."""

import ctypes
import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from gw_spaceheat.core.events import Garbled, PlainReceived, Received
from gw_spaceheat.links.broker import find_mosquitto
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_resend import GwsResend
from gw_spaceheat.messages.gws_sequence_range import GwsSequenceRange
from gw_spaceheat.messages.power_watts import PowerWatts
from tests.links.conftest import require_mosquitto
from tests.links.mailbox import Mailbox

DEPLOY = Path(__file__).parents[2] / "deploy"
OAK = "hw1.isone.me.millinocket.oak"
SCADA = f"{OAK}.ta.scada"
REFUSED = "; check our certificate and the clock"


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificate(folder: Path, name: str, common_name: str, *, authority: str = "ca", days: int = 1) -> None:
    """A key and a certificate signed by the authority, good for so many days; with -1 it has expired."""
    openssl(
        folder,
        *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={common_name}"),
        *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.csr"),
    )
    openssl(
        folder,
        *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial"),
        *("-copy_extensions", "copy", "-days", str(days), "-out", f"{name}.crt"),
    )


def own_authority(folder: Path, name: str) -> None:
    openssl(
        folder,
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"),
        *("-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt"),
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs the Debian package openssl")
    folder = tmp_path_factory.mktemp("certificates")
    own_authority(folder, "ca")
    own_authority(folder, "other")
    certificate(folder, "server", "broker.example")
    named = {"scada": SCADA, "atn": OAK, "ear": "ear", "thief": "hw1.isone.me.millinocket.pine"}
    street = {name: name for name in ("supervision", "street-0-house-1")}
    for name, common_name in {**named, **street}.items():
        certificate(folder, name, common_name.replace(".", "-"))
    certificate(folder, "forger", SCADA.replace(".", "-"), authority="other")
    certificate(folder, "late", SCADA.replace(".", "-"), days=-1)
    return folder


@pytest.fixture(scope="module")
def broker(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Broker"]:
    """A mosquitto with the file as it is in deploy/, but for the paths and the port."""
    require_mosquitto()
    folder = tmp_path_factory.mktemp("mosquitto")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        chosen = int(probe.getsockname()[1])
    access = folder / "gws.acl"
    access.write_text((DEPLOY / "mosquitto-uplink.acl").read_text())
    access.chmod(0o600)
    text = (DEPLOY / "mosquitto-uplink.conf").read_text()
    for old, new in (
        ("listener 8883", f"user {getpass.getuser()}\nlog_dest stderr\nlistener {chosen} 127.0.0.1"),
        ("/etc/mosquitto/certs", str(certificates)),
        ("/etc/mosquitto/gws.acl", str(access)),
    ):
        assert old in text
        text = text.replace(
            f"\n{old}" if old.startswith("listener") else old, f"\n{new}" if old.startswith("listener") else new
        )
    configuration = folder / "mosquitto.conf"
    configuration.write_text(text)
    with (folder / "log").open("wb") as log:
        program = subprocess.Popen([str(find_mosquitto()), "-c", str(configuration)], stderr=log)
    try:
        with Client(certificates, chosen, "ear") as ear:
            ear.up()
        yield Broker(chosen, program.pid)
    finally:
        program.kill()
        program.wait()


@pytest.fixture(scope="module")
def port(broker: "Broker") -> int:
    return broker.port


class Broker(NamedTuple):
    port: int
    pid: int


def neighbourly(topic: str, payload: bytes, kept: bool) -> PlainReceived | None:
    return PlainReceived("uplink", topic, payload, kept) if topic.startswith("Neighborhood/") else None


class Client:
    def __init__(self, certificates: Path, port: int, name: str, *topics: str, shows: bool = True) -> None:
        self.mailbox = Mailbox()
        settings = MqttSettings.from_url(
            f"mqtts://127.0.0.1:{port}",
            client_id=name,
            subscriptions=topics,
            ca_file=certificates / "ca.crt",
            cert_file=certificates / f"{name}.crt" if shows else None,
            key_file=certificates / f"{name}.key" if shows else None,
        )
        self.transport = Mqtt(
            replace(settings, first_pause_s=0.05, longest_pause_s=0.2), "uplink", self.mailbox.post, plain=neighbourly
        )

    def __enter__(self) -> "Client":
        self.transport.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.close()

    def up(self) -> "Client":
        self.mailbox.expect_link(up=True)
        return self

    def say(self, src: str, dst: str, watts: int) -> None:
        self.transport.publish(*encode(PowerWatts(watts=watts), src=src, dst=dst, message_id=""), 1)

    def hears(self, watts: int) -> None:
        self.mailbox.expect(Received, lambda received: received.message == PowerWatts(watts=watts))

    def heard(self) -> set[int]:
        events = [event for event in self.mailbox.seen if isinstance(event, Received)]
        return {event.message.watts for event in events if isinstance(event.message, PowerWatts)}


def test_a_house_and_its_agent_hear_each_other_and_the_ear_hears_both(certificates: Path, port: int) -> None:
    with (
        Client(certificates, port, "scada", f"gw/{OAK.replace('.', '-')}/to/s/#") as scada,
        Client(certificates, port, "atn", f"gw/{SCADA.replace('.', '-')}/to/a/#") as atn,
        Client(certificates, port, "ear", "gw/#") as ear,
    ):
        for client in (scada, atn, ear):
            client.up()
        scada.say(SCADA, "a", 1)
        atn.hears(1)
        atn.say(OAK, "s", 2)
        scada.hears(2)
        ear.hears(2)
        assert not [event for event in ear.mailbox.seen if isinstance(event, Garbled)]


def test_the_ear_asks_an_agent_for_what_it_has_missed_and_nobody_else_can(certificates: Path, port: int) -> None:
    with (
        Client(certificates, port, "atn", f"gw/+/to/{OAK.replace('.', '-')}/gws-resend") as atn,
        Client(certificates, port, "thief") as thief,
        Client(certificates, port, "ear", "gw/#") as ear,
    ):
        for client in (atn, thief, ear):
            client.up()
        wanted = GwsResend(house=OAK, stream="abc", range_list=[GwsSequenceRange(first=1, last=2)])
        for client, src in ((thief, "hw1.isone.me.millinocket.pine"), (thief, "ear"), (ear, "ear")):
            client.transport.publish(*encode(wanted, src=src, dst=OAK, message_id=""), 1)
        atn.mailbox.expect(Received, lambda received: received.src == "ear")
        ear.mailbox.expect(Received, lambda received: received.src == "hw1.isone.me.millinocket.pine")
        ear.say("ear", OAK, 1)  # it may ask, and tell nothing
        ear.transport.publish(*encode(wanted, src="ear", dst=OAK, message_id="last"), 1)
        atn.mailbox.expect(Received, lambda received: received.message_id == "last")
        heard = [event for event in atn.mailbox.seen if isinstance(event, Received)]
        assert {(event.src, type(event.message)) for event in heard} == {("ear", GwsResend)}
        assert len([event for event in heard if not event.message_id]) == 1


def test_nobody_speaks_under_anothers_name(certificates: Path, port: int) -> None:
    with (
        Client(certificates, port, "scada", f"gw/{OAK.replace('.', '-')}/to/s/#") as scada,
        Client(certificates, port, "atn") as atn,
        Client(certificates, port, "thief") as thief,
        Client(certificates, port, "ear", "gw/#") as ear,
    ):
        for client in (scada, atn, thief, ear):
            client.up()
        thief.say(OAK, "s", 1)
        thief.say("hw1.isone.me.millinocket.pine", "s", 2)
        ear.hears(2)
        atn.say(OAK, "s", 3)
        scada.hears(3)
        assert scada.heard() == {3}


def test_a_stranger_hears_nothing_of_a_house(certificates: Path, port: int) -> None:
    with Client(certificates, port, "thief", "gw/#") as thief, Client(certificates, port, "atn") as atn:
        thief.up()
        atn.up()
        atn.say(OAK, "s", 1)
        with Client(certificates, port, "ear", "gw/#") as ear:
            ear.up()
            atn.say(OAK, "s", 2)
            ear.hears(2)
    assert thief.heard() == set()


def test_devices_of_a_house_speak_for_it_alone_and_switch_nothing(certificates: Path, port: int) -> None:
    of_house, switch = "Neighborhood/0/House/1/Consumer", "Neighborhood/0/House/1/Consumer/1/set"
    with (
        Client(certificates, port, "supervision", "Neighborhood/#") as server,
        Client(certificates, port, "street-0-house-1", switch) as device,
        Client(certificates, port, "thief", "Neighborhood/#") as thief,
    ):
        for client in (server, device, thief):
            client.up()
        for sender, topic in (
            (thief, switch),
            (thief, of_house),
            (thief, "Neighborhood/Server/Ask/thief"),
            (device, switch),
            (device, "Neighborhood/0/House/2/Consumer"),
            (device, "Neighborhood/Server/Ask/device"),
            (device, of_house),
        ):
            sender.transport.publish(topic, b"1", 1)
        assert server.mailbox.expect(PlainReceived).topic == of_house
        device.transport.publish(of_house, b"2", 1)
        server.mailbox.expect(PlainReceived, lambda event: event.payload == b"2")
        assert [event.topic for event in server.mailbox.seen if isinstance(event, PlainReceived)] == [of_house] * 2
        server.transport.publish(switch, b"0", 1)
        assert device.mailbox.expect(PlainReceived).payload == b"0"
        assert not [event for event in thief.mailbox.seen if isinstance(event, PlainReceived)]


def test_a_certificate_of_another_authority_is_refused(certificates: Path, port: int) -> None:
    with Client(certificates, port, "forger") as forger:
        assert forger.mailbox.expect_link(up=False).reason.endswith(REFUSED)
        assert not forger.transport.up


def test_a_certificate_that_has_expired_is_refused(certificates: Path, port: int) -> None:
    with Client(certificates, port, "late") as late:
        assert late.mailbox.expect_link(up=False).reason.endswith(REFUSED)
        assert not late.transport.up


def test_nobody_comes_in_without_a_certificate(certificates: Path, port: int) -> None:
    with Client(certificates, port, "scada", shows=False) as nobody:
        assert nobody.mailbox.expect_link(up=False).reason.endswith(REFUSED)
        assert not nobody.transport.up


def test_nobody_comes_in_without_encryption(port: int) -> None:
    mailbox = Mailbox()
    transport = Mqtt(MqttSettings.from_url(f"mqtt://127.0.0.1:{port}", client_id="c"), "uplink", mailbox.post)
    transport.open()
    try:
        mailbox.expect_link(up=False)
        assert not transport.up
    finally:
        transport.close()


def test_the_broker_sends_without_delay(certificates: Path, broker: Broker) -> None:
    """As the broker's own sockets say: each connection of its port, borrowed from its process."""
    with Client(certificates, broker.port, "scada") as scada:
        scada.up()
        found = [
            connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for connection in borrowed_sockets(broker.pid)
            if connection.getsockname()[1] == broker.port and not connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        ]
    assert found
    assert all(found)


PIDFD_GETFD = 438


def borrowed_sockets(pid: int) -> Iterator[socket.socket]:
    """Each TCP socket of a process of ours, as a copy; skips where the system does not lend them."""
    process = os.pidfd_open(pid)
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            if not str(entry.readlink()).startswith("socket:"):
                continue
            copy = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, process, int(entry.name), 0)
            if copy < 0:
                pytest.skip(f"the system does not lend the broker's sockets: {os.strerror(ctypes.get_errno())}")
            with socket.socket(fileno=copy) as connection:
                if connection.family in {socket.AF_INET, socket.AF_INET6}:
                    yield connection
    finally:
        os.close(process)


def test_a_broker_that_is_not_the_one_we_trust_is_refused(certificates: Path, port: int) -> None:
    mailbox = Mailbox()
    settings = MqttSettings.from_url(f"mqtts://127.0.0.1:{port}", client_id="c", ca_file=certificates / "other.crt")
    transport = Mqtt(settings, "uplink", mailbox.post)
    transport.open()
    try:
        assert "TLS failed" in mailbox.expect_link(up=False).reason
    finally:
        transport.close()
