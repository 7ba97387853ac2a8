"""AMQP 0-9-1 by pika: a thread that keeps a connection and a channel, and makes exchange and queues when they are not there.

The names and arguments of exchange and queue are those of 2021, so that old and new programs work on one broker: a durable
quorum queue, bound to a direct exchange, published to through the default exchange. Its dead-letter exchange leads back into
itself, so nothing is ever rejected to the broker: what cannot be dealt with goes to a queue of its own, with the reason in its
headers, and only when the broker has confirmed that is the original acknowledged.

Each connection has a number. What belongs to an earlier one is forgotten, since the broker hands it out again.
"""

import contextlib
import logging
import ssl
import threading
from collections.abc import Callable
from typing import Any

import pika
from pika.channel import Channel
from pika.exceptions import AMQPError

from gw_spaceheat.links.amqp_settings import AmqpSettings
from gw_spaceheat.links.deliveries import OnState
from gw_spaceheat.vocabulary.chance import uniform

CLOSE_WITHIN_S = 2.0
QUORUM = {"x-queue-type": "quorum"}
Step = Callable[[Channel, Callable[[object], None]], None]

logging.getLogger("pika").setLevel(logging.CRITICAL)  # what it would say, we say once, with what to do


class AmqpLine:
    """A connection that is made again whenever it is lost; what is done over it is said by whoever builds on it."""

    def __init__(self, settings: AmqpSettings, on_state: OnState, ready: Callable[[Channel, int], None], seed: int = 0) -> None:
        """Remember.

        Args:
            settings: Where the broker is.
            on_state: Told of up and down.
            ready: Called in the line's thread when exchange and queues are there, with the channel and the connection's number.
            seed: Of the jitter between attempts.
        """
        self._settings = settings
        self._on_state = on_state
        self._ready = ready
        self._seed = seed
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._made: pika.SelectConnection | None = None
        self._lock = threading.Lock()
        self._count = 0
        self._up = 0
        self._reason = ""
        self._told: str | None = None

    @property
    def connection(self) -> int:
        """Number of the connection that is ready; 0 for none."""
        return self._up

    def open(self) -> None:
        """Begin to connect, in a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="amqp", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Take leave of the broker and end the thread, within 2 s; may be called twice."""
        self._closing.set()
        self.call(self._leave)
        if self._thread is not None:
            self._thread.join(CLOSE_WITHIN_S)

    def call(self, what: Callable[[], None]) -> None:
        """Have something done in the line's thread; not done if there is no connection then."""
        with self._lock:
            if self._made is not None:
                self._made.ioloop.add_callback_threadsafe(what)

    def drop(self, reason: str) -> None:
        """In the line's thread: give the connection up, for a new one."""
        self._reason = self._reason or reason
        self._leave()

    # in the line's thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pauses = 0
        while not self._closing.is_set():
            reason = self._serve()
            was_ready, self._up = self._up != 0, 0
            if reason != self._told and not self._closing.is_set():
                self._told = reason
                self._on_state(False, reason)  # noqa: FBT003
            if was_ready:
                pauses = 0
            self._closing.wait(self._pause_s(pauses))
            pauses += 1

    def _pause_s(self, count: int) -> float:
        longest_s = min(self._settings.first_pause_s * 2.0 ** min(count, 20), self._settings.longest_pause_s)
        return longest_s * (0.5 + 0.5 * uniform(self._seed & 0x7FFFFFFF, 0, count))

    def _serve(self) -> str:
        """One connection from first to last; the answer is why it ended."""
        self._reason = ""
        self._count += 1
        where = self._settings.where
        try:
            connection = pika.SelectConnection(
                self._parameters(),
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_open_error,
                on_close_callback=self._on_close,
            )
            with self._lock:
                self._made = connection
            if self._closing.is_set():
                return "closed by ourselves"
            connection.ioloop.start()
        except (AMQPError, OSError, ssl.SSLError) as error:
            self._reason = self._reason or _said(error)
        except Exception as error:  # noqa: BLE001 (the thread's outermost guard: a strange broker must cost one connection only)
            self._reason = f"something could not be dealt with ({type(error).__name__}: {error})"
        finally:
            with self._lock:
                connection_made, self._made = self._made, None
            if connection_made is not None:
                with contextlib.suppress(Exception):
                    connection_made.ioloop.close()
        return f"{where}: {self._reason or 'the connection was lost'}"

    def _parameters(self) -> pika.ConnectionParameters:
        settings = self._settings
        options = pika.SSLOptions(ssl.create_default_context(), settings.host) if settings.tls else None
        return pika.ConnectionParameters(
            host=settings.host,
            port=settings.port,
            virtual_host=settings.virtual_host,
            credentials=pika.PlainCredentials(settings.username, settings.password),
            heartbeat=settings.heartbeat_s,
            socket_timeout=settings.connect_timeout_s,
            stack_timeout=settings.connect_timeout_s * 2,
            connection_attempts=1,
            ssl_options=options,
        )

    def _leave(self) -> None:
        made = self._made
        if made is None:
            return
        if made.is_open:
            made.close()
        elif not made.is_closing:
            made.ioloop.stop()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_open_error(self, connection: Any, error: object) -> None:
        self._reason = f"{_said(error)}; check that the broker runs, and address, user name and password"
        connection.ioloop.stop()

    def _on_close(self, connection: Any, error: object) -> None:
        self._reason = self._reason or _said(error)
        connection.ioloop.stop()

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_cancel_callback(lambda _frame: self.drop("the broker has ended our subscription: the queue was removed"))
        self._next_step(channel, list(self._steps()))

    def _on_channel_closed(self, _channel: Channel, error: object) -> None:
        text = _said(error)
        if "PRECONDITION_FAILED" in text:
            text = f"{text}; the queue is there with other arguments: remove it, or choose another with --queue"
        self.drop(text)

    def _steps(self) -> tuple[Step, ...]:
        exchange, queue, dead = self._settings.exchange, self._settings.queue, self._settings.dead_letters
        arguments = {**QUORUM, "x-dead-letter-exchange": exchange}
        return (
            lambda channel, then: channel.exchange_declare(exchange, "direct", durable=True, callback=then),
            lambda channel, then: channel.queue_declare(queue, durable=True, arguments=arguments, callback=then),
            lambda channel, then: channel.queue_bind(queue, exchange, queue, callback=then),
            lambda channel, then: channel.queue_declare(dead, durable=True, arguments=QUORUM, callback=then),
        )

    def _next_step(self, channel: Channel, steps: list[Step]) -> None:
        if steps:
            first, *rest = steps
            first(channel, lambda _frame: self._next_step(channel, rest))
            return
        number = self._count
        self._ready(channel, number)
        self._told = None
        self._up = number
        self._on_state(True, self._settings.where)  # noqa: FBT003


def _said(error: object) -> str:
    """What an error says at its root, in one line."""
    while isinstance(error, BaseException):
        several, one = getattr(error, "exceptions", None), getattr(error, "exception", None)
        inner = several[-1] if several else one or next(iter(error.args), None)
        if not isinstance(inner, BaseException):
            break
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split())
    if isinstance(error, BaseException):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text[:300]
