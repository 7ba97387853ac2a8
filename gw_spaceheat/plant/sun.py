"""Where the sun stands, and what falls on a wall.

Formulas: J. A. Duffie, W. A. Beckman, *Solar Engineering of Thermal Processes*, 4th ed., sections 1.5 (equation of time, solar
time), 1.6 (declination by Spencer's series, angle of incidence) and 2.15 (isotropic sky). Good to half a degree.
"""

import math
from datetime import datetime
from typing import NamedTuple

GROUND_REFLECTANCE = 0.2
"""Bare ground and old snow together [-]."""


class Sun(NamedTuple):
    """Cosines of the sun's angle to the vertical, and to the normal of a vertical wall facing south [-]; negative: behind."""

    cos_zenith: float
    cos_south_wall: float


def sun_at(local_standard: datetime, latitude_deg: float, longitude_deg: float, utc_offset_h: float) -> Sun:
    """The sun at a moment.

    Args:
        local_standard: Local standard time without a zone.
        latitude_deg: North is positive [deg].
        longitude_deg: East is positive [deg].
        utc_offset_h: Local standard time minus UTC [h].

    Returns:
        The sun's angles, by solar time from the day of the year.
    """
    day = local_standard.timetuple().tm_yday
    b = 2.0 * math.pi * (day - 1) / 365.0
    equation_of_time_min = 229.2 * (
        0.000075 + 0.001868 * math.cos(b) - 0.032077 * math.sin(b) - 0.014615 * math.cos(2 * b) - 0.04089 * math.sin(2 * b)
    )
    clock_h = local_standard.hour + local_standard.minute / 60.0 + local_standard.second / 3600.0
    solar_h = clock_h + longitude_deg / 15.0 - utc_offset_h + equation_of_time_min / 60.0
    hour_angle = math.radians(15.0 * (solar_h - 12.0))
    declination = (
        0.006918
        - 0.399912 * math.cos(b)
        + 0.070257 * math.sin(b)
        - 0.006758 * math.cos(2 * b)
        + 0.000907 * math.sin(2 * b)
        - 0.002697 * math.cos(3 * b)
        + 0.00148 * math.sin(3 * b)
    )
    latitude = math.radians(latitude_deg)
    across = math.cos(declination) * math.cos(hour_angle)
    along = math.sin(declination)
    return Sun(
        cos_zenith=along * math.sin(latitude) + across * math.cos(latitude),
        cos_south_wall=across * math.sin(latitude) - along * math.cos(latitude),
    )


def south_wall_w_m2(sun: Sun, direct_normal_w_m2: float, diffuse_horizontal_w_m2: float) -> float:
    """Irradiance of a vertical wall that faces south [W/m2]: beam, half an isotropic sky, half of what the ground reflects.

    The beam counts while the sun is above the horizon and before the wall. For houses north of the tropics: south of them the
    sunny wall faces north.
    """
    up = max(sun.cos_zenith, 0.0)
    beam = direct_normal_w_m2 * max(sun.cos_south_wall, 0.0) if up > 0.0 else 0.0
    ground = direct_normal_w_m2 * up + diffuse_horizontal_w_m2
    return beam + 0.5 * diffuse_horizontal_w_m2 + 0.5 * GROUND_REFLECTANCE * ground
