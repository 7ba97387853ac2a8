"""For those who look in from outside: what has passed between the hosted things, counted, and how everyone is.

A witness is shown every effect, in the thread that puts it out, and only adds it up; nothing in the process waits for it, or is
decided by it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Condition

from gw_spaceheat.core.events import (
    Event,
    FiguresAsked,
    LeaseChanged,
    LinkChanged,
    LinkFigures,
    Note,
    Outcome,
    Readings,
    Received,
    Send,
    Urgency,
)
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.runtime.serving import HostReport
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

ANSWER_WITHIN_S = 0.5
"""So long may a link take to tell its figures; one that hangs is shown as it was last."""
LOOKS_WITHIN_S = 10.0
"""The runtime's watch looks every second; a process whose watch has not looked for so long is not well."""


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link, as it was last.

    Attributes:
        up: It is connected and subscribed.
        changed_ms: When that was last so told, UTC [ms]; None if never.
        reason: Why it is down, for a person.
        connects: How often it came up.
        received: Messages that came in and were passed on.
        figures: What it told of itself; None if it was not asked yet.
    """

    up: bool = False
    changed_ms: int | None = None
    reason: str = ""
    connects: int = 0
    received: int = 0
    figures: LinkFigures | None = None


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """The last report.

    Attributes:
        made_ms: When it was made, UTC [ms].
        slot_start_ms: Beginning of its slot, UTC [ms].
        count: How many were made since the start.
    """

    made_ms: int
    slot_start_ms: int
    count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a witness has seen until now; a copy.

    Attributes:
        links: By name.
        captured: Values that were captured, by the node that did.
        missing: Values that a node told to be missing.
        outcomes: Commands that ended, by verdict.
        sent: Messages given to links, by link and urgency.
        lease: Who has the house; None where that is not decided.
        report: The last report; None where there was none.
    """

    links: Mapping[str, LinkSeen]
    captured: Mapping[str, int]
    missing: Mapping[str, int]
    outcomes: Mapping[str, int]
    sent: Mapping[tuple[str, str], int]
    lease: LeaseChanged | None
    report: ReportSeen | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A process at one moment.

    Attributes:
        process: What it is for, such as the alias of its house.
        version: Of this software.
        now_ms: The moment by the process's own clock, UTC [ms].
        hosts: How everyone is.
        looked_ago_s: How long ago the watch has looked [s, real time]; None before it first has.
        seen: What the witness has seen.
    """

    process: str
    version: str
    now_ms: int
    hosts: tuple[HostReport, ...]
    looked_ago_s: float | None
    seen: Seen

    @property
    def late(self) -> dict[str, str]:
        """Who breaks a promise, and how."""
        return {host.name: host.trouble or "its thread has ended" for host in self.hosts if host.trouble or not host.alive}

    @property
    def healthy(self) -> bool:
        """Everyone keeps what was promised, as far as the watch, which looks, can see."""
        return not self.late and self.looked_ago_s is not None and self.looked_ago_s <= LOOKS_WITHIN_S


class Witness:
    """Adds up what it is shown, from any thread."""

    def __init__(self, links: Iterable[str] = ()) -> None:
        """Nothing has been seen; these links are there, and down until they say that they are up."""
        self._more = Condition()
        self._links = dict.fromkeys(links, LinkSeen())
        self._answers: Counter[str] = Counter()
        self._captured: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._sent: Counter[tuple[str, str]] = Counter()
        self._lease: LeaseChanged | None = None
        self._report: ReportSeen | None = None

    def see(self, now: Moment, source: str, effect: Event) -> None:
        """Somebody put this out; what is not known here is nobody's loss."""
        with self._more:
            match effect:
                case Readings():
                    missing = effect.values.count(None)
                    self._captured[effect.source] += len(effect.values) - missing
                    self._missing[effect.source] += missing
                case Send():
                    self._sent[effect.link, effect.urgency.value] += 1
                    if isinstance(effect.message, ReportEvent) and effect.urgency is Urgency.HELD:
                        self._see_report(effect.message, now)
                case Received() if source == effect.link:
                    link = self._link(source)
                    self._links[source] = replace(link, received=link.received + 1)
                case LinkChanged() if source == effect.link:
                    self._see_change(effect, now)
                case LinkFigures():
                    self._links[effect.link] = replace(self._link(effect.link), figures=effect)
                    self._answers[effect.link] += 1
                    self._more.notify_all()
                case LeaseChanged():
                    self._lease = effect
                case Outcome() if source == effect.node:
                    self._outcomes[effect.verdict.value] += 1
                case Note() if effect.text.startswith(f"{source}: not connected"):
                    self._links[source] = replace(self._link(source), reason=effect.text.removeprefix(f"{source}: "))
                case _:
                    pass

    def ask(self, post: Callable[[str, Event], None], within_s: float = ANSWER_WITHIN_S) -> None:
        """Have the links tell their figures, and wait for it for this long at most [s]."""
        with self._more:
            awaited = {link: self._answers[link] for link in self._links}
        for link in awaited:
            post(link, FiguresAsked())
        with self._more:
            self._more.wait_for(lambda: all(self._answers[link] > count for link, count in awaited.items()), within_s)

    def seen(self) -> Seen:
        """All until now."""
        with self._more:
            return Seen(
                dict(self._links),
                dict(self._captured),
                dict(self._missing),
                dict(self._outcomes),
                dict(self._sent),
                self._lease,
                self._report,
            )

    def _link(self, name: str) -> LinkSeen:
        return self._links.get(name, LinkSeen())

    def _see_change(self, change: LinkChanged, now: Moment) -> None:
        link = self._link(change.link)
        if change.up != link.up or link.changed_ms is None:  # a node that asks anew is told anew
            connects = link.connects + change.up
            self._links[change.link] = replace(
                link, up=change.up, changed_ms=now.wall_ms, reason=change.reason, connects=connects
            )

    def _see_report(self, report: ReportEvent, now: Moment) -> None:
        count = 1 if self._report is None else self._report.count + 1
        self._report = ReportSeen(now.wall_ms, report.report.slot_start_unix_s * SECOND_MS, count)
