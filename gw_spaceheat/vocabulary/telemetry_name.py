"""What a channel measures: declared once for the wire, for tables and for charts."""

from enum import StrEnum
from math import floor
from typing import NamedTuple

from gw_spaceheat.vocabulary.units import LITRES_PER_GALLON


class Scale(NamedTuple):
    """How a quantity becomes the wire's integer: `round(slope * value + offset)`, value in si_unit.

    Attributes:
        si_unit: Unit inside the code and in every table and chart; empty for a bare number.
        slope: Wire counts per unit.
        offset: Wire counts at zero.
        decimals: Decimals worth showing to a person.
    """

    si_unit: str
    slope: float
    offset: float
    decimals: int

    def from_wire(self, number: float) -> float:
        """The value in si_unit for the wire's integer, or for a mean of such."""
        return (number - self.offset) / self.slope


class TelemetryName(StrEnum):
    """Names as the wire spells them."""

    PowerW = "PowerW"
    RelayState = "RelayState"
    WaterTempCTimes1000 = "WaterTempCTimes1000"
    WaterTempFTimes1000 = "WaterTempFTimes1000"
    AirTempCTimes1000 = "AirTempCTimes1000"
    AirTempFTimes1000 = "AirTempFTimes1000"
    GpmTimes100 = "GpmTimes100"
    CurrentRmsMicroAmps = "CurrentRmsMicroAmps"
    VoltageRmsMilliVolts = "VoltageRmsMilliVolts"
    VoltsTimes100 = "VoltsTimes100"
    CelsiusTimes100 = "CelsiusTimes100"
    WattHours = "WattHours"

    @property
    def scale(self) -> Scale:
        """Unit, wire scale and decimals."""
        return _SCALES[self]

    def to_wire(self, value: float) -> int:
        """The wire's integer for a value in the SI unit: the nearest, and the greater of two as near."""
        scale = _SCALES[self]
        return floor(scale.slope * value + scale.offset + 0.5)

    def from_wire(self, number: int) -> float:
        """The value in the SI unit for the wire's integer."""
        return _SCALES[self].from_wire(number)


COUNTS = Scale("counts", 1.0, 0.0, 0)
"""Of a value whose telemetry name is not known: the wire's whole number as it came."""


def scale_named(name: str) -> Scale:
    """The scale of a telemetry name as it came over the wire, or out of a file; `COUNTS` if it is not known."""
    return TelemetryName(name).scale if name in TelemetryName.__members__ else COUNTS


_SCALES: dict[TelemetryName, Scale] = {
    TelemetryName.PowerW: Scale("W", 1.0, 0.0, 0),
    TelemetryName.RelayState: Scale("", 1.0, 0.0, 0),
    TelemetryName.WaterTempCTimes1000: Scale("degC", 1000.0, 0.0, 2),
    TelemetryName.WaterTempFTimes1000: Scale("degC", 1800.0, 32_000.0, 2),
    TelemetryName.AirTempCTimes1000: Scale("degC", 1000.0, 0.0, 2),
    TelemetryName.AirTempFTimes1000: Scale("degC", 1800.0, 32_000.0, 2),
    TelemetryName.GpmTimes100: Scale("kg/s", 6000.0 / LITRES_PER_GALLON, 0.0, 3),
    TelemetryName.CurrentRmsMicroAmps: Scale("A", 1e6, 0.0, 3),
    TelemetryName.VoltageRmsMilliVolts: Scale("V", 1000.0, 0.0, 1),
    TelemetryName.VoltsTimes100: Scale("V", 100.0, 0.0, 2),
    TelemetryName.CelsiusTimes100: Scale("degC", 100.0, 0.0, 2),
    TelemetryName.WattHours: Scale("Wh", 1.0, 0.0, 0),
}
