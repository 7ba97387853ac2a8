"""Times as people write them."""

import pytest

from gw_spaceheat.apps.neighbourhood.moments import local_text, unix_s, zone_names, zone_of
from gw_spaceheat.core.market.draft import DraftError


@pytest.mark.parametrize(
    ("day", "at", "zone", "second"),
    [
        ("2016-04-10", "12:00", "UTC", 1_460_289_600),
        ("2016-04-10", "7:05", "UTC", 1_460_271_900),
        ("2016-04-10", "14:00", "Europe/Berlin", 1_460_289_600),
        ("2016-03-27", "03:00", "Europe/Berlin", 1_459_040_400),
        ("2016-10-30", "02:30", "Europe/Berlin", 1_477_787_400),  # twice; the first is summer time's
        ("2016-02-29", "23:59", "America/New_York", 1_456_808_340),
    ],
)
def test_there_and_back(day: str, at: str, zone: str, second: int) -> None:
    assert unix_s(day, at, zone_of(zone), "t") == second
    assert local_text(second, zone_of(zone)) == f"{day} {at.zfill(5)}"


@pytest.mark.parametrize(
    ("day", "at", "says"),
    [
        ("2016-03-27", "02:30", "has no 02:30 on 2016-03-27"),
        ("2015-02-29", "02:30", "is no time"),
        ("10.4.2016", "02:30", "is no time"),
        ("2016-04-10", "24:00", "is no time"),
        ("2016-04-10", "", "is no time"),
        ("", "12:00", "Earliest"),
    ],
)
def test_what_is_no_time(day: str, at: str, says: str) -> None:
    with pytest.raises(DraftError, match=says):
        unix_s(day, at, zone_of("Europe/Berlin"), "Earliest")


def test_zones() -> None:
    assert zone_names()[0] == "UTC"
    assert "Europe/Madrid" in zone_names()
    with pytest.raises(DraftError, match="no time zone"):
        zone_of("../etc/passwd")
