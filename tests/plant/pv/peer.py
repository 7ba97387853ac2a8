"""pvlib, the oracle: one day of a field of panels, as it has it."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pvlib

WATTS, AIR_C, WIND_M_S = 4000.0, 10.0, 2.0


class Peer(NamedTuple):
    """What pvlib says of the minutes of a day."""

    unix_ms: Any
    elevation_deg: Any
    azimuth_deg: Any
    apparent_elevation_deg: Any
    sky: Any
    plane_w_m2: Any
    power_w: Any
    turbidity: Any


def day(latitude: float, longitude: float, altitude: float, tilt: float, azimuth: float, date: str) -> Peer:
    times = pd.date_range(date, periods=1440, freq="1min", tz="UTC")
    place = pvlib.location.Location(latitude, longitude, altitude=altitude)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sun = place.get_solarposition(times)
        sky = place.get_clearsky(times)
        extra = pvlib.irradiance.get_extra_radiation(times)
        plane = pvlib.irradiance.get_total_irradiance(
            tilt, azimuth, sun.apparent_zenith, sun.azimuth, sky.dni, sky.ghi, sky.dhi, dni_extra=extra, model="haydavies"
        ).poa_global.fillna(0.0)
        cell = pvlib.temperature.faiman(plane, AIR_C, WIND_M_S)
        power = pvlib.inverter.pvwatts(pvlib.pvsystem.pvwatts_dc(plane, cell, WATTS, -0.0035), WATTS / 0.96).fillna(0.0)
        turbidity = pvlib.clearsky.lookup_linke_turbidity(times, latitude, longitude)
    unix_ms = np.array([round(time.timestamp() * 1000) for time in times], np.int64)
    return Peer(
        unix_ms,
        sun.elevation.to_numpy(),
        sun.azimuth.to_numpy(),
        sun.apparent_elevation.to_numpy(),
        sky,
        plane.to_numpy(),
        power.to_numpy(),
        turbidity.to_numpy(),
    )


PLACES = {
    "Waterville": (44.6, -69.8, 60.0, 30.0, 180.0),
    "Madrid": (40.4, -3.7, 650.0, 35.0, 150.0),
    "Berlin": (52.5, 13.4, 40.0, 45.0, 220.0),
    "Sydney": (-33.9, 151.2, 20.0, 30.0, 0.0),
    "Nairobi": (-1.3, 36.8, 1700.0, 10.0, 90.0),
    "Tromso": (69.6, 18.9, 10.0, 70.0, 180.0),
    "Denver": (39.7, -105.0, 1600.0, 90.0, 180.0),
}
DATES = ("2026-03-20", "2026-06-21", "2026-12-21")
