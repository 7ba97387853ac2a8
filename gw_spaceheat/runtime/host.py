"""The words that both runtimes share: what is hosted, and how its mail finds its way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gw_spaceheat.core.events import Event
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.vocabulary.moment import Moment

Route = Callable[[str, Event], Iterable[str]]
"""(name of the source, what it put out) to the names of the hosted things that get it as their mail.

Given at composition, called in the source's thread, therefore without state of its own.
"""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A machine, or an actor that owns a driver, and what its runtime must know about it.

    Attributes:
        name: Under which it gets its mail; unique in its runtime.
        machine: What is hosted. The runtime gives it `Started` first and `Stopping` last.
        late_after_ms: The declared time [ms] within which it promises to finish any one call, on the monotonic clock. Whoever
            takes longer, or leaves its mail or its deadline waiting for longer, is named as stuck.
        critical: The process is of no use without it: when it is stuck or cannot be made again, the process ends itself.
        factory: Makes a fresh machine after one has raised; None: the same machine goes on with what it knows.
    """

    name: str
    machine: Machine
    late_after_ms: int = 10_000
    critical: bool = False
    factory: Callable[[], Machine] | None = None


@runtime_checkable
class Skipping(Protocol):
    """A hosted thing that knows which of its own wakes would have no effect."""

    def skip(self, now: Moment, limit_mono_ms: int) -> int | None:
        """Pass over wakes, from `now` on, that put nothing out, but none after the limit.

        Nothing else happens before the limit.

        Returns:
            The deadline, as `deadline` gives it from then on: where it stopped.
        """
        ...

    def deadline(self) -> int | None:
        """As of any machine."""
        ...
