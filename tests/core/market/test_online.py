"""Deciding as time goes on."""

import pytest

from gw_spaceheat.core.market.online import TICK_S, Online, Rule, as_time_goes_on
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable
from tests.core.market.streets import HOUR_S, job, street

SUN = [0.0] * 8 + [3000.0] * 4 + [0.0] * 12


def test_by_the_clock_a_job_that_must_start_before_the_tick_starts_in_time() -> None:
    at_h = 9.0 + 60.0 / HOUR_S
    of = street([job("a", at_h, at_h + 300.0 / HOUR_S, registered_h=at_h)], [SUN])
    (slot,) = as_time_goes_on(Timetable(of), Rule(sweeps=3, tick_s=TICK_S)).values()
    assert at_h * HOUR_S <= slot * SLOT_S <= at_h * HOUR_S + 300.0


def test_a_later_job_makes_an_earlier_one_give_way() -> None:
    """The first could start at any time; the second can use the sun at 8 h only."""
    first = job("first", 0.0, 11.0, watts=3000.0, hours=1.0)
    second = job("second", 8.0, 8.0, watts=3000.0, hours=1.0, registered_h=7.0)
    timetable = Timetable(street([first, second], [SUN]))
    assert as_time_goes_on(timetable, Rule())[0] * SLOT_S < 9.0 * HOUR_S
    assert as_time_goes_on(timetable, Rule(sweeps=3))[0] * SLOT_S >= 9.0 * HOUR_S


def test_what_is_decided_when() -> None:
    by_the_clock, at_once = Online(Rule(tick_s=900.0), 288), Online(Rule(), 288)
    assert [by_the_clock.next_s(at_s) for at_s in (0.0, 1.0, 900.0)] == [0.0, 900.0, 900.0]
    assert at_once.next_s(1.0) == 1.0


def test_what_has_started_is_not_moved_and_what_missed_its_start_gets_another() -> None:
    jobs = [job("a", 0.0, 9.0), job("b", 0.0, 9.0)]
    timetable = Timetable(street(jobs, [SUN]))
    online = Online(Rule(sweeps=3), timetable.slots)
    for slots in timetable.jobs:
        online.hand_in(slots)
    online.decide(0.0, 0, timetable.all_known_wh)
    online.fix(0, 0)
    online.decide(600.0, 2, timetable.all_known_wh)
    assert online.board.start[0] == 0
    online.again(1, 100, timetable.all_known_wh)
    assert online.board.start[1] >= 100
    assert online.board.load_wh.sum() == sum(slots.wh.sum() for slots in timetable.jobs)


@pytest.mark.parametrize("name", ["asap", "random"])
def test_a_rule_that_does_not_look_at_the_clock_offers_nothing_that_is_over(name: str) -> None:
    timetable = Timetable(street([job("a", 1.0, 9.0)], [SUN]))
    online = Online(rule_of(name), timetable.slots)
    online.hand_in(timetable.jobs[0])
    online.decide(0.0, 0, timetable.all_known_wh)
    online.again(0, 105, timetable.all_known_wh)
    assert 105 <= online.board.start[0] <= timetable.jobs[0].last
