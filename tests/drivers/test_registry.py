"""Drivers are found by make and model, and looking for them costs nothing."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from gw_spaceheat.drivers import registry
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSensor, SimulatedSite
from gw_spaceheat.house.model import CaptureRule, Channel, Component, Node
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.vocabulary.make_model import KNOWN, Bus, Kind
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.plant.houses import START_MS, make_drive, make_house

SIMULATED = sorted(name for name, device in KNOWN.items() if device.bus is Bus.Simulated)
NODE = Node(alias="a.boost0", role=Role.BooleanActuator)
CHANNELS = [
    Channel(
        name="hp-power",
        about="a",
        captured_by="a",
        telemetry=TelemetryName.PowerW,
        capture=CaptureRule(poll_s=10.0, period_s=60.0, delta=None),
    )
]


def site() -> SimulatedSite:
    return SimulatedSite(Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS), lambda: START_MS)


def component(make_model: str) -> Component:
    return Component(id="c", make_model=make_model)


def test_every_driver_is_known_under_its_own_name() -> None:
    found = registry.makes_and_models()
    assert set(SIMULATED) <= found <= set(KNOWN)
    for make_model in found:
        assert make_model == registry.find(make_model).MAKE_MODEL


@pytest.mark.parametrize("make_model", SIMULATED)
def test_simulated_devices_do_what_they_are_known_for(make_model: str) -> None:
    if KNOWN[make_model].kinds & {Kind.Relay, Kind.AnalogOutput}:
        actuator = registry.actuator_driver(NODE, [], component(make_model), site())
        assert isinstance(actuator, SimulatedActuator)
        actuator.open()
        actuator.write(1.0)
        assert actuator.read_back() == 1.0
        actuator.close()
        with pytest.raises(DeviceError, match="can only be commanded"):
            registry.sensor_driver(NODE, CHANNELS, component(make_model), site())
    else:
        sensor = registry.sensor_driver(NODE, CHANNELS, component(make_model), site())
        assert isinstance(sensor, SimulatedSensor)
        sensor.open()
        assert sensor.read() == {"hp-power": 15.0}
        with pytest.raises(DeviceError, match="can only be read"):
            registry.actuator_driver(NODE, CHANNELS, component(make_model), site())
        with pytest.raises(DeviceError, match="no channels to read"):
            registry.sensor_driver(NODE, [], component(make_model), site())


class Silent:
    """A driver of somebody else's, who has heard nothing of serial numbers."""

    def read(self) -> dict[str, float | None]:
        return {}

    def open(self) -> None: ...

    def close(self) -> None: ...


def test_a_driver_is_asked_for_the_serial_number_if_it_can_be() -> None:
    power_meter = Component(id="c", make_model="GridWorks__SimPowerMeter", serial="SIM-0001")
    driver = registry.sensor_driver(NODE, CHANNELS, power_meter, site())
    driver.open()
    assert registry.identifying(driver)() == "SIM-0001"
    assert registry.identifying(Silent())() is None


@pytest.mark.parametrize("make_model", SIMULATED)
def test_simulated_devices_need_a_simulated_house(make_model: str) -> None:
    with pytest.raises(DeviceError, match=f"node a.boost0 has the simulated device {make_model}"):
        registry.find(make_model).build(NODE, CHANNELS, component(make_model), None)


@pytest.mark.parametrize("make_model", ["Nobody__Nothing", "gridworks__simrelay", "base", "simulated", ""])
def test_a_missing_driver_is_told_with_what_is_there(make_model: str) -> None:
    with pytest.raises(DeviceError, match=r"GridWorks__SimRelay.*_blueprint"):
        registry.find(make_model)


def test_another_package_can_bring_a_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "acme_thermo.py").write_text(
        "MAKE_MODEL = 'Acme__Thermo9'\n\n\ndef build(node, channels, component, site):\n    return site\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    point = metadata.EntryPoint("Acme__Thermo9", "acme_thermo", registry.ENTRY_POINTS)

    def entry_points(group: str, name: str = "Acme__Thermo9") -> list[metadata.EntryPoint]:
        return [point] if (group, name) == (registry.ENTRY_POINTS, "Acme__Thermo9") else []

    monkeypatch.setattr(registry.metadata, "entry_points", entry_points)
    assert registry.find("Acme__Thermo9").MAKE_MODEL == "Acme__Thermo9"
    assert "Acme__Thermo9" in registry.makes_and_models()


def test_looking_through_the_drivers_loads_no_library_of_a_bus() -> None:
    script = (
        "import sys\n"
        "from gw_spaceheat.drivers.registry import makes_and_models\n"
        "makes_and_models()\n"
        "heavy = {'numpy', 'numba', 'pymodbus', 'smbus2', 'serial', 'httpx', 'RPi', 'paho', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "[]\n"
