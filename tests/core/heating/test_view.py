"""What heating sees, and what stands in for what is missing."""

import pytest

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.core.heating.local_clock import LocalClock, local_time_in
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import ABSENT_C, Senses, fill_gaps
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.climate import outdoor_by_clock_c
from tests.core.heating.houses import NEW_YORK, OUTDOOR_C, REQUIRED_C, WEDNESDAY_NOON, at, buffer_house, shows, store_house

HOUR = 3600


def senses_of(house: House) -> Senses:
    clock = LocalClock(local_time_in(NEW_YORK))
    clock.look(WEDNESDAY_NOON)
    return Senses(house.heating, SharedParameters(), clock)


@pytest.mark.parametrize(
    ("temperatures", "filled"),
    [
        ([3.0, 2.0, 1.0], [3.0, 2.0, 1.0]),
        ([None, 2.0, 1.0], [2.0, 2.0, 1.0]),
        ([3.0, None, 1.0], [3.0, 1.0, 1.0]),
        ([3.0, None, None], [3.0, 3.0, 3.0]),
        ([None, 2.0, None], [2.0, 2.0, 2.0]),
        ([None, None], None),
        ([], None),
    ],
)
def test_gaps_are_filled_from_below(temperatures: list[float | None], filled: list[float] | None) -> None:
    assert fill_gaps(temperatures) == filled


def test_a_store_house_sees_store_and_buffer() -> None:
    senses = senses_of(store_house())
    assert senses.read(shows(b1=50, b2=49, b3=45, b4=40, s1=52, s2=51, s3=46, s4=35).values, at(0)) == ()
    view = senses.view
    assert (view.outdoor_c, view.required_c) == (OUTDOOR_C, REQUIRED_C)
    assert (view.buffer_top_c, view.buffer_middle_c, view.buffer_low_c, view.buffer_hottest_c) == (50, 49, 45, 50)
    assert (view.store_top_c, view.store_upper_c, view.store_bottom_c) == (52, 51, 35)
    assert (view.reserve_c, view.last_c, view.spread_k) == (51, 35, 17)


def test_a_house_without_store_goes_by_the_buffers_lower_part() -> None:
    senses = senses_of(buffer_house())
    senses.read(shows(b1=50, b2=49, b3=45).values, at(0))
    view = senses.view
    assert (view.reserve_c, view.last_c, view.spread_k) == (45, 45, 5)
    assert not view.store_known
    assert view.store_top_c == ABSENT_C


def test_a_lost_store_leaves_the_buffer_and_comes_back() -> None:
    senses = senses_of(store_house())
    senses.read(shows(b1=50, b2=49, b3=45, b4=40).values, at(0))
    notes = senses.read(shows(b1=50, b2=49, b3=45, b4=40, s1=None, s2=None, s3=None, s4=None).values, at(60))
    assert [note.level for note in notes if isinstance(note, Note)] == [Level.WARNING]
    assert (senses.view.reserve_c, senses.view.last_c, senses.view.store_top_c) == (45, 45, ABSENT_C)
    assert senses.read(shows(s1=None, s2=None, s3=None, s4=None).values, at(120)) == (), "told once"
    notes = senses.read(shows(s1=None, s2=48.0, s3=None, s4=None).values, at(180))
    assert [note.level for note in notes if isinstance(note, Note)] == [Level.INFO]
    assert (senses.view.store_top_c, senses.view.store_bottom_c) == (48.0, 48.0)


def test_one_lost_buffer_sensor_is_no_loss() -> None:
    senses = senses_of(store_house())
    assert senses.read(shows(b1=None, b2=49, b3=45, b4=40).values, at(0)) == ()
    assert (senses.view.buffer_top_c, senses.view.buffer_hottest_c) == (49, 49)


@pytest.mark.parametrize(
    ("leap_s", "seen_c", "told"),
    [
        (60, OUTDOOR_C, 0),
        (2 * HOUR, OUTDOOR_C, 0),
        (2 * HOUR + 1, outdoor_by_clock_c(1, 12), 1),
    ],
)
def test_a_lost_outdoor_temperature_is_remembered_then_by_the_clock(leap_s: float, seen_c: float, told: int) -> None:
    senses = senses_of(store_house())
    senses.read(shows().values, at(0))
    notes: list[Event] = list(senses.read(shows(out=None).values, at(leap_s)))
    assert senses.view.outdoor_c == seen_c
    assert senses.view.required_c == store_house().heating.curve.required_c(seen_c)
    assert len(notes) == told
    again = senses.read(shows(out=None).values, at(leap_s))
    assert again == (), "told once"
    back = senses.read(shows(out=-5.0).values, at(leap_s + 60))
    assert senses.view.outdoor_c == -5.0
    assert len(back) == told


def test_after_two_losses_the_memory_is_that_of_the_last_reading() -> None:
    senses = senses_of(store_house())
    senses.read(shows(out=-5.0).values, at(0))
    senses.read(shows(out=None).values, at(HOUR))
    senses.read(shows(out=-5.0).values, at(2 * HOUR))
    senses.read(shows(out=None).values, at(4 * HOUR))
    assert senses.view.outdoor_c == -5.0


def test_a_house_without_outdoor_sensor_goes_by_the_clock_and_says_nothing() -> None:
    from dataclasses import replace

    house = store_house()
    senses = senses_of(replace(house, heating=replace(house.heating, outdoor="")))
    assert senses.read(shows().values, at(0)) == ()
    assert senses.view.outdoor_c == outdoor_by_clock_c(1, 12)
