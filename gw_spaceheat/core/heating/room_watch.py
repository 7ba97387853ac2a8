"""A room thermometer that is there but wrong: found by what rooms cannot do, every few minutes.

What a room can do is little: it is never much colder than the weather, its air does not jump and stay, it warms while it is
heated with warm water, and it cools in winter while it is not.
"""

from collections.abc import Callable
from enum import StrEnum

from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

COLDER_THAN_OUTDOORS_K = 8.0
"""A room is at most so much colder than the weather [K]."""
HOTTEST_C = 45.0
"""No room with a thermostat is hotter [degC]."""
JUMP_K = 5.0
"""Room air that changed by so much [K]"""
JUMP_WITHIN_MS = 20 * MINUTE_MS
"""from one look to the next, no further apart than this [ms], has jumped."""
NEAR_SETPOINT_K = 2.5
"""A jump is forgiven when the zone is shown so near to its set-point [K]."""
STILL_K = 0.05
"""Air that moved by no more has not moved [K]."""
CALLING_MS = 3 * HOUR_MS
"""A zone that has been heated with warm water for so long must have become warmer [ms]."""
IDLE_MS = 4 * HOUR_MS
"""A zone that has not been heated for so long in winter must have become colder [ms]."""
WINTER_DUTY = 0.06
"""It is winter for a zone that needs heat for this part of the time [0-1]."""
COLD_K = 2.0
"""A zone that does not get warmer is doubted when it is so far below its set-point [K]."""
WARM_K = 3.5
"""One that does not get colder when it is so far above [K]."""
RISING_K = 1.0
"""and rises by so much [K]"""
RISING_MS = 2 * HOUR_MS
"""within so long [ms]."""
TURNED_K = 0.5
"""A doubted thermometer that turns by so much into the direction that it should have taken is believed again [K]."""
ALIVE_K = 0.3
"""One that stood still is believed again when it moves by this [K]."""


class Doubt(StrEnum):
    """Why a thermometer is not believed; for a person."""

    NONE = ""
    IMPOSSIBLE = "no room can be so"
    JUMPED = "air does not jump so far"
    STILL = "it does not move"
    DEAF = "it has been heated for hours and does not get warmer"
    LIVELY = "it has not been heated for hours in this weather and gets warmer"


class RoomWatch:
    """Watches one zone's thermometer.

    Attributes:
        doubt: Why it is not believed now.
    """

    __slots__ = (
        "_calling",
        "_cold_mono_ms",
        "_extreme_c",
        "_last_c",
        "_last_mono_ms",
        "_over",
        "_rose_c",
        "_rose_mono_ms",
        "_setpoint_c",
        "_since_mono_ms",
        "_still_c",
        "_still_mono_ms",
        "_switch_c",
        "doubt",
    )

    def __init__(self, setpoint_c: float) -> None:
        """Nothing has been shown yet."""
        self._setpoint_c = setpoint_c
        self.doubt = Doubt.NONE
        self._over: dict[Doubt, Callable[[float, float], bool]] = {
            Doubt.IMPOSSIBLE: self._near_setpoint,
            Doubt.JUMPED: self._near_setpoint,
            Doubt.STILL: self._moves,
            Doubt.DEAF: self._turns_up,
            Doubt.LIVELY: self._turns_down,
        }
        self._last_c: float | None = None
        self._last_mono_ms = 0
        self._begin(setpoint_c, False, 0)

    def look(
        self, value: float | None, *, calling: bool, duty: float, supply_warm: bool, outdoor_c: float, mono_ms: int
    ) -> Doubt:
        """Look at the thermometer.

        Args:
            value: What it shows [degC]; None if it is missing.
            calling: Whether the zone is heated now.
            duty: Part of the time in which it should need heat [0-1].
            supply_warm: Whether the water is as warm as the weather asks.
            outdoor_c: Outdoor temperature [degC].
            mono_ms: Monotonic time [ms].
        """
        if value is None:
            self.doubt = Doubt.NONE
            self._begin(self._setpoint_c, calling, mono_ms)
            return self.doubt
        if self.doubt:
            if self._over[self.doubt](value, outdoor_c):
                self.doubt = Doubt.NONE
                self._begin(value, calling, mono_ms)
        else:
            self._follow(value, calling, supply_warm, duty, mono_ms)
            self.doubt = self._find(value, duty, outdoor_c, mono_ms)
            self._extreme_c = value
        self._last_c = value
        self._last_mono_ms = mono_ms
        return self.doubt

    def trust(self, calling: bool, mono_ms: int) -> None:
        """It was something else that was wrong."""
        if self.doubt and self._last_c is not None:
            self.doubt = Doubt.NONE
            self._begin(self._last_c, calling, mono_ms)

    def _begin(self, value: float, calling: bool, mono_ms: int) -> None:
        self._calling = calling
        self._switch_c = self._still_c = self._rose_c = self._extreme_c = value
        self._since_mono_ms = self._still_mono_ms = self._rose_mono_ms = mono_ms

    def _follow(self, value: float, calling: bool, supply_warm: bool, duty: float, mono_ms: int) -> None:
        """The clocks: since when it calls (with warm water) or not (in winter), stands still, and was last seen to rise."""
        if calling is not self._calling or not (supply_warm if calling else duty >= WINTER_DUTY):
            self._calling = calling
            self._switch_c = value
            self._since_mono_ms = mono_ms
            self._rose_c, self._rose_mono_ms = value, mono_ms
        if abs(value - self._still_c) > STILL_K:
            self._still_c = value
            self._still_mono_ms = mono_ms
        if value < self._rose_c or mono_ms - self._rose_mono_ms > RISING_MS:
            self._rose_c, self._rose_mono_ms = value, mono_ms

    def _find(self, value: float, duty: float, outdoor_c: float, mono_ms: int) -> Doubt:
        if not self._possible(value, outdoor_c):
            return Doubt.IMPOSSIBLE
        last_c = self._last_c
        if last_c is not None and mono_ms - self._last_mono_ms <= JUMP_WITHIN_MS and abs(value - last_c) >= JUMP_K:
            return Doubt.JUMPED
        lasted_ms = mono_ms - self._since_mono_ms
        if lasted_ms < (CALLING_MS if self._calling else IDLE_MS):
            return Doubt.NONE
        if mono_ms - self._still_mono_ms >= (CALLING_MS if self._calling else IDLE_MS):
            return Doubt.STILL
        if self._calling:
            cold = value < self._setpoint_c - COLD_K and value < self._switch_c
            return Doubt.DEAF if cold else Doubt.NONE
        warm = value > self._setpoint_c + WARM_K and value > self._rose_c + RISING_K
        return Doubt.LIVELY if warm else Doubt.NONE

    def _possible(self, value: float, outdoor_c: float) -> bool:
        return min(outdoor_c, self._setpoint_c) - COLDER_THAN_OUTDOORS_K <= value <= HOTTEST_C

    def _near_setpoint(self, value: float, outdoor_c: float) -> bool:
        return self._possible(value, outdoor_c) and abs(value - self._setpoint_c) <= NEAR_SETPOINT_K

    def _moves(self, value: float, _outdoor_c: float) -> bool:
        return abs(value - self._still_c) > ALIVE_K

    def _turns_up(self, value: float, _outdoor_c: float) -> bool:
        self._extreme_c = min(self._extreme_c, value)
        return value >= self._extreme_c + TURNED_K

    def _turns_down(self, value: float, _outdoor_c: float) -> bool:
        self._extreme_c = max(self._extreme_c, value)
        return value <= self._extreme_c - TURNED_K
