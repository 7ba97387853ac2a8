"""What carries a street's messages in virtual time, and what it does to them: some are lost, doubled, late, out of order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gw_spaceheat.core.events import Carried, Event, Received, Send
from gw_spaceheat.core.market.said import LINK
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.codec import decode_bare, encode_bare
from gw_spaceheat.vocabulary.chance import stream_key, uniform_of
from gw_spaceheat.vocabulary.moment import Moment

LATENCY_MS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFaults:
    """What goes wrong, drawn from a seed.

    Attributes:
        lost: Share of messages that never arrive [0-1].
        doubled: Share of those that arrive that do so twice [0-1].
        late_ms: Each takes up to so much longer [ms], so that they overtake each other.
        gone_ms: From when to when nothing arrives that is sent, from the first event on [ms]; None for never.
        seed: What is drawn.
    """

    lost: float = 0.0
    doubled: float = 0.0
    late_ms: int = 0
    gone_ms: tuple[int, int] | None = None
    seed: int = 1


class Wire:
    """The machine that carries.

    Attributes:
        sent, lost, doubled: How many messages were.
    """

    def __init__(self, ends: Collection[str], faults: WireFaults, *, strict: bool = False) -> None:
        """Remember.

        Args:
            ends: To whom it leads.
            faults: What it does to messages.
            strict: Deliver what the decoder makes of the bytes, as a broker would, instead of the message itself; slower.
        """
        self._ends, self._faults, self._strict = frozenset(ends), faults, strict
        self._key = stream_key(faults.seed, 77)
        self._drawn = 0
        self.sent = self.lost = self.doubled = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Carry a message."""
        if not isinstance(event, Send) or event.dst not in self._ends:
            return ()
        self.sent += 1
        faults = self._faults
        if faults.gone_ms is not None and faults.gone_ms[0] <= now.mono_ms < faults.gone_ms[1]:
            self.lost += 1
            return ()
        if faults.lost and self._draw() < faults.lost:
            self.lost += 1
            return ()
        twice = faults.doubled > 0.0 and self._draw() < faults.doubled
        self.doubled += twice
        return [self._arriving(event, now) for _ in range(1 + twice)]

    def wake(self, _now: Moment) -> Sequence[Event]:
        """Nothing by itself."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None

    def _arriving(self, event: Send, now: Moment) -> Carried:
        late_ms = int(self._draw() * self._faults.late_ms) if self._faults.late_ms else 0
        due = now.later(LATENCY_MS + late_ms)
        message = decode_bare(event.message.type_name(), encode_bare(event.message)) if self._strict else event.message
        return Carried(event.dst, due.mono_ms, received(event.src, message, due.wall_ms))

    def _draw(self) -> float:
        self._drawn += 1
        return uniform_of(self._key, self._drawn)


def received(src: str, message: Message, arrived_ms: int) -> Received:
    """A message as it arrives."""
    return Received(LINK, src, "", ack_required=False, message=message, arrived_ms=arrived_ms)
