"""The SCADA: joins what is measured, what is reported, what heats, what protects and who commands, for one house.

It is a machine like its parts and owns no thread, clock or socket. Mail comes from the actors of the devices (`Readings`,
`DeviceLost`, `DeviceBack`, `Outcome`), from the uplink (`Received`, `LinkChanged`) and from the supervisor (`Stuck`); what it
puts out goes to the actuators' actors (`Command`) and to the uplink (`Send`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.authority.dispatches import Dispatches
from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    Command,
    DeviceBack,
    DeviceLost,
    Event,
    Latest,
    LinkChanged,
    Outcome,
    Readings,
    Received,
    Release,
    Send,
    Started,
    StateChanged,
    Stopping,
    Stuck,
    Urgency,
    Wish,
)
from gw_spaceheat.core.link.tally import Tally
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.telemetry.power import PowerOnChange
from gw_spaceheat.core.telemetry.presence import Change, Presence
from gw_spaceheat.core.telemetry.reporter import Reporter
from gw_spaceheat.core.telemetry.snapshots import SnapshotSchedule
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

UPLINK = "uplink"
ATN = "a"
"""Short name of the AtomicTNode on the wire."""


@dataclass(frozen=True, slots=True)
class ScadaOptions:
    """What can be set about the SCADA of any house.

    Attributes:
        report_grace_ms: How long after a slot's end its report is made [ms], so that the last scan gets in.
        dispatch_freshness_ms: Dispatches older than this are refused [ms].
    """

    report_grace_ms: int = SECOND_MS
    dispatch_freshness_ms: int = 60 * SECOND_MS


class Scada:
    """The machine of a house's SCADA node."""

    def __init__(
        self,
        house: House,
        heating: Machine,
        safety: Machine,
        new_id: Callable[[], str],
        options: ScadaOptions | None = None,
    ) -> None:
        """Join the parts; nothing happens before `Started`."""
        self._house = house
        self._options = options or ScadaOptions()
        self._new_id = new_id
        self._heating = heating
        self._safety = safety
        self._steerers = ((Authority.SAFETY, safety), (Authority.LOCAL, heating))
        self._arbiter = Arbiter(house, new_id)
        self._presence = Presence(house)
        self._latest = Latest(self._presence.latest)
        self._power = PowerOnChange(house)
        self._reporter = Reporter(house, new_id, self._options.report_grace_ms)
        self._snapshots = SnapshotSchedule()
        self._steering = frozenset(steering_channels(house))
        self._state_channels = {
            channel.name: channel.about
            for channel in house.channels.values()
            if house.nodes[channel.about].actuator is not None and channel.captured_by == channel.about
        }
        self._state_sources = frozenset(self._state_channels.values())
        self._power_sources = frozenset(house.channels[name].captured_by for name in self._power.channels)
        self._steering_sources = frozenset(house.channels[name].captured_by for name in self._steering)
        self._parts = (self._reporter, self._presence, self._snapshots, self._arbiter)
        self._strangers = Tally(UPLINK)
        self._stopping = False
        self._by_type: dict[type, Callable[..., list[Event]]] = {
            Started: self._on_started,
            Stopping: self._on_stopping,
            DeviceLost: self._on_device_lost,
            DeviceBack: self._on_device_back,
            Outcome: self._on_outcome,
            Received: self._on_received,
            LinkChanged: self._on_link,
            Stuck: self._on_stuck,
        }
        self._dispatches = Dispatches(house, self._options.dispatch_freshness_ms)
        self._deadline: int | None = None
        self._other_deadline: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """React to mail."""
        if self._stopping:
            return ()
        if type(event) is Readings:
            return self._on_readings(event, now)
        react = self._by_type.get(type(event))
        if react is None:
            return ()
        effects = react(event, now)
        self._find_deadline()
        return effects

    def wake(self, now: Moment) -> Sequence[Event]:
        """Do what has fallen due: reports, snapshots, stale sensors, retries, the strategies' own times."""
        if self._stopping:
            return ()
        effects: list[Event] = []
        for change in self._presence.look(now):
            effects += self._tell_change(change, now)
        effects += self._reports(now)
        if self._snapshots.due(now):
            effects.append(self._snapshot(now))
        for by, part in self._steerers:
            wishes = part.wake(now)
            if wishes:
                effects += self._obey(by, wishes, now)
        commanded = self._arbiter.wake(now)
        if commanded:
            effects += self._commands(commanded, now)
        self._find_deadline()
        return effects

    def deadline(self) -> int | None:
        """The earliest deadline of its parts [mono ms]."""
        return self._deadline

    def _find_deadline(self) -> None:
        due_ms: int | None = None
        for part in self._parts:
            part_ms = part.deadline()
            if part_ms is not None and (due_ms is None or part_ms < due_ms):
                due_ms = part_ms
        self._other_deadline = due_ms
        self._find_deadline_after_steering()

    def _find_deadline_after_steering(self) -> None:
        """What steers has moved its deadlines, as it does all the time, and nothing else has."""
        if self._stopping:
            self._deadline = None
        else:
            due_ms = self._other_deadline
            for part_ms in (self._safety.deadline(), self._heating.deadline()):
                if part_ms is not None and (due_ms is None or part_ms < due_ms):
                    due_ms = part_ms
            self._deadline = due_ms

    # devices

    def _on_started(self, event: Started, now: Moment) -> list[Event]:
        self._presence.start(now)
        effects: list[Event] = list(self._reports(now))
        effects.append(self._event(self._reporter.startup(now)))
        effects += self._obey(Authority.SAFETY, self._safety.handle(event, now), now)
        effects += self._obey(Authority.LOCAL, self._heating.handle(event, now), now)
        return effects

    def _on_stopping(self, _event: Stopping, now: Moment) -> list[Event]:
        self._stopping = True  # the actuators go into their stop states now, and nobody may call them back
        last = [self._event(report) for report in self._reporter.flush(now)]
        return [*last, self._event(self._reporter.shutdown("stopped in order", now))]

    def _on_readings(self, event: Readings, now: Moment) -> list[Event]:
        """The most frequent mail by far; readings that are only to be reported move no deadline."""
        source, names, values = event.source, event.channels, event.values
        if not self._presence.knows(source, names):
            return [self._reporter.unknown(event)]
        effects: list[Event] = []
        for change in self._presence.take(source, names, values, event.taken_ms, now):
            effects += self._tell_change(change, now)
        self._reporter.take(event)
        if source in self._power_sources and self._power.concerns(names):
            effects += self._power_now()
        if source in self._state_sources:
            effects += self._observe(event, now)
        if source in self._steering_sources and not self._steering.isdisjoint(names):
            effects += self._steer(now)
            self._find_deadline_after_steering()
        if effects:
            self._find_deadline()
        return effects

    def _observe(self, event: Readings, now: Moment) -> list[Event]:
        """An actuator's state was read; whether it obeys is the arbiter's affair."""
        effects: list[Event] = []
        before = self._arbiter.deadline()
        for name, value in zip(event.channels, event.values, strict=True):
            node = self._state_channels.get(name)
            if node is not None:
                effects += self._commands(self._arbiter.observe(node, value, now), now)
        if self._arbiter.deadline() != before:
            self._find_deadline()
        return effects

    def _steer(self, now: Moment) -> list[Event]:
        effects: list[Event] = []
        for by, part in self._steerers:
            wishes = part.handle(self._latest, now)
            if wishes:
                effects += self._obey(by, wishes, now)
        return effects

    def _on_device_lost(self, event: DeviceLost, now: Moment) -> list[Event]:
        changes = self._presence.lose(event.node, event.reason)
        if not changes and not event.channels:
            changes = [Change(event.node, (), back=False, reason=event.reason)]
        return self._tell_changes(changes, now)

    def _on_device_back(self, event: DeviceBack, now: Moment) -> list[Event]:
        if event.channels:
            return []  # told when its first reading comes
        return self._tell_changes([Change(event.node, (), back=True, reason="")], now)

    def _on_stuck(self, event: Stuck, now: Moment) -> list[Event]:
        effects: list[Event] = [self._event(self._reporter.actor_trouble(event.actor, event.reason, event.back, now))]
        if not event.back:
            for change in self._presence.lose(event.actor, event.reason):
                effects += self._tell_change(change, now)
        return effects

    def _tell_changes(self, changes: Sequence[Change], now: Moment) -> list[Event]:
        effects: list[Event] = []
        for change in changes:
            effects += self._tell_change(change, now)
        return effects

    def _tell_change(self, change: Change, now: Moment) -> list[Event]:
        effects: list[Event] = [self._event(self._reporter.glitch(change, now)), self._reporter.note(change)]
        if not change.back and not self._steering.isdisjoint(change.channels):
            effects += self._steer(now)
        return effects

    def _on_outcome(self, event: Outcome, now: Moment) -> list[Event]:
        self._reporter.command_ended(event, now)
        effects = self._commands(self._arbiter.outcome(event, now), now)
        if self._dispatches.ends(event):
            effects.append(self._answer(event, now))
        return effects

    def _obey(self, by: Authority, wishes: Sequence[Event], now: Moment) -> list[Event]:
        effects: list[Event] = []
        for wish in wishes:
            if isinstance(wish, Wish):
                effects += self._commands(self._arbiter.wish(by, wish.node, wish.value, wish.reason, now), now)
            elif isinstance(wish, Release):
                effects += self._commands(self._arbiter.release(by, wish.node, now), now)
            elif isinstance(wish, StateChanged):
                self._reporter.state_changed(wish, now)
            else:
                effects.append(wish)
        return effects

    def _commands(self, events: Sequence[Event], now: Moment) -> list[Event]:
        """What the arbiter put out: commands are recorded before they are given, outcomes and troubles are told to the peer."""
        effects: list[Event] = []
        for event in events:
            if isinstance(event, Outcome):
                if self._dispatches.ends(event):
                    effects.append(self._answer(event, now))
            elif isinstance(event, ActuatorTrouble):
                effects += [self._event(self._reporter.disobedience(event, now)), self._reporter.disobedience_note(event)]
            else:
                if isinstance(event, Command):
                    self._reporter.commanded(event, now)
                effects.append(event)
        return effects

    # the uplink

    def _on_link(self, event: LinkChanged, now: Moment) -> list[Event]:
        if event.link != UPLINK or not event.up:
            return []
        self._power.forget()
        return [self._send(self._reporter.layout(now), Urgency.PLAIN), *self._power_now()]

    def _power_now(self) -> list[Event]:
        watts = self._power.changed_to(self._presence.latest)
        return [] if watts is None else [self._send(PowerWatts(watts=watts), Urgency.NOW)]

    def _on_received(self, event: Received, now: Moment) -> list[Event]:
        message = event.message
        if event.link != UPLINK:
            return []
        if event.src != self._house.alias:
            text = f"{event.message.type_name()} from {event.src}; only {self._house.alias} may speak to this SCADA"
            return list(self._strangers.tell("stranger", text, now))
        if isinstance(message, SendSnap):
            self._snapshots.ask(now)
            return [self._snapshot(now)]
        if isinstance(message, SendLayout):
            return [self._send(self._reporter.layout(now), Urgency.PLAIN)]
        if isinstance(message, FsmEvent | AnalogDispatch):
            return self._on_dispatch(message, now)
        return []

    def _on_dispatch(self, message: FsmEvent | AnalogDispatch, now: Moment) -> list[Event]:
        asked = self._dispatches.read(message, now)
        if asked is None:
            return []
        if isinstance(asked, Outcome):
            return [self._answer(asked, now)]
        return self._commands(self._arbiter.dispatch(asked.node, asked.value, asked.trigger, now), now)

    def _answer(self, outcome: Outcome, now: Moment) -> Event:
        return self._send(
            GwsCommandAnswer(
                from_g_node_alias=self._house.scada_alias,
                trigger_id=outcome.trigger,
                node=outcome.node,
                value=outcome.value,
                verdict=outcome.verdict.value,
                reason=outcome.reason,
                read_back=UNSET if outcome.read_back is None else outcome.read_back,
                answer_unix_ms=now.wall_ms,
            ),
            Urgency.PLAIN,
        )

    def _reports(self, now: Moment) -> list[Event]:
        return [self._event(report) for report in self._reporter.due(now)]

    def _snapshot(self, now: Moment) -> Event:
        return self._send(self._reporter.snapshot(self._presence, now), Urgency.PLAIN)

    def _send(self, message: Message, urgency: Urgency) -> Send:
        # a message that has an identifier of its own travels, and is acknowledged, under that
        return Send(UPLINK, ATN, message, urgency, getattr(message, "message_id", None) or self._new_id())

    def _event(self, message: Message) -> Send:
        return self._send(message, Urgency.EVENT)


def steering_channels(house: House) -> set[str]:
    """Channels whose readings make heating and safety think again: every temperature that they go by."""
    heating = house.heating
    channels = {heating.outdoor, *heating.buffer, *heating.store, *heating.pipes}
    channels.update(zone.temperature for zone in heating.zones)
    if heating.hot_water is not None:
        channels.update(heating.hot_water.temperatures)
    return channels - {""}
