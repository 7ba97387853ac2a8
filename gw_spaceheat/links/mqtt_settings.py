"""Where a broker is and how to speak to it, from a URL."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FORM = "mqtt://[user:password@]host[:port], or mqtts:// for TLS"


class BadUrl(ValueError):
    """A broker's URL that cannot be understood; the text never repeats what may be a secret."""


class MqttVersion(StrEnum):
    """The protocol's versions that a broker may speak."""

    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """All that a connection to a broker needs.

    Attributes:
        host: Name or address of the broker.
        port: TCP port.
        client_id: Under which the broker knows us; unique among all its clients, because it disconnects the older of two.
        subscriptions: Topic filters of what we want to get; none for a mere sender.
        username: Empty for an anonymous connection.
        password: Never shown.
        tls: Encrypt, and check the broker's certificate.
        ca_file: Who signed the broker's certificate; None for the system's own authorities.
        cert_file: Our own certificate, for brokers that ask for one.
        key_file: Our own key.
        version: Protocol version.
        keepalive_s: A silent connection is probed after this [s].
        connect_timeout_s: How long to wait for the TCP and TLS connection [s].
        setup_timeout_s: How long the broker may take to accept us and our subscriptions [s].
        answer_timeout_s: A broker from which nothing comes for this long, though it has something of ours to acknowledge, is
            left for a new connection [s]; at 64 KiB that wait in the system's buffer, a line must carry 4.4 kB/s.
        first_pause_s: Pause before the second attempt to connect [s]; doubled after each further one, and jittered.
        longest_pause_s: The most that lies between two attempts [s].
        most_queued: How many messages may wait to go out.
        announced: Topics and payloads that the broker is to keep (retain) for whoever comes later, told at each connection.
        session_s: For so long the broker keeps for us, while we are away, what is sent with QoS 1, and what we have not told to
            be safe (`Mqtt.acknowledge`) [s]; needs a `client_id` that lasts. 0: each connection begins clean, and what came in
            is the broker's affair no more.
        wants_kept: What the broker keeps of our subscriptions is wanted at each connection; only for who takes plain messages.
    """

    host: str
    port: int
    client_id: str
    subscriptions: tuple[str, ...] = ()
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    version: MqttVersion = MqttVersion.V5
    keepalive_s: int = 60
    connect_timeout_s: float = 5.0
    setup_timeout_s: float = 10.0
    answer_timeout_s: float = 15.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    most_queued: int = 1_000
    announced: tuple[tuple[str, bytes], ...] = ()
    session_s: int = 0
    wants_kept: bool = False

    @property
    def where(self) -> str:
        """The broker's address for a log line, without secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        client_id: str,
        subscriptions: tuple[str, ...] = (),
        username: str = "",
        password: str = "",
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
        version: MqttVersion = MqttVersion.V5,
    ) -> "MqttSettings":
        """Read a URL such as `mqtts://user:password@broker.example:8883`.

        Without a port 1883 is taken, or 8883 with TLS. User and password in the URL may be percent-encoded; those given beside
        it come first.

        Raises:
            BadUrl: Says which part is wrong and what is allowed.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadUrl(f"the broker's URL has no valid host and port; allowed is {_FORM}") from error
        if parts.scheme not in _PORTS:
            raise BadUrl(f"the broker's URL must begin with mqtt:// or mqtts://; allowed is {_FORM}")
        if not parts.hostname or not _can_be_looked_up(parts.hostname):
            raise BadUrl(f"the broker's URL has no valid host; allowed is {_FORM}")
        if port == 0 or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise BadUrl(f"the broker's URL has port 0, or something behind the port; allowed is {_FORM}")
        if (cert_file is None) != (key_file is None):
            raise BadUrl("a certificate of our own needs its key, and the other way round: give both files or none")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            client_id=client_id,
            subscriptions=subscriptions,
            username=username or unquote(parts.username or ""),
            password=password or unquote(parts.password or ""),
            tls=parts.scheme == "mqtts",
            ca_file=ca_file,
            cert_file=cert_file,
            key_file=key_file,
            version=version,
        )


def _can_be_looked_up(host: str) -> bool:
    """Whether the system's resolver will take the name; it raises an error of another kind on names out of form."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
