"""How hazy a clear sky usually is: Linke turbidity by place and day of the year."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MID_MONTH = np.array([15.5, 45.0, 74.5, 105.0, 135.5, 166.0, 196.5, 227.5, 258.0, 288.5, 319.0, 349.5])
"""Days from the beginning of the year to the middle of each month."""
YEAR_DAYS = 365.0


class TurbidityMap:
    """Monthly means over squares of equal size."""

    def __init__(self, months: Values) -> None:
        """Remember the means: by month, by row from the north pole, by column from 180 degrees west on [-]."""
        self._months = months
        self._square_deg = 180.0 / months.shape[1]

    def at(self, latitude_deg: float, longitude_deg: float, day_of_year: Values) -> Values:
        """Turbidity of a place [-]: 2 is very clear, 3 to 4 usual, 6 hazy; along lines between squares and between months.

        Args:
            latitude_deg: North is positive [deg].
            longitude_deg: East is positive [deg].
            day_of_year: From 1.
        """
        _, rows, columns = self._months.shape
        row = min(max((90.0 - latitude_deg) / self._square_deg - 0.5, 0.0), rows - 1.0)
        column = ((longitude_deg + 180.0) / self._square_deg - 0.5) % columns
        north, west = min(int(row), rows - 2), int(column)
        east, to_south, to_east = (west + 1) % columns, row - north, column - west
        upper = self._months[:, north, west] * (1.0 - to_east) + self._months[:, north, east] * to_east
        lower = self._months[:, north + 1, west] * (1.0 - to_east) + self._months[:, north + 1, east] * to_east
        means = upper * (1.0 - to_south) + lower * to_south
        days = np.concatenate([[MID_MONTH[-1] - YEAR_DAYS], MID_MONTH, [MID_MONTH[0] + YEAR_DAYS]])
        found: Values = np.interp(day_of_year - 0.5, days, np.concatenate([means[-1:], means, means[:1]]))
        return found
