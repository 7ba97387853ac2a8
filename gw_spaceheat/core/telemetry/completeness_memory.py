"""What is kept of an hour that is counted, so that a restart within it does no harm."""

from typing import NamedTuple

import msgspec


class Span(NamedTuple):
    """A time without readings, UTC [ms], and why."""

    from_ms: int
    to_ms: int
    because: str


class CompletenessMemory(msgspec.Struct, frozen=True, gc=False):
    """What is needed to go on counting after a restart.

    Attributes:
        hour_s: Beginning of the hour that is counted [s].
        from_s: From when on it is counted, for all that is known [s].
        to_s: Up to where it was reported [s].
        alive_ms: When the daemon was last known to run, UTC [ms].
        captured: Readings that went into reports, by channel.
        missing: When which channel was missing within the hour.
        down: When the daemon did not run.
    """

    hour_s: int
    from_s: int
    to_s: int
    alive_ms: int
    captured: dict[str, int]
    missing: dict[str, list[Span]]
    down: list[Span]
