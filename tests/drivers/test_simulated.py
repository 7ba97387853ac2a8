"""Simulated devices: all see one house, at the clock's present."""

import threading
from dataclasses import replace

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedActuator, SimulatedSensor, SimulatedSite
from gw_spaceheat.house.model import CaptureRule, Channel, Component
from gw_spaceheat.plant.faults import FaultKind, MeterSwap, SensorFault
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.watch import WatchedDevice
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.plant.houses import START_MS, make_drive, make_house

METER = Component(id="meter", make_model="GridWorks__SimPowerMeter", serial="SIM-0001")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms


def channel(name: str) -> Channel:
    rule = CaptureRule(poll_s=10.0, period_s=60.0, delta=None)
    return Channel(name=name, about="a", captured_by="a", telemetry=TelemetryName.PowerW, capture=rule)


def site_at(clock: Clock, *faults: SensorFault) -> SimulatedSite:
    return SimulatedSite(Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS, faults=faults), clock)


def opened(site: SimulatedSite, *names: str) -> SimulatedSensor:
    sensor = SimulatedSensor(site, [channel(name) for name in names], METER)
    sensor.open()
    return sensor


def test_a_relay_moves_what_the_meter_shows_from_then_on() -> None:
    clock = Clock()
    site = site_at(clock)
    relay, meter = SimulatedActuator(site, "a.boost0"), opened(site, "total-power", "hp-power")
    relay.open()
    assert relay.read_back() == 0.0
    clock.now_ms += 10 * MINUTE_MS
    assert meter.read() == {"total-power": 15.0, "hp-power": 15.0}
    relay.write(1.0)
    assert relay.read_back() == 1.0
    clock.now_ms += 10_000
    assert meter.read()["total-power"] == 4515.0
    clock.now_ms += HOUR_MS - 10_000
    assert site.totals().boost_wh == pytest.approx(4500.0)
    assert site.electricity_wh() == pytest.approx(4500.0 + 15.0 * 70.0 / 60.0)
    assert site.store_energy_wh(30.0) > site.store_energy_wh(40.0)


def test_a_clock_that_steps_back_does_not_move_the_house_back() -> None:
    clock = Clock()
    site = site_at(clock)
    meter = opened(site, "outdoor")
    clock.now_ms += HOUR_MS
    value = meter.read()
    clock.now_ms -= HOUR_MS
    assert meter.read() == value


def test_a_missing_value_is_none() -> None:
    clock = Clock()
    site = site_at(clock, SensorFault("outdoor", FaultKind.DROPOUT, START_MS, START_MS + HOUR_MS))
    assert opened(site, "outdoor", "hp-power").read() == {"outdoor": None, "hp-power": 15.0}


def test_a_closed_sensor_and_unknown_names_are_told() -> None:
    site = site_at(Clock())
    sensor = opened(site, "outdoor")
    sensor.close()
    sensor.close()
    for asked in (sensor.read, sensor.identify):
        with pytest.raises(DeviceError, match="outdoor is not open"):
            asked()
    with pytest.raises(DeviceError, match="'nobody' has no simulated sensor"):
        opened(site, "nobody")
    with pytest.raises(DeviceError, match="moves nothing"):
        SimulatedActuator(site, "a.nobody").open()
    with pytest.raises(DeviceError, match="moves nothing"):
        SimulatedActuator(site, "a.nobody").write(1.0)


def test_the_end_of_the_weather_is_a_device_error() -> None:
    clock = Clock()
    sensor = opened(site_at(clock), "outdoor")
    clock.now_ms += 1000 * HOUR_MS
    with pytest.raises(DeviceError, match="come to its end"):
        sensor.read()


def test_threads_share_one_house() -> None:
    clock = Clock()
    site = site_at(clock)
    clock.now_ms += 6 * HOUR_MS
    gate = threading.Barrier(8)
    answers: list[float | None] = []

    def read() -> None:
        sensor = opened(site, "outdoor")
        gate.wait()
        answers.append(sensor.read()["outdoor"])

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert site.totals().electricity_wh == pytest.approx(6 * 15.0)


def test_the_house_can_run_ahead_of_a_virtual_clock() -> None:
    clock = Clock()
    plant = Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS)
    watch = plant.watch([WatchedDevice(("hp-power",), (100.0,), 10_000)])
    site = SimulatedSite(plant, clock)
    assert site.quiet_until(watch, START_MS + HOUR_MS) == START_MS + 10_000
    watch.remember(0, watch.values(0), START_MS + 2 * HOUR_MS)
    site.write("a.hp", 1.0)
    assert site.quiet_until(watch, START_MS + HOUR_MS) == START_MS + 20_000
    assert watch.values(0) == [3000.0]


def test_sensors_keep_the_order_of_their_channels() -> None:
    sensor = SimulatedSensor(site_at(Clock()), [channel("outdoor"), replace(channel("outdoor"), name="buffer0")], METER)
    sensor.open()
    assert list(sensor.read()) == ["outdoor", "buffer0"]


def test_a_meter_says_the_serial_number_of_whatever_is_in_its_place() -> None:
    clock = Clock()
    plant = Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS)
    swaps = [MeterSwap("meter", "SIM-9999", START_MS + HOUR_MS, START_MS + 2 * HOUR_MS), MeterSwap("other", "x", 0, 1 << 60)]
    site = SimulatedSite(plant, clock, swaps)
    meter = opened(site, "hp-power")
    said = []
    for hour in range(3):
        clock.now_ms = START_MS + hour * HOUR_MS
        said.append(meter.identify())
    assert said == ["SIM-0001", "SIM-9999", "SIM-0001"]


def test_a_sensor_without_a_serial_number_cannot_say_one() -> None:
    sensor = SimulatedSensor(site_at(Clock()), [channel("hp-power")], replace(METER, serial=""))
    sensor.open()
    assert sensor.identify() is None


def test_a_swap_ends_after_its_start() -> None:
    with pytest.raises(ValueError, match="the swap of meter ends at 5 ms"):
        MeterSwap("meter", "x", 5, 5)
