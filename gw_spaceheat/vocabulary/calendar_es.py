"""National holidays of Spain as the access tariffs count them: the days of fixed date on which all hours are valley."""

from datetime import date

_FIXED = frozenset({(1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)})
"""Month and day. Days that a region may replace and days without a fixed date (Good Friday) do not count; 6 January does.

Source: CNMC, Circular 3/2020, article 7.
"""


def tariff_holiday(day: date) -> bool:
    """Whether a local day counts as a holiday for the access tariffs; one that falls on a Sunday is not moved."""
    return (day.month, day.day) in _FIXED
