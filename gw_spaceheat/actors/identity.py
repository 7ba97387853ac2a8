"""Asks a device for its serial number: at start, when it is back after it was lost, and once a day."""

from collections.abc import Callable, Sequence

from gw_spaceheat.core.events import Event, Level, MeterAnswered, Note
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, Moment

ASKED_EVERY_MS = DAY_MS
ASKED_AGAIN_MS = 10 * MINUTE_MS
"""So long after it did not answer it is asked again."""


class Identity:
    """What one device says of itself. Part of the actor that hosts the device's driver, and called in its thread.

    Whether the number is the right one is not its affair. A device that does not say it is not lost, and is read on; that is
    told once.

    Attributes:
        due_mono_ms: From when on it is to be asked again [mono ms]; 0 for as soon as it can be.
    """

    def __init__(self, alias: str, component: str, identify: Callable[[], str | None]) -> None:
        """Remember.

        Args:
            alias: The node that reads the device, for whoever reads the log.
            component: The device, as the house file names it.
            identify: As of `drivers.base.IdentifiedDriver`.
        """
        self._alias = alias
        self._component = component
        self._identify = identify
        self._is_silent = False
        self.due_mono_ms = 0

    def ask_soon(self) -> None:
        """The device was away, so it may be another one that comes back: ask with the first scan that succeeds."""
        self.due_mono_ms = 0

    def ask(self, now: Moment) -> Sequence[Event]:
        """Ask it now, with the driver open; what it says."""
        self.due_mono_ms = now.mono_ms + ASKED_EVERY_MS
        try:
            serial = self._identify()
        except DeviceError as error:
            self.due_mono_ms = now.mono_ms + ASKED_AGAIN_MS
            return self._told_silent(f"{error}; it is asked again every {ASKED_AGAIN_MS / MINUTE_MS:g} min")
        if not serial:
            return self._told_silent("it cannot; take the number out of the house file if this device really has none to say")
        return (self.answered(serial),)

    def answered(self, serial: str) -> MeterAnswered:
        """It said this number, now or while its driver would not open it."""
        self._is_silent = False
        return MeterAnswered(self._component, serial)

    def _told_silent(self, why: str) -> Sequence[Event]:
        if self._is_silent:
            return ()
        self._is_silent = True
        return (Note(Level.WARNING, f"{self._alias} does not say the serial number of {self._component}: {why}"),)
