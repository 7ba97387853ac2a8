"""The SCADA: joins what is measured, what is reported, what heats, what protects and who commands, for one house.

It is a machine like its parts and owns no thread, clock or socket. Mail comes from the actors of the devices (`Readings`,
`DeviceLost`, `DeviceBack`, `Outcome`), from the uplink (`Received`, `LinkChanged`), from persons at the house (`HumanTakes`,
...) and from the supervisor (`Stuck`); what it puts out goes to the actuators' actors (`Command`), to the uplink and the local
bus (`Send`), and to whoever keeps the contract's state and log (`Keep`, `Append`), in an order in which what must be durable
comes before what follows from it.

Local heating commands, and is asked, only while it has the lease; safety always.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from gw_spaceheat.core.authority.arbiter import Arbiter
from gw_spaceheat.core.contract.scada_side import OF_CONTRACT, ScadaSide
from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    ClockStepped,
    Command,
    ContractQuit,
    DeviceBack,
    DeviceLost,
    Event,
    FollowSchedule,
    Gate,
    HumanReleases,
    HumanSets,
    HumanTakes,
    Keep,
    Latest,
    LeaseChanged,
    LinkAsked,
    LinkChanged,
    LocalControlAsked,
    MeterAnswered,
    MinimumTime,
    ModeChanged,
    Obey,
    Outcome,
    Readings,
    Received,
    Release,
    SafetyActs,
    Send,
    Started,
    StateChanged,
    Stopping,
    Stuck,
    TakesOver,
    Urgency,
    Wish,
)
from gw_spaceheat.core.link.tally import Tally
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.telemetry.clock_label import ClockKnown, ClockLabel
from gw_spaceheat.core.telemetry.completeness import COMPLETENESS, Completeness
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.core.telemetry.power import PowerOnChange
from gw_spaceheat.core.telemetry.presence import Change, Presence
from gw_spaceheat.core.telemetry.reporter import Reporter
from gw_spaceheat.core.telemetry.snapshots import SnapshotSchedule
from gw_spaceheat.core.telemetry.stuck import StuckProbes
from gw_spaceheat.house.model import House, MinimumTimes, state_channels, steering_channels
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

UPLINK = "uplink"
ATN = "a"
"""Short name of the AtomicTNode on the wire."""
LOCAL_BUS = "local"
EVERYBODY = "all"
"""Short name of everyone on the house's own bus."""
ON_BUS = "s"
"""Short name of the SCADA on the house's own bus."""
ON_THEIR_WAY_MS = 60 * SECOND_MS
"""How long after the clock was set a scan may still come that was labelled before [ms]."""


@dataclass(frozen=True, slots=True)
class ScadaOptions:
    """What can be set about the SCADA of any house.

    Attributes:
        report_grace_ms: How long after a slot's end its report is made [ms], so that the last scan gets in.
        always_report: Reports and problems go up whether or not a contract is in RemoteControl.
    """

    report_grace_ms: int = SECOND_MS
    always_report: bool = False


class Scada:
    """The machine of a house's SCADA node."""

    def __init__(
        self,
        house: House,
        heating: Machine,
        safety: Machine,
        contract: ScadaSide,
        new_id: Callable[[], str],
        options: ScadaOptions | None = None,
        minimum_times: Mapping[str, MinimumTimes] | None = None,
        counted: CompletenessMemory | None = None,
        unreported: Sequence[Readings] = (),
        clock: ClockKnown | None = None,
    ) -> None:
        """Join the parts; nothing happens before `Started`.

        Args:
            house: The house.
            heating: Local heating.
            safety: Safety.
            contract: The house's side of its contracts.
            new_id: Gives identifiers [uuid4].
            options: What can be set.
            minimum_times: What actuators must be spared, by alias.
            counted: What was counted for the certificate of the hour, as it was kept last; None for the first time.
            unreported: What was captured before a restart, and is in no report yet.
            clock: What is known of the clock, to be told to the peer; None in virtual time.
        """
        self._house = house
        self._options = options or ScadaOptions()
        self._new_id = new_id
        self._heating = heating
        self._safety = safety
        self._contract = contract
        self._arbiter = Arbiter(house, new_id, minimum_times)
        self._uplink_is_open = self._options.always_report
        self._overridden: set[str] = set()
        self._presence = Presence(house)
        self._latest = Latest(self._presence.latest)
        self._stuck_probes = StuckProbes(house)
        self._power = PowerOnChange(house)
        awaits_clock = clock is not None and clock.awaited
        self._reporter = Reporter(house, new_id, self._options.report_grace_ms, awaits_clock=awaits_clock)
        self._clock = None if clock is None else ClockLabel(house.scada_alias, new_id, clock)
        self._late: tuple[int, int] | None = None
        """By how much [ms] scans are corrected that were on their way when the clock was set, and until when [mono ms]."""
        self._completeness = Completeness(house, new_id, counted)
        self._snapshots = SnapshotSchedule()
        self._steering = frozenset(steering_channels(house))
        self._state_channels = state_channels(house)
        self._state_sources = frozenset(self._state_channels.values())
        self._power_sources = frozenset(house.channels[name].captured_by for name in self._power.channels)
        self._steering_sources = frozenset(house.channels[name].captured_by for name in self._steering)
        self._parts = (self._reporter, self._presence, self._snapshots, self._arbiter, contract)
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
            HumanSets: lambda event, now: self._commands(self._arbiter.set_by_hand(event, now), now),
            **dict.fromkeys((HumanTakes, HumanReleases, LocalControlAsked, MeterAnswered, ContractQuit), self._to_contract),
            ClockStepped: self._on_clock_stepped,
            FollowSchedule: self._follow,
        }
        self._deadline: int | None = None
        self._other_deadline: int | None = None
        self._restore(unreported, 0 if counted is None else counted.hour_s * SECOND_MS)

    def _restore(self, unreported: Sequence[Readings], hour_ms: int) -> None:
        """What a house file that was changed meanwhile does not know any more is left out.

        What was read before the hour that is counted is too late for its own certificate, and goes into this hour's first
        slot.
        """
        self._reporter.restore([scan for scan in unreported if self._presence.knows(scan.source, scan.channels)], hour_ms)

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
        effects += self._from_contract(self._contract.wake(now), now)
        effects += self._obey(Authority.SAFETY, self._safety.wake(now), now)
        if self._arbiter.holder is Authority.LOCAL:
            effects += self._obey(Authority.LOCAL, self._heating.wake(now), now)
        effects += self._commands(self._arbiter.wake(now), now)
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
            heating_ms = self._heating.deadline() if self._arbiter.holder is Authority.LOCAL else None
            for part_ms in (self._safety.deadline(), heating_ms):
                if part_ms is not None and (due_ms is None or part_ms < due_ms):
                    due_ms = part_ms
            self._deadline = due_ms

    # devices

    def _on_started(self, event: Started, now: Moment) -> list[Event]:
        self._presence.start(now)
        self._completeness.start(now)
        self._arbiter.begin(now)
        effects: list[Event] = list(self._reports(now))
        effects.append(self._send(self._reporter.startup(now), Urgency.EVENT))
        if self._clock is not None:
            effects.append(self._send(self._clock.label(now), Urgency.HELD))
        began = self._contract.handle(event, now)  # a lease that was over meanwhile changes hands before anyone commands by it
        self._arbiter.hand_over(self._contract.holder_as_authority, self._contract.token)
        effects.append(self._set_gate(self._contract.remote))
        effects += self._from_contract(began, now)
        if not any(isinstance(effect, LeaseChanged) for effect in effects):
            effects.append(self._contract.lease_now("the process has started", now))
        effects.append(LinkAsked(UPLINK))
        effects += self._obey(Authority.SAFETY, self._safety.handle(event, now), now)
        heats = self._obey(Authority.LOCAL, self._heating.handle(event, now), now)
        for node, value in self._contract.last_obeyed.items():
            effects += self._commands(self._arbiter.wish(Authority.REMOTE, node, value, "as before the restart", now), now)
        return effects + heats

    def _on_stopping(self, _event: Stopping, now: Moment) -> list[Event]:
        self._stopping = True  # the actuators go into their stop states now, and nobody may call them back
        last = self._tell_reports(self._reporter.flush(now), now)
        return [*last, self._send(self._reporter.shutdown("stopped in order", now), Urgency.EVENT)]

    def _on_readings(self, event: Readings, now: Moment) -> list[Event]:
        """The most frequent mail by far; readings that are only to be reported move no deadline."""
        if self._late is not None:
            event = self._right(event, self._late, now)
        source, names, values = event.source, event.channels, event.values
        if not self._presence.knows(source, names):
            return [self._reporter.unknown(event)]
        if source in self._stuck_probes.sources:
            believed = self._stuck_probes.judge(names, values, now)
            if believed is not values:
                event, values = structs.replace(event, values=believed), believed
        effects: list[Event] = []
        for change in self._presence.take(source, names, values, event.taken_ms, now):
            effects += self._tell_change(change, now)
        self._reporter.take(event)
        if source in self._power_sources and self._power.concerns(names):
            effects += self._power_now()
        if source in self._state_sources:
            effects += self._observe(event, now)
        if not self._contract.power_channels.isdisjoint(names):
            effects += self._to_contract(event, now)
        if source in self._steering_sources and not self._steering.isdisjoint(names):
            effects += self._steer(now)
            if self._contract.remote:
                effects += self._show(event)
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
        effects = self._obey(Authority.SAFETY, self._safety.handle(self._latest, now), now)
        if self._arbiter.holder is Authority.LOCAL:
            effects += self._obey(Authority.LOCAL, self._heating.handle(self._latest, now), now)
        return effects

    def _show(self, event: Readings) -> list[Event]:
        """Who commands must see what he commands by: at once, and never again."""
        shown = self._reporter.live(event, self._steering)
        return [] if shown is None else [self._send(shown, Urgency.NOW)]

    def _follow(self, event: FollowSchedule, now: Moment) -> list[Event]:
        """A schedule for a strategy that goes by one; while others command it is only remembered."""
        wishes = self._heating.handle(event, now)
        return self._obey(Authority.LOCAL, wishes, now) if self._arbiter.holder is Authority.LOCAL else []

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
        effects: list[Event] = self._problem(self._reporter.actor_trouble(event.actor, event.reason, event.back, now))
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
        if not change.back:
            change = change._replace(reason=self._stuck_probes.reason(change.channels) or change.reason)
        if change.channels:
            self._completeness.changed(change, self._presence.taken_ms(change.node), now)
        effects: list[Event] = [*self._problem(self._reporter.glitch(change, now)), self._reporter.note(change)]
        if not change.back and not self._steering.isdisjoint(change.channels):
            effects += self._steer(now)
        return effects

    def _on_clock_stepped(self, event: ClockStepped, now: Moment) -> list[Event]:
        """Labels that were made before the clock was set are corrected before anything is made of them."""
        effects: list[Event] = []
        if event.corrects_from_ms is not None:
            for part in (self._presence, self._completeness):
                part.correct(event.corrects_from_ms, event.by_ms)
            self._reporter.correct(event.corrects_from_ms, event.by_ms, now)
            self._late = (event.by_ms, now.mono_ms + ON_THEIR_WAY_MS)
        if self._clock is not None:
            effects.append(self._send(self._clock.changed(event, now), Urgency.HELD))
        return [*effects, *self._reports(now), *self._to_contract(event, now)]

    def _right(self, event: Readings, late: tuple[int, int], now: Moment) -> Readings:
        """A scan that was labelled by the clock as it was before, and comes just after the clock was set."""
        by_ms, until_mono_ms = late
        if now.mono_ms > until_mono_ms:
            self._late = None
        if abs(now.wall_ms - event.taken_ms - by_ms) >= abs(now.wall_ms - event.taken_ms):
            return event
        return Readings(event.source, event.taken_ms + by_ms, event.channels, event.values)

    def _on_outcome(self, event: Outcome, now: Moment) -> list[Event]:
        self._reporter.command_ended(event, now)
        return [*self._to_contract(event, now), *self._commands(self._arbiter.outcome(event, now), now)]

    def _obey(self, by: Authority, wishes: Sequence[Event], now: Moment) -> list[Event]:
        effects: list[Event] = []
        for wish in wishes:
            if isinstance(wish, Wish):
                effects += self._note_override(by, wish, now)
                effects += self._commands(self._arbiter.wish(by, wish.node, wish.value, wish.reason, now), now)
            elif isinstance(wish, Release):
                effects += self._note_override(by, wish, now)
                effects += self._commands(self._arbiter.release(by, wish.node, now), now)
            elif isinstance(wish, StateChanged):
                self._reporter.state_changed(wish, now)
            else:
                effects.append(wish)
        return effects

    def _note_override(self, by: Authority, wish: Wish | Release, now: Moment) -> list[Event]:
        """The contract is told when safety begins to act, and when it has ended."""
        if by is not Authority.SAFETY:
            return []
        acted = bool(self._overridden)
        if isinstance(wish, Wish):
            self._overridden.add(wish.node)
            return [] if acted else self._to_contract(SafetyActs(acts=True, reason=wish.reason), now)
        self._overridden.discard(wish.node)
        return [] if self._overridden or not acted else self._to_contract(SafetyActs(acts=False, reason=""), now)

    def _commands(self, events: Sequence[Event], now: Moment) -> list[Event]:
        """What the arbiter put out: commands are recorded before they are given, outcomes and troubles are told to the peer.

        Commands come first, because what else happened can make the lease change hands under which they are given.
        """
        effects: list[Event] = []
        for event in events:
            if isinstance(event, Command):
                self._reporter.commanded(event, now)
                effects += [*self._to_contract(event, now), event]
        for event in events:
            if isinstance(event, Command):
                continue
            if isinstance(event, Outcome | MinimumTime):
                effects += [*self._to_contract(event, now), event]
            elif isinstance(event, ActuatorTrouble):
                effects += [*self._problem(self._reporter.disobedience(event, now)), self._reporter.disobedience_note(event)]
            else:
                effects.append(event)
        return effects

    # the contract

    def _to_contract(self, event: Event, now: Moment) -> list[Event]:
        return self._from_contract(self._contract.handle(event, now), now)

    def _from_contract(self, events: Sequence[Event], now: Moment) -> list[Event]:
        """What the contract put out, in its order: what must be durable stands before what follows from it."""
        effects: list[Event] = []
        for event in events:
            if isinstance(event, Obey):
                effects += self._commands(self._arbiter.obey(event, now), now)
            elif isinstance(event, LeaseChanged):
                effects += [event, *self._hand_over(event, now)]
            elif isinstance(event, ModeChanged):
                effects += [event, self._set_gate(event.remote), *self._power_now()]
            elif isinstance(event, StateChanged):
                self._reporter.state_changed(event, now)
            else:
                effects.append(event)
        return effects

    def _hand_over(self, event: LeaseChanged, now: Moment) -> list[Event]:
        """The lease changes hands; local heating, if it has it now, begins with what it finds, and looks at once."""
        before = self._arbiter.holder
        effects = self._commands(self._arbiter.hand_over(event.by, event.token), now)
        if event.by is not Authority.LOCAL or before is Authority.LOCAL:
            return effects
        found = self._heating.handle(TakesOver(self._arbiter.found()), now)
        return [*effects, *self._obey(Authority.LOCAL, found, now), *self._steer(now)]

    # the uplink

    def _on_link(self, event: LinkChanged, now: Moment) -> list[Event]:
        if event.link != UPLINK:
            return []
        effects = self._to_contract(event, now)
        if event.up:
            self._power.forget()
            effects += [self._send(self._reporter.layout(now), Urgency.PLAIN), *self._power_now()]
        return effects

    def _set_gate(self, is_open: bool) -> Gate:
        """Reports, problems and power go up while RemoteControl holds, or always where the house reports without a contract."""
        self._uplink_is_open = is_open or self._options.always_report
        return Gate(UPLINK, self._uplink_is_open)

    def _power_now(self) -> list[Event]:
        if not self._uplink_is_open:
            return []
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
        return self._to_contract(event, now) if isinstance(message, OF_CONTRACT) else []

    def _reports(self, now: Moment) -> list[Event]:
        return self._tell_reports(self._reporter.due(now), now)

    def _tell_reports(self, reports: Sequence[ReportEvent], now: Moment) -> list[Event]:
        """Each report, the certificate of an hour that is over with it, and what was counted so far, to be kept."""
        if not reports:
            return []
        effects: list[Event] = []
        for report in reports:
            effects += self._report(report)
            made = self._completeness.take(report, now)
            effects += [self._send(message, Urgency.HELD) for message in made]
            if made and self._clock is not None:
                effects.append(self._send(self._clock.label(now), Urgency.HELD))
        counted = self._completeness.memory(now)
        return effects if counted is None else [*effects, Keep(COMPLETENESS, counted)]

    def _report(self, report: ReportEvent) -> list[Event]:
        """A report is always made, and told to the house's own bus; up it goes while the gate is open, or later."""
        up = self._send(report, Urgency.HELD)
        return [Send(LOCAL_BUS, EVERYBODY, report, Urgency.PLAIN, up.message_id, ON_BUS), up]

    def _problem(self, glitch: Glitch) -> list[Event]:
        return [self._send(glitch, Urgency.HELD)]

    def _snapshot(self, now: Moment) -> Event:
        return self._send(self._reporter.snapshot(self._presence, now), Urgency.PLAIN)

    def _send(self, message: Message, urgency: Urgency) -> Send:
        # a message that has an identifier of its own travels, and is acknowledged, under that
        return Send(UPLINK, ATN, message, urgency, getattr(message, "message_id", None) or self._new_id())
