"""The supervision server, without the world: devices report, persons ask, the broker keeps what stands, one server speaks."""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from gw_spaceheat.core.events import DemoHouse, DemoHouses
from gw_spaceheat.core.supervision.calibration import BadTable
from gw_spaceheat.core.supervision.devices import Consumer, Supplier
from gw_spaceheat.core.supervision.houses import Totals, Town
from gw_spaceheat.core.supervision.intake import Intake, Place
from gw_spaceheat.core.supervision.kept import KeptTown, kept_town, restore_town
from gw_spaceheat.core.supervision.leader import Claim, Leader
from gw_spaceheat.core.supervision.switch import Standing, Switch
from gw_spaceheat.core.supervision.telling import house_told, neighbourhood_told
from gw_spaceheat.messages.supervision import (
    ANSWER_TOPIC,
    REGISTRY_TOPIC,
    SERVER_TOPIC,
    Answer,
    Kind,
    Rejected,
    ask,
    house_state_topic,
    set_topic,
    speaker_of,
    state_topic,
)
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

DEMO_NAME = "demonstration"
"""So a house is named whose devices are simulated."""
LOOK_EVERY_MS = 500
TELL_EVERY_MS = SECOND_MS
"""A house's state is told at most this often [ms]."""
MOST_ANSWERED = 64
MOST_TRACED = 20
"""Messages that are told in a look while debugging."""
MOST_SHOWN = 120


class Publish(NamedTuple):
    """A message for the broker; `expires_s`: the broker forgets it after that [s], 0 for never."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 0
    expires_s: int = 0


class Line(NamedTuple):
    """A line for the log; `bad` if a person should look."""

    text: str
    bad: bool = False


class Server:
    """The machine: `take` what comes, `wake` it at its `deadline`, and carry out what it answers.

    Attributes:
        town: The houses.
        intake: What came, and what was rejected.
        leader: Whether this server speaks.
        version: Rises with each change that a person makes.
        lines: For the log; whoever writes them empties it.
        debug: Whether each message is told in the log.
        before: Houses of ours that gave way to those of a leader; whoever keeps them empties it.
    """

    def __init__(self, name: str, console: Callable[["Server", str, Moment], Answer]) -> None:
        """Remember.

        Args:
            name: Of this server, which no other has.
            console: Carries out a line of a person; the answer's identifier is empty.
        """
        self.town = Town()
        self.intake = Intake(self.town)
        self.leader = Leader(name)
        self.version = 0
        self.lines: list[Line] = []
        self.debug = False
        self.before: KeptTown | None = None
        self._console = console
        self._answered: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._out: list[Publish] = []
        self._up = False
        self._led = False
        self._due_mono_ms: int | None = None
        self._tell_mono_ms = 0
        self._told: dict[Place, Totals] = {}
        self._restate: set[int] = set()
        self._told_other = ""
        self._traced = 0
        self._registry_due = False
        self._heard_registry: KeptTown | None = None

    def link(self, now: Moment, *, up: bool) -> None:
        """The broker is there and has granted all subscriptions, or it is gone."""
        self._up = up
        self.leader.link(now, up=up)
        self._due_mono_ms = now.mono_ms + LOOK_EVERY_MS
        self._note_role(now)

    def take(self, topic: str, payload: bytes, now: Moment, *, kept: bool = False) -> None:
        """A message came; `kept`: the broker had kept it."""
        if topic == SERVER_TOPIC:
            self._hear_claim(payload, now)
        elif topic == REGISTRY_TOPIC:
            self._hear_registry(payload, now)
        elif (speaker := speaker_of(topic)) is not None:
            if not kept:
                self._answer(speaker, payload, now)
        else:
            reason = self.intake.take(topic, payload, now.wall_ms, kept=kept)
            if self.debug and self._traced < MOST_TRACED:
                self._traced += 1
                said = f"{topic[:MOST_SHOWN]} {payload[:MOST_SHOWN]!r}"
                self.lines.append(Line(f"{said}: {'taken' if reason is None else f'rejected, {reason}'}"))

    def wake(self, now: Moment) -> list[Publish]:
        """Go on: claim, switch, tell what has changed."""
        self._due_mono_ms = now.mono_ms + LOOK_EVERY_MS
        self._traced = 0
        claim = self.leader.wake(now)
        if claim is not None and self._up:
            self._out.append(Publish(SERVER_TOPIC, msgspec.json.encode(claim), retain=True, qos=1))
        self._note_role(now)
        self._confirmations()
        leads = self.leader.leads(now)
        for place, kind, device in self._switches():
            self._look_at_switch(place, kind, device, now, leads=leads)
        if leads and self._registry_due:
            self._registry_due = False
            self._out.append(Publish(REGISTRY_TOPIC, msgspec.json.encode(self.registry()), retain=True, qos=1))
        if leads and now.mono_ms >= self._tell_mono_ms:
            self._tell_mono_ms = now.mono_ms + TELL_EVERY_MS
            self._tell(now)
        out, self._out = self._out, []
        return out

    def deadline(self) -> int | None:
        """When it wants to be woken [mono ms]."""
        return self._due_mono_ms

    def soon(self, now: Moment) -> None:
        """Wake at once: somebody waits."""
        self._due_mono_ms = now.mono_ms

    def changed(self, place: Place | None, now: Moment) -> None:
        """A person has changed something: of a house, or of the registry as a whole."""
        self.version += 1
        if place is not None:
            self.intake.changed.add(place)
        self._registry_due = True
        self.soon(now)

    def demo_houses(self) -> DemoHouses:
        """The houses whose devices are to be simulated: by the leader alone."""
        houses = [
            DemoHouse(
                each.number,
                house.number,
                tuple((consumer.number, consumer.name) for consumer in house.consumers.values()),
                tuple(house.suppliers),
            )
            for each in self.town.neighbourhoods.values()
            for house in each.houses.values()
            if house.name == DEMO_NAME
        ]
        return DemoHouses(tuple(houses) if self._led else ())

    def removed(self, place: Place) -> None:
        """A house is gone: the broker is to forget it."""
        self.intake.changed.discard(place)
        self._told.pop(place, None)
        self._restate.add(place[0])
        self._out.append(Publish(house_state_topic(*place), b"", retain=True, qos=1))

    def again(self, publish: Publish) -> None:
        """It could not be said now: say it at the next look, if it is not said anew by then anyway."""
        if publish.topic == REGISTRY_TOPIC:
            self._registry_due = True
        elif not publish.retain or not publish.payload:
            self._out.append(publish)
        else:
            self._told.clear()

    def registry(self) -> KeptTown:
        """All that persons have made, for the disk."""
        return kept_town(self.town, self.version)

    def restore(self, kept: KeptTown) -> None:
        """As it was kept, or raise BadTable and leave all as it is."""
        restore_town(kept, Town())
        restore_town(kept, self.town)
        self.version = kept.version

    # what comes -------------------------------------------------------------------------------------------------------

    def _hear_claim(self, payload: bytes, now: Moment) -> None:
        try:
            claim = msgspec.json.decode(payload, type=Claim)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        self.leader.hear(claim, now)
        self._note_role(now)
        self._learn(now)

    def _hear_registry(self, payload: bytes, now: Moment) -> None:
        """A server that only listens knows what the leader knows, so that it can take over."""
        try:
            self._heard_registry = msgspec.json.decode(payload, type=KeptTown)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        self._learn(now)

    def _learn(self, now: Moment) -> None:
        """While another leads, its houses are ours, even if ours are newer; else what the broker kept if that is newer."""
        heard, leader = self._heard_registry, self.leader.other
        if heard is None or self.leader.leads(now) or (heard.version <= self.version and not leader):
            return
        self._heard_registry = None
        own = self.registry()
        if heard == own:
            return
        try:
            self.restore(heard)
        except BadTable:
            return
        if own.neighbourhoods and heard.version <= own.version:
            self.before = own
            self.lines.append(Line(f"the houses of this server gave way to those of {leader}, which leads", bad=True))

    def _answer(self, speaker: str, payload: bytes, now: Moment) -> None:
        """Only the leader answers, and what was asked twice, for a message may come twice, is done once."""
        if not self.leader.leads(now):
            return
        try:
            asked = ask(payload)
        except Rejected:
            return
        key = (speaker, asked.id)
        answer = self._answered.get(key)
        if answer is None:
            answer = self._answered[key] = msgspec.structs.replace(self._console(self, asked.line, now), id=asked.id)
            while len(self._answered) > MOST_ANSWERED:
                self._answered.popitem(last=False)
        self._out.append(Publish(f"{ANSWER_TOPIC}/{speaker}", msgspec.json.encode(answer), qos=1))
        self.soon(now)

    # what goes out ----------------------------------------------------------------------------------------------------

    def _note_role(self, now: Moment) -> None:
        leads = self.leader.leads(now)
        if leads and not self._led:
            self.lines.append(Line(f"this server ({self.leader.server}) leads, term {self.leader.term}"))
            self._told.clear()
            self._tell_mono_ms = now.mono_ms
            self._registry_due = True
        elif self._led and not leads:
            self._out = [publish for publish in self._out if publish.topic == SERVER_TOPIC]
        if self.leader.other and not leads and self.leader.other != self._told_other:
            self.lines.append(Line(f"server {self.leader.other} leads; this one ({self.leader.server}) listens", bad=True))
        self._told_other = self.leader.other if not leads else ""
        self._led = leads

    def _switches(self) -> "list[tuple[Place, Kind, Consumer | Supplier]]":
        return [
            ((each.number, house.number), kind, device)
            for each in self.town.neighbourhoods.values()
            for house in each.houses.values()
            for kind, device in house.devices()
            if device.switch.standing is Standing.DESIRED
        ]

    def _look_at_switch(self, place: Place, kind: Kind, device: Consumer | Supplier, now: Moment, *, leads: bool) -> None:
        switch = device.switch
        if leads and switch.due(now):
            left_s = -(-(switch.until_mono_ms - now.mono_ms) // SECOND_MS)
            topic = set_topic(*place, kind, device.number)
            self._out.append(Publish(topic, b"1" if switch.on else b"0", qos=1, expires_s=left_s))
        if switch.expire(now):
            self._changed_standing(place, kind, device.number, switch)

    def _confirmations(self) -> None:
        confirmed, self.intake.confirmed = self.intake.confirmed, []
        for place, kind, device in confirmed:
            self._changed_standing(place, kind, device.number, device.switch)

    def _changed_standing(self, place: Place, kind: Kind, number: int, switch: Switch) -> None:
        self.version += 1
        self.intake.changed.add(place)
        self._registry_due = True
        bad = switch.standing is Standing.UNCONFIRMED
        wanted = "on" if switch.on else "off"
        what = f"{kind.lower()} {number} of house {place[0]}/{place[1]} {wanted}"
        self.lines.append(Line(f"{what}: {switch.standing}{'; look at the device and its line' if bad else ''}", bad))

    def _tell(self, now: Moment) -> None:
        changed, self.intake.changed = self.intake.changed, set()
        restate, self._restate = self._restate, set()
        for number, neighbourhood in self.town.neighbourhoods.items():
            news = False
            for house in neighbourhood.houses.values():
                place = (number, house.number)
                totals, before = house.totals(now.wall_ms), self._told.get(place)
                if place not in changed and before is not None and (totals.heard, totals.silent) == before[-2:]:
                    continue
                news = True
                self._told[place] = totals
                told = msgspec.json.encode(house_told(number, house, now.wall_ms))
                self._out.append(Publish(house_state_topic(*place), told, retain=True))
            if news or number in restate:
                told = msgspec.json.encode(neighbourhood_told(neighbourhood, now.wall_ms))
                self._out.append(Publish(state_topic(number), told, retain=True))
