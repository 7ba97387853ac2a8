"""What a request asks for, checked: whatever is wrong is named, with what is wanted instead."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from gw_spaceheat.stores.history import Aggregate, Ask
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

MOST_STEPS = 200_000
"""Of all channels together, in an answer."""
MOST_CHANNELS = 100
MOST_GAP_DAYS = 366
_LATEST_MS = 7_258_118_400_000
"""2200-01-01."""
_UNITS_MS = {"ms": 1, "s": SECOND_MS, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}


class BadArgument(Exception):
    """A request that cannot be answered as it stands; says why."""


def house_of(given: Mapping[str, str]) -> str:
    """The house's alias; raises BadArgument."""
    return _wanted(given, "house")


def stretch_of(given: Mapping[str, str]) -> tuple[int, int]:
    """From and to, UTC [ms]; raises BadArgument unless the second is after the first."""
    from_ms, to_ms = _time(given, "from"), _time(given, "to")
    if to_ms <= from_ms:
        raise BadArgument("'to' must be after 'from'")
    return from_ms, to_ms


def ask_of(given: Mapping[str, str]) -> Ask:
    """Steps of channels; raises BadArgument."""
    from_ms, to_ms = stretch_of(given)
    channels = tuple(dict.fromkeys(name for name in _wanted(given, "channels").split(",") if name))
    if not 0 < len(channels) <= MOST_CHANNELS:
        raise BadArgument(f"'channels' must be 1 to {MOST_CHANNELS} names with commas between")
    every_ms = _length(given.get("every", "5m"))
    aggregate = given.get("agg", Aggregate.MEAN.value)
    if aggregate not in [each.value for each in Aggregate]:
        raise BadArgument(f"'agg' must be one of {', '.join(Aggregate)}")
    steps = ((to_ms - from_ms) // every_ms + 2) * len(channels)
    if steps > MOST_STEPS:
        raise BadArgument(f"{steps} steps are too many: take a longer 'every' or a shorter time (at most {MOST_STEPS})")
    return Ask(channels, from_ms, to_ms, every_ms, Aggregate(aggregate))


def points_of(given: Mapping[str, str]) -> int | None:
    """At most how many points of each channel are wanted; None for all; raises BadArgument."""
    text = given.get("points")
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,6}", text) is None or int(text) < 4:
        raise BadArgument("'points' must be a whole number from 4 on")
    return int(text)


def _wanted(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if not text or len(text) > 10_000 or "\0" in text:
        raise BadArgument(f"{name!r} is wanted")
    return text


def _time(given: Mapping[str, str], name: str) -> int:
    text = _wanted(given, name)
    try:
        if re.fullmatch(r"[0-9]{1,15}", text):
            found = int(text)
        else:
            moment = datetime.fromisoformat(text)
            found = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * SECOND_MS)
    except (ValueError, OverflowError):
        raise BadArgument(f"{name!r} must be a time such as 2018-01-08T05:00Z, or UTC milliseconds") from None
    if not 0 <= found <= _LATEST_MS:
        raise BadArgument(f"{name!r} must be from 1970 to 2200")
    return found


def _length(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,9})(ms|s|m|h|d)", text)
    found = 0 if match is None else int(match[1]) * _UNITS_MS[match[2]]
    if not 0 < found <= 366 * DAY_MS:
        raise BadArgument("'every' must be a length of time such as 10s, 5m, 1h or 1d, at most 366d")
    return found
