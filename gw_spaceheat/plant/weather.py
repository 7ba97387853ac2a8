"""Weather, hour by hour: read from a file; `synthetic.py` makes some when there is no file."""

from dataclasses import dataclass

from gw_spaceheat.plant.series import Column, Span, read_hours

OUTDOOR = Column("outdoor_c", "degC", -60.0, 60.0)
DIFFUSE = Column("diffuse_horizontal_w_m2", "W/m2", 0.0, 1000.0)
DIRECT = Column("direct_normal_w_m2", "W/m2", 0.0, 1400.0)


@dataclass(frozen=True, slots=True)
class WeatherSeries:
    """Weather of a run.

    Each tuple has a value per hour of the span and one beyond its end.

    Attributes:
        span: Which hours.
        outdoor_c: Air temperature at the beginning of each hour [degC].
        diffuse_horizontal_w_m2: Diffuse irradiance of the horizontal, mean of the hour [W/m2].
        direct_normal_w_m2: Beam irradiance at right angles to the sun, mean of the hour [W/m2].
        source: The file's name, or a line that begins with SYNTHETIC.
    """

    span: Span
    outdoor_c: tuple[float, ...]
    diffuse_horizontal_w_m2: tuple[float, ...]
    direct_normal_w_m2: tuple[float, ...]
    source: str


def read_weather(text: str, where: str, span: Span) -> WeatherSeries:
    """Weather from the text of a CSV file with the columns outdoor_c, diffuse_horizontal_w_m2 and direct_normal_w_m2.

    Raises:
        SeriesFileError: Naming file, line and column of everything that is wrong.
    """
    columns = read_hours(text, where, span, (OUTDOOR, DIFFUSE, DIRECT))
    return WeatherSeries(
        span=span,
        outdoor_c=columns[OUTDOOR.name],
        diffuse_horizontal_w_m2=columns[DIFFUSE.name],
        direct_normal_w_m2=columns[DIRECT.name],
        source=where,
    )
