"""Time to consume: a load goes on when what the period will leave over takes it the rest of the period to use up.

Loads go on in their order and off in the reverse; at most one is switched at a decision.
"""

from dataclasses import dataclass
from enum import StrEnum

from gw_spaceheat.core.netbalance.algorithm import AlgorithmError
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen

LEAST_TIME_FACTOR = 0.01


class Predictor(StrEnum):
    """What the balance is taken to be at the end of the period."""

    BALANCE = "balance"
    """As it is now."""
    AVERAGE = "average"
    """As if the period went on as it has been on average."""
    PROJECTION = "projection"
    """As if the power of now went on."""


@dataclass(frozen=True, slots=True)
class Settings:
    """When on, when off.

    Attributes:
        predictor: What the period's end is taken to be.
        end_at_wh: Off when the balance would end at or below this with the load off [Wh].
        on_minimum_wh: On only if the predicted balance is at least this [Wh].
        time_factor: Part of the rest of the period that the load must be fed for [0.01-1].
        smoothing_s: Time constant with which the power of a projection is smoothed against spikes; 0 for none [s].
    """

    predictor: Predictor = Predictor.PROJECTION
    end_at_wh: float = 0.0
    on_minimum_wh: float = 75.0
    time_factor: float = 1.0
    smoothing_s: float = 0.0


class TimeToConsume:
    """Compares how long a load would take with how long there is."""

    def __init__(self, settings: Settings) -> None:
        """Remember the settings; nothing was seen yet."""
        self._settings = settings
        self._factor = min(max(settings.time_factor, LEAST_TIME_FACTOR), 1.0)
        self._free_w: float | None = None
        self._at_s = 0.0

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        """The first load that is off goes on, or else the last that is on goes off, or neither."""
        net_w = self._smoothed_w(seen) if self._settings.smoothing_s > 0.0 else seen.net_w
        states = list(seen.states)
        if False in states:
            index = states.index(False)
            if self._goes_on(seen, net_w, seen.load_w[index]):
                states[index] = True
                return tuple(states)
        for index in range(len(states) - 1, -1, -1):
            if states[index]:
                states[index] = not self._goes_off(seen, net_w, seen.load_w[index])
                break
        return tuple(states)

    def _goes_on(self, seen: Seen, net_w: float, load_w: float) -> bool:
        end_wh = self._predicted_wh(seen, net_w)
        enough = end_wh >= self._settings.on_minimum_wh
        return enough and end_wh / load_w * 3600.0 >= seen.remaining_s * self._factor

    def _goes_off(self, seen: Seen, net_w: float, load_w: float) -> bool:
        return seen.balance_wh + (net_w + load_w) * seen.remaining_s / 3600.0 <= self._settings.end_at_wh

    def _predicted_wh(self, seen: Seen, net_w: float) -> float:
        if self._settings.predictor is Predictor.BALANCE:
            return seen.balance_wh
        if self._settings.predictor is Predictor.AVERAGE:
            return seen.balance_wh / seen.elapsed_s * seen.period_s if seen.elapsed_s > 0.0 else seen.balance_wh
        return seen.balance_wh + seen.remaining_s * net_w / 3600.0

    def _smoothed_w(self, seen: Seen) -> float:
        """Net power, its part that is not the loads' smoothed [W]."""
        on_w = sum(load_w for load_w, on in zip(seen.load_w, seen.states, strict=True) if on)
        free_w = seen.net_w + on_w
        if self._free_w is None:
            self._free_w = free_w
        else:
            step_s = max(seen.wall_s - self._at_s, 0.0)
            self._free_w += (free_w - self._free_w) * step_s / (self._settings.smoothing_s + step_s)
        self._at_s = seen.wall_s
        return self._free_w - on_w


def make(settings: Settings, loads: tuple[Load, ...]) -> TimeToConsume:  # noqa: ARG001 - all algorithms are made alike
    """Make it.

    Raises:
        AlgorithmError: The load would go off as soon as it is on, or the smoothing is negative.
    """
    if settings.on_minimum_wh < settings.end_at_wh:
        raise AlgorithmError(
            f"on_minimum_wh={settings.on_minimum_wh} is below end_at_wh={settings.end_at_wh}: "
            "a load would be switched again and again"
        )
    if settings.smoothing_s < 0.0:
        raise AlgorithmError(f"smoothing_s={settings.smoothing_s}: must not be negative")
    return TimeToConsume(settings)
