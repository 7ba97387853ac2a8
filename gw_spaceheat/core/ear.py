"""The Ear: hears every house of a broker and has every message kept."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gw_spaceheat.core.ear_view import EarView, HouseCount
from gw_spaceheat.core.events import Commit, Event, Garbled, Level, Note, Persist, Received, StatusAsked, Stopping
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")
LONGEST_ALIAS = 200
_ASSET_SUFFIXES = (".ta.scada", ".ta")


@lru_cache(maxsize=1024)
def house_of(src: str) -> str | None:
    """Alias of the house that a sender belongs to: its AtomicTNode's; None if the sender's name is no alias."""
    if len(src) > LONGEST_ALIAS or ALIAS.fullmatch(src) is None:
        return None
    for suffix in _ASSET_SUFFIXES:
        if src.endswith(suffix):
            return src.removesuffix(suffix) or None
    return src


@dataclass(frozen=True, slots=True)
class EarOptions:
    """What can be set about an Ear.

    Attributes:
        commit_period_ms: A message is on disk at the latest this long after it came [ms].
        most_houses: Senders beyond so many houses are refused, because each costs a folder and anyone may invent aliases.
    """

    commit_period_ms: int = 10 * SECOND_MS
    most_houses: int = 10_000


@dataclass(slots=True)
class _Count:
    """How much was heard of one house, as it grows."""

    messages: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    last_arrived_ms: int = 0

    def add(self, event: Received) -> None:
        name = event.message.type_name()
        self.messages += 1
        self.by_type[name] = self.by_type.get(name, 0) + 1
        self.last_arrived_ms = event.arrived_ms


class Ear:
    """The machine of an Ear. It answers nobody: what it hears was sent to others."""

    def __init__(self, options: EarOptions | None = None) -> None:
        """Remember the options; nothing has been heard yet."""
        self._options = options or EarOptions()
        self._counts: dict[str, _Count] = {}
        self._garbled = 0
        self._refused = 0
        self._told_refused = False
        self._commit_mono_ms: int | None = None
        self._by_type: dict[type, Callable[..., Sequence[Event]]] = {
            Received: self._on_received,
            Garbled: self._on_garbled,
            StatusAsked: lambda _event, _now: (self.view(),),
            Stopping: lambda _event, _now: self._commit(),
        }

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Have a message kept; count what cannot be."""
        react = self._by_type.get(type(event))
        return () if react is None else react(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Have what was heard put on disk when it is due."""
        if self._commit_mono_ms is None or now.mono_ms < self._commit_mono_ms:
            return ()
        return self._commit()

    def deadline(self) -> int | None:
        """When the next commit is due [mono ms]; None while nothing waits for one."""
        return self._commit_mono_ms

    def view(self) -> EarView:
        """What has been heard; to be called in the machine's own thread."""
        houses = tuple(
            HouseCount(house, count.messages, dict(count.by_type), count.last_arrived_ms)
            for house, count in sorted(self._counts.items())
        )
        return EarView(houses, self._garbled, self._refused)

    def _on_received(self, event: Received, now: Moment) -> Sequence[Event]:
        house = house_of(event.src)
        if house is None:
            return self._refuse(f"a message came from {event.src[:80]!r}, which is no alias: it is not kept")
        count = self._counts.get(house)
        if count is None:
            if len(self._counts) >= self._options.most_houses:
                return self._refuse(f"{house} would be house {self._options.most_houses + 1}: its messages are not kept")
            count = self._counts[house] = _Count()
        count.add(event)
        if self._commit_mono_ms is None:
            self._commit_mono_ms = now.mono_ms + self._options.commit_period_ms
        return (Persist(house, event.arrived_ms, event.src, event.dst, event.message_id, event.message),)

    def _on_garbled(self, _event: Garbled, _now: Moment) -> Sequence[Event]:
        self._garbled += 1
        return ()

    def _refuse(self, text: str) -> Sequence[Event]:
        """Count; tell the first time only, because a stranger may send as often as he likes."""
        self._refused += 1
        if self._told_refused:
            return ()
        self._told_refused = True
        return (Note(Level.WARNING, f"{text} (further refusals are only counted)"),)

    def _commit(self) -> Sequence[Event]:
        if self._commit_mono_ms is None:
            return ()
        self._commit_mono_ms = None
        return (Commit(),)
