"""What a channel measures, and its numbers on the wire."""

import pytest

from gw_spaceheat.vocabulary.telemetry_name import COUNTS, TelemetryName, scale_named


@pytest.mark.parametrize("name", TelemetryName)
def test_a_number_of_the_wire_comes_back(name: TelemetryName) -> None:
    assert [name.to_wire(name.from_wire(number)) for number in (-273, 0, 1, 98_765)] == [-273, 0, 1, 98_765]


@pytest.mark.parametrize(
    ("name", "number", "value", "unit"),
    [
        ("WaterTempCTimes1000", 52_130, 52.13, "degC"),
        ("WaterTempFTimes1000", 122_000, 50.0, "degC"),
        ("GpmTimes100", 100, 0.0630902, "kg/s"),
        ("PowerW", 4_900, 4_900.0, "W"),
        ("of another make", 17, 17.0, "counts"),
        ("", 17, 17.0, "counts"),
    ],
)
def test_scales_by_name(name: str, number: int, value: float, unit: str) -> None:
    scale = scale_named(name)
    assert scale.from_wire(number) == pytest.approx(value, rel=1e-5)
    assert scale.si_unit == unit
    assert (scale is COUNTS) is (name not in TelemetryName.__members__)
