"""The AtomicTNode: knows its house live, keeps its contracts with it, and commands while it may.

Commands are a person's dispatches, and, with a mirror, what a local strategy would do.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gw_spaceheat.core.accounts import Accounts
from gw_spaceheat.core.atn_view import AtnView, ChannelNow, ContractNow, ContractView, Dispatch, Problem, StateNow
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.core.events import (
    Archive,
    ClockStepped,
    ContractAsked,
    ContractQuit,
    DispatchAsked,
    Event,
    FollowSchedule,
    Garbled,
    Level,
    LinkAsked,
    LinkChanged,
    ModeChanged,
    ModeWished,
    Note,
    Persist,
    Received,
    Retell,
    Send,
    SlotWanted,
    SnapshotAsked,
    StandingReleased,
    StandingWanted,
    Started,
    StateChanged,
    StatusAsked,
    Switched,
    Urgency,
    Verdict,
)
from gw_spaceheat.core.link.acknowledge import acknowledgement
from gw_spaceheat.core.link.tally import Tally
from gw_spaceheat.core.mirror import Mirror, Order
from gw_spaceheat.core.telemetry.heard import Heard
from gw_spaceheat.house.model import House, Node, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import Message, given
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState, FsmEvent
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.gws_resend import GwsResend
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.send_layout import SendLayout
from gw_spaceheat.messages.send_snap import SendSnap
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

UPLINK = "uplink"
SCADA = "s"
"""Short name of the SCADA on the wire."""
OF_CONTRACT = GwsContract | GwsCommandAnswer
"""Messages of the SCADA that are the contract's affair, whoever else they concern."""
HANDLE = "a"
"""The AtomicTNode's handle: the boss of every actuator that it commands."""
RELAY_EVENT_NAMES = {1.0: ChangeRelayState.CloseRelay.value, 0.0: ChangeRelayState.OpenRelay.value}
SLOT_S = 3600
SLOT_LEAD_MS = 3 * MINUTE_MS
"""A market slot's contract is offered so long before it begins [ms]."""
SLOT_LATEST_MS = 9 * SECOND_MS
"""And at the latest so long after; the wire allows ten seconds [ms]."""
SNAPSHOT_PATIENCE_MS = 30 * SECOND_MS
"""A snapshot that was asked for and has not come after so long is asked for again where a mirror waits for it [ms]."""
KEPT_PROBLEMS = 50
KEPT_DISPATCHES = 50
KEPT_IDS = 20_000
"""So many messages are recognised when they come again: more than a house keeps back."""


@dataclass(frozen=True, slots=True)
class AtnOptions:
    """What can be set about the AtomicTNode of any house.

    Attributes:
        snapshot_period_s: It asks for a snapshot this often [s]; None to ask at the start only.
        answer_timeout_ms: A dispatch without an answer for so long counts as lost [ms].
        layout_pause_ms: It asks for the layout at most this often [ms].
        standing_w: It keeps a standing contract for so much average power [W]; None for none of its own accord.
        slots_w: It offers a contract for every market slot, for so much average power [W]; None for none.
        archives: What is to be acknowledged is first given to an archive, and others are told again what is in it.
    """

    snapshot_period_s: int | None = None
    answer_timeout_ms: int = 30 * SECOND_MS
    layout_pause_ms: int = MINUTE_MS
    standing_w: int | None = None
    slots_w: int | None = None
    archives: bool = False


class _Recent:
    """Identifiers that were seen, the newest of them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._order: deque[str] = deque()

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._known

    def add(self, identifier: str) -> None:
        if identifier not in self._known:
            self._known.add(identifier)
            self._order.append(identifier)
            if len(self._order) > KEPT_IDS:
                self._known.remove(self._order.popleft())


class AtomicTNode:
    """The machine of a house's AtomicTNode. Pings are the link's affair and do not come here."""

    def __init__(
        self,
        house: House,
        contract: AtnSide,
        new_id: Callable[[], str],
        options: AtnOptions | None = None,
        mirror: Mirror | None = None,
    ) -> None:
        """Remember.

        Args:
            house: The house.
            contract: The AtomicTNode's side of the contracts with it.
            new_id: Gives identifiers [uuid4].
            options: What can be set.
            mirror: Commands what a local strategy would; None to command only what a person asks for.
        """
        self._house = house
        self._contract = contract
        self._mirror = mirror
        self._accounts = Accounts(house)
        self._slot_s = 0
        self._slot_mono_ms: int | None = None
        self._scada_wh: dict[str, int] = {}
        self._scada_alias = house.scada_alias
        self._new_id = new_id
        self._options = options or AtnOptions()
        self._telemetry: dict[str, TelemetryName] = {channel.name: channel.telemetry for channel in house.channels.values()}
        self._nodes_by_name = {wire_name(node.alias): node for node in house.nodes.values()}
        self._tally = Tally(UPLINK)
        self._link_up = False
        self._last_heard_ms: int | None = None
        self._power_w: int | None = None
        self._power_ms: int | None = None
        self._report_ids = _Recent()
        self._taken_ids = _Recent()
        self._reports = self._snapshots = self._garbled = self._strangers = 0
        self._heard = Heard()
        self._unknown = False
        """Some channel was in no layout so far."""
        self._states: dict[str, StateNow] = {}
        self._problems: deque[Problem] = deque(maxlen=KEPT_PROBLEMS)
        self._ended: deque[Dispatch] = deque(maxlen=KEPT_DISPATCHES)
        self._pending: dict[str, tuple[Dispatch, int]] = {}
        self._snapshot_mono_ms: int | None = None
        self._snapshot_asked_mono_ms: int | None = None
        self._layout_asked_mono_ms: int | None = None
        self._by_event: dict[type, Callable[..., list[Event]]] = {
            Received: self._on_received,
            LinkChanged: self._on_link,
            Garbled: self._on_garbled,
            DispatchAsked: self._on_dispatch_asked,
            SnapshotAsked: self._on_snapshot_asked,
            StatusAsked: lambda _event, now: [self.view(now)],
            ContractAsked: lambda _event, now: [ContractView(self.view(now))],
            FollowSchedule: self._on_schedule,
            Started: self._on_started,
            **dict.fromkeys(
                (SlotWanted, StandingWanted, StandingReleased, ModeWished, ContractQuit, ClockStepped), self._to_contract
            ),
        }
        self._by_message: dict[type, Callable[..., list[Event]]] = {
            SnapshotSpaceheat: self._take_snapshot,
            ReportEvent: lambda message, now: self._take_report(message.report, now),
            Report: self._take_report,
            PowerWatts: self._take_power,
            LayoutLite: self._take_layout,
            Glitch: self._take_glitch,
            GridworksEventProblem: self._take_problem,
            GridworksEventStartup: self._take_startup,
            GwsCommandAnswer: self._take_answer,
            SyncedReadings: self._take_scan,
            GwsContract: self._take_contract,
        }

    def recall(self, identifiers: Iterable[str]) -> None:
        """Messages that were taken before the process began: they are acknowledged when they come again, and change nothing."""
        for identifier in identifiers:
            self._taken_ids.add(identifier)

    def recall_report(self, report: Message) -> None:
        """A report that was taken before the process began: it is in the accounts."""
        if isinstance(report, Report) and report.id not in self._report_ids:
            self._report_ids.add(report.id)
            self._accounts.take(report)

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """React to a message of the house, to the link, or to a person at the console."""
        react = self._by_event.get(type(event))
        return () if react is None else react(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Ask for the periodic snapshot, give up waiting for answers, and what contract and mirror have to do."""
        effects = [*self._from_contract(self._contract.wake(now), now), *self._offer_slot(now)]
        if self._mirror is not None:
            effects += self._give(self._mirror.wake(now), now)
        if self._snapshot_mono_ms is not None and now.mono_ms >= self._snapshot_mono_ms:
            effects += self._ask_snapshot(now)
        for trigger in [trigger for trigger, (_, due_ms) in self._pending.items() if due_ms <= now.mono_ms]:
            reason = f"no answer within {self._options.answer_timeout_ms / SECOND_MS:.0f} s; it may or may not have been done"
            effects += self._end(trigger, "NoAnswer", reason, now)
        return effects

    def deadline(self) -> int | None:
        """The next snapshot to ask for, or the next answer to give up [mono ms]."""
        due_ms = self._contract.deadline()
        for part_ms in (self._snapshot_mono_ms, self._slot_mono_ms, None if self._mirror is None else self._mirror.deadline()):
            if part_ms is not None and (due_ms is None or part_ms < due_ms):
                due_ms = part_ms
        for _, answer_ms in self._pending.values():
            if due_ms is None or answer_ms < due_ms:
                due_ms = answer_ms
        return due_ms

    def view(self, now: Moment) -> AtnView:
        """What is known of the house; to be called in the machine's own thread (others send `StatusAsked`)."""
        return AtnView(
            house=self._house.alias,
            at_ms=now.wall_ms,
            link_up=self._link_up,
            last_heard_ms=self._last_heard_ms,
            power_w=self._power_w,
            power_ms=self._power_ms,
            reports=self._reports,
            snapshots=self._snapshots,
            garbled=self._garbled,
            strangers=self._strangers,
            channels=tuple(self._channel_now(name) for name in sorted(self._heard.names)),
            states=tuple(self._states[name] for name in sorted(self._states)),
            problems=tuple(self._problems),
            dispatches=(*self._ended, *(dispatch for dispatch, _ in self._pending.values())),
            mode=self._contract.mode,
            mode_cause=self._contract.mode_cause,
            contracts=tuple(self._contract_now(pact, now) for pact in self._contract.pacts),
            signed=self._contract.signs,
        )

    def _contract_now(self, pact: Pact, now: Moment) -> ContractNow:
        account = self._accounts.of(pact, now.wall_ms)
        return ContractNow(
            id=pact.id,
            life=pact.life.value,
            start_ms=pact.start_ms,
            end_ms=pact.ended_ms or pact.end_ms,
            standing=pact.standing,
            used_wh=account.used_wh,
            missing_s=account.missing_s,
            scada_wh=self._scada_wh.get(pact.id),
        )

    # the contract

    def _on_started(self, event: Started, now: Moment) -> list[Event]:
        if self._mirror is not None:
            self._mirror.start(now)
        effects = [*self._to_contract(event, now), LinkAsked(UPLINK)]
        if self._options.standing_w is not None:
            effects += self._to_contract(StandingWanted(self._options.standing_w), now)
        if self._options.slots_w is not None:
            self._slot_s = now.wall_ms // 1000 // SLOT_S * SLOT_S
            self._slot_mono_ms = now.mono_ms
            effects += self._offer_slot(now)
        return effects

    def _offer_slot(self, now: Moment) -> list[Event]:
        """Offer the next slot shortly before it begins; one whose time to be offered has gone by is left out."""
        if self._slot_mono_ms is None or now.mono_ms < self._slot_mono_ms:
            return []
        effects: list[Event] = []
        if now.wall_ms <= self._slot_s * 1000 + SLOT_LATEST_MS:
            effects = self._to_contract(SlotWanted(self._slot_s, self._options.slots_w or 0), now)
        self._slot_s = max(self._slot_s, now.wall_ms // 1000 // SLOT_S * SLOT_S) + SLOT_S
        self._slot_mono_ms = now.mono_ms + max(self._slot_s * 1000 - SLOT_LEAD_MS - now.wall_ms, 0)
        return effects

    def _to_contract(self, event: Event, now: Moment) -> list[Event]:
        return self._from_contract(self._contract.handle(event, now), now)

    def _from_contract(self, events: Sequence[Event], now: Moment) -> list[Event]:
        """What the contract put out, in its order; when the mode changes, the mirror begins (with fresh readings) or ends."""
        effects: list[Event] = []
        for event in events:
            if isinstance(event, ModeChanged):
                if self._mirror is not None:
                    self._mirror.end()
                effects += self._ask_snapshot(now) if event.remote and self._link_up else []
            elif isinstance(event, StateChanged):
                self._take_state(event.machine, event.state, now.wall_ms)
            else:
                effects.append(event)
        return effects

    def _take_contract(self, message: GwsContract, now: Moment) -> list[Event]:
        """What the house says was used; the contract itself has heard the message already."""
        used_wh = given(message.heartbeat.watt_hours_used)
        if used_wh is not None:
            contract_id = message.heartbeat.contract.contract_id
            self._scada_wh = {pact.id: self._scada_wh[pact.id] for pact in self._contract.pacts if pact.id in self._scada_wh}
            self._scada_wh[contract_id] = used_wh
        return self._ask_for_beginning(now)

    def _ask_for_beginning(self, now: Moment) -> list[Event]:
        """A mirror that may begin and has not got its fresh readings, because they were lost, asks for them again."""
        if self._mirror is None or self._mirror.active or self._contract.command_fault(now):
            return []
        asked = self._snapshot_asked_mono_ms
        return [] if asked is not None and now.mono_ms < asked + SNAPSHOT_PATIENCE_MS else self._ask_snapshot(now)

    def _give(self, orders: Sequence[Order | Note], now: Moment) -> list[Event]:
        effects: list[Event] = []
        for order in orders:
            effects += [order] if isinstance(order, Note) else self._dispatch(order.node, order.value, now)
        return effects

    def _look(self, now: Moment) -> list[Event]:
        """Something new was heard of the house."""
        return [] if self._mirror is None else self._give(self._mirror.look(self._heard, now), now)

    def _channel_now(self, name: str) -> ChannelNow:
        number, taken_ms = self._heard.newest(name) or (0, 0)
        telemetry = self._telemetry.get(name)
        if telemetry is None:
            return ChannelNow(name, float(number), "counts", 0, taken_ms)
        return ChannelNow(name, telemetry.from_wire(number), telemetry.scale.si_unit, telemetry.scale.decimals, taken_ms)

    # the link

    def _on_link(self, event: LinkChanged, now: Moment) -> list[Event]:
        if event.link != UPLINK:
            return []
        self._link_up = event.up
        effects = self._to_contract(event, now)
        if not event.up:
            self._snapshot_mono_ms = None
            if self._mirror is not None:
                self._mirror.end()
            return effects
        self._layout_asked_mono_ms = None
        return [*effects, *self._ask_layout(now), *self._ask_snapshot(now)]

    def _ask_layout(self, now: Moment) -> list[Event]:
        asked = self._layout_asked_mono_ms
        if asked is not None and now.mono_ms < asked + self._options.layout_pause_ms:
            return []
        self._layout_asked_mono_ms = now.mono_ms
        return [self._send(SendLayout(from_g_node_alias=self._house.alias, message_created_ms=now.wall_ms))]

    def _ask_snapshot(self, now: Moment) -> list[Event]:
        self._snapshot_asked_mono_ms = now.mono_ms
        if self._options.snapshot_period_s is not None:
            self._snapshot_mono_ms = now.mono_ms + self._options.snapshot_period_s * SECOND_MS
        return [self._send(SendSnap(from_g_node_alias=self._house.alias))]

    def _send(self, message: Message) -> Send:
        return Send(UPLINK, SCADA, message, Urgency.PLAIN, self._new_id())

    def _on_garbled(self, _event: Garbled, _now: Moment) -> list[Event]:
        self._garbled += 1
        return []

    # what the house says

    def _on_received(self, event: Received, now: Moment) -> list[Event]:
        if event.link != UPLINK:
            return []
        if isinstance(event.message, GwsResend):
            return self._on_resend(event, event.message)
        if event.src != self._scada_alias:
            self._strangers += 1
            text = f"{event.message.type_name()} from {event.src}; only {self._scada_alias} speaks for this house"
            return list(self._tally.tell("stranger", text, now))
        self._last_heard_ms = event.arrived_ms
        if not event.ack_required or not event.message_id:
            return self._take(event.message, event, now)
        # after it was taken, so that an acknowledged message is never lost; one that comes again was taken already
        effects = [] if event.message_id in self._taken_ids else self._take(event.message, event, now)
        self._taken_ids.add(event.message_id)
        return [*effects, self._confirmation(event)]

    def _take(self, message: Message, event: Received, now: Moment) -> list[Event]:
        effects = self._to_contract(event, now) if isinstance(message, OF_CONTRACT) else []
        take = self._by_message.get(type(message))
        return effects if take is None else effects + take(message, now)

    def _confirmation(self, event: Received) -> Event:
        """The acknowledgement, after the archive's own commit if there is one."""
        confirmation = acknowledgement(event, SCADA)
        if not self._options.archives:
            return confirmation
        house, message_id, message = self._house.alias, event.message_id, event.message
        kept = Persist(house, event.arrived_ms, event.src, event.dst, message_id, message, event.stream, event.sequence)
        return Archive(kept, confirmation)

    def _on_resend(self, event: Received, wanted: GwsResend) -> list[Event]:
        """Who has missed something of this house is told again; he need not be of the house. What is secret, a broker hides."""
        if wanted.house != self._house.alias or not self._options.archives:
            return []
        ranges = tuple((each.first, each.last) for each in wanted.range_list)
        return [Retell(event.link, event.src, wanted.stream, ranges)]

    def _take_snapshot(self, message: SnapshotSpaceheat, now: Moment) -> list[Event]:
        self._snapshots += 1
        new = self._heard.take_snapshot(message, now)
        for state in message.latest_state_list:
            self._take_state(state.machine_handle, state.state, state.unix_ms)
        effects = self._ask_for_unknown(now) if new or self._unknown else []
        mirror = self._mirror
        if mirror is not None and not mirror.active and not self._contract.command_fault(now):
            return [*effects, *self._give(mirror.begin(self._heard, now), now)]
        return [*effects, *self._look(now)]

    def _take_scan(self, message: SyncedReadings, now: Moment) -> list[Event]:
        self._heard.take_scan(message, now)
        return self._look(now)

    def _take_report(self, report: Report, now: Moment) -> list[Event]:
        if report.id in self._report_ids:  # sent again because our acknowledgement was lost
            return []
        self._report_ids.add(report.id)
        self._reports += 1
        new = self._heard.take_report(report, now)
        for states in report.state_list:
            for state, since_ms in zip(states.state_list, states.unix_ms_list, strict=True):
                self._take_state(states.machine_handle, state, since_ms)
        self._accounts.take(report)
        return [*(self._ask_for_unknown(now) if new or self._unknown else []), *self._look(now)]

    def _ask_for_unknown(self, now: Moment) -> list[Event]:
        """Ask for the layout if a channel is in none that we know."""
        self._unknown = not self._heard.names <= self._telemetry.keys()
        return self._ask_layout(now) if self._unknown else []

    def _take_state(self, machine: str, state: str, since_ms: int) -> None:
        known = self._states.get(machine)
        if known is None or since_ms >= known.since_ms:
            self._states[machine] = StateNow(machine, state, since_ms)

    def _take_power(self, message: PowerWatts, now: Moment) -> list[Event]:
        self._power_w, self._power_ms = message.watts, now.wall_ms
        return []

    def _take_layout(self, message: LayoutLite, _now: Moment) -> list[Event]:
        for channel in message.data_channels:
            if channel.telemetry_name in TelemetryName.__members__:
                self._telemetry[channel.name] = TelemetryName(channel.telemetry_name)
        return []

    def _take_glitch(self, message: Glitch, _now: Moment) -> list[Event]:
        self._problems.append(Problem(message.created_ms, message.node, message.type, message.summary))
        return [Note(Level.WARNING, f"{self._house.alias} {message.node}: {message.summary}")]

    def _take_problem(self, message: GridworksEventProblem, _now: Moment) -> list[Event]:
        self._problems.append(Problem(message.time_created_ms, message.src, message.problem_type, message.summary))
        return [Note(Level.WARNING, f"{message.src}: {message.summary}")]

    def _take_startup(self, _message: GridworksEventStartup, now: Moment) -> list[Event]:
        self._layout_asked_mono_ms = None  # another programme may run there now
        if self._mirror is not None:
            self._mirror.end()  # and its actuators need not be as they were: begin anew with the snapshot
        started = Note(Level.INFO, f"{self._scada_alias} has started")
        return [started, *self._ask_layout(now), *self._ask_snapshot(now)]

    def _take_answer(self, message: GwsCommandAnswer, now: Moment) -> list[Event]:
        return self._end(message.trigger_id, message.verdict, message.reason, now)

    # what a person asks

    def _on_snapshot_asked(self, _event: SnapshotAsked, now: Moment) -> list[Event]:
        return (
            self._ask_snapshot(now) if self._link_up else [Note(Level.WARNING, "no link to the house: no snapshot asked for")]
        )

    def _on_dispatch_asked(self, event: DispatchAsked, now: Moment) -> list[Event]:
        node = self._nodes_by_name.get(wire_name(event.node))
        refusal = self._refusal(node, event)
        if refusal or node is None:
            return self._note_end(Dispatch("", event.node, event.value, now.wall_ms, Verdict.REFUSED.value, refusal))
        return self._dispatch(node.alias, event.value, now)

    def _dispatch(self, alias: str, value: float, now: Moment) -> list[Event]:
        fault = self._contract.command_fault(now)
        if fault:
            return self._end_dispatch(Dispatch("", alias, value, now.wall_ms, Verdict.REFUSED.value, fault), now)
        trigger = self._new_id()
        dispatch = Dispatch(trigger, alias, value, now.wall_ms, "", "")
        self._pending[trigger] = (dispatch, now.mono_ms + self._options.answer_timeout_ms)
        message = self._dispatch_message(self._house.nodes[alias], value, trigger, now)
        return self._from_contract(self._contract.command(message, now), now)

    def _on_schedule(self, event: FollowSchedule, now: Moment) -> list[Event]:
        return [] if self._mirror is None else self._give(self._mirror.follow(event, now), now)

    def _refusal(self, node: Node | None, event: DispatchAsked) -> str:
        """Why a dispatch cannot even be sent; empty if it can. Whether it is obeyed is for the SCADA to say."""
        if node is None:
            return f"{self._house.alias} has no node {event.node}"
        if node.actuator is None:
            return f"{node.alias} is a {node.role} and cannot be commanded"
        if not _is_analog(node) and event.value not in RELAY_EVENT_NAMES:
            return f"{node.alias} is a relay: 0 or 1 is allowed"
        if self._house.state_channel(node.alias) is None and not float(event.value).is_integer():
            return f"{event.value} cannot be sent: the wire carries whole numbers of it"
        return ""

    def _dispatch_message(self, node: Node, value: float, trigger: str, now: Moment) -> FsmEvent | AnalogDispatch:
        name = wire_name(node.alias)
        if _is_analog(node):
            return AnalogDispatch(
                from_g_node_alias=self._house.alias,
                from_handle=HANDLE,
                to_handle=f"{HANDLE}.{name}",
                about_name=name,
                value=self._house.dispatch_to_wire(node.alias, value),
                trigger_id=trigger,
                unix_time_ms=now.wall_ms,
            )
        return FsmEvent(
            from_handle=HANDLE,
            to_handle=f"{HANDLE}.{name}",
            event_type=CHANGE_RELAY_STATE,
            event_name=RELAY_EVENT_NAMES[value],
            trigger_id=trigger,
            send_time_unix_ms=now.wall_ms,
        )

    def _end(self, trigger: str, verdict: str, reason: str, now: Moment) -> list[Event]:
        """A pending dispatch has ended; an answer to one that is not pending any more changes nothing."""
        pending = self._pending.pop(trigger, None)
        if pending is None:
            return []
        asked = pending[0]
        return self._end_dispatch(Dispatch(trigger, asked.node, asked.value, asked.asked_ms, verdict, reason), now)

    def _end_dispatch(self, dispatch: Dispatch, now: Moment) -> list[Event]:
        done = dispatch.verdict == Verdict.DONE.value
        if self._mirror is not None:
            self._mirror.ended(dispatch.node, dispatch.value, done=done, now=now)
        return [*self._note_end(dispatch), *([Switched(dispatch.node, dispatch.value)] if done else [])]

    def _note_end(self, dispatch: Dispatch) -> list[Event]:
        self._ended.append(dispatch)
        level = Level.INFO if dispatch.verdict == Verdict.DONE.value else Level.WARNING
        because = f": {dispatch.reason}" if dispatch.reason else ""
        return [Note(level, f"{dispatch.node} = {dispatch.value:g}: {dispatch.verdict}{because}")]


def _is_analog(node: Node) -> bool:
    return node.actor is ActorClass.AnalogActuator
