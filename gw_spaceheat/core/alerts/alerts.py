"""Tells a person once that something is wrong, and once that it is over; at night only what cannot wait.

What is looked at are numbers by subject, such as the seconds since a channel was last heard. A rule says from which number on
that is wrong, and for how long it must be so. Rules are data; what measures the numbers is not known here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS


class Side(StrEnum):
    """On which side of its limit a number is wrong."""

    ABOVE = "above"
    BELOW = "below"


class Standing(StrEnum):
    """What a message says."""

    RAISED = "raised"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Rule:
    """When somebody is to be told.

    Attributes:
        name: Its name, such as `stale channel`.
        measure: Name of the numbers that it looks at.
        side: On which side of the limit they are wrong.
        limit: The limit, in the unit of the measure; the limit itself is not wrong.
        clear: It is over when the number is this again, or on its good side; so that one near the limit does not flap.
        for_ms: It must be wrong for so long before it is told [ms].
        urgent: Whether it is told in quiet hours too.
    """

    name: str
    measure: str
    side: Side
    limit: float
    clear: float
    for_ms: int = 0
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day, UTC, within which only what is urgent is told; from 1320 to 360 is from 22:00 to 6:00."""

    from_minute: int
    to_minute: int

    def holds(self, now_ms: int) -> bool:
        """Whether a time [UTC ms] is in them."""
        minute = now_ms % DAY_MS // MINUTE_MS
        if self.from_minute <= self.to_minute:
            return self.from_minute <= minute < self.to_minute
        return minute >= self.from_minute or minute < self.to_minute


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to a person: which rule, of what, the number, since when it is so [UTC ms]."""

    standing: Standing
    rule: str
    subject: str
    value: float
    since_ms: int


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is wrong: since when [UTC ms], and whether that was told."""

    since_ms: int
    told: bool


@dataclass
class Alerts:
    """The machine. What it remembers is in `open`, which may be kept and given to the next one.

    Attributes:
        rules: The rules, each with its own name.
        quiet: Quiet hours; None for none.
        open: What is wrong, by rule and subject.
    """

    rules: tuple[Rule, ...]
    quiet: QuietHours | None = None
    open: dict[tuple[str, str], Open] = field(default_factory=dict)

    def look(self, measured: Mapping[str, Mapping[str, float]], now_ms: int) -> list[Alert]:
        """What is to be told now.

        Args:
            measured: Numbers by measure and subject. A subject without a number keeps its standing: missing is not good.
            now_ms: The time, UTC [ms].
        """
        return [alert for rule in self.rules for alert in self._of_rule(rule, measured.get(rule.measure, {}).items(), now_ms)]

    def _of_rule(self, rule: Rule, values: Iterable[tuple[str, float]], now_ms: int) -> Iterable[Alert]:
        for subject, value in values:
            key = (rule.name, subject)
            known = self.open.get(key)
            if known is None:
                if _beyond(rule.side, value, rule.limit):
                    known = self.open[key] = Open(now_ms, told=False)
                else:
                    continue
            elif not _beyond(rule.side, value, rule.clear if known.told else rule.limit):
                del self.open[key]
                if known.told:
                    yield Alert(Standing.RESOLVED, rule.name, subject, value, known.since_ms)
                continue
            if not known.told and now_ms - known.since_ms >= rule.for_ms and self._may_tell(rule, now_ms):
                self.open[key] = Open(known.since_ms, told=True)
                yield Alert(Standing.RAISED, rule.name, subject, value, known.since_ms)

    def _may_tell(self, rule: Rule, now_ms: int) -> bool:
        return rule.urgent or self.quiet is None or not self.quiet.holds(now_ms)


def _beyond(side: Side, value: float, limit: float) -> bool:
    return value > limit if side is Side.ABOVE else value < limit
