"""Federal holidays of the United States by rule: the days on which most delivery tariffs have no on-peak hours."""

from datetime import date, timedelta
from functools import lru_cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth (from 1) given weekday (0 is Monday) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    """The last given weekday (0 is Monday) of a month."""
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def observed(day: date) -> date:
    """When a holiday of fixed date is kept: on Friday if it falls on Saturday, on Monday if on Sunday."""
    if day.weekday() == SATURDAY:
        return day - timedelta(days=1)
    if day.weekday() == SUNDAY:
        return day + timedelta(days=1)
    return day


@lru_cache(maxsize=16)
def federal_holidays(year: int) -> frozenset[date]:
    """Days of a year kept as federal holidays (5 U.S.C. 6103 in its form since 2021, applied to all years).

    A New Year's Day on a Saturday is kept on 31 December of the year before and belongs to that year.
    """
    fixed = [
        date(year, 1, 1),
        date(year, 6, 19),
        date(year, 7, 4),
        date(year, 11, 11),
        date(year, 12, 25),
        date(year + 1, 1, 1),
    ]
    moving = [
        nth_weekday(year, 1, MONDAY, 3),  # Martin Luther King
        nth_weekday(year, 2, MONDAY, 3),  # Washington
        last_weekday(year, 5, MONDAY),  # Memorial Day
        nth_weekday(year, 9, MONDAY, 1),  # Labor Day
        nth_weekday(year, 10, MONDAY, 2),  # Columbus
        nth_weekday(year, 11, THURSDAY, 4),  # Thanksgiving
    ]
    return frozenset(day for day in [*map(observed, fixed), *moving] if day.year == year)


def federal_holiday(day: date) -> bool:
    """Whether a local day is kept as a federal holiday."""
    return day in federal_holidays(day.year)
