"""What the outdoor temperature is when nobody can say: remembered for a while, then by month and hour."""

from math import cos, pi

COLD_MONTH_C = (-16.0, -14.5, -8.0, 0.0, 7.0, 12.5, 15.5, 14.5, 10.0, 3.5, -4.0, -12.0)
"""A cold day's mean outdoor temperature by month, January first [degC]: long-term monthly means of northern Maine (about -10 in
January, 19 in July) less 4 to 6 K, so that a house that cannot see the weather is rather too warm than too cold."""

DAILY_SWING_K = 4.0
"""Half the difference between the warmest hour (15 o'clock) and the coldest (3 o'clock) [K]."""

OUTDOOR_BY_MONTH_AND_HOUR = tuple(
    tuple(round(mean - DAILY_SWING_K * cos(2.0 * pi * (hour - 3) / 24.0), 1) for hour in range(24)) for mean in COLD_MONTH_C
)
"""Outdoor temperature that the schedule goes by, `[month - 1][local hour]` [degC]."""


def outdoor_by_clock_c(month: int, hour: int, offset_k: float = 0.0) -> float:
    """Outdoor temperature of a cold day [degC] in a month (1-12) at a local hour (0-23), moved by a climate offset [K]."""
    return OUTDOOR_BY_MONTH_AND_HOUR[month - 1][hour] + offset_k
