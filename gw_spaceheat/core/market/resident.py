"""Those who tell a street's machines what happens: residents who hand in jobs, and whoever forecasts the sun."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.core.market.said import LINK, request_of, told_of
from gw_spaceheat.core.market.street import Street, house_of
from gw_spaceheat.messages.base import Message
from gw_spaceheat.vocabulary.moment import Moment

RESIDENT, FORECASTER = "resident", "forecaster"

Happening = tuple[int, str, str, Message]
"""When, in milliseconds from the street's first event; whose house or roof; who tells it; what."""


def happenings(street: Street, epoch_ms: int) -> list[Happening]:
    """All that happens to a street, in time; forecasts of a moment before jobs of it."""
    told: list[Happening] = []
    for producer in street.producers:
        for number, forecast in enumerate(producer.forecasts, 1):
            message = told_of(producer.id, number, forecast, epoch_ms)
            told.append((round(forecast.issued_s * 1000.0), producer.id, FORECASTER, message))
    for job in street.jobs:
        told.append((round(job.registered_s * 1000.0), house_of(job.id), RESIDENT, request_of(job, epoch_ms)))
    return sorted(told, key=lambda each: each[0])


class Resident:
    """A machine that says what happens when its time has come; to whom stands in `dst` of what it says."""

    def __init__(self, told: Sequence[tuple[int, str, str, Message]]) -> None:
        """Remember (when [ms, UTC], to whom, who tells it, what)."""
        self._told = sorted(told, key=lambda each: each[0])
        self._wall_ahead_ms = 0

    def handle(self, _event: Event, now: Moment) -> Sequence[Event]:
        """Nothing but the time matters."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Say what is due."""
        self._wall_ahead_ms = now.wall_ms - now.mono_ms
        due = [each for each in self._told if each[0] <= now.wall_ms]
        self._told = self._told[len(due) :]
        return [
            Received(LINK, src, "", ack_required=False, message=message, arrived_ms=now.wall_ms, dst=to)
            for _, to, src, message in due
        ]

    def deadline(self) -> int | None:
        """When the next is due; None when all is said."""
        return self._told[0][0] - self._wall_ahead_ms if self._told else None
