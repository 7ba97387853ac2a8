"""Jobs that nobody has registered yet: learned from days that have passed, and from nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market import ahead
from gw_spaceheat.core.market.ahead import Ahead
from gw_spaceheat.core.market.scheduler import scheduler, scheduler_names
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable, in_slots
from tests.core.market.streets import HOUR_S, job, street

HINDSIGHT = ("offline",)


def each_day(days: int) -> Street:
    """Sun at 9 and at 13; one job may use either, another comes just after 9 and must start at once."""
    jobs = []
    for day in range(days):
        at_h = 24.0 * day
        jobs.append(job(f"waits {day}", at_h + 9.0, at_h + 14.0, watts=3000.0, registered_h=at_h + 8.0))
        jobs.append(job(f"hurries {day}", at_h + 9.25, at_h + 9.25, watts=3000.0, registered_h=at_h + 9.25))
    sun = [0.0] * 9 + [3000.0, 1500.0, 0.0, 0.0, 3000.0, 1500.0] + [0.0] * 9
    return street(jobs, [sun * days], days)


def starts_h(of: Street, name: str) -> dict[str, float]:
    timetable = Timetable(of)
    return {timetable.jobs[number].job.id: slot * SLOT_S / HOUR_S for number, slot in scheduler(name)(timetable, 1).items()}


def test_what_came_yesterday_is_expected_today() -> None:
    of = each_day(3)
    plain, looks = starts_h(of, "lst"), starts_h(of, "lst_ahead")
    assert [plain[f"waits {day}"] % 24.0 for day in range(3)] == [9.0, 9.0, 9.0]
    assert [looks[f"waits {day}"] % 24.0 for day in range(3)] == [9.0, 13.0, 13.0]
    local = [settle(of, {name: at_h * HOUR_S for name, at_h in found.items()}).local_kwh for found in (plain, looks)]
    assert local[1] > local[0] + 3.0


@pytest.mark.parametrize("seed", range(3))
def test_on_the_first_day_nothing_is_different(seed: int) -> None:
    of = make_street(StreetKind(houses=6, roofs=3, days=1, seed=seed))
    assert starts_h(of, "lst_ahead") == starts_h(of, "lst")


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    until_h=st.integers(20, 70),
    name=st.sampled_from([name for name in scheduler_names() if name not in HINDSIGHT]),
)
def test_nothing_is_known_of_the_future(seed: int, until_h: int, name: str) -> None:
    """What has started by some time starts then too if nothing is registered or forecast any more after it."""
    whole = make_street(StreetKind(houses=4, roofs=2, days=3, seed=seed))
    known = replace(
        whole,
        jobs=tuple(each for each in whole.jobs if each.registered_s <= until_h * HOUR_S),
        producers=tuple(
            replace(roof, forecasts=tuple(each for each in roof.forecasts if each.issued_s <= until_h * HOUR_S))
            for roof in whole.producers
        ),
    )
    with_all, with_known = starts_h(whole, name), starts_h(known, name)
    started = {each: at_h for each, at_h in with_known.items() if at_h <= until_h}
    assert started == {each: with_all[each] for each in started}


def test_of_days_that_have_passed_the_last_ones_count_and_each_is_a_row() -> None:
    jobs = [in_slots(job(f"j{day}", 24.0 * day + 10.0, 24.0 * day + 12.0, registered_h=24.0 * day + 9.0)) for day in range(9)]
    slots = 288 * 12
    sun = np.full(slots, 100.0)
    looks = Ahead(slots)
    assert looks.sun_wh(0.0, [], sun, np.zeros(slots)) is sun
    for day in range(1, 9):
        known = jobs[:day]
        rows = looks.sun_wh(day * DAY_S, known, sun, np.zeros(slots))
        assert len(rows) == 1 + min(day, ahead.MOST_DAYS)
        assert rows[0].tolist() == sun.tolist(), "that nothing comes is one way"
        for row in rows[1:]:
            taken = sun - row
            assert taken.sum() == pytest.approx(1000.0)
            assert taken[day * 288 + 120 : day * 288 + 156].sum() == pytest.approx(1000.0)
        after = looks.sun_wh(day * DAY_S + 9 * HOUR_S, known, sun, np.zeros(slots))
        assert (after == sun).all(), "by then it has come, or does not"


def test_in_a_large_street_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST_JOBS", 10)
    jobs = [in_slots(job(f"j{number}", 10.0, 12.0, registered_h=9.0 + number / 60.0)) for number in range(40)]
    sun = np.full(800, 1000.0)
    _, row = Ahead(800).sun_wh(float(DAY_S), jobs, sun, np.zeros(800))
    assert (sun - row).sum() == pytest.approx(40_000.0)
