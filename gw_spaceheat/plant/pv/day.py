"""A clear day of a field of panels, by the minute."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.plant.pv.clear_sky import clear_sky, pressure_pa
from gw_spaceheat.plant.pv.field import Field, on_field, power_w
from gw_spaceheat.plant.pv.solar_position import SolarPosition, solar_position
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS

Values = NDArray[np.float64]

DAY_MINUTES = DAY_MS // MINUTE_MS


class Place(NamedTuple):
    """Where a field stands: latitude (north positive) and longitude (east positive) [deg], altitude [m]."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float = 0.0


class ClearDay(NamedTuple):
    """What a field does on a clear day.

    Attributes:
        unix_ms: The minutes, UTC [ms].
        sun: Where the sun stands.
        power_w: What the inverter gives [W].
    """

    unix_ms: NDArray[np.int64]
    sun: SolarPosition
    power_w: Values

    @property
    def energy_kwh(self) -> float:
        """Energy of the day [kWh]."""
        return float(self.power_w.sum()) / 60.0 / 1000.0


def clear_day(
    field: Field, place: Place, day: date, turbidity: Values | float, air_c: float = 10.0, wind_m_s: float = 2.0
) -> ClearDay:
    """A day in UTC under a clear sky.

    Args:
        field: The panels.
        place: Where they stand.
        day: The day.
        turbidity: Linke turbidity [-].
        air_c: Temperature of the air [degC].
        wind_m_s: Wind speed [m/s].
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    unix_ms = round(start.timestamp() * 1000) + np.arange(DAY_MINUTES, dtype=np.int64) * MINUTE_MS
    sun = solar_position(unix_ms, place.latitude_deg, place.longitude_deg, pressure_pa(place.altitude_m))
    of_year = np.full(DAY_MINUTES, float(day.timetuple().tm_yday))
    sky = clear_sky(sun.apparent_elevation_deg, of_year, turbidity, place.altitude_m)
    return ClearDay(unix_ms, sun, power_w(field, on_field(field, sun, sky), air_c, wind_m_s))
