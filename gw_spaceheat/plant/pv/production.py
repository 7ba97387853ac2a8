"""What the panels of a house give under clouds and snow, at any moments."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.pv.clear_sky import clear_sky, pressure_pa
from gw_spaceheat.plant.pv.clouds import Clouds, cover, under_clouds
from gw_spaceheat.plant.pv.day import Place
from gw_spaceheat.plant.pv.field import Field, on_field, power_w
from gw_spaceheat.plant.pv.snow import AirYear, snow_share
from gw_spaceheat.plant.pv.solar_position import solar_position
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS

Values = NDArray[np.float64]
Times = NDArray[np.int64]

METRES_PER_DEG = 111_195.0
LOWEST_SUN_DEG = -0.5
"""Below that there is no light [deg]."""
DAYS_OF_YEAR = 365.2425


class Site(NamedTuple):
    """A house with panels, and its sky.

    Attributes:
        place: Where it stands.
        fields: Its fields of panels, each with an inverter.
        turbidity: How hazy the air is in each month, January first [-].
        clouds: The clouds of the neighbourhood.
        origin: The middle of the neighbourhood.
        air: Temperature of the air through the year.
        wind_m_s: Wind at the panels [m/s].
        snow: Share of the days of frost on which snow falls [0-1].
    """

    place: Place
    fields: tuple[Field, ...]
    turbidity: tuple[float, ...]
    clouds: Clouds
    origin: Place
    air: AirYear
    wind_m_s: float = 2.0
    snow: float = 0.0


def production_w(site: Site, unix_ms: Times) -> Values:
    """Power that the inverters of a house give [W], at these moments [ms, UTC]."""
    place = site.place
    sun = solar_position(unix_ms, place.latitude_deg, place.longitude_deg, pressure_pa(place.altitude_m))
    day, within = np.divmod(unix_ms, DAY_MS)
    of_year = day % DAYS_OF_YEAR + 1.0
    total = np.zeros(unix_ms.shape)
    up = sun.apparent_elevation_deg > LOWEST_SUN_DEG
    if not up.any():
        return total
    months = np.asarray(site.turbidity)[np.minimum((of_year / (DAYS_OF_YEAR / 12.0)).astype(np.int64), 11)]
    sky = clear_sky(sun.apparent_elevation_deg, of_year, months, place.altitude_m)
    if site.clouds.cloudiness > 0.0:
        covered = cover(site.clouds, *offset_m(site.origin, place), unix_ms)
        sky = under_clouds(sky, sun.apparent_elevation_deg, covered)
    solar_h = within / HOUR_MS + place.longitude_deg / 15.0
    warmest = np.cos(2.0 * np.pi * (solar_h - 15.0) / 24.0)
    of_days, index = np.unique(day, return_inverse=True)
    daily_c = np.array([site.air.of_day(int(one)) for one in of_days])[index]
    air_c = daily_c + site.air.day_k * warmest
    for field in site.fields:
        snow: Values | float = 0.0
        if site.snow > 0.0:
            shares = [snow_share(site.clouds.seed, site.air, int(one), field.tilt_deg, site.snow) for one in of_days]
            snow = np.array(shares)[index]
        total = total + power_w(field, on_field(field, sun, sky), air_c, site.wind_m_s, snow)
    found: Values = np.where(up, total, 0.0)
    return found


def offset_m(origin: Place, place: Place) -> tuple[float, float]:
    """How far east and north of the origin a place is [m]; for neighbours."""
    north_m = (place.latitude_deg - origin.latitude_deg) * METRES_PER_DEG
    east_m = (place.longitude_deg - origin.longitude_deg) * METRES_PER_DEG * math.cos(math.radians(origin.latitude_deg))
    return east_m, north_m
