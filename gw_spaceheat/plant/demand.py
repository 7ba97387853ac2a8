"""Heat demand, hour by hour, for a house whose rooms are not simulated: read from a file; `synthetic.py` makes some."""

from dataclasses import dataclass

from gw_spaceheat.plant.series import Column, Span, read_hours

HEATING = Column("heating_demand_kwh", "kWh", 0.0, 500.0)


@dataclass(frozen=True, slots=True)
class DemandSeries:
    """Heat that the house needs.

    Attributes:
        span: Which hours.
        heating_w: Mean of each hour [W], and one value beyond the end.
        source: The file's name, or a line that begins with SYNTHETIC.
    """

    span: Span
    heating_w: tuple[float, ...]
    source: str

    @property
    def heating_wh(self) -> float:
        """Heat of the whole span [Wh]."""
        return sum(self.heating_w[: self.span.hours])


def read_demand(text: str, where: str, span: Span) -> DemandSeries:
    """Demand from the text of a CSV file with the column heating_demand_kwh [kWh in each hour].

    Raises:
        SeriesFileError: Naming file, line and column of everything that is wrong.
    """
    kwh = read_hours(text, where, span, (HEATING,))[HEATING.name]
    return DemandSeries(span=span, heating_w=tuple(value * 1000.0 for value in kwh), source=where)
