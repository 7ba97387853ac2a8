"""The heating schedule: how long in each period the source runs when no tank can be seen."""

from gw_spaceheat.core.heating.parameters import SharedParameters


class DutySchedule:
    """On at the beginning of each period for a part of it that grows as it gets colder.

    Periods are counted on the monotonic clock, so a step of the wall clock neither doubles nor skips one.
    """

    __slots__ = ("_boost_duty", "_boost_from_c", "_full_c", "_none_c", "_period_ms", "_zone_duty")

    def __init__(self, parameters: SharedParameters) -> None:
        """Remember the schedule's corners."""
        self._period_ms = round(parameters.duty_period_s * 1000)
        self._none_c = parameters.duty_none_c
        self._full_c = parameters.duty_full_c
        self._boost_from_c = parameters.boost_duty_from_c
        self._boost_duty = parameters.boost_duty
        self._zone_duty = parameters.zone_duty

    def source_duty(self, outdoor_c: float) -> float:
        """Part of the period in which heat is given [0-1], linear between the outdoor temperatures for none and for all."""
        return min(max((self._none_c - outdoor_c) / (self._none_c - self._full_c), 0.0), 1.0)

    def zone_duty(self, outdoor_c: float) -> float:
        """Part of the period in which a zone calls: a house needs the less of its emitters the milder it is."""
        return self.source_duty(outdoor_c) * self._zone_duty

    def boost_duty(self, outdoor_c: float) -> float:
        """Part of the period in which boost helps the source: more below its own temperature, never above the safe duty."""
        share = (self._boost_from_c - outdoor_c) / (self._boost_from_c - self._full_c)
        return min(max(share, 0.0), 1.0) * self._boost_duty

    def element_duty(self, outdoor_c: float) -> float:
        """Part of the period in which elements that are the only source are on, never above the safe duty."""
        return min(self.source_duty(outdoor_c), self._boost_duty)

    def boosting(self, outdoor_c: float, mono_ms: int) -> bool:
        """Whether boost helps the source now."""
        return self.on(self.boost_duty(outdoor_c), mono_ms)

    def on(self, duty: float, mono_ms: int) -> bool:
        """Whether now is in the on part of a period with this duty."""
        return mono_ms % self._period_ms < duty * self._period_ms
