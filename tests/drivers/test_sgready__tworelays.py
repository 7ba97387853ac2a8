"""The four states of the SG-Ready label on two pins."""

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.sgready__tworelays import MAKE_MODEL
from tests.drivers.fakes.gpio import FakeGpio
from tests.drivers.parts import actuator, component


@pytest.mark.parametrize("active", ["high", "low"])
def test_each_state_is_its_two_contacts(pins: FakeGpio, active: str) -> None:
    pump = actuator(component(MAKE_MODEL, pin=23, second_pin=24, options={"active": active}))
    pump.open()
    assert pump.read_back() == 2.0, "both open is its own control"
    closed, open_ = (1, 0) if active == "high" else (0, 1)
    for state, levels in ((1, (closed, open_)), (2, (open_, open_)), (3, (open_, closed)), (4, (closed, closed))):
        pump.write(float(state))
        assert ((pins.levels[23], pins.levels[24]), pump.read_back()) == (levels, float(state))


@pytest.mark.parametrize("value", [0.0, 5.0, 2.5, float("nan")])
def test_there_are_no_other_states(pins: FakeGpio, value: float) -> None:
    pump = actuator(component(MAKE_MODEL, pin=23, second_pin=24))
    pump.open()
    with pytest.raises(DeviceError, match="states 1 to 4"):
        pump.write(value)
    with pytest.raises(DeviceError, match="`second_pin`"):
        actuator(component(MAKE_MODEL, pin=23))
