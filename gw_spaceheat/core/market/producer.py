"""A roof that sells its sun: it tells the manager what is forecast, and stands for no more than that."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.core.market.energy import Forecast, stitched
from gw_spaceheat.core.market.repeats import Repeats
from gw_spaceheat.core.market.said import forecast_of, say
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_street_accept import GwsStreetAccept
from gw_spaceheat.messages.gws_street_booking import GwsStreetBooking
from gw_spaceheat.messages.gws_street_decline import GwsStreetDecline
from gw_spaceheat.messages.gws_street_forecast import GwsStreetForecast
from gw_spaceheat.messages.gws_street_noted import GwsStreetNoted
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

HOUR_S = HOUR_MS / 1000.0
TOLERANCE_WH = 1.0
"""An hour may be booked for so much more than is forecast [Wh]: slots and hours do not end with the forecast's times."""


class Producer:
    """The machine of one roof.

    Attributes:
        booked: The booking that holds; None before the first.
        declined: How many bookings were more than it could stand for.
    """

    def __init__(self, name: str, producer: str, manager: str, epoch_ms: int) -> None:
        """Remember.

        Args:
            name: The machine.
            producer: The roof.
            manager: Whom it tells.
            epoch_ms: The street's first event, UTC [ms].
        """
        self._name, self._producer, self._manager, self._epoch_ms = name, producer, manager, epoch_ms
        self._repeats = Repeats()
        self._forecasts: dict[int, Forecast] = {}
        self._newest: GwsStreetForecast | None = None
        self._answer: Message | None = None
        self.booked: GwsStreetBooking | None = None
        self.declined = 0

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Somebody forecasts, or the manager books."""
        if not isinstance(event, Received):
            return ()
        match event.message:
            case GwsStreetForecast() as told if told.producer == self._producer and told.number not in self._forecasts:
                self._forecasts[told.number] = forecast_of(told, self._epoch_ms)
                if self._newest is None or told.number > self._newest.number:
                    self._newest = told
                return (self._repeats.put(told.number, say(self._name, self._manager, told), now.mono_ms),)
            case GwsStreetNoted() as noted if noted.subject == self._producer:
                self._repeats.drop(noted.number)
            case GwsStreetBooking() as booking if booking.producer == self._producer:
                return self._booked(booking)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Say again what was not answered."""
        return self._repeats.due(now.mono_ms)

    def deadline(self) -> int | None:
        """When something is to be said again."""
        return self._repeats.deadline()

    def _booked(self, booking: GwsStreetBooking) -> Sequence[Event]:
        known = None if self.booked is None else self.booked.number
        if known is not None and booking.number < known:
            return ()
        if known == booking.number and self._answer is not None:
            return (say(self._name, self._manager, self._answer),)
        self.booked = booking
        if self._can_give(booking):
            self._answer = GwsStreetAccept(subject=self._producer, number=booking.number)
            return (say(self._name, self._manager, self._answer),)
        self.declined += 1
        self._answer = GwsStreetDecline(subject=self._producer, number=booking.number, reason="that is more than is forecast")
        answers = [say(self._name, self._manager, self._answer)]
        if self._newest is not None and booking.forecast < self._newest.number:
            answers.append(say(self._name, self._manager, self._newest))
        return answers

    def _can_give(self, booking: GwsStreetBooking) -> bool:
        first_s = (booking.start_ms - self._epoch_ms) / 1000.0
        edges_s = first_s + np.arange(len(booking.hourly_wh) + 1, dtype=np.float64) * HOUR_S
        said = stitched(self._forecasts.values()).within(edges_s)
        return bool((np.array(booking.hourly_wh) <= said + TOLERANCE_WH).all())
