"""Holidays of the Spanish access tariffs."""

from datetime import date

import pytest

from gw_spaceheat.vocabulary.calendar_es import tariff_holiday


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2022, 1, 6), True),
        (date(2022, 10, 12), True),
        (date(2022, 12, 6), True),
        (date(2022, 4, 15), False),  # Good Friday has no fixed date
        (date(2022, 5, 2), False),  # the Monday after a holiday on Sunday
        (date(2022, 6, 24), False),  # regional
    ],
)
def test_days(day: date, *, is_one: bool) -> None:
    assert tariff_holiday(day) is is_one
