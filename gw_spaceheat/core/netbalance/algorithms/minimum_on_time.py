"""Minimum on time: a load goes on once the balance alone would feed it for a given time, and stays on for that time."""

from dataclasses import dataclass
from enum import StrEnum

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen


class Mode(StrEnum):
    """Which load goes on where the balance does not feed all of them."""

    FIRST_FIRST = "first-first"
    """The first only; the others only together with it."""
    ORDER = "order"
    """The first in order that it feeds."""
    FASTEST = "fastest"
    """The one that uses it up soonest."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How long, and which.

    Attributes:
        time_limit_s: For how long a load must be fed, and stays on [s].
        mode: Which goes on.
    """

    time_limit_s: float = 600.0
    mode: Mode = Mode.FASTEST


class MinimumOnTime:
    """Keeps for each load until when it stays on; the time is renewed while the balance feeds it."""

    def __init__(self, settings: Settings, count: int) -> None:
        """Nothing was switched on yet."""
        self._settings = settings
        self._until_s = [float("inf")] * count

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """Switch on what is fed, switch off whose time is over."""
        states = list(seen.states)
        until_s, limit_s = self._until_s, self._settings.time_limit_s
        for index in self._fed(seen):
            states[index] = True
            until_s[index] = seen.wall_s + limit_s
        return tuple(on and seen.wall_s < until for on, until in zip(states, until_s, strict=True))

    def _fed(self, seen: Seen) -> tuple[int, ...]:
        """Which loads the balance feeds for the time limit."""
        balance, limit_s, mode = seen.balance_wh, self._settings.time_limit_s, self._settings.mode
        watts = seen.load_w
        if balance / sum(watts) * 3600.0 >= limit_s:
            return tuple(range(len(watts)))
        candidates = watts[:1] if mode is Mode.FIRST_FIRST else watts
        fed = [index for index, load_w in enumerate(candidates) if balance / load_w * 3600.0 >= limit_s]
        if not fed:
            return ()
        return (max(fed, key=lambda index: watts[index]),) if mode is Mode.FASTEST else (fed[0],)


def make(settings: Settings, loads: tuple[Load, ...]) -> MinimumOnTime:
    """Make it.

    Raises:
        AlgorithmError: The time limit is not above 0.
    """
    if not settings.time_limit_s > 0.0:
        raise AlgorithmError(f"time_limit_s={settings.time_limit_s}: must be above 0")
    return MinimumOnTime(settings, len(loads))
