"""The shape of everything that decides."""

from collections.abc import Sequence
from typing import Protocol

from gw_spaceheat.core.events import Event
from gw_spaceheat.vocabulary.moment import Moment


class Machine(Protocol):
    """A decision-making object without access to the world.

    The same object runs on a Pi with a thread per device and in a year of simulated streets. After every call of `handle` or
    `wake` the host reads `deadline` again. Actors that host a driver have the same three methods, so a runtime knows only this.
    """

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Something happened at `now`; the answer is what should be done, in order."""
        ...

    def wake(self, now: Moment) -> Sequence[Event]:
        """The time it asked for has come. It may come late, or twice, and then does no harm."""
        ...

    def deadline(self) -> int | None:
        """When it next wants to be woken, on the monotonic clock [ms]; None for never."""
        ...
