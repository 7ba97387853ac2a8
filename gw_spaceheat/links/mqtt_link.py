"""What a runtime hosts for a link over MQTT: the session, and the transport that carries out what it says."""

from collections.abc import Iterable
from typing import Protocol

from gw_spaceheat.core.events import Committed, Event, Level, Note, Started, Stopping, Transmit, TransmitFailed
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.session import Session
from gw_spaceheat.core.link.upkept import Upkept
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

REST_MS = 5 * SECOND_MS
"""How long an outbox that wants it waits for its rest [ms]."""


class Keeper(Protocol):
    """An outbox that lives on a disk, as far as its host is concerned."""

    @property
    def wants_rest(self) -> bool:
        """Whether it has something to try again."""
        ...

    def rest(self) -> None:
        """Try again."""
        ...

    def troubles(self) -> list[str]:
        """What went wrong, or came right again, since this was last asked, for a person."""
        ...


class MqttLink:
    """Takes `Send` from the node and what the network thread posts; puts out `Received`, `LinkChanged` and notes.

    The connection is opened when the runtime says `Started` and closed, within 2 s, when it says `Stopping`. The mail that the
    transport posts must come back to this very actor, as mail under its own name. What becomes of an outbox on a disk is told.
    """

    def __init__(self, session: Session | Upkept | Listener, transport: Mqtt, keeper: Keeper | None = None) -> None:
        """Remember.

        Args:
            session: What decides.
            transport: What carries it out.
            keeper: The session's outbox, if it lives on a disk; whoever made it opens and closes it.
        """
        self._session = session
        self._transport = transport
        self._keeper = keeper
        self._rest_mono_ms: int | None = None

    @property
    def session(self) -> Session | Upkept | Listener:
        """For looking at its state and counts."""
        return self._session

    def handle(self, event: Event, now: Moment) -> list[Event]:
        """Mail from the node, from the network thread, or from the runtime."""
        if isinstance(event, Committed):
            self._transport.acknowledge(event.receipt)
            return []
        if isinstance(event, Started):
            self._transport.open()
        effects = self._carry_out(self._session.handle(event, now), now)
        if isinstance(event, Stopping):
            self._transport.close()
        return effects + self._look_at_keeper(now)

    def wake(self, now: Moment) -> list[Event]:
        """Time to send something again, or for the outbox to rest."""
        if self._keeper is not None and self._rest_mono_ms is not None and now.mono_ms >= self._rest_mono_ms:
            self._rest_mono_ms = None
            self._keeper.rest()
        return self._carry_out(self._session.wake(now), now) + self._look_at_keeper(now)

    def deadline(self) -> int | None:
        """When the session wants to be woken, or the outbox may rest [ms, monotonic]."""
        due_ms = self._session.deadline()
        if self._rest_mono_ms is None:
            return due_ms
        return self._rest_mono_ms if due_ms is None else min(due_ms, self._rest_mono_ms)

    def _look_at_keeper(self, now: Moment) -> list[Event]:
        if self._keeper is None:
            return []
        if self._rest_mono_ms is None and self._keeper.wants_rest:
            self._rest_mono_ms = now.mono_ms + REST_MS
        return [Note(Level.WARNING, f"{self._session.link}: {text}") for text in self._keeper.troubles()]

    def _carry_out(self, effects: Iterable[Event], now: Moment) -> list[Event]:
        """Publish what is to be transmitted; what is left concerns the node."""
        left: list[Event] = []
        for effect in effects:
            if not isinstance(effect, Transmit):
                left.append(effect)
                continue
            failure = self._publish(effect)
            if failure is not None:
                left += self._session.handle(failure, now)
        return left

    def _publish(self, transmit: Transmit) -> TransmitFailed | None:
        message = transmit.message
        try:
            message.check()
        except Malformed as error:  # the peer would refuse it, every time
            return TransmitFailed(transmit.link, transmit.message_id, f"{message.type_name()}: {error}", lasting=True)
        topic, payload = encode(
            message,
            src=transmit.src,
            dst=transmit.dst,
            message_id=transmit.message_id,
            ack_required=transmit.ack_required,
            stream=transmit.stream,
            sequence=transmit.sequence,
        )
        taken = self._transport.publish(topic, payload, transmit.qos, transmit.message_id if transmit.gives_way else "")
        if taken is Taken.YES:
            return None
        return TransmitFailed(transmit.link, transmit.message_id, f"{message.type_name()}: {taken}", lasting=False)
