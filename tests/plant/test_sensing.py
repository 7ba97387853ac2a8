"""Simulated sensors: lag, noise, steps, and scripted faults."""

import math
import statistics
from dataclasses import replace

import pytest

from gw_spaceheat.house.plant_model import SensorModel
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.plant.houses import PLANT, START_MS, make_drive, make_house


def plant_with(sensor: SensorModel, *faults: SensorFault, seed: int = 1, step_s: float = 10.0) -> Plant:
    house = make_house(replace(PLANT, sensors={"s": sensor, "other": SensorModel(point="buffer.temperature.0", noise=0.1)}))
    return Plant.build(house, make_drive(), seed=seed, start_ms=START_MS, step_s=step_s, faults=faults)


def shown(plant: Plant, times_s: list[float]) -> list[float | None]:
    values = []
    for time_s in times_s:
        plant.advance(START_MS + round(time_s * 1000))
        values.append(plant.read(["s"])["s"])
    return values


STATE = "state.source.enable"  # a place that a test can set as it likes


def test_offset_and_quantum() -> None:
    plant = plant_with(SensorModel(point=STATE, offset=0.1, quantum=0.25))
    answers = []
    for actual in (0.0, 0.02, 0.03, 1.0, -0.3):
        plant.set_actuator("a.hp", actual)
        answers.append(plant.read(["s"])["s"])
    assert answers == [0.0, 0.0, 0.25, 1.0, -0.25]


def test_lag_follows_like_a_first_order_filter() -> None:
    plant = plant_with(SensorModel(point=STATE, lag_s=60.0), step_s=1.0)
    plant.set_actuator("a.hp", 1.0)
    answers = shown(plant, [0, 60, 120, 600])
    assert answers == pytest.approx([1.0 - math.exp(-time_s / 60.0) for time_s in (0, 60, 120, 600)], abs=0.01)


def test_noise_is_normal_and_the_same_for_the_same_seed_time_and_name() -> None:
    sensor = SensorModel(point=STATE, noise=0.5)
    times_s = [10.0 * count for count in range(1000)]
    values = shown(plant_with(sensor), times_s)
    assert values == shown(plant_with(sensor), times_s)
    assert values != shown(plant_with(sensor, seed=2), times_s)
    numbers = [value for value in values if value is not None]
    assert statistics.fmean(numbers) == pytest.approx(0.0, abs=0.06)
    assert statistics.stdev(numbers) == pytest.approx(0.5, rel=0.1)


def test_one_more_channel_does_not_change_the_others_noise() -> None:
    sensor = SensorModel(point=STATE, noise=0.5)
    house = make_house(replace(PLANT, sensors={"first": sensor, "s": sensor}))
    more = Plant.build(house, make_drive(), seed=1, start_ms=START_MS)
    assert shown(more, [0, 10, 20]) == shown(plant_with(sensor), [0, 10, 20])


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        (FaultKind.STUCK, 0.0, [0.0, 0.0, 0.0, 0.0, 1.0]),
        (FaultKind.DROPOUT, 0.0, [0.0, None, None, None, 1.0]),
        (FaultKind.DRIFT, 2.0, [0.0, 0.0, 1.0, 3.0, 1.0]),
        (FaultKind.SPIKE, 7.0, [0.0, 7.0, 7.0, 8.0, 1.0]),
        (FaultKind.POWER_ON_85, 0.0, [0.0, 85.0, 85.0, 85.0, 1.0]),
    ],
)
def test_faults_last_from_start_to_end(kind: FaultKind, size: float, expected: list[float | None]) -> None:
    plant = plant_with(
        SensorModel(point=STATE), SensorFault("s", kind, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS + HOUR_MS // 2, size)
    )
    values = shown(plant, [3590, 3600, 5400])
    plant.set_actuator("a.hp", 1.0)
    values += shown(plant, [7200, 9000])
    assert values == pytest.approx(expected)
    assert plant.read(["other"])["other"] is not None


def test_a_fault_at_the_first_moment_holds_what_was_shown_then() -> None:
    plant = plant_with(SensorModel(point=STATE), SensorFault("s", FaultKind.STUCK, START_MS, START_MS + HOUR_MS))
    plant.advance(START_MS + 10_000)
    plant.set_actuator("a.hp", 1.0)
    assert shown(plant, [20.0]) == [0.0]


def test_two_faults_of_one_sensor_add_up() -> None:
    end_ms = START_MS + HOUR_MS
    spike = SensorFault("s", FaultKind.SPIKE, START_MS, end_ms, 5.0)
    plant = plant_with(
        SensorModel(point=STATE), spike, replace(spike, size=2.0), SensorFault("other", FaultKind.DROPOUT, START_MS, end_ms)
    )
    assert plant.read(["s", "other"]) == {"s": 7.0, "other": None}


def test_a_fault_must_end_after_its_start_and_name_a_sensor() -> None:
    with pytest.raises(ValueError, match="ends at 5 ms, not after its start 5 ms"):
        SensorFault("s", FaultKind.STUCK, 5, 5)
    with pytest.raises(ValueError, match=r"hw1\.test\.house: a fault is written for channel 'nobody'"):
        plant_with(SensorModel(point=STATE), SensorFault("nobody", FaultKind.STUCK, 0, 1))
