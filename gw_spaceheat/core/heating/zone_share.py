"""What part of the time a zone needs heat, learnt while its thermostat works, for the time when it does not."""

from math import exp

from gw_spaceheat.vocabulary.moment import HOUR_MS

GAINS_K = 3.0
"""People, sun and appliances warm a zone by about this above what heating must do [K]."""
LEAST_LIFT_K = 5.0
"""A supply is taken to be at least so much warmer than the zone [K], or no duty would do."""
MEMORY_MS = 24 * HOUR_MS
"""Older cycles fade with this time constant [ms]."""
PRIOR_K_MS = 2 * HOUR_MS * 20.0
"""The share known beforehand weighs as much as so many hours in a winter of 20 K [K ms]."""
USUAL_CALL_MS = HOUR_MS // 4
SHORTEST_CALL_MS = HOUR_MS // 12
LONGEST_CALL_MS = 4 * HOUR_MS
"""How long a call lasts: before it has been learnt, and at least and at most [ms]."""
CALL_WEIGHT = 0.1
"""What one call counts in that [0-1]."""


class ZoneShare:
    """A zone's loss as a share of what its emitter gives, both per kelvin.

    A zone loses `loss * (setpoint - GAINS_K - outdoor)` and is given `emission * (supply - setpoint)` while it calls. From whole
    cycles, from call to call, `loss / emission` is learnt; the duty that holds the zone follows for any weather and supply.
    A cycle in which the sensor went wrong never ends, so it teaches nothing.

    How long a call lasts is learnt too: many short ones give far more heat than one that is as long as all of them, because the
    emitter stays warm after each.

    Attributes:
        call_ms: How long a call lasts [ms].
    """

    __slots__ = (
        "_base_c",
        "_began",
        "_called_ms",
        "_cycle_ms",
        "_given",
        "_given_now",
        "_lost",
        "_lost_now",
        "_setpoint_c",
        "_told_mono_ms",
        "call_ms",
    )

    def __init__(self, setpoint_c: float, prior: float) -> None:
        """Begin with a share known beforehand."""
        self._setpoint_c = setpoint_c
        self._base_c = setpoint_c - GAINS_K
        self._lost = PRIOR_K_MS
        self._given = PRIOR_K_MS * prior
        self._began = False
        self._told_mono_ms = 0
        self.call_ms = USUAL_CALL_MS
        self._forget_cycle()

    def duty(self, outdoor_c: float, supply_c: float) -> float:
        """Part of the time in which the zone must be heated [0-1], with this supply at this outdoor temperature [degC]."""
        lift_k = max(supply_c - self._setpoint_c, LEAST_LIFT_K)
        return min(max(self._given / self._lost * (self._base_c - outdoor_c) / lift_k, 0.0), 1.0)

    def pass_time(self, calling: bool, outdoor_c: float, supply_c: float, mono_ms: int) -> None:
        """Until now the zone was calling, or not; to be told at every change, and now and then between."""
        passed_ms, self._told_mono_ms = mono_ms - self._told_mono_ms, mono_ms
        if not self._began:
            return
        self._cycle_ms += passed_ms
        self._lost_now += passed_ms * max(self._base_c - outdoor_c, 0.0)
        if calling:
            self._called_ms += passed_ms
            self._given_now += passed_ms * max(supply_c - self._setpoint_c, LEAST_LIFT_K)

    def end_cycle(self) -> None:
        """The zone begins to call: what the last cycle taught is kept."""
        if self._began and self._given_now > 0.0 and self._lost_now > 0.0:
            fading = exp(-self._cycle_ms / MEMORY_MS)
            self._lost = self._lost * fading + self._lost_now
            self._given = self._given * fading + self._given_now
            call_ms = min(max(self._called_ms, SHORTEST_CALL_MS), LONGEST_CALL_MS)
            self.call_ms += round(CALL_WEIGHT * (call_ms - self.call_ms))
        self._began = True
        self._forget_cycle()

    def drop_cycle(self) -> None:
        """The sensor is missing or wrong: the cycle teaches nothing."""
        self._began = False
        self._forget_cycle()

    def _forget_cycle(self) -> None:
        self._lost_now = self._given_now = 0.0
        self._cycle_ms = self._called_ms = 0
