"""A relay on a pin, on high or on low."""

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.gridworks__gpiorelay import MAKE_MODEL
from tests.drivers.fakes.gpio import FakeGpio
from tests.drivers.parts import actuator, component


@pytest.mark.parametrize(("active", "on", "off"), [("high", 1, 0), ("low", 0, 1)])
def test_it_switches(pins: FakeGpio, active: str, on: int, off: int) -> None:
    relay = actuator(component(MAKE_MODEL, pin=17, options={"active": active}))
    relay.open()
    assert (pins.levels[17], relay.read_back()) == (off, 0.0)
    relay.write(1.0)
    assert (pins.levels[17], relay.read_back()) == (on, 1.0)
    relay.close()
    assert pins.levels[17] == on, "what it has stays when its driver closes"
    relay.open()
    assert relay.read_back() == 1.0, "and when it opens"
    assert pins.history == [(17, off), (17, on), (17, on)], "without a pulse in between"


def test_a_pin_that_does_not_follow_is_read_as_it_is(pins: FakeGpio) -> None:
    relay = actuator(component(MAKE_MODEL, pin=17))
    relay.open()
    pins.stuck.add(17)
    relay.write(1.0)
    assert relay.read_back() == 0.0


def test_what_is_wrong_is_said(pins: FakeGpio) -> None:
    with pytest.raises(DeviceError, match="`pin`"):
        actuator(component(MAKE_MODEL))
    with pytest.raises(DeviceError, match="one of high, low"):
        actuator(component(MAKE_MODEL, pin=17, options={"active": "yes"}))
    pins.fault = RuntimeError("No access to /dev/mem")
    with pytest.raises(DeviceError, match=r"gpio pin 17: No access to /dev/mem; .*group gpio"):
        actuator(component(MAKE_MODEL, pin=17)).open()


def test_a_laptop_has_no_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "RPi", None)
    with pytest.raises(DeviceError, match="it needs a Raspberry Pi"):
        actuator(component(MAKE_MODEL, pin=17)).open()
