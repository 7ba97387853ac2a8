"""Days of a house from its readings: energies, coefficient of performance, cost; local days, also of 23 and 25 hours."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.core.telemetry.energy import NOTHING, Held
from gw_spaceheat.core.telemetry.energy_days import EnergyDay, channels_of, energy_days, span_of
from gw_spaceheat.vocabulary.moment import HOUR_MS

OAK = find_house(Path(__file__).parents[3] / "input_data" / "houses.json", "hw1.isone.me.millinocket.oak")
MONDAY = date(2018, 1, 8)
FIVE_UTC_MS = round(datetime(2018, 1, 8, 5, tzinfo=UTC).timestamp() * 1000)
"""Midnight in Maine."""
NEVER = 1e15


def constant(value: float, from_h: float = 0.0, to_h: float | None = None) -> Held:
    until = NEVER if to_h is None else FIVE_UTC_MS + to_h * HOUR_MS
    return Held(np.array([FIVE_UTC_MS + from_h * HOUR_MS]), np.array([until]), np.array([value]))


STEADY = {
    "a-hp": constant(2000.0),
    "a-elt1": constant(0.0),
    "a-elt2": constant(0.0),
    "a-elt3": constant(500.0),
    "a-hp-out-flow": constant(0.5),
    "a-hp-out-temp": constant(40.0),
    "a-hp-in-temp": constant(37.0),
    "a-dist-out-flow": constant(0.25),
    "a-dist-out-temp": constant(40.0),
    "a-dist-in-temp": constant(36.0),
    "a-outdoors-temp": constant(-8.0),
}
HEAT_KW = 0.5 * 4.186 * 3.0


def day_of(kept: dict[str, Held], price: Held = NOTHING, day: date = MONDAY) -> EnergyDay:
    (found,) = energy_days(OAK, kept, price, day, day)
    return found


def test_a_steady_day() -> None:
    day = day_of(STEADY, constant(0.03))
    assert (day.from_ms, day.to_ms) == span_of(OAK, MONDAY, MONDAY) == (FIVE_UTC_MS, FIVE_UTC_MS + 24 * HOUR_MS)
    assert day.known == 1.0
    assert day.electricity_kwh == pytest.approx(60.0)
    assert day.source_kwh == pytest.approx(48.0)
    assert day.heat_kwh == pytest.approx(24 * HEAT_KW)
    assert day.cop == pytest.approx(HEAT_KW / 2.0)
    assert day.rooms_kwh == pytest.approx(24 * 0.25 * 4.186 * 4.0)
    assert day.outdoor_c == pytest.approx(-8.0)
    assert day.delivery_usd == pytest.approx(2.5 * (9 * 0.24 + 15 * 0.05))  # a Monday: 7 to 12 and 16 to 20
    assert day.energy_usd == pytest.approx(60.0 * 0.03)
    assert day.priced == 1.0


def test_the_channels_are_all_that_it_is_made_of() -> None:
    assert set(channels_of(OAK)) == set(STEADY)


@pytest.mark.parametrize(("day", "hours"), [(date(2018, 3, 11), 23), (date(2018, 11, 4), 25), (date(2018, 7, 1), 24)])
def test_a_day_is_as_long_as_its_clocks_say(day: date, hours: int) -> None:
    begin_ms, end_ms = span_of(OAK, day, day)
    assert end_ms - begin_ms == hours * HOUR_MS
    assert day_of(STEADY, day=day).source_kwh == pytest.approx(2.0 * hours)


def test_what_is_not_known_is_not_guessed() -> None:
    broken = {**STEADY, "a-hp": constant(2000.0, to_h=6.0), "a-hp-in-temp": constant(37.0, from_h=3.0, to_h=9.0)}
    day = day_of(broken, constant(0.03, from_h=5.0))
    assert day.known == pytest.approx(0.25)
    assert day.electricity_kwh == pytest.approx(15.0)
    assert day.heat_kwh == pytest.approx(6 * HEAT_KW)
    assert day.cop == pytest.approx(HEAT_KW / 2.0), "of the three hours in which both are known"
    assert day.energy_usd == pytest.approx(2.5 * 0.03)
    assert day.priced == pytest.approx(1 / 6)


def test_a_day_of_which_nothing_is_known() -> None:
    day = day_of({})
    told = (
        day.electricity_kwh,
        day.source_kwh,
        day.heat_kwh,
        day.cop,
        day.rooms_kwh,
        day.outdoor_c,
        day.delivery_usd,
        day.energy_usd,
    )
    assert told == (None,) * 8
    assert (day.known, day.priced) == (0.0, 0.0)


def test_a_source_in_stand_by_has_no_coefficient() -> None:
    day = day_of({**STEADY, "a-hp": constant(10.0), "a-hp-out-flow": constant(0.0)})
    assert (day.heat_kwh, day.cop) == (0.0, None)


def test_a_house_without_meters_has_days_without_energies() -> None:
    bare = replace(OAK, thermal_edges=(), channels={})
    heating = replace(bare.heating, heat_source="", buffer=(), store=(), outdoor="")
    (day,) = energy_days(replace(bare, heating=heating), {}, NOTHING, MONDAY, MONDAY)
    assert (day.electricity_kwh, day.heat_kwh, day.rooms_kwh, day.known) == (None, None, None, 0.0)


def test_days_follow_each_other() -> None:
    days = energy_days(OAK, STEADY, NOTHING, date(2018, 3, 10), date(2018, 3, 12))
    assert [day.day.day for day in days] == [10, 11, 12]
    assert [round(day.source_kwh or 0.0) for day in days] == [48, 46, 48]
    assert [day.from_ms for day in days[1:]] == [day.to_ms for day in days[:-1]]
