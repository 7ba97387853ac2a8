"""The Ear: hears every house of a broker and has every message kept."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gw_spaceheat.core.ear_missed import Missed, MissedOptions
from gw_spaceheat.core.ear_view import EarView, HouseCount
from gw_spaceheat.core.events import (
    Commit,
    Event,
    Garbled,
    Level,
    LinkChanged,
    Note,
    Persist,
    Received,
    Send,
    StatusAsked,
    Stopping,
    Urgency,
)
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.messages.codec import STREAM, decode_bare
from gw_spaceheat.messages.gws_resend import GwsResend
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.messages.refusal import Refusal
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
        commit_after: ... and when so many have come that the broker keeps for us until then.
        most_houses: Senders beyond so many houses are refused, because each costs a folder and anyone may invent aliases.
        missed: When it asks for what it has missed.
    """

    commit_period_ms: int = SECOND_MS
    commit_after: int = 10
    most_houses: int = 10_000
    missed: MissedOptions = field(default_factory=MissedOptions)


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
    """The machine of an Ear. It answers nobody, because what it hears was sent to others; it asks for what it has missed."""

    def __init__(self, options: EarOptions | None = None, known: Iterable[HeardNumbers] = ()) -> None:
        """Remember the options, and which numbers were heard before the process began."""
        self._options = options or EarOptions()
        self._missed = Missed(known, self._options.missed)
        self._link = ""
        self._fetched = 0
        self._counts: dict[str, _Count] = {}
        self._garbled = 0
        self._refused = 0
        self._told_refused = False
        self._commit_mono_ms: int | None = None
        self._receipt = 0
        self._committed_receipt = 0
        self._by_type: dict[type, Callable[..., Sequence[Event]]] = {
            Received: self._on_message,
            Garbled: self._on_garbled,
            LinkChanged: self._on_link,
            StatusAsked: lambda _event, _now: (self.view(),),
            Stopping: lambda _event, _now: self._commit(),
        }

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Have a message kept; count what cannot be."""
        react = self._by_type.get(type(event))
        return () if react is None else react(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Have what was heard put on disk when it is due, and ask for what was missed."""
        effects = self._ask(now)
        if self._commit_mono_ms is None or now.mono_ms < self._commit_mono_ms:
            return effects
        return (*effects, *self._commit())

    def deadline(self) -> int | None:
        """When the next commit or request is due [mono ms]; None while nothing waits for one."""
        ask_ms = self._missed.deadline()
        if ask_ms is None or (self._commit_mono_ms is not None and self._commit_mono_ms < ask_ms):
            return self._commit_mono_ms
        return ask_ms

    def view(self) -> EarView:
        """What has been heard; to be called in the machine's own thread."""
        houses = tuple(
            HouseCount(house, count.messages, dict(count.by_type), count.last_arrived_ms)
            for house, count in sorted(self._counts.items())
        )
        return EarView(houses, self._garbled, self._refused, self._fetched)

    def _on_message(self, event: Received, now: Moment) -> Sequence[Event]:
        """Have it kept; what the broker keeps for us it must be able to forget, also if it is nothing for us."""
        effects = self._on_received(event, now)
        if not event.receipt:
            return effects
        self._receipt = event.receipt
        self._want_commit(now)
        if self._receipt - self._committed_receipt < self._options.commit_after:
            return effects
        return (*effects, *self._commit())

    def _on_received(self, event: Received, now: Moment) -> Sequence[Event]:
        if isinstance(event.message, GwsResent):
            return self._on_resent(event, event.message, now)
        if isinstance(event.message, GwsResend):
            return ()  # of another Ear: not a word of any house
        house = house_of(event.src)
        if house is None:
            return self._refuse(f"a message came from {event.src[:80]!r}, which is no alias: it is not kept")
        count = self._counts.get(house)
        if count is None:
            if len(self._counts) >= self._options.most_houses:
                return self._refuse(f"{house} would be house {self._options.most_houses + 1}: its messages are not kept")
            count = self._counts[house] = _Count()
        count.add(event)
        if event.sequence:
            self._missed.heard(house, event.stream, event.sequence, event.message, now)
        message_id, message = event.message_id, event.message
        kept = Persist(house, event.arrived_ms, event.src, event.dst, message_id, message, event.stream, event.sequence)
        return self._keep(kept, now)

    def _on_resent(self, event: Received, resent: GwsResent, now: Moment) -> Sequence[Event]:
        """The message within is kept as if it had been heard now; once, whoever has asked for it."""
        house = house_of(resent.src)
        if house is None or house != event.src or not STREAM.fullmatch(resent.stream):
            return self._refuse(f"{event.src[:80]!r} gave a message of {resent.src[:80]!r}, for which it does not speak")
        try:
            message = decode_bare(resent.content_type, bytes(resent.content))
        except Refusal as refusal:
            return self._refuse(f"{event.src[:80]!r} gave a message that cannot be read ({refusal})")
        if not self._missed.fetched(house, resent.stream, resent.sequence, message, now):
            return ()
        self._fetched += 1
        message_id, stream, sequence = resent.message_id, resent.stream, resent.sequence
        return self._keep(Persist(house, event.arrived_ms, resent.src, "", message_id, message, stream, sequence), now)

    def _keep(self, kept: Persist, now: Moment) -> Sequence[Event]:
        self._want_commit(now)
        return (kept,)

    def _want_commit(self, now: Moment) -> None:
        if self._commit_mono_ms is None:
            self._commit_mono_ms = now.mono_ms + self._options.commit_period_ms

    def _on_link(self, event: LinkChanged, now: Moment) -> Sequence[Event]:
        self._link = event.link
        self._missed.link(now, up=event.up)
        return ()

    def _ask(self, now: Moment) -> tuple[Event, ...]:
        """Ask the AtomicTNodes of houses for what was missed; told when it is asked for the first time."""
        effects: list[Event] = []
        for request in self._missed.wake(now):
            house = request.message.house
            if request.numbers and not request.again:
                effects.append(Note(Level.INFO, f"{request.numbers} messages of {house} were missed; asks its AtomicTNode"))
            effects.append(Send(self._link, house, request.message, Urgency.PLAIN, message_id=""))
        return tuple(effects)

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
        self._committed_receipt = self._receipt
        return (*self._missed.changed(), Commit(self._receipt))
