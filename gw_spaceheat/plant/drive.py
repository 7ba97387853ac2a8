"""What drives the plant from outside: the weather, and, where the rooms are not simulated, the heat demand."""

from dataclasses import dataclass
from datetime import timedelta

from gw_spaceheat.plant.demand import DemandSeries
from gw_spaceheat.plant.sun import south_wall_w_m2, sun_at
from gw_spaceheat.plant.weather import WeatherSeries

_HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Drive:
    """Hourly values from start_ms on; every tuple has one value beyond the last hour, for its interpolation.

    Attributes:
        start_ms: Time of the first value, UTC [ms].
        outdoor_c: Outdoor temperature, linear between the hours [degC].
        solar_w_m2: Irradiance of a vertical south window, linear between the hours [W/m2].
        demand_w: Heat demand, constant over its hour [W]; None where zones are simulated.
    """

    start_ms: int
    outdoor_c: tuple[float, ...]
    solar_w_m2: tuple[float, ...]
    demand_w: tuple[float, ...] | None

    def __post_init__(self) -> None:
        """Raise ValueError unless all have the same length, at least two."""
        lengths = {len(series) for series in (self.outdoor_c, self.solar_w_m2, self.demand_w) if series is not None}
        if len(lengths) != 1 or min(lengths) < 2:
            raise ValueError(f"outdoor_c, solar_w_m2 and demand_w need the same length, at least 2, not {sorted(lengths)}")

    @property
    def hours(self) -> int:
        """Whole hours that it covers."""
        return len(self.outdoor_c) - 1


def make_drive(weather: WeatherSeries, demand: DemandSeries | None, latitude_deg: float, longitude_deg: float) -> Drive:
    """Join weather and demand of one span.

    The irradiance of an hour is reckoned with the sun at its middle and stands, like the temperature, at its beginning.

    Args:
        weather: The weather.
        demand: The heat demand of the same span; None where zones are simulated.
        latitude_deg: The house's latitude [deg].
        longitude_deg: The house's longitude, east positive [deg].

    Raises:
        ValueError: Weather and demand are of different spans.
    """
    span = weather.span
    if demand is not None and demand.span != span:
        raise ValueError(f"weather ({span}) and demand ({demand.span}) are of different hours")
    solar = []
    for hour, (diffuse, direct) in enumerate(zip(weather.diffuse_horizontal_w_m2, weather.direct_normal_w_m2, strict=True)):
        middle = span.start_local + timedelta(hours=hour) + _HALF_HOUR
        solar.append(south_wall_w_m2(sun_at(middle, latitude_deg, longitude_deg, span.utc_offset_h), direct, diffuse))
    return Drive(
        start_ms=span.start_ms,
        outdoor_c=weather.outdoor_c,
        solar_w_m2=tuple(solar),
        demand_w=None if demand is None else demand.heating_w,
    )
