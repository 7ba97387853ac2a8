"""What a runtime hosts for a link over MQTT: the session, and the transport that carries out what it says."""

from collections.abc import Iterable

from gw_spaceheat.core.events import Event, Started, Stopping, Transmit, TransmitFailed
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.session import Session
from gw_spaceheat.links.mqtt import Mqtt, Taken
from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.vocabulary.moment import Moment


class MqttLink:
    """Takes `Send` from the node and what the network thread posts; puts out `Received`, `LinkChanged` and notes.

    The connection is opened when the runtime says `Started` and closed, within 2 s, when it says `Stopping`. The mail that the
    transport posts must come back to this very actor, as mail under its own name.
    """

    def __init__(self, session: Session | Listener, transport: Mqtt) -> None:
        """Remember."""
        self._session = session
        self._transport = transport

    @property
    def session(self) -> Session | Listener:
        """For looking at its state and counts."""
        return self._session

    def handle(self, event: Event, now: Moment) -> list[Event]:
        """Mail from the node, from the network thread, or from the runtime."""
        if isinstance(event, Started):
            self._transport.open()
        effects = self._carry_out(self._session.handle(event, now), now)
        if isinstance(event, Stopping):
            self._transport.close()
        return effects

    def wake(self, now: Moment) -> list[Event]:
        """Time to send something again."""
        return self._carry_out(self._session.wake(now), now)

    def deadline(self) -> int | None:
        """When the session wants to be woken [ms, monotonic]."""
        return self._session.deadline()

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
        taken = self._transport.publish(topic, payload, transmit.qos)
        if taken is Taken.YES:
            return None
        return TransmitFailed(transmit.link, transmit.message_id, f"{message.type_name()}: {taken}", lasting=False)
