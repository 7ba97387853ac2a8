"""Where an AMQP broker is, and the names of exchange and queues, as those of 2021."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

FORM = "amqp://[user:password@]host[:port][/virtual-host], or amqps:// for TLS"
_PORTS = {"amqp": 5672, "amqps": 5671}
LONGEST_NAME = 200
EXCHANGE, QUEUE = "pv_simulator_exchange", "pv_simulator_queue"
"""The names of 2021."""


class BadAmqpUrl(ValueError):
    """A broker's URL that cannot be understood; the text never repeats what may be a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmqpSettings:
    """All that a connection needs.

    Attributes:
        host: Name or address of the broker.
        port: TCP port.
        virtual_host: Its virtual host.
        username: Who we are.
        password: Never shown.
        tls: Encrypt, and check the broker's certificate.
        exchange: Name of the exchange.
        queue: Name of the queue of readings.
        prefetch: So many deliveries are with us, not yet acknowledged, at most.
        most_waiting: So many parcels are with the broker, not yet confirmed, at most.
        heartbeat_s: A silent connection is probed after this, and lost after twice this [s].
        connect_timeout_s: How long an attempt may take [s].
        first_pause_s: Pause before the second attempt [s]; doubled after each further one, and jittered.
        longest_pause_s: The most that lies between two attempts [s].
    """

    host: str
    port: int
    virtual_host: str = "/"
    username: str = "guest"
    password: str = field(default="guest", repr=False)
    tls: bool = False
    exchange: str = EXCHANGE
    queue: str = QUEUE
    prefetch: int = 200
    most_waiting: int = 2000
    heartbeat_s: int = 15
    connect_timeout_s: float = 5.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0

    @property
    def where(self) -> str:
        """The broker's address for a log line, without secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'amqps' if self.tls else 'amqp'}://{host}:{self.port}"

    @property
    def dead_letters(self) -> str:
        """Name of the queue of what could not be dealt with."""
        return f"{self.queue}_dead_letters"


def amqp_settings(url: str, queue: str = QUEUE, exchange: str = EXCHANGE) -> AmqpSettings:
    """Read a URL such as `amqps://user:password@broker.example/houses`.

    Raises:
        BadAmqpUrl: Says which part is wrong and what is allowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAmqpUrl(f"the broker's URL has no valid host and port; allowed is {FORM}") from error
    if parts.scheme not in _PORTS:
        raise BadAmqpUrl(f"the broker's URL must begin with amqp:// or amqps://; allowed is {FORM}")
    if not parts.hostname or port == 0 or "/" in parts.path[1:] or parts.query or parts.fragment:
        raise BadAmqpUrl(f"the broker's URL has no host, port 0, or something behind the virtual host; allowed is {FORM}")
    for what, name in (("queue", queue), ("exchange", exchange)):
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name.startswith("amq."):
            raise BadAmqpUrl(f"a name of the {what} has 1 to {LONGEST_NAME} characters and does not begin with amq.")
    return AmqpSettings(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        virtual_host=unquote(parts.path[1:]) or "/",
        username=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        tls=parts.scheme == "amqps",
        exchange=exchange,
        queue=queue,
    )
