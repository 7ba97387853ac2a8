"""No load ever runs: what everything is compared with."""

from dataclasses import dataclass

from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen


@dataclass(frozen=True, slots=True)
class Settings:
    """There is nothing to set."""


class Never:
    """Wants every load off."""

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """All off."""
        return (False,) * len(seen.states)


def make(settings: Settings, loads: tuple[Load, ...]) -> Never:  # noqa: ARG001 - all algorithms are made alike
    """Make it."""
    return Never()
