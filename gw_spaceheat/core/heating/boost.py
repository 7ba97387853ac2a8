"""Resistive elements, switched on one by one while they are needed and off one by one when they are not."""

from gw_spaceheat.core.heating.parameters import SharedParameters

RISING_K = 0.2
"""A tank that got warmer by this much since the last element was switched on needs no further one yet [K]."""


class BoostStages:
    """How many elements are on.

    A first element comes at once, a further one after a stage's time unless the tank has become warmer meanwhile: a short dip
    does not bring all elements.
    """

    __slots__ = ("_changed_mono_ms", "_release_ms", "_stage_ms", "_warmth_c", "count", "on")

    def __init__(self, count: int, parameters: SharedParameters) -> None:
        """All elements are off."""
        self.count = count
        self._stage_ms = round(parameters.boost_stage_s * 1000)
        self._release_ms = round(parameters.boost_release_s * 1000)
        self._changed_mono_ms = 0
        self._warmth_c = 0.0
        self.on = 0

    def adopt(self, elements: int, mono_ms: int) -> None:
        """Take the elements as they are: so many are on."""
        self._set(min(elements, self.count), self._warmth_c, mono_ms)

    def need(self, warmth_c: float, mono_ms: int) -> None:
        """Heat is needed; warmth is a temperature of the tank that shows whether the elements so far suffice [degC]."""
        if self.on == 0:
            self._set(min(1, self.count), warmth_c, mono_ms)
        elif mono_ms - self._changed_mono_ms >= self._stage_ms:
            rising = warmth_c > self._warmth_c + RISING_K
            self._set(self.on if rising else min(self.on + 1, self.count), warmth_c, mono_ms)

    def release(self, mono_ms: int) -> None:
        """Heat is no longer needed."""
        if self.on and mono_ms - self._changed_mono_ms >= self._release_ms:
            self._set(self.on - 1, self._warmth_c, mono_ms)

    def force(self, elements: int, mono_ms: int) -> None:
        """So many elements at once: none above the tank's limit, or as a schedule says."""
        if elements != self.on:
            self._set(min(elements, self.count), self._warmth_c, mono_ms)

    def _set(self, elements: int, warmth_c: float, mono_ms: int) -> None:
        self.on = elements
        self._warmth_c = warmth_c
        self._changed_mono_ms = mono_ms
