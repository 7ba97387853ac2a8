"""Clouds over a neighbourhood: the same sky for all, which the wind carries from house to house.

Cover is value noise: slow changes of the weather for the whole neighbourhood, and a pattern of clouds in the plane, some
kilometres across, that moves with the wind and is finer in a second layer. So neighbours see nearly the same, one after the
other, and a street's sum is smoother than a house. A function of seed, place and time alone.

Sunlight under a cover by F. Kasten, G. Czeplak 1980, *Solar and terrestrial radiation dependent on the amount and type of
cloud*, Solar Energy 24; what of it is diffuse by D. G. Erbs, S. A. Klein, J. A. Duffie 1982, Solar Energy 28.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.chance_series import bells, value_noise
from gw_spaceheat.plant.pv.clear_sky import Irradiance
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS

Values = NDArray[np.float64]
Times = NDArray[np.int64]

CLOUD_M = 2500.0
"""Distance of the knots of the coarser layer [m]."""
FINE = 4.0
FINE_SHARE = 0.45
SLOW_H, MIDDLE_H = 18, 5
STEEPNESS = 2.2
SECTION_MS = 31 * 24 * HOUR_MS
"""The pattern begins anew after this, so that its numbers stay small."""
_SLOW, _MIDDLE, _COARSE, _FINE = 0x5C01, 0x5C02, 0x5C03, 0x5C04


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """How cloudy a neighbourhood is.

    Attributes:
        seed: A non-negative integer.
        cloudiness: From 0, never a cloud, to 1, always overcast; half of the time is about half covered at 0.5.
        wind_m_s: How fast clouds go [m/s].
        towards_deg: Where to, from north over east [deg].
    """

    seed: int = 1
    cloudiness: float = 0.45
    wind_m_s: float = 8.0
    towards_deg: float = 70.0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the figure, for what cannot be."""
        if not 0.0 <= self.cloudiness <= 1.0:
            raise ValueError(f"cloudiness is {self.cloudiness}; 0 to 1 is allowed")
        if not 0.0 <= self.wind_m_s <= 60.0:
            raise ValueError(f"wind_m_s of clouds is {self.wind_m_s}; 0 to 60 is allowed")


def cover(clouds: Clouds, east_m: float, north_m: float, unix_ms: Times) -> Values:
    """Share of the sky that is covered above a house, 0 to 1.

    Args:
        clouds: How cloudy it is.
        east_m: Where the house stands, from the middle of the neighbourhood [m].
        north_m: Likewise [m].
        unix_ms: When, UTC [ms].
    """
    if clouds.cloudiness in {0.0, 1.0}:
        return np.full(unix_ms.shape, clouds.cloudiness)
    slow = 1.1 * value_noise(clouds.seed, _SLOW, unix_ms / (SLOW_H * HOUR_MS))
    slow = slow + 0.5 * value_noise(clouds.seed, _MIDDLE, unix_ms / (MIDDLE_H * HOUR_MS))
    carried_m = (unix_ms % SECTION_MS) / SECOND_MS * clouds.wind_m_s
    towards = np.radians(clouds.towards_deg)
    along_m = east_m * np.sin(towards) + north_m * np.cos(towards) - carried_m
    across_m = east_m * np.cos(towards) - north_m * np.sin(towards)
    broken = _plane_noise(clouds.seed, _COARSE, along_m / CLOUD_M, across_m / CLOUD_M)
    broken = broken + FINE_SHARE * _plane_noise(clouds.seed, _FINE, along_m / CLOUD_M * FINE, across_m / CLOUD_M * FINE)
    middle = np.log(clouds.cloudiness / (1.0 - clouds.cloudiness))
    found: Values = 1.0 / (1.0 + np.exp(-(middle + STEEPNESS * (slow + broken))))
    return found


def under_clouds(sky: Irradiance, apparent_elevation_deg: Values, covered: Values) -> Irradiance:
    """What of a clear sky's light comes through a cover of 0 to 1."""
    up = np.sin(np.radians(np.maximum(apparent_elevation_deg, 0.0)))
    through = 1.0 - 0.75 * covered**3.4
    total = sky.global_horizontal_w_m2 * through
    outside = np.maximum(sky.extraterrestrial_w_m2 * up, 1e-6)
    diffuse_share = np.maximum(_diffuse_share(total / outside), 0.0)
    clear_share = np.divide(
        sky.diffuse_horizontal_w_m2, sky.global_horizontal_w_m2, out=np.ones_like(total), where=sky.global_horizontal_w_m2 > 0.0
    )
    # a clear sky stays as it is: the formula only says how much more of the light clouds scatter
    base = np.maximum(_diffuse_share(sky.global_horizontal_w_m2 / outside), 1e-6)
    share = np.clip(clear_share + (1.0 - clear_share) * (diffuse_share - base) / np.maximum(1.0 - base, 1e-6), 0.0, 1.0)
    share = np.maximum(share, clear_share)
    diffuse = total * share
    direct = np.where(up > 0.0, (total - diffuse) / np.maximum(up, 1e-6), 0.0)
    direct = np.minimum(direct, sky.direct_normal_w_m2)
    return Irradiance(total, direct, total - direct * up, sky.extraterrestrial_w_m2)


def _diffuse_share(clearness: Values) -> Values:
    """Diffuse part of the horizontal irradiance by clearness index (Erbs, Klein, Duffie 1982) [-]."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    found: Values = np.where(k <= 0.22, 1.0 - 0.09 * k, np.where(k <= 0.80, middle, 0.165))
    return found


def _plane_noise(seed: int, stream: int, x: Values, y: Values | float) -> Values:
    """Smooth noise in the plane: bell numbers at whole places, a smooth surface between, deviation about 0.7."""
    y = np.broadcast_to(np.asarray(y, dtype=np.float64), x.shape)
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    into_x, into_y = x - column, y - row
    smooth_x, smooth_y = into_x * into_x * (3.0 - 2.0 * into_x), into_y * into_y * (3.0 - 2.0 * into_y)
    near = _knot(seed, stream, column, row) * (1.0 - smooth_x) + _knot(seed, stream, column + 1, row) * smooth_x
    far = _knot(seed, stream, column, row + 1) * (1.0 - smooth_x) + _knot(seed, stream, column + 1, row + 1) * smooth_x
    found: Values = near + (far - near) * smooth_y
    return found


def _knot(seed: int, stream: int, column: Times, row: Times) -> Values:
    return bells(seed, stream, (column * 73_856_093 ^ row * 19_349_663) & 0x1FFFFFFF)
