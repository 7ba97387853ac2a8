"""Hysteresis: the source runs at full power when the reserve gets low and until the store is full, whatever the hour."""

from dataclasses import dataclass

from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.heating.volume import HeatedVolume
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters(SharedParameters):
    """No numbers beyond the shared ones."""


class Strategy:
    """On below required + on_below_k, off above required + off_above_k; store and buffer are one volume."""

    __slots__ = ("_volume",)

    def __init__(self, parameters: SharedParameters, house: House) -> None:  # noqa: ARG002  # any house will do
        """Remember the numbers."""
        self._volume = HeatedVolume(parameters)

    def source_wanted(self, view: View, running_ms: int | None, now: Moment) -> bool:  # noqa: ARG002
        """On while the volume is low, and then until it is full."""
        if running_ms is None:
            return self._volume.low(view)
        return not self._volume.full(view, running_ms)
