"""Compressor protection, boost staging, schedule, climate, clock and outputs: the small parts."""

import pytest

from gw_spaceheat.core.events import Event, Wish
from gw_spaceheat.core.heating.boost import BoostStages
from gw_spaceheat.core.heating.compressor import Compressor
from gw_spaceheat.core.heating.local_clock import LocalClock, local_time_in
from gw_spaceheat.core.heating.outputs import Output
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.schedule import DutySchedule
from gw_spaceheat.vocabulary.climate import OUTDOOR_BY_MONTH_AND_HOUR, outdoor_by_clock_c
from tests.core.heating.houses import NEW_YORK, hot_water_house, wall

PARAMETERS = SharedParameters()
MINUTE = 60_000


def test_the_compressor_rests_and_runs_its_minimum_times() -> None:
    compressor = Compressor(PARAMETERS)
    compressor.begin(0)
    assert not compressor.may_start(299_999)
    assert compressor.may_start(300_000)
    compressor.started(300_000)
    assert compressor.ran_for(360_000) == 60_000
    assert not compressor.may_stop(899_999)
    assert compressor.may_stop(900_000)
    compressor.stopped(900_000)
    assert compressor.ran_for(960_000) == 0
    assert not compressor.may_start(1_199_999)


def test_the_compressor_starts_four_times_in_any_hour() -> None:
    compressor = Compressor(SharedParameters(minimum_on_s=60, minimum_off_s=60))
    for start in (0, 10, 20, 30):
        assert compressor.may_start((start + 5) * MINUTE)
        compressor.started((start + 5) * MINUTE)
        compressor.stopped((start + 6) * MINUTE)
    assert not compressor.may_start(50 * MINUTE)
    assert not compressor.may_start(65 * MINUTE - 1)
    assert compressor.may_start(65 * MINUTE)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        # (what, leap [s], warmth [degC])
        ([("need", 0, 90.0)], 1),
        ([("need", 0, 90.0), ("need", 60, 89.0)], 1),
        ([("need", 0, 90.0), ("need", 90, 89.0)], 2),
        ([("need", 0, 90.0), ("need", 90, 90.5)], 1),
        ([("need", 0, 90.0), ("need", 90, 89.0), ("need", 90, 88.0), ("need", 90, 87.0)], 3),
        ([("need", 0, 90.0), ("release", 299, 0.0)], 1),
        ([("need", 0, 90.0), ("release", 300, 0.0)], 0),
        ([("need", 0, 90.0), ("need", 90, 89.0), ("release", 300, 0.0)], 1),
        ([("need", 0, 90.0), ("need", 90, 89.0), ("force", 0, 0.0)], 0),
        ([("release", 1000, 0.0)], 0),
    ],
)
def test_boost_stages(story: list[tuple[str, int, float]], expected: int) -> None:
    stages = BoostStages(3, PARAMETERS)
    mono_ms = 5_000_000
    for what, leap_s, warmth_c in story:
        mono_ms += leap_s * 1000
        if what == "need":
            stages.need(warmth_c, mono_ms)
        elif what == "release":
            stages.release(mono_ms)
        else:
            stages.force(int(warmth_c), mono_ms)
    assert stages.on == expected


def test_no_boost_without_elements() -> None:
    stages = BoostStages(0, PARAMETERS)
    stages.need(90.0, 0)
    stages.force(3, 0)
    assert stages.on == 0


@pytest.mark.parametrize(
    ("outdoor_c", "source", "boost", "elements"),
    [
        (17.0, 0.0, 0.0, 0.0),
        (30.0, 0.0, 0.0, 0.0),
        (-4.0, 0.5, 0.0, 0.5),
        (-10.0, 27 / 42, 0.0, 0.5),
        (-25.0, 1.0, 0.5, 0.5),
        (-40.0, 1.0, 0.5, 0.5),
    ],
)
def test_duties_by_outdoor_temperature(outdoor_c: float, source: float, boost: float, elements: float) -> None:
    schedule = DutySchedule(PARAMETERS)
    assert schedule.source_duty(outdoor_c) == pytest.approx(source)
    assert schedule.boost_duty(outdoor_c) == pytest.approx(boost)
    assert schedule.element_duty(outdoor_c) == pytest.approx(elements)


def test_a_duty_is_on_at_the_beginning_of_its_period() -> None:
    schedule = DutySchedule(PARAMETERS)
    on = [schedule.on(0.25, minute * MINUTE) for minute in range(120)]
    assert on == [minute % 60 < 15 for minute in range(120)]
    assert not any(schedule.on(0.0, minute * MINUTE) for minute in range(60))
    assert all(schedule.on(1.0, minute * MINUTE) for minute in range(60))


def test_the_climate_is_colder_in_january_and_at_night() -> None:
    assert len(OUTDOOR_BY_MONTH_AND_HOUR) == 12
    assert all(len(day) == 24 for day in OUTDOOR_BY_MONTH_AND_HOUR)
    assert outdoor_by_clock_c(1, 3) == -20.0
    assert outdoor_by_clock_c(1, 15) == -12.0
    assert outdoor_by_clock_c(7, 15) > 15.0
    assert outdoor_by_clock_c(1, 3, offset_k=8.0) == -12.0


def test_the_local_clock_is_worked_out_each_quarter() -> None:
    clock = LocalClock(local_time_in(NEW_YORK))
    assert clock.look(wall("2018-03-11T06:59"))
    assert (clock.weekday, clock.hour, clock.month) == (6, 1, 3)
    assert not clock.look(wall("2018-03-11T06:45"))
    assert clock.look(wall("2018-03-11T07:00"))
    assert clock.hour == 3, "summer time begins"
    assert clock.look(wall("2018-03-11T06:59")), "the clock may step back"
    assert clock.hour == 1


def test_an_output_wishes_changes_only_and_stays_within_bounds() -> None:
    out: list[Event] = []
    supply = Output(hot_water_house(), "lwt")
    supply.start(out)
    assert out == [], "no start value is defined for it"
    for value in (50.0, 50.0, 95.0, 80.0, 50.0):
        supply.set(value, "why", out)
    assert out == [Wish("lwt", 50.0, "why"), Wish("lwt", 70.0, "why"), Wish("lwt", 50.0, "why")]


def test_an_output_that_the_house_lacks_wishes_nothing() -> None:
    out: list[Event] = []
    nothing = Output(hot_water_house(), "")
    nothing.start(out)
    nothing.set(1.0, "why", out)
    assert out == []
