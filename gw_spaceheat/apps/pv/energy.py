"""What a field of panels gives on a clear day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from gw_spaceheat.plant.pv.day import Place, clear_day
from gw_spaceheat.plant.pv.field import Field
from gw_spaceheat.stores.turbidity_map import turbidity_map


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRequest:
    """What a person asks for.

    Attributes:
        field: The panels.
        place: Where they stand.
        day: The day, UTC.
        turbidity: Linke turbidity [-]; None for what is usual there.
        air_c: Temperature of the air [degC].
        wind_m_s: Wind speed [m/s].
    """

    field: Field
    place: Place
    day: date
    turbidity: float | None = None
    air_c: float = 10.0
    wind_m_s: float = 2.0


def energy(request: EnergyRequest) -> dict[str, object]:
    """`kwh, peak_w, peak_utc, max_elevation_deg, turbidity` of the day."""
    place, day = request.place, request.day
    turbidity = request.turbidity
    if turbidity is None:
        of_year = np.array([float(day.timetuple().tm_yday)])
        turbidity = float(turbidity_map().at(place.latitude_deg, place.longitude_deg, of_year)[0])
    found = clear_day(request.field, place, day, turbidity, request.air_c, request.wind_m_s)
    peak = int(np.argmax(found.power_w))
    return {
        "date": day.isoformat(),
        "kwh": found.energy_kwh,
        "peak_w": float(found.power_w[peak]),
        "peak_utc": datetime.fromtimestamp(int(found.unix_ms[peak]) / 1000, UTC).strftime("%H:%M"),
        "max_elevation_deg": float(found.sun.elevation_deg.max()),
        "turbidity": turbidity,
    }
