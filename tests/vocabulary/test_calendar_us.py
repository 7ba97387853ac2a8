"""Federal holidays against the published lists."""

from datetime import date, timedelta

import pytest

from gw_spaceheat.vocabulary.calendar_us import federal_holiday, federal_holidays

PUBLISHED = {
    2018: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
    2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_holidays_of_a_year(year: int) -> None:
    assert federal_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}


def test_no_other_day_is_one() -> None:
    days = [date(2018, 1, 1) + timedelta(days=number) for number in range(365)]
    assert sum(federal_holiday(day) for day in days) == 11
