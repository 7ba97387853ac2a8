"""A link without a network: two or more ends in one process and in virtual time, with the same sessions above as over MQTT.

Every message is encoded once, as it would be for a broker, and shown to the tap (for digests and files of messages). The other
ends get the frozen message itself, or, when strict, what the decoder makes of the bytes. Delivery takes a fixed time and never
reorders, unless somebody decides the fate of each message: then it may be lost, doubled, late, and so out of order.
"""

from collections.abc import Callable, Iterable, Sequence

from gw_spaceheat.core.events import Carried, Event, Garbled, LinkChanged, LinkConnected, Received, Started, Transmit
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.session import Session
from gw_spaceheat.core.link.upkept import Upkept
from gw_spaceheat.messages.codec import Refusal, decode, encode
from gw_spaceheat.vocabulary.moment import Moment

LATENCY_MS = 20

Fate = Callable[[str, Transmit, Moment], Sequence[int]]
"""What becomes of a message (the end that sends it, what, when): after how long [ms] it arrives; nothing: it is lost."""


class Loopback:
    """The wire: knows which of its ends wants which topic. Complete before the runtime starts; not changed after that."""

    def __init__(
        self,
        tap: Callable[[Transmit, str, bytes], None] | None = None,
        *,
        latency_ms: int = LATENCY_MS,
        strict: bool = False,
        fate: Fate | None = None,
    ) -> None:
        """Remember.

        Args:
            tap: Is shown every message with its topic and payload, in the order of sending.
            latency_ms: How long each message takes [ms], at least 0.
            strict: Deliver what the decoder makes of the bytes, as a broker would, instead of the message itself; slower.
            fate: Decides what becomes of each message; None for a good wire.
        """
        self._tap = tap
        self._fate = fate
        self._latency_ms = latency_ms
        self._strict = strict
        self._links: dict[str, str] = {}
        self._subscriptions: dict[str, tuple[str, ...]] = {}
        self._ends_by_topic: dict[str, tuple[str, ...]] = {}

    def end(self, name: str, session: Session | Upkept | Listener, subscriptions: Iterable[str]) -> "LoopbackEnd":
        """One end, to be hosted under this name; it gets what matches one of its topic filters (`+` and `#` as in MQTT)."""
        if name in self._subscriptions:
            raise ValueError(f"two ends of a loopback are called {name}")
        self._links[name] = session.link
        self._subscriptions[name] = tuple(subscriptions)
        return LoopbackEnd(name, session, self)

    def end_again(self, name: str, session: Session | Upkept | Listener) -> "LoopbackEnd":
        """A known end in a new process, with a new session; to be hosted in the place of the old one."""
        if name not in self._subscriptions:
            raise ValueError(f"no end of this loopback is called {name}")
        return LoopbackEnd(name, session, self)

    def carry(self, source: str, transmit: Transmit, now: Moment) -> list[Carried]:
        """Send a message from one end to all others that want it."""
        topic, payload = encode(
            transmit.message,
            src=transmit.src,
            dst=transmit.dst,
            message_id=transmit.message_id,
            ack_required=transmit.ack_required,
            stream=transmit.stream,
            sequence=transmit.sequence,
        )
        if self._tap is not None:
            self._tap(transmit, topic, payload)
        ends = self._ends_by_topic.get(topic)
        if ends is None:
            ends = self._ends_by_topic[topic] = self._matching(topic)
        delays_ms = (self._latency_ms,) if self._fate is None else self._fate(source, transmit, now)
        carried = []
        for after_ms in delays_ms:
            due = now.later(after_ms)
            arriving: Received | Garbled | None = None
            for name in ends:
                if name == source:
                    continue
                link = self._links[name]
                if arriving is None or arriving.link != link:
                    arriving = self._arriving(link, transmit, topic, payload, due.wall_ms)
                carried.append(Carried(name, due.mono_ms, arriving))
        return carried

    def _arriving(self, link: str, transmit: Transmit, topic: str, payload: bytes, arrived_ms: int) -> Received | Garbled:
        if not self._strict:
            return Received(
                link,
                transmit.src,
                transmit.message_id,
                transmit.ack_required,
                transmit.message,
                arrived_ms,
                transmit.dst,
                transmit.stream,
                transmit.sequence,
            )
        try:
            envelope = decode(topic, payload)
        except Refusal as refusal:
            return Garbled(link, topic, refusal.kind, refusal.text)
        return Received(
            link,
            envelope.src,
            envelope.message_id,
            envelope.ack_required,
            envelope.message,
            arrived_ms,
            envelope.dst,
            envelope.stream,
            envelope.sequence,
        )

    def _matching(self, topic: str) -> tuple[str, ...]:
        return tuple(
            name for name, filters in self._subscriptions.items() if any(matches_filter(wanted, topic) for wanted in filters)
        )


class LoopbackEnd:
    """One end of a loopback, hosted like any machine. A session's messages go to the other ends as `Carried`.

    Route each `Send` of a node to the node's own end, and what an end puts out to its node; a `Carried` finds the end that it
    names by itself, and the runtime keeps it until its time has come. The end is connected from `Started` on; a scripted outage
    is a `LinkChanged` posted to it: while it is down, what arrives is lost, as with a broker that keeps nothing.
    """

    def __init__(self, name: str, session: Session | Upkept | Listener, wire: Loopback) -> None:
        """Remember; made by `Loopback.end`."""
        self._name = name
        self._session = session
        self._wire = wire

    @property
    def session(self) -> Session | Upkept | Listener:
        """For looking at its state and counts."""
        return self._session

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Mail from the node, or a message from another end that arrives now."""
        session = self._session
        if type(event) is Carried:
            return self._carry_out(session.handle(event.content, now), now) if session.is_up else ()
        if type(event) is LinkChanged and event.up:
            return self._connect(event, now)
        effects = self._carry_out(session.handle(event, now), now)
        if type(event) is Started:
            return [*effects, *self._connect(LinkChanged(session.link, up=True, reason=""), now)]
        return effects

    def _connect(self, up: LinkChanged, now: Moment) -> list[Event]:
        """Connected and subscribed in one step."""
        session = self._session
        effects = [*session.handle(LinkConnected(session.link), now), *session.handle(up, now)]
        return [*self._carry_out(effects, now)]

    def wake(self, now: Moment) -> Sequence[Event]:
        """Something is to be sent again."""
        return self._carry_out(self._session.wake(now), now)

    def deadline(self) -> int | None:
        """When the session wants to be woken [mono ms]."""
        return self._session.deadline()

    def _carry_out(self, effects: Sequence[Event], now: Moment) -> Sequence[Event]:
        if not effects:
            return effects
        out: list[Event] = []
        for effect in effects:
            if type(effect) is Transmit:
                out += self._wire.carry(self._name, effect, now)
            else:
                out.append(effect)
        return out


def matches_filter(wanted: str, topic: str) -> bool:
    """Whether a topic matches an MQTT topic filter, with `+` for any one level and `#` for all that follow."""
    levels = topic.split("/")
    filters = wanted.split("/")
    for place, level in enumerate(filters):
        if level == "#":
            return True
        if place >= len(levels) or level not in {"+", levels[place]}:
            return False
    return len(filters) == len(levels)
