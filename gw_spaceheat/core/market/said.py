"""A street's things as its messages say them: times in milliseconds since 1970 there, in seconds since its first event here."""

import numpy as np

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import Job
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_street_forecast import GwsStreetForecast
from gw_spaceheat.messages.gws_street_request import GwsStreetRequest

LINK = "street"


def say(src: str, dst: str, message: Message) -> Send:
    """A message from one machine of a street to another."""
    return Send(LINK, dst, message, Urgency.PLAIN, "", src)


def request_of(job: Job, epoch_ms: int) -> GwsStreetRequest:
    """A job as it is handed in."""
    return GwsStreetRequest(
        job=job.id,
        registered_ms=epoch_ms + round(job.registered_s * 1000.0),
        earliest_ms=epoch_ms + round(job.earliest_s * 1000.0),
        latest_ms=epoch_ms + round(job.latest_s * 1000.0),
        after_s=tuple(job.load.times_s.tolist()),
        wh=tuple(job.load.wh.tolist()),
    )


def job_of(request: GwsStreetRequest, epoch_ms: int) -> Job:
    """A job that was handed in."""
    return Job(
        id=request.job,
        registered_s=(request.registered_ms - epoch_ms) / 1000.0,
        earliest_s=(request.earliest_ms - epoch_ms) / 1000.0,
        latest_s=(request.latest_ms - epoch_ms) / 1000.0,
        load=Energy(np.array(request.after_s, dtype=np.float64), np.array(request.wh, dtype=np.float64)),
    )


def told_of(producer: str, number: int, forecast: Forecast, epoch_ms: int) -> GwsStreetForecast:
    """A forecast as it is told."""
    return GwsStreetForecast(
        producer=producer,
        number=number,
        issued_ms=epoch_ms + round(forecast.issued_s * 1000.0),
        times_ms=tuple(epoch_ms + round(at_s * 1000.0) for at_s in forecast.energy.times_s.tolist()),
        wh=tuple(forecast.energy.wh.tolist()),
    )


def forecast_of(told: GwsStreetForecast, epoch_ms: int) -> Forecast:
    """A forecast that was told."""
    times_s = (np.array(told.times_ms, dtype=np.float64) - epoch_ms) / 1000.0
    return Forecast((told.issued_ms - epoch_ms) / 1000.0, Energy(times_s, np.array(told.wh, dtype=np.float64)))
