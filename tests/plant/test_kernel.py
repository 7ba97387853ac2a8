"""Time in the kernel: steps, hours of the drive, and running quietly to the next capture."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gw_spaceheat.plant import memory
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.plant.kernel import next_poll_ms
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.watch import WatchedDevice
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.plant.houses import HOT_WATER, PLANT, START_MS, make_drive, make_house

STORY = [("a.hp", 1.0), ("a.valve", 1.0), ("a.zone0", 1.0), ("a.boost0", 1.0), ("a.hp", 0.0), ("a.store.pump", 1.0)]

TEMPERATURES = WatchedDevice(
    ("buffer0", "buffer4", "outdoor", "supply", "zone0-air"), (0.3, 0.3, math.inf, 0.5, 0.1), poll_ms=60_000
)
POWER = WatchedDevice(("hp-power", "total-power"), (100.0, 50.0), poll_ms=10_000)
ODD = WatchedDevice(("store0", "store-flow"), (0.2, 0.05), poll_ms=17_300, phase_ms=4_100)
DEVICES = (TEMPERATURES, POWER, ODD)
PERIODS_MS = (300_000, 3_600_000, 900_000)
FAULTS = (
    SensorFault("buffer4", FaultKind.DROPOUT, START_MS + 1_000_000, START_MS + 2_000_000),
    SensorFault("store0", FaultKind.STUCK, START_MS + 3_000_000, START_MS + 9_000_000),
    SensorFault("supply", FaultKind.DRIFT, START_MS + 500_000, START_MS + 8_000_000, 3.0),
)

Capture = tuple[int, int, tuple[float | None, ...]]


class CaptureRule:
    """What was captured of one device, as the sensors' actors keep it."""

    def __init__(self, device: WatchedDevice, period_ms: int) -> None:
        self.device, self.period_ms = device, period_ms
        self.last: list[float | None] = [None] * len(device.channels)
        self.due_ms = [0] * len(device.channels)

    def select(self, values: Sequence[float | None], now_ms: int) -> bool:
        captured = False
        for index, (value, delta) in enumerate(zip(values, self.device.deltas, strict=True)):
            before = self.last[index]
            if now_ms >= self.due_ms[index]:
                self.due_ms[index] = now_ms - now_ms % self.period_ms + self.period_ms
            elif value is None or before is None:
                if value is before:
                    continue
            elif abs(value - before) <= delta:
                continue
            self.last[index] = value
            captured = True
        return captured


def make_plant(*, compiled: bool) -> Plant:
    return Plant.build(make_house(), make_drive(), seed=3, start_ms=START_MS, compiled=compiled, faults=FAULTS)


def captures_by_polling(plant: Plant, limits_ms: Sequence[int]) -> list[Capture]:
    rules = [CaptureRule(device, period_ms) for device, period_ms in zip(DEVICES, PERIODS_MS, strict=True)]
    scanners = [plant.scanner(device.channels) for device in DEVICES]
    captures: list[Capture] = []
    for (node, value), limit_ms in zip(STORY, limits_ms, strict=True):
        plant.set_actuator(node, value)
        while plant.now_ms < limit_ms:
            polls_ms = [next_poll_ms(plant.now_ms, device.poll_ms, device.phase_ms) for device in DEVICES]
            plant.advance(min(*polls_ms, limit_ms))
            for number, poll_ms in enumerate(polls_ms):
                if poll_ms == plant.now_ms:
                    values = scanners[number].read()
                    if rules[number].select(values, poll_ms):
                        captures.append((poll_ms, number, tuple(values)))
    return captures


def captures_in_quiet(plant: Plant, limits_ms: Sequence[int]) -> list[Capture]:
    rules = [CaptureRule(device, period_ms) for device, period_ms in zip(DEVICES, PERIODS_MS, strict=True)]
    watch = plant.watch(DEVICES)
    captures: list[Capture] = []
    for (node, value), limit_ms in zip(STORY, limits_ms, strict=True):
        plant.set_actuator(node, value)
        while plant.now_ms < limit_ms:
            reached_ms = plant.quiet_until(watch, limit_ms)
            assert reached_ms == plant.now_ms
            if not watch.captured:
                plant.advance(limit_ms)
            for number in watch.captured:
                values = watch.values(number)
                assert values == plant.scanner(DEVICES[number].channels).read()
                assert rules[number].select(values, reached_ms)
                captures.append((reached_ms, number, tuple(values)))
                watch.remember(number, rules[number].last, min(rules[number].due_ms))
    return captures


LIMITS_MS = [START_MS + offset for offset in (1_800_000, 1_805_000, 5_400_007, 7_200_000, 9_000_000, 10_800_000)]


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_quiet_running_captures_what_polling_captures(compiled: bool) -> None:
    polled, quiet = make_plant(compiled=compiled), make_plant(compiled=compiled)
    expected = captures_by_polling(polled, LIMITS_MS)
    assert captures_in_quiet(quiet, LIMITS_MS) == expected
    assert {number for _, number, _ in expected} == {0, 1, 2}
    assert any(None in values for _, _, values in expected)
    assert len(expected) < 0.7 * sum((LIMITS_MS[-1] - START_MS) / device.poll_ms for device in DEVICES)
    end = memory.NUMBERS_FIXED
    assert list(quiet.numbers[:end]) == list(polled.numbers[:end])


def test_a_device_of_one_period_needs_no_telling_what_was_due() -> None:
    told, knowing = make_plant(compiled=False), make_plant(compiled=False)
    minutes = replace(TEMPERATURES, period_ms=PERIODS_MS[0])
    watch_told, watch_knowing = told.watch([TEMPERATURES]), knowing.watch([minutes])
    due = []
    while told.quiet_until(watch_told, LIMITS_MS[-1]) < LIMITS_MS[-1]:
        reached_ms = told.now_ms
        assert knowing.quiet_until(watch_knowing, LIMITS_MS[-1]) == reached_ms
        assert watch_knowing.captured == watch_told.captured == [0]
        assert watch_knowing.next_ms == reached_ms + 60_000
        values = watch_told.values(0)
        assert watch_knowing.values(0) == values
        if reached_ms % PERIODS_MS[0] == 0 or not due:
            due.append(reached_ms)
            watch_told.remember(0, values, reached_ms - reached_ms % PERIODS_MS[0] + PERIODS_MS[0])
    assert len(due) > 30


def test_quiet_running_ends_with_the_last_scan_before_its_limit_and_cuts_no_step_in_two() -> None:
    plant = make_plant(compiled=False)
    assert plant.quiet_until(plant.watch([]), START_MS + 5_000) == START_MS
    watch = plant.watch([POWER])
    assert plant.quiet_until(watch, START_MS + 9_000) == START_MS
    assert watch.captured == []
    assert plant.quiet_until(watch, START_MS + 99_000) == START_MS + 10_000
    assert watch.captured == [0]
    watch.remember(0, watch.values(0), START_MS + HOUR_MS)
    assert plant.quiet_until(watch, START_MS + 99_000) == START_MS + 90_000
    assert watch.captured == []
    assert plant.quiet_until(watch, START_MS + 100_000) == START_MS + 100_000


def test_a_due_period_is_captured_at_the_first_poll_from_then_on() -> None:
    plant = make_plant(compiled=False)
    watch = plant.watch([POWER])
    plant.quiet_until(watch, START_MS + 10_000)
    watch.remember(0, watch.values(0), START_MS + 31_000)
    assert plant.quiet_until(watch, START_MS + HOUR_MS) == START_MS + 40_000


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_what_changed_is_named_and_counts_as_captured_from_then_on(compiled: bool) -> None:
    plant = make_plant(compiled=compiled)
    watch = plant.watch([TEMPERATURES, POWER])
    assert plant.quiet_until(watch, START_MS + 10_000) == START_MS + 10_000
    assert (watch.captured, watch.changed(1)) == ([1], [0, 1])
    watch.remember(1, watch.values(1), START_MS + HOUR_MS)
    assert plant.quiet_until(watch, START_MS + HOUR_MS) == START_MS + 60_000
    assert (watch.captured, watch.changed(0), watch.changed(1)) == ([0], [0, 1, 2, 3, 4], [])
    watch.remember(0, watch.values(0), START_MS + HOUR_MS)
    plant.set_actuator("a.boost0", 1.0)
    reached_ms = plant.quiet_until(watch, START_MS + HOUR_MS)
    assert (reached_ms, watch.captured, watch.changed(1)) == (START_MS + 70_000, [1], [1])
    assert plant.quiet_until(watch, START_MS + 80_000) == START_MS + 80_000
    assert watch.captured == []


def test_watch_refuses_lists_that_do_not_fit() -> None:
    plant = make_plant(compiled=False)
    with pytest.raises(ValueError, match="device 0 has 2 channels, not 1"):
        plant.watch([POWER]).remember(0, [1.0], 0)
    with pytest.raises(ValueError, match="2 channels but 1 deltas"):
        WatchedDevice(("a", "b"), (1.0,), 1000)
    with pytest.raises(ValueError, match="not every 0 ms"):
        WatchedDevice((), (), 0)
    with pytest.raises(ValueError, match="channel 'nobody' has no simulated sensor"):
        plant.watch([WatchedDevice(("nobody",), (1.0,), 1000)])


@pytest.mark.parametrize(
    ("now_ms", "poll_ms", "phase_ms", "expected_ms"),
    [(100, 10, 0, 110), (101, 10, 0, 110), (109, 10, 0, 110), (100, 10, 3, 103), (103, 10, 3, 113), (5, 10, 103, 13)],
)
def test_next_poll(now_ms: int, poll_ms: int, phase_ms: int, expected_ms: int) -> None:
    assert next_poll_ms(now_ms, poll_ms, phase_ms) == expected_ms


def test_one_call_or_many_on_the_grid_are_the_same() -> None:
    once, often = make_plant(compiled=False), make_plant(compiled=False)
    for plant in (once, often):
        plant.set_actuator("a.hp", 1.0)
        plant.set_actuator("a.zone1", 1.0)
    once.advance(START_MS + HOUR_MS)
    while often.now_ms < START_MS + HOUR_MS:
        often.advance(often.now_ms + 20_000)
    assert once.numbers == often.numbers
    often.advance(START_MS)
    assert often.now_ms == START_MS + HOUR_MS


@pytest.mark.parametrize(
    ("step_s", "start_ms"), [(10.0, START_MS), (7.0, START_MS), (300.0, START_MS + 123_456), (0.5, START_MS)]
)
def test_demand_is_counted_to_the_hour_whatever_the_step(step_s: float, start_ms: int) -> None:
    hourly_w = tuple(1000.0 * hour for hour in range(6))
    drive = Drive(start_ms=START_MS, outdoor_c=(0.0,) * 6, solar_w_m2=(0.0,) * 6, demand_w=hourly_w)
    plant = Plant.build(make_house(), drive, seed=1, start_ms=start_ms, step_s=step_s)
    end_ms = START_MS + (4 if step_s > 1 else 2) * HOUR_MS
    plant.advance(end_ms)
    exact_wh = sum(hourly_w[: (end_ms - START_MS) // HOUR_MS])
    assert plant.totals().demanded_wh == pytest.approx(exact_wh, rel=1e-12)


def test_outdoor_temperature_is_linear_between_the_hours() -> None:
    drive = Drive(START_MS, (-10.0, 0.0, -4.0), (0.0,) * 3, (5000.0,) * 3)
    plant = Plant.build(make_house(), drive, seed=1, start_ms=START_MS)
    seen = []
    for minutes in (15, 30, 60, 90, 120):
        plant.advance(START_MS + minutes * 60_000)
        seen.append(plant.numbers[memory.OUTDOOR_C])
    assert seen == pytest.approx([-7.5, -5.0, 0.0, -2.0, -4.0], abs=0.02)


def test_long_steps_are_parted_so_that_no_layer_is_replaced_twice() -> None:
    coarse = Plant.build(make_house(), make_drive(demand_w=9000.0), seed=1, start_ms=START_MS, step_s=600.0)
    fine = Plant.build(make_house(), make_drive(demand_w=9000.0), seed=1, start_ms=START_MS, step_s=10.0)
    for plant in (coarse, fine):
        plant.set_actuator("a.hp", 1.0)
        plant.advance(START_MS + 12 * HOUR_MS)
    assert coarse.totals().electricity_wh == pytest.approx(fine.totals().electricity_wh, rel=0.03)
    assert abs(coarse.totals().residual) < 1e-9
    at, nodes = coarse.whole[memory.BUFFER_AT], coarse.whole[memory.BUFFER_NODES]
    assert 15.0 < min(coarse.numbers[at : at + nodes]) <= max(coarse.numbers[at : at + nodes]) < 80.0


def test_hot_water_of_a_day_is_drawn_whole() -> None:
    house = make_house(replace(PLANT, hot_water=HOT_WATER))
    start_ms = START_MS + 5 * HOUR_MS  # local midnight
    plant = Plant.build(house, make_drive(), seed=1, start_ms=start_ms)
    plant.advance(start_ms + 24 * HOUR_MS)
    exact_wh = HOT_WATER.litres_per_day * 4186.0 * (HOT_WATER.mixed_c - HOT_WATER.cold_c) / 3600.0
    totals = plant.totals()
    assert totals.hot_water_wh <= exact_wh * (1.0 + 1e-9)
    assert totals.hot_water_wh == pytest.approx(exact_wh, rel=0.15)  # the uncharged tank's last litres are tepid
    assert abs(totals.residual) < 1e-12
