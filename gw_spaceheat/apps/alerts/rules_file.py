"""The rules by which somebody is told, from a JSON file, checked as a whole; and those that hold without one."""

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from gw_spaceheat.apps.alerts.measures import MEASURES
from gw_spaceheat.core.alerts.alerts import QuietHours, Rule, Side
from gw_spaceheat.vocabulary.moment import MINUTE_MS

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
MOST_BYTES = 1_000_000


class AlertRulesError(ValueError):
    """The file cannot be used; the text has every problem, a line each."""


@dataclass(frozen=True, slots=True)
class LocalHours:
    """Quiet hours by the clock on the wall: minutes of the day, and the zone of that clock."""

    from_minute: int
    to_minute: int
    zone: ZoneInfo

    def at(self, offset_minutes: int) -> QuietHours:
        """The same in UTC, while local time is so much ahead of it [min]."""
        return QuietHours((self.from_minute - offset_minutes) % 1440, (self.to_minute - offset_minutes) % 1440)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """What a file says: the rules, and when only what is urgent is told (None: never)."""

    rules: tuple[Rule, ...]
    quiet: LocalHours | None = None


DEFAULT = AlertRules(
    (
        Rule("house silent", "house_silent_min", Side.ABOVE, 20, 10, urgent=True),
        Rule("room cold", "room_c", Side.BELOW, 15, 16, for_ms=10 * MINUTE_MS, urgent=True),
        Rule("channel stale", "channel_overdue_min", Side.ABOVE, 15, 0),
        Rule("problem", "problem_min", Side.ABOVE, 5, 0),
        Rule("actuator stuck", "stuck_min", Side.ABOVE, 1, 0, urgent=True),
        Rule("contract lost", "local_control", Side.ABOVE, 0, 0, for_ms=60 * MINUTE_MS),
        Rule("clock off", "clock_off_s", Side.ABOVE, 30, 10, for_ms=5 * MINUTE_MS),
        Rule("broker offline", "broker_offline", Side.ABOVE, 0, 0, for_ms=5 * MINUTE_MS, urgent=True),
        Rule("disk full", "disk_free_mb", Side.BELOW, 500, 700),
        Rule("certificate ends", "certificate_days", Side.BELOW, 21, 30),
    )
)


class _Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    measure: str
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    for_min: float = 0.0
    urgent: bool = False


class _Quiet(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    timezone: str


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    rules: tuple[_Rule, ...] | None = None
    quiet: _Quiet | None = None


def read_rules(path: Path | None) -> AlertRules:
    """The rules of a file; those that hold without one where it names none.

    Raises:
        AlertRulesError: It does not fit the form, or names what there is not.
        OSError: It cannot be read.
    """
    if path is None:
        return DEFAULT
    with path.open("rb") as file:
        text = file.read(MOST_BYTES)
    try:
        found = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AlertRulesError(f"{path}: {error}") from error
    problems = [f"{path}: {problem}" for problem in _problems(found)]
    if problems:
        raise AlertRulesError("\n".join(problems))
    rules = DEFAULT.rules if found.rules is None else tuple(_rule(rule) for rule in found.rules)
    quiet = found.quiet
    if quiet is None:
        return AlertRules(rules)
    return AlertRules(rules, LocalHours(_minute(quiet.start), _minute(quiet.end), ZoneInfo(quiet.timezone)))


def _rule(rule: _Rule) -> Rule:
    side = Side.BELOW if rule.above is None else Side.ABOVE
    limit = rule.below if rule.above is None else rule.above
    assert limit is not None  # noqa: S101 - the file was checked
    clear = limit if rule.clear is None else rule.clear
    return Rule(rule.name, rule.measure, side, limit, clear, round(rule.for_min * MINUTE_MS), rule.urgent)


def _problems(found: _File) -> list[str]:
    problems = []
    names = [rule.name for rule in found.rules or ()]
    problems += [f"two rules are called {name!r}" for name in sorted({name for name in names if names.count(name) > 1})]
    for rule in found.rules or ():
        where = f"rule {rule.name!r}"
        if rule.measure not in MEASURES:
            problems.append(f"{where}: there is no measure {rule.measure}; known are {', '.join(MEASURES)}")
        if (rule.above is None) == (rule.below is None):
            problems.append(f"{where}: give either above or below")
        elif rule.clear is not None and (
            rule.clear > rule.above if rule.above is not None else rule.clear < (rule.below or 0.0)
        ):
            problems.append(f"{where}: clear ({rule.clear:g}) must be on the good side of its limit")
        if not 0.0 <= rule.for_min <= 100_000.0:
            problems.append(f"{where}: for_min must be 0 to 100000, not {rule.for_min:g}")
    if found.quiet is not None:
        for word, text in (("from", found.quiet.start), ("to", found.quiet.end)):
            if not _TIME.fullmatch(text):
                problems.append(f"quiet: {word} must be a time such as 22:00, not {text!r}")
        try:
            ZoneInfo(found.quiet.timezone)
        except (ValueError, OSError):  # also ZoneInfoNotFoundError, a KeyError
            problems.append(f"quiet: there is no time zone {found.quiet.timezone!r}; write such as America/New_York")
        except KeyError:
            problems.append(f"quiet: there is no time zone {found.quiet.timezone!r}; write such as America/New_York")
    return problems


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
