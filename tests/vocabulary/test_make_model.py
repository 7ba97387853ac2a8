"""What devices can do."""

import re

import pytest

from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.vocabulary.make_model import TELEMETRY, Bus, Kind
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

DEVICES = devices()


def test_every_kind_measures_something_known() -> None:
    assert TELEMETRY.keys() == set(Kind)
    assert set().union(*TELEMETRY.values()) == set(TelemetryName)


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_can_do_what_its_kind_says(name: str) -> None:
    device = DEVICES[name]
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]*__[A-Za-z0-9_]+", name)
    assert device.kinds
    assert (device.outputs > 0) == bool(device.kinds & {Kind.Relay, Kind.AnalogOutput})
    assert (device.inputs > 0) == bool(device.kinds & {Kind.Temperature, Kind.PowerMeter, Kind.FlowMeter})
    assert device.fastest_poll_s >= 0.04


def test_every_kind_can_be_simulated() -> None:
    simulated = [device for device in DEVICES.values() if device.bus is Bus.Simulated]
    assert frozenset().union(*(device.kinds for device in simulated)) == frozenset(Kind)
