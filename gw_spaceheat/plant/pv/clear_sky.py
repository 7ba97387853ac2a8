"""What a clear sky sends down.

Formulas: P. Ineichen, R. Perez 2002, *A new airmass independent formulation for the Linke turbidity coefficient*, Solar Energy
73; air mass by F. Kasten, A. T. Young 1989.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SOLAR_CONSTANT_W_M2 = 1366.1
SEA_LEVEL_PA = 101_325.0


class Irradiance(NamedTuple):
    """What comes down, and what would without air.

    Attributes:
        global_horizontal_w_m2: Beam and diffuse on the horizontal [W/m2].
        direct_normal_w_m2: Beam on a surface that faces the sun [W/m2].
        diffuse_horizontal_w_m2: Diffuse on the horizontal [W/m2].
        extraterrestrial_w_m2: Beam above the air, facing the sun [W/m2].
    """

    global_horizontal_w_m2: Values
    direct_normal_w_m2: Values
    diffuse_horizontal_w_m2: Values
    extraterrestrial_w_m2: Values


def pressure_pa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere at an altitude [Pa]; up to 11 km."""
    pressure: float = 100.0 * ((44331.514 - altitude_m) / 11880.516) ** (1.0 / 0.1902632)
    return pressure


def clear_sky(
    apparent_elevation_deg: Values, day_of_year: Values, turbidity: Values | float, altitude_m: float = 0.0
) -> Irradiance:
    """Irradiance under a clear sky; nothing while the sun is down.

    Args:
        apparent_elevation_deg: The sun as it is seen [deg].
        day_of_year: From 1.
        turbidity: Linke turbidity [-].
        altitude_m: Above the sea [m].
    """
    extraterrestrial = extraterrestrial_w_m2(day_of_year)
    up = apparent_elevation_deg > 0.0
    cos_zenith = np.where(up, np.sin(np.radians(apparent_elevation_deg)), 0.0)
    airmass = relative_airmass(np.where(up, apparent_elevation_deg, 90.0)) * (pressure_pa(altitude_m) / SEA_LEVEL_PA)
    fh1, fh2 = np.exp(-altitude_m / 8000.0), np.exp(-altitude_m / 1250.0)
    cg1, cg2 = 5.09e-5 * altitude_m + 0.868, 3.92e-5 * altitude_m + 0.0387
    total = cg1 * extraterrestrial * cos_zenith * np.exp(-cg2 * airmass * (fh1 + fh2 * (turbidity - 1.0)))
    beam = (0.664 + 0.163 / fh1) * np.exp(-0.09 * airmass * (turbidity - 1.0)) * extraterrestrial
    most = 1.0 - (0.1 - 0.2 * np.exp(-turbidity)) / (0.1 + 0.882 / fh1)
    most_beam = total * np.maximum(most / np.where(up, cos_zenith, 1.0), 0.0)
    direct = np.where(up, np.minimum(np.maximum(beam, 0.0), most_beam), 0.0)
    return Irradiance(total, direct, total - direct * cos_zenith, extraterrestrial)


def extraterrestrial_w_m2(day_of_year: Values) -> Values:
    """Beam above the air [W/m2], by Spencer 1971."""
    year = 2.0 * np.pi * (day_of_year - 1.0) / 365.0
    squared = (
        1.00011
        + 0.034221 * np.cos(year)
        + 0.00128 * np.sin(year)
        + 0.000719 * np.cos(2.0 * year)
        + 7.7e-05 * np.sin(2.0 * year)
    )
    return SOLAR_CONSTANT_W_M2 * squared


def relative_airmass(apparent_elevation_deg: Values) -> Values:
    """How much air there is on the way of the light, as multiples of that overhead; Kasten, Young 1989."""
    zenith_deg = 90.0 - apparent_elevation_deg
    return 1.0 / (np.cos(np.radians(zenith_deg)) + 0.50572 * (96.07995 - zenith_deg) ** -1.6364)
