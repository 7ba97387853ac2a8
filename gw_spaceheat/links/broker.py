"""The broker that is there without anybody installing one: a private instance on a free port of the loopback interface.

mosquitto when it is found, else amqtt, which comes with our packages. Neither keeps anything on disk: what must not be lost is
kept by its sender until the peer acknowledges it. For production see `deploy/mosquitto.conf`.
"""

import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from gw_spaceheat.links.mqtt_settings import MqttVersion

START_WITHIN_S = 15.0
STOP_WITHIN_S = 3.0
_HOST = "127.0.0.1"
_TRIES = 3
_KEEPER = Path(__file__).with_name("broker_keeper.py")
"""Run by its path, so that it is found whatever the current folder is."""
_USUAL_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
_MOSQUITTO_CONF = """\
# A private broker for one computer; written anew at every start.
listener {port} {host}
allow_anonymous true
# Without this a command waits 40 ms for an acknowledgement that is itself delayed.
set_tcp_nodelay true
# Senders keep what matters until their peer acknowledges it, so a disk would add wear and no safety.
persistence false
max_inflight_messages 100
max_queued_messages 10000
max_packet_size 1100000
log_dest stderr
log_type error
log_type warning
"""


class BrokerKind(StrEnum):
    """Which program serves."""

    MOSQUITTO = "mosquitto"
    AMQTT = "amqtt"


class BrokerError(Exception):
    """No broker could be started; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that runs as long as this process does, or until `stop`. Also a context manager.

    Attributes:
        url: Where it is, as `mqtt://127.0.0.1:PORT`.
        kind: Which program it is.
        port: The TCP port.
        version: The newest protocol version that it speaks.
    """

    url: str
    kind: BrokerKind
    port: int
    version: MqttVersion
    _keeper: "subprocess.Popen[bytes]" = field(repr=False)

    def stop(self) -> None:
        """Kill the broker, as a power cut would, and wait until it is gone; may be called twice."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()

    def __enter__(self) -> "RunningBroker":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop it."""
        self.stop()


def find_mosquitto() -> Path | None:
    """Where the mosquitto program is, also where Debian puts it for root; None if it is not installed."""
    found = shutil.which("mosquitto")
    if found is not None:
        return Path(found)
    return next((path for place in _USUAL_PLACES if (path := Path(place) / "mosquitto").is_file()), None)


def start_broker(folder: Path, kind: BrokerKind | None = None, port: int | None = None) -> RunningBroker:
    """Start a private broker and wait until it accepts connections.

    Args:
        folder: For its configuration and its log `broker.log`; made if it is not there.
        kind: Which program; None for mosquitto if it is installed, else amqtt.
        port: TCP port on the loopback interface; None for a free one.

    Raises:
        BrokerError: It is not installed, its port is taken, it ended at once, or did not answer within 15 s.
    """
    mosquitto = find_mosquitto()
    if kind is None:
        kind = BrokerKind.AMQTT if mosquitto is None else BrokerKind.MOSQUITTO
    if kind is BrokerKind.MOSQUITTO and mosquitto is None:
        raise BrokerError("mosquitto is not installed; install it with: apt install mosquitto")
    if port is not None and not _is_free(port):
        raise BrokerError(f"port {port} is taken by another program; stop that, or choose another port")
    folder.mkdir(parents=True, exist_ok=True)
    tries = 1 if port is not None else _TRIES
    for attempt in range(tries):
        chosen_port = port if port is not None else _free_port()
        try:
            return _start(folder, kind, chosen_port, mosquitto)
        except BrokerError:
            if attempt == tries - 1:  # else somebody may have taken the port since we looked
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _start(folder: Path, kind: BrokerKind, port: int, mosquitto: Path | None) -> RunningBroker:
    arguments = [str(port)]
    if kind is BrokerKind.MOSQUITTO:
        configuration = folder / "mosquitto.conf"
        configuration.write_text(_MOSQUITTO_CONF.format(port=port, host=_HOST), encoding="utf-8")
        arguments = [str(mosquitto), "-c", str(configuration)]
    log_path = folder / "broker.log"
    with log_path.open("wb") as log:
        keeper = subprocess.Popen(  # noqa: S603 (no shell, and the arguments are our own)
            [sys.executable, "-P", str(_KEEPER), kind, *arguments],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C goes to the whole group of processes, and the broker must still be there when the others say good-bye.
            start_new_session=True,
        )
    broker = RunningBroker(
        f"mqtt://{_HOST}:{port}", kind, port, MqttVersion.V5 if kind is BrokerKind.MOSQUITTO else MqttVersion.V311, keeper
    )
    until_s = time.monotonic() + START_WITHIN_S
    while not _accepts(port):
        if keeper.poll() is not None:
            broker.stop()
            raise BrokerError(f"{kind} ended at once on port {port}; see {log_path}")
        if time.monotonic() > until_s:
            broker.stop()
            raise BrokerError(f"{kind} does not answer on port {port} after {START_WITHIN_S:g} s; see {log_path}")
        time.sleep(0.02)
    return broker


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((_HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True
