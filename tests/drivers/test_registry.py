"""Drivers are found by make and model, and looking for them costs nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.apps.devices import device_actor
from gw_spaceheat.core.events import Readings, Started
from gw_spaceheat.drivers import registry
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSensor, SimulatedSite
from gw_spaceheat.house.check import check_house
from gw_spaceheat.house.model import CaptureRule, Channel, Component, Node
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.vocabulary.make_model import Bus, Kind
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.house.samples import built
from tests.plant.houses import START_MS, make_drive, make_house

DEVICES = registry.devices()
SIMULATED = sorted(name for name, device in DEVICES.items() if device.bus is Bus.Simulated)
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
    assert len(DEVICES) >= 26
    for make_model in DEVICES:
        assert make_model == registry.find(make_model).MAKE_MODEL


@pytest.mark.parametrize("make_model", SIMULATED)
def test_simulated_devices_do_what_they_are_known_for(make_model: str) -> None:
    if DEVICES[make_model].kinds & {Kind.Relay, Kind.AnalogOutput}:
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


FROM_ELSEWHERE = '''
"""Acme's Thermo 9: always 21.5 degC."""

from gw_spaceheat.drivers.about import About
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Acme__Thermo9"
ABOUT = About(
    device=MakeModel(frozenset({Kind.Temperature}), Bus.I2c, inputs=1, fastest_poll_s=2.0),
    title="Thermo 9", measures="One temperature.", span="21.5 degC.", source="Acme", recovers="Always.",
)


class Thermo9:
    def __init__(self, channel):
        self.channel = channel

    def open(self):
        pass

    def close(self):
        pass

    def read(self):
        return {self.channel.name: 21.5}


def build(node, channels, component, site):
    return Thermo9(channels[0])
'''


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a package with one driver where installed packages are found: its module, and the metadata that pip would write."""

    def put(source: str) -> None:
        (tmp_path / "acme_thermo.py").write_text(source)
        about = tmp_path / "acme_thermo-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-thermo\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\nAcme__Thermo9 = acme_thermo\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "acme_thermo", raising=False)

    return put


def test_a_package_with_a_driver_needs_no_edit_here(install: Callable[[str], None]) -> None:
    """Its device is listed, house files that name it are checked by what it says of itself, and its actor reads it."""
    install(FROM_ELSEWHERE)
    assert registry.find("Acme__Thermo9").MAKE_MODEL == "Acme__Thermo9"
    thermo = {"make_model": "Acme__Thermo9", "address": {"bus": "i2c-1", "address": "0x30"}}
    channel = {"about": "a.shed", "captured_by": "a.thermo", "telemetry": "AirTempCTimes1000", "register": ""}
    node = {"role": "RoomTempSensor", "actor": "SimpleSensor", "component": "thermo"}
    capture = {"poll_s": 60, "period_s": 60}
    changes = (
        (("components", "thermo"), thermo | {"capture": capture}),
        (("nodes", "a.thermo"), node),
        (("channels", "a-thermo-air"), channel),
    )
    house = built(*changes)
    assert check_house(house, registry.devices()) == ()
    too_fast = built(*changes, (("channels", "a-thermo-air", "capture"), {"poll_s": 1, "period_s": 60}))
    assert "every 2 s" in check_house(too_fast, registry.devices())[0].text
    actor = device_actor(house, "a.thermo", None)
    told = actor.handle(Started(), Moment(0, START_MS))
    assert [event.values for event in told if isinstance(event, Readings)] == [(21.5,)]


@pytest.mark.parametrize("source", ["raise RuntimeError('broken')", "MAKE_MODEL = 'Acme__Thermo9'"])
def test_a_broken_package_harms_only_the_house_that_needs_it(install: Callable[[str], None], source: str) -> None:
    install(source)
    assert "Acme__Thermo9" not in registry.devices()
    if "raise" in source:
        with pytest.raises(DeviceError, match="cannot be imported: RuntimeError: broken"):
            registry.find("Acme__Thermo9")


def test_looking_through_the_drivers_loads_no_library_of_a_bus() -> None:
    script = (
        "import sys\n"
        "from gw_spaceheat.drivers.registry import devices\n"
        "devices()\n"
        "heavy = {'numpy', 'numba', 'pymodbus', 'smbus2', 'serial', 'httpx', 'RPi', 'paho', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "[]\n"
