"""The meters of a street."""

import numpy as np
import pytest

from gw_spaceheat.plant.meter.faults import FaultKind, MeterFault
from gw_spaceheat.plant.meter.fleet import (
    ORIGINAL_HOUSES,
    ORIGINAL_MOST_W,
    Fleet,
    Street,
    Times,
    Values,
    household_load,
    original_load,
    recorded_load,
)
from gw_spaceheat.plant.meter.household import Household
from gw_spaceheat.plant.meter.reading import MeterReading

NOON_MS = 1_782_043_200_000
TICK = NOON_MS // 10_000


def utc(moments: Times) -> Times:
    return moments // 1000


def rising(_house: str, moments: Times, _local_s: Times) -> Values:
    """360 W at noon, and 10 W more at every reading."""
    return 360.0 + (moments - NOON_MS) / 1000.0


def said(street: Street, ticks: int, house: str = "h") -> list[MeterReading]:
    fleet = Fleet(street, utc)
    return [reading for tick in range(TICK, TICK + ticks) for reading in fleet.readings(tick) if reading.house == house]


def test_readings_have_their_number_time_and_registers() -> None:
    first, second = said(Street(houses=("h",), load=rising), 2)
    assert first == MeterReading("h", NOON_MS * 1000, 360.0, TICK, 1, 0)
    assert second == MeterReading("h", (NOON_MS + 10_000) * 1000, 370.0, TICK + 1, 2, 0)


def test_the_registers_agree_with_the_powers_over_hours() -> None:
    readings = said(Street(houses=("h",), load=rising), 1000)
    energy_wh = sum(reading.power_w for reading in readings) / 360.0
    assert readings[-1].import_wh == pytest.approx(energy_wh, abs=1.0)


def test_asked_again_it_says_the_same_though_an_hour_has_passed() -> None:
    fleet = Fleet(Street(houses=("h", "g"), load=household_load(3, Household(), ("h", "g")), jitter_ms=500), utc)
    before = [fleet.readings(TICK + tick) for tick in range(400)]
    assert [fleet.readings(TICK + tick) for tick in range(400)] == before


def test_who_goes_on_says_what_who_never_stopped_says() -> None:
    street = Street(houses=("h", "g"), load=household_load(3, Household(), ("h", "g")), jitter_ms=500)
    through = Fleet(street, utc)
    whole = [through.readings(TICK + tick) for tick in range(800)]
    resumed = Fleet(street, utc, through.energy_before(TICK + 700))
    assert [resumed.readings(TICK + tick) for tick in range(700, 800)] == whole[700:]


def test_jitter_is_late_by_less_than_said_and_keeps_the_order() -> None:
    times = np.array([reading.taken_us for reading in said(Street(houses=("h",), load=rising, jitter_ms=9_000), 300)])
    late_ms = times // 1000 - (NOON_MS + np.arange(300) * 10_000)
    assert 0 <= late_ms.min() < 500
    assert 8_500 < late_ms.max() < 9_000
    assert (np.diff(times) > 0).all()


def test_resolutions() -> None:
    readings = said(Street(houses=("h",), load=rising, resolution_w=100, resolution_wh=10), 50)
    assert {reading.power_w % 100 for reading in readings} == {0.0}
    assert {(reading.import_wh or 0) % 10 for reading in readings} == {0}


def faulty(kind: FaultKind, skew_ms: int = 0) -> list[MeterReading]:
    fault = MeterFault("h", kind, NOON_MS + 20_000, NOON_MS + 40_000, skew_ms)
    return said(Street(houses=("h", "g"), load=rising, faults=(fault,)), 6)


def test_faults() -> None:
    well = said(Street(houses=("h",), load=rising), 6)
    assert faulty(FaultKind.DROPOUT) == well[:2] + well[4:]
    rebooted = faulty(FaultKind.REBOOT)
    assert [reading.power_w for reading in rebooted] == [360.0, 370.0, 400.0, 410.0]
    assert rebooted[2].import_wh == (well[1].import_wh or 0) + 1
    assert [reading.power_w for reading in faulty(FaultKind.STUCK)] == [360.0, 370.0, 370.0, 370.0, 400.0, 410.0]
    assert [reading.import_wh for reading in faulty(FaultKind.STUCK)][1:4] == [2, 2, 2]
    assert [reading.power_w for reading in faulty(FaultKind.INVERTED)] == [360.0, 370.0, -380.0, -390.0, 400.0, 410.0]
    assert faulty(FaultKind.INVERTED)[-1].export_wh == 2
    skewed = faulty(FaultKind.SKEW, 2500)
    assert [a.taken_us - b.taken_us for a, b in zip(skewed, well, strict=True)] == [0, 0, 2_500_000, 2_500_000, 0, 0]


def test_the_neighbour_is_well() -> None:
    fault = MeterFault("h", FaultKind.DROPOUT, NOON_MS, NOON_MS + 40_000)
    assert len(said(Street(houses=("h", "g"), load=rising, faults=(fault,)), 6, "g")) == 6


def test_the_meters_of_2021() -> None:
    load = original_load(1, ORIGINAL_HOUSES)
    powers = np.array([r.power_w for r in said(Street(houses=ORIGINAL_HOUSES, load=load, counts=False), 8640, "HOUSE_B")])
    assert powers.min() >= 0.0
    assert ORIGINAL_MOST_W - 100 < powers.max() <= ORIGINAL_MOST_W
    assert powers.mean() == pytest.approx(ORIGINAL_MOST_W / 2, rel=0.03)
    assert (powers == np.floor(powers)).all()


def test_a_recording_goes_round() -> None:
    load = recorded_load(np.array([100.0, 200.0, 300.0]), 20, NOON_MS // 1000)
    readings = said(Street(houses=("h",), load=load), 7)
    assert [reading.power_w for reading in readings] == [100.0, 100.0, 200.0, 200.0, 300.0, 300.0, 100.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval_ms": 7_001},
        {"interval_ms": 0},
        {"jitter_ms": 10_000},
        {"resolution_w": 0},
        {"resolution_wh": 0},
        {"houses": ()},
    ],
)
def test_what_cannot_be_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Street(**{"houses": ("h",), "load": rising, **wrong})  # type: ignore[arg-type]
