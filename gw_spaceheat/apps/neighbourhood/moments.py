"""Times as people write them: a day and an hour in a time zone, to Unix seconds and back."""

import re
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from gw_spaceheat.core.market.draft import DraftError

UTC_NAME = "UTC"
_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@cache
def zone_names() -> tuple[str, ...]:
    """Time zones that may be chosen."""
    return (UTC_NAME, *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name; raises DraftError."""
    if name not in zone_names():
        raise DraftError(f"There is no time zone {name[:40]!r}.")
    return ZoneInfo(name)


def unix_s(day: str, at: str, zone: ZoneInfo, what: str) -> float:
    """Unix time of a local one [s]; of an hour that is there twice, the first.

    Args:
        day: Such as 2016-04-10.
        at: Such as 07:30.
        zone: Where.
        what: What it is, for whoever has written it otherwise.

    Raises:
        DraftError: It is none, or the clock has skipped it.
    """
    hour = _HOUR.fullmatch(at.strip())
    try:
        when = date.fromisoformat(day.strip())
    except ValueError:
        when = None
    if when is None or hour is None:
        raise DraftError(f"{what}: {day[:20]!r} {at[:20]!r} is no time; it is written as 2016-04-10 and 07:30.")
    local = datetime(when.year, when.month, when.day, int(hour[1]), int(hour[2]), tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise DraftError(f"{what}: in {zone.key} the clock has no {at.strip()} on {day.strip()}.")
    return local.timestamp()


def local_text(at_s: float, zone: ZoneInfo) -> str:
    """A time as people there write it."""
    return datetime.fromtimestamp(at_s, zone).strftime("%Y-%m-%d %H:%M")
