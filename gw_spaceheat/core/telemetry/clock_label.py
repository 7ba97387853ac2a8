"""What the peer is told of the clock by which everything is labelled."""

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from gw_spaceheat.core.events import ClockStepped
from gw_spaceheat.messages.gws_clock import GwsClock
from gw_spaceheat.vocabulary.moment import Moment


class ClockKnown(msgspec.Struct, frozen=True):
    """What a process knows of its clock when it begins.

    Attributes:
        boot: Identifier of the boot.
        synchronised: Whether a time service confirms the wall clock.
        awaited: Whether the wall clock has yet to be set.
    """

    boot: str
    synchronised: bool
    awaited: bool = False


class ClockLabel:
    """Makes the messages: at the start, at every change, and with every certificate."""

    def __init__(self, alias: str, new_id: Callable[[], str], known: ClockKnown) -> None:
        """Remember.

        Args:
            alias: Alias of the SCADA.
            new_id: Gives identifiers [uuid4].
            known: What is known at the start.
        """
        self._alias = alias
        self._new_id = new_id
        self._known = known

    def changed(self, event: ClockStepped, now: Moment) -> GwsClock:
        """The clock was stepped, set, or is confirmed no more."""
        awaited = self._known.awaited and event.corrects_from_ms is None
        self._known = ClockKnown(self._known.boot, event.synchronised, awaited)
        return self.label(now, event)

    def label(self, now: Moment, event: ClockStepped | None = None) -> GwsClock:
        """Both clocks as they are, and what has just become of them."""
        from_ms = None if event is None else event.corrects_from_ms
        return GwsClock(
            message_id=self._new_id(),
            src=self._alias,
            time_created_ms=now.wall_ms,
            mono_ms=now.mono_ms,
            boot_id=self._known.boot,
            synchronised=self._known.synchronised,
            awaited=self._known.awaited,
            stepped_by_ms=0 if event is None else event.by_ms,
            corrected_from_ms=UNSET if from_ms is None else from_ms,
        )
