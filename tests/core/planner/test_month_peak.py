"""The highest hourly mean power of the month, and which part of its price two days answer for."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gw_spaceheat.core.planner.month_peak import MonthPeak, free_peak_kw, share_of_month
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from tests.scenarios.scene import OAK, house

ZONE = ZoneInfo("America/New_York")


def at(text: str) -> Moment:
    wall_ms = round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)
    return Moment(wall_ms, wall_ms)


def test_hours_are_added_up_and_the_highest_is_kept_until_the_month_ends() -> None:
    peak = MonthPeak(house(OAK))
    assert peak.channel == "a-m"
    told = [("2018-01-30T10:00", 4_000.0), ("2018-01-30T10:15", 8_000.0), ("2018-01-30T10:30", 8_000.0)]
    told += [("2018-01-30T10:45", 0.0), ("2018-01-30T11:00", 6_000.0), ("2018-01-30T11:10", 0.0)]
    for text, power_w in told:
        peak.look(power_w, at(text))
    assert peak.kw == pytest.approx(5.0)
    assert peak.hour_kwh == pytest.approx(1.0)
    peak.look(0.0, at("2018-02-01T00:00"))
    assert peak.kw == 0.0


def test_what_is_not_known_is_not_added_and_a_reading_does_not_hold_for_ever() -> None:
    peak = MonthPeak(house(OAK))
    peak.look(6_000.0, at("2018-01-30T10:00"))
    peak.look(None, at("2018-01-30T10:50"))
    assert peak.hour_kwh == pytest.approx(2.0)
    now = at("2018-01-30T10:50")
    peak.look(6_000.0, Moment(now.mono_ms, now.wall_ms + 5 * MINUTE_MS))
    assert peak.hour_kwh == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("month_kw", "free_kw"), [(0.0, 0.0), (0.5, 0.0), (6.0, 5.0), (11.9, 10.9), (12.0, 12.0), (15.0, 15.0)]
)
def test_a_step_is_kept_back_until_no_hour_can_be_higher(month_kw: float, free_kw: float) -> None:
    assert free_peak_kw(month_kw, 12.0) == pytest.approx(free_kw)


def test_a_house_without_a_meter_has_none() -> None:
    assert MonthPeak(replace(house(OAK), plant=None)).channel == ""


@pytest.mark.parametrize(
    ("text", "share"), [("2018-01-01T00:00", 48 / 744), ("2018-01-16T12:00", 48 / 372), ("2018-12-30T18:00", 1.0)]
)
def test_two_days_answer_for_their_part_of_what_is_left_of_the_month(text: str, share: float) -> None:
    assert share_of_month(at(text).wall_ms, 48.0, ZONE) == pytest.approx(share)
