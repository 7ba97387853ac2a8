"""Snow on panels: it falls on days of frost, covers them whole, and slides off day by day, sooner when it thaws.

A simple model for simulations, by seed: a share of the frost days brings snow, and a steep roof and mild air clear it.
"""

import math
from typing import NamedTuple

from gw_spaceheat.vocabulary.chance import uniform

LOOK_BACK_DAYS = 30
"""Snow that lies longer is no longer on the panels."""
LEFT_AT_FREEZING, LEFT_PER_K = 0.55, 0.05
_FALLS = 0x5A01


class AirYear(NamedTuple):
    """The temperature of the air through the year: its mean, half of what summer is warmer than winter, half a day's swing.

    Attributes:
        mean_c: Mean of the year [degC].
        season_k: Half the difference between the warmest and the coldest day [K].
        day_k: Half the difference between afternoon and night [K].
        south: South of the equator, where January is summer.
    """

    mean_c: float = 8.0
    season_k: float = 12.0
    day_k: float = 4.0
    south: bool = False

    def of_day(self, day: int) -> float:
        """Mean of a day, counted from 1970 [degC]; the coldest is 20 January."""
        coldest = math.cos(2.0 * math.pi * (day % 365.2425 - 19.0) / 365.2425)
        return self.mean_c - (-1.0 if self.south else 1.0) * self.season_k * coldest


def snow_share(seed: int, air: AirYear, day: int, tilt_deg: float, falls: float = 0.25) -> float:
    """Share of panels that snow covers on a day, 0 to 1.

    Args:
        seed: A non-negative integer; neighbours have the same.
        air: The temperature of the air.
        day: Counted from 1970.
        tilt_deg: Of the panels [deg].
        falls: Share of the days of frost on which snow falls [0-1].
    """
    share = 0.0
    for before in range(day - LOOK_BACK_DAYS, day + 1):
        air_c = air.of_day(before)
        left = min(max(LEFT_AT_FREEZING - LEFT_PER_K * air_c, 0.0), 0.95) * (1.0 - tilt_deg / 180.0)
        share *= left
        if air_c < 0.0 and uniform(seed, _FALLS, before & 0x7FFFFFFF) < falls:
            share = 1.0
    return share
