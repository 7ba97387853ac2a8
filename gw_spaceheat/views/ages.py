"""When something was, and how old it is, in few words."""

from datetime import UTC, datetime, tzinfo

from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS


def age_text(age_ms: int) -> str:
    """An age [ms] for a person: `now`, `12 s`, `5 min`, `3 h`, `2 d`."""
    if age_ms < 2 * SECOND_MS:
        return "now"
    for unit_ms, name in ((DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min")):
        if age_ms >= 2 * unit_ms:
            return f"{age_ms // unit_ms} {name}"
    return f"{age_ms // SECOND_MS} s"


def ago_text(age_ms: int) -> str:
    """The same for something that was: `now`, `12 s ago`."""
    text = age_text(age_ms)
    return text if text == "now" else f"{text} ago"


def clock_text(at_ms: int, zone: tzinfo) -> str:
    """A time, UTC [ms], in the house's own time."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%a %d %b %H:%M}"
