"""Where the sun stands, within a hundredth of a degree between 1950 and 2050.

Formulas: J. J. Michalsky 1988, *The Astronomical Almanac's algorithm for approximate solar position*, Solar Energy 40;
refraction by I. Reda, A. Andreas 2004, *Solar position algorithm for solar radiation applications*.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.vocabulary.moment import SECOND_MS

Values = NDArray[np.float64]

J2000_S = 946_728_000.0
"""2000-01-01 12:00 UTC as Unix time [s]."""
DAY_S = 86_400.0
PARALLAX_DEG = 0.00244
"""The sun stands so much lower at the horizon than from the middle of the earth [deg]."""
RADIUS_AND_REFRACTION_DEG = 0.8333
"""Below that the sun is under the horizon, and its light is not bent any more [deg]."""


class SolarPosition(NamedTuple):
    """Angles of the sun.

    Attributes:
        elevation_deg: Above the horizon, as geometry has it [deg].
        apparent_elevation_deg: As it is seen: bent by the air [deg].
        azimuth_deg: From north over east [deg], 0 to 360.
    """

    elevation_deg: Values
    apparent_elevation_deg: Values
    azimuth_deg: Values


def solar_position(
    unix_ms: NDArray[np.int64], latitude_deg: float, longitude_deg: float, pressure_pa: float = 101_325.0, air_c: float = 12.0
) -> SolarPosition:
    """The sun at some moments.

    Args:
        unix_ms: When, UTC [ms].
        latitude_deg: North is positive [deg].
        longitude_deg: East is positive [deg].
        pressure_pa: Pressure of the air, for refraction [Pa].
        air_c: Temperature of the air, likewise [degC].
    """
    seconds = unix_ms / SECOND_MS
    days = (seconds - J2000_S) / DAY_S
    mean_longitude_deg = 280.460 + 0.9856474 * days
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(mean_longitude_deg + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * days)
    ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    hour_of_day = (seconds % DAY_S) / 3600.0
    sidereal_h = 6.697375 + 0.0657098242 * days + hour_of_day
    hour_angle = np.radians(sidereal_h * 15.0 + longitude_deg) - ascension
    latitude = np.radians(latitude_deg)
    up = np.sin(declination) * np.sin(latitude) + np.cos(declination) * np.cos(latitude) * np.cos(hour_angle)
    elevation_deg = np.degrees(np.arcsin(np.clip(up, -1.0, 1.0)))
    elevation_deg = elevation_deg - PARALLAX_DEG * np.cos(np.radians(elevation_deg))
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.sin(declination) * np.cos(latitude) - np.cos(declination) * np.sin(latitude) * np.cos(hour_angle)
    azimuth_deg = np.degrees(np.arctan2(east, north)) % 360.0
    return SolarPosition(elevation_deg, elevation_deg + _refraction_deg(elevation_deg, pressure_pa, air_c), azimuth_deg)


def _refraction_deg(elevation_deg: Values, pressure_pa: float, air_c: float) -> Values:
    """By how much the air lifts the sun [deg]."""
    seen = elevation_deg >= -RADIUS_AND_REFRACTION_DEG
    at = np.where(seen, elevation_deg, 0.0)
    lifted = 1.02 / (60.0 * np.tan(np.radians(at + 10.3 / (at + 5.11))))
    return np.where(seen, pressure_pa / 101_000.0 * 283.0 / (273.0 + air_c) * lifted, 0.0)
