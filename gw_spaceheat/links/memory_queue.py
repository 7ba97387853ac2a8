"""Readings from hand to hand within one process, for simulations that run as fast as they can. Not for threads."""

from collections import deque
from collections.abc import Sequence

from gw_spaceheat.links.deliveries import Delivery, Parcel

MOST_WAITING = 5000


class MemoryQueue:
    """A `deliveries.Sink` and a `deliveries.Source` in one.

    Attributes:
        dead_letters: What was refused, with kind and reason.
    """

    def __init__(self) -> None:
        """Empty."""
        self.dead_letters: list[tuple[bytes, str, str]] = []
        self._waiting: deque[bytes] = deque()
        self._arrived: list[str] = []

    @property
    def connection(self) -> int:
        """There is always one."""
        return 1

    @property
    def most_waiting(self) -> int:
        """So many parcels may be on their way."""
        return MOST_WAITING

    def open(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Put these in."""
        self._waiting.extend(parcel.payload for parcel in parcels)

    def arrived(self) -> list[str]:
        """Keys of what was settled."""
        arrived, self._arrived = self._arrived, []
        return arrived

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        """What is there; never waits."""
        del wait_s
        count = min(most, len(self._waiting))
        return [Delivery(self._waiting.popleft(), number, 1) for number in range(count)]

    def settle(self, deliveries: Sequence[Delivery], keys: Sequence[str]) -> None:
        """Tell the sender."""
        del deliveries
        self._arrived.extend(keys)

    def refuse(self, delivery: Delivery, kind: str, reason: str) -> None:
        """Put it aside."""
        self.dead_letters.append((delivery.payload, kind, reason))
