"""What carries readings from meters to whoever keeps them: what every transport can do."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

OnState = Callable[[bool, str], None]
"""Told, in a thread of the transport, that it is up, or down and why; once each."""


class Parcel(NamedTuple):
    """Something to be carried, under a key by which its arrival is told."""

    key: str
    house: str
    payload: bytes


class Delivery(NamedTuple):
    """Something that has come: what, its number on the connection, and which connection that was."""

    payload: bytes
    tag: int
    connection: int


class Sink(Protocol):
    """Takes parcels from a sender, who keeps them until they are told to have arrived; used by one thread."""

    @property
    def connection(self) -> int:
        """Number of the connection there is now; 0 for none. What was sent over another one may have been lost."""
        ...

    @property
    def most_waiting(self) -> int:
        """So many parcels may be on their way."""
        ...

    def open(self) -> None:
        """Begin to connect; returns at once."""
        ...

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Carry these; returns at once, and does nothing while there is no connection."""
        ...

    def arrived(self) -> list[str]:
        """Keys of what has safely arrived since this was last asked."""
        ...

    def close(self) -> None:
        """End; within 2 s."""
        ...


class Source(Protocol):
    """Hands out deliveries to one thread, and keeps them until they are settled."""

    def open(self) -> None:
        """Begin to connect; returns at once."""
        ...

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        """What has come, up to so many; waits for the first at most so long."""
        ...

    def settle(self, deliveries: Sequence[Delivery], keys: Sequence[str]) -> None:
        """These are safe with us: forget them, and tell their senders; keys in the order of the deliveries."""
        ...

    def refuse(self, delivery: Delivery, kind: str, reason: str) -> None:
        """This cannot be dealt with: put it aside, with the reason."""
        ...

    def close(self) -> None:
        """End; within 2 s. What is not settled comes again later."""
        ...
