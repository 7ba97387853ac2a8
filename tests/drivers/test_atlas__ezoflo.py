"""The EZO-FLO's text: its rate in whatever unit, and its answer codes."""

import pytest

from gw_spaceheat.drivers.atlas__ezoflo import MAKE_MODEL
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.drivers.fakes.i2c import EzoFlo, FakeBus
from tests.drivers.parts import channel, component, sensor

FLOW = channel("flow", TelemetryName.GpmTimes100)
CHIP = component(MAKE_MODEL, bus="i2c-1", address=100)


@pytest.mark.parametrize(
    ("chip", "rate", "flow_kg_s"),
    [
        (EzoFlo(), "0.25", 0.25),
        (EzoFlo(per="m"), "15.0", 0.25),
        (EzoFlo(per="h", outputs=("FR", "TV")), "900", 0.25),
        (EzoFlo(outputs=("TV",)), "0.25", 0.25),
        (EzoFlo(outputs=("FR",)), "0.00", 0.0),
        (EzoFlo(), "-1.0", None),
        (EzoFlo(), "99.0", None),
        (EzoFlo(), "*ER", None),
    ],
)
def test_the_rate_is_a_flow(wires: FakeBus, chip: EzoFlo, rate: str, flow_kg_s: float | None) -> None:
    wires.chips[100] = chip
    meter = sensor(CHIP, FLOW)
    meter.open()
    chip.rate = rate
    assert meter.read() == {"flow": flow_kg_s if flow_kg_s is None else pytest.approx(flow_kg_s)}


@pytest.mark.parametrize(("code", "words"), [(254, "not ready"), (255, "nothing to say"), (2, "not understand"), (7, "code 7")])
def test_an_answer_code_is_an_error_and_passes(wires: FakeBus, code: int, words: str) -> None:
    chip = wires.chips[100] = EzoFlo()
    meter = sensor(CHIP, FLOW)
    meter.open()
    chip.codes.append(code)
    with pytest.raises(DeviceError, match=words):
        meter.read()
    assert meter.read() == {"flow": 0.25}


def test_another_chip_of_the_same_maker_is_refused(wires: FakeBus) -> None:
    wires.chips[100] = EzoFlo(who="EC")
    with pytest.raises(DeviceError, match=r"answers as \?I,EC,1.07"):
        sensor(CHIP, FLOW).open()


def test_a_unit_that_is_not_known_is_refused(wires: FakeBus) -> None:
    wires.chips[100] = EzoFlo(per="x")
    with pytest.raises(DeviceError, match="rate per 'x'"):
        sensor(CHIP, FLOW).open()
