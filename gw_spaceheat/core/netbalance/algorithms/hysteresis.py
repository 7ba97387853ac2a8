"""Hysteresis: each load goes on when the balance reaches its upper threshold, and off when it falls to its lower one."""

from dataclasses import dataclass

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError, for_each_load
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds of each load.

    Attributes:
        top_wh: On at or above this balance [Wh].
        bottom_wh: Off at or below it; a negative one allows debt [Wh].
    """

    top_wh: tuple[float, ...] = (70.0, 200.0)
    bottom_wh: tuple[float, ...] = (-10.0, 0.0)


class Hysteresis:
    """Compares the balance with two thresholds for each load."""

    def __init__(self, top_wh: tuple[float, ...], bottom_wh: tuple[float, ...]) -> None:
        """Remember the thresholds, one of each kind for each load."""
        self._pairs = tuple(zip(top_wh, bottom_wh, strict=True))

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """Each load by itself."""
        balance = seen.balance_wh
        pairs = zip(seen.states, self._pairs, strict=True)
        return tuple(balance > bottom if on else balance >= top for on, (top, bottom) in pairs)


def make(settings: Settings, loads: tuple[Load, ...]) -> Hysteresis:
    """Make it.

    Raises:
        AlgorithmError: A lower threshold is above its upper one.
    """
    top_wh, bottom_wh = for_each_load(settings.top_wh, loads), for_each_load(settings.bottom_wh, loads)
    if any(bottom > top for top, bottom in zip(top_wh, bottom_wh, strict=True)):
        raise AlgorithmError(f"top_wh={top_wh} bottom_wh={bottom_wh}: a load's lower threshold must not be above its upper one")
    return Hysteresis(top_wh, bottom_wh)
