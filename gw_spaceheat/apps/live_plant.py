"""The simulated house of a daemon: SYNTHETIC weather without an end, in plain Python, at the pace of the daemon's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.drive import Drive, make_drive
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.series import Span
from gw_spaceheat.plant.synthetic import MILLINOCKET, generate_weather
from gw_spaceheat.vocabulary.moment import HOUR_MS

GENERATED_DAYS = 28
REPEATED = 40
"""Four weeks of weather are generated and then begin again, for three years; a daemon is restarted before that."""


def live_site(house: House, seed: int, now_ms: Callable[[], int]) -> SimulatedSite:
    """The simulated site of a house from now on.

    Args:
        house: The house; it needs a plant model with zones.
        seed: Seed of weather, noise and draws.
        now_ms: The daemon's wall time, UTC [ms].

    Raises:
        ValueError: The house has no plant model, or no zones; names the house.
    """
    return SimulatedSite(live_plant(house, seed, now_ms()), now_ms)


def live_plant(house: House, seed: int, start_ms: int) -> Plant:
    """The plant of such a site, from a time on, UTC [ms]."""
    return Plant.build(house, _endless_weather(house, seed, start_ms), seed=seed, start_ms=start_ms)


def _endless_weather(house: House, seed: int, start_ms: int) -> Drive:
    zone = timezone(timedelta(hours=house.utc_offset_standard_h))
    begun = datetime.fromtimestamp(start_ms // HOUR_MS * HOUR_MS / 1000, UTC).astimezone(zone).replace(tzinfo=None)
    span = Span(begun.replace(minute=0), GENERATED_DAYS * 24, house.utc_offset_standard_h)
    weather = generate_weather(MILLINOCKET, span, seed)
    once = make_drive(weather, None, house.latitude_deg, house.longitude_deg)
    return Drive(
        start_ms=once.start_ms,
        outdoor_c=once.outdoor_c[:-1] * REPEATED + once.outdoor_c[-1:],
        solar_w_m2=once.solar_w_m2[:-1] * REPEATED + once.solar_w_m2[-1:],
        demand_w=None,
    )
