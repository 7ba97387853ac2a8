"""A whole house on which a story is played: plant, devices, SCADA, AtomicTNode, the wire between them, and whoever disturbs it.

The machines and actors are those of the daemons. What is put around them here lets them die between two effects, gives them
clocks of their own, breaks outputs, and shows the rules everything that they do.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.quiet_sensors import QuietSensors
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.devices import device_actor, device_nodes
from gw_spaceheat.apps.faults.hands import AskedHeating, Output, StampedSensors, WatchedActuator, WatchedDriver
from gw_spaceheat.apps.faults.keys import ATN_KEYS, OURS, SCADA_KEYS, THEIRS
from gw_spaceheat.apps.faults.mortal import (
    ATOMIC_T_NODE,
    DIRECTOR,
    ENDS,
    SCADA,
    SENSORS,
    Clock,
    Dead,
    Node,
    Process,
    ProcessKilled,
)
from gw_spaceheat.apps.faults.rules import Broken, Limits, Rules, Seen, Spent, judge_water
from gw_spaceheat.apps.faults.story import PIPE, TANK, Story
from gw_spaceheat.apps.faults.wiretap import Wiretap
from gw_spaceheat.core.accounts import Accounts
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.log import LOG, peer_heads, verify
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.party import NO_KEYS
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import ATN_STATE, SCADA_STATE, AtnMemory, ScadaMemory
from gw_spaceheat.core.events import (
    Append,
    Command,
    Event,
    Gate,
    Keep,
    LeaseChanged,
    LinkChanged,
    ModeChanged,
    Note,
    Received,
    Send,
)
from gw_spaceheat.core.heating import heating_machine, minimum_times
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.mirror import Mirror
from gw_spaceheat.core.safety import safety_machine
from gw_spaceheat.core.scada import ATN, UPLINK, Scada
from gw_spaceheat.core.telemetry.completeness import COMPLETENESS
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House, MinimumTimes, wire_name
from gw_spaceheat.links.loopback import Loopback
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.points import sensor_place
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.ids import DigitSource, IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

SCADA_ON_WIRE = "s"
POWER_W = 3_000
"""What the contracts are about [W]."""
COLD_ROOM_C = -12.0
SLOT_MS = 5 * MINUTE_MS
"""What a report covers [ms]."""
WATER_LIMIT = (2.0, 20 * MINUTE_MS)
"""By how much the water may go beyond its limits before safety sees it [K], and for how long after something was away [ms]."""


@dataclass(frozen=True, slots=True)
class Set:
    """A house to play in, made once for many stories.

    Attributes:
        house: The house.
        drive: Its weather.
        spared: What its loads must be spared.
        compiled: Run the physics through Numba.
    """

    house: House
    drive: Drive
    spared: Mapping[str, MinimumTimes]
    compiled: bool

    @classmethod
    def of(cls, house: House, drive: Drive, *, compiled: bool) -> "Set":
        """With what the house file says about minimum times."""
        return cls(house, drive, minimum_times(house), compiled)


class Played(NamedTuple):
    """What came of a story.

    Attributes:
        broken: Rules that did not hold.
        trace: What happened, line by line; empty if nobody wants to read it.
        commands: Commands of the SCADA.
        obeyed: Commands from outside that were taken.
        attacks: What the attacker tried.
        deaths: How often a process died.
        accounts: Energy accounts that could be compared.
    """

    broken: tuple[Broken, ...]
    trace: tuple[str, ...]
    commands: int
    obeyed: int
    attacks: int
    deaths: int
    accounts: int


class Stage:
    """Where one story is played: house, processes, wire and rules. `director.stage_of` makes one with its director."""

    def __init__(self, scenery: Set, story: Story, *, tracing: bool = False) -> None:
        """Set it up; nothing has happened."""
        self.story = story
        self.house = _house(scenery.house, story)
        self.options = ContractOptions()
        self.rules = Rules(scenery.spared, self.options)
        self.trace: list[str] = []
        self._tracing = tracing
        self._keys = {SCADA: SCADA_KEYS, ATOMIC_T_NODE: ATN_KEYS} if story.signed else {SCADA: NO_KEYS, ATOMIC_T_NODE: NO_KEYS}
        self.nodes = {SCADA: Node(), ATOMIC_T_NODE: Node(Clock(story.ahead_ms))}
        self.outputs = {alias: Output() for alias, node in self.house.nodes.items() if node.actuator is not None}
        self.start_ms = scenery.drive.start_ms + story.begin_ms
        faults = [
            fault
            for lie in story.lies
            for fault in lie.of({TANK: _tanks(self.house), PIPE: self.house.heating.pipes}[lie.about], self.start_ms)
        ]
        self.plant = Plant.build(
            self.house, scenery.drive, seed=story.seed, start_ms=self.start_ms, compiled=scenery.compiled, faults=faults
        )
        self.lied_until_ms = max((fault.end_ms - self.start_ms for fault in faults), default=0)
        self.runtime = VirtualRuntime(self.start_ms, _route(self.house), self._note, fixed_routes=True)
        self.site = SimulatedSite(self.plant, lambda: self.runtime.now.wall_ms)
        self.wiretap = Wiretap(self.house, story)
        self.wire = Loopback(fate=self.wiretap.fate_of)
        self.on_command: Callable[[Command], None] = lambda _command: None
        self._director: Machine = Dead()
        self.accounts = Accounts(self.house)
        self.made: dict[str, ReportEvent] = {}
        self.delivered: set[str] = set()
        self.known: set[str] = set()
        self.commands = self.obeyed = 0
        self.guarded_since_ms = 0
        self.hottest_c = 0.0
        self.heating = AskedHeating(heating_machine(self.house))
        self.scada = self._scada_side()
        self.atn = self._atn_side()
        self.atomic_t_node = self._atomic_t_node()
        self._places = {
            kind: [sensor_place(point, self.plant.whole) for point in _points(self.house, names)]
            for kind, names in ((TANK, _tanks(self.house)), (PIPE, self.house.heating.pipes))
        }
        heating = self.house.heating
        off_k, mending_ms = WATER_LIMIT
        self._limits = Limits(heating.minimum_tank_c, heating.minimum_pipe_c, heating.maximum_tank_c, off_k, mending_ms)

    def direct(self, director: Machine) -> None:
        """Give it somebody who lets the story happen; before it is played."""
        self._director = director

    def play(self) -> Played:
        """From beginning to end."""
        for name in (SCADA, ATOMIC_T_NODE):
            self.runtime.add(name, Dead())
        for alias in self.outputs:
            self.runtime.add(alias, Dead())
        for node, sender, to_us in (
            (SCADA, self.house.alias, SCADA_ON_WIRE),
            (ATOMIC_T_NODE, self.house.scada_alias, ATN),
        ):
            topics = [f"gw/{wire_name(sender)}/to/{to_us}/#"]
            self.wire.end(ENDS[node], self._session(node), topics)
            self.runtime.add(ENDS[node], Dead())
        self.runtime.add(DIRECTOR, self._director)
        self.runtime.add(SENSORS, Dead())
        for node in (SCADA, ATOMIC_T_NODE):
            self.start(node)
        self.runtime.run(self.story.end_ms)
        self._judge_end()
        compared = self._compare_accounts()
        deaths = sum(len(node.died_ms) for node in self.nodes.values())
        return Played(
            tuple(self.rules.broken),
            tuple(self.trace),
            self.commands,
            self.obeyed,
            self.wiretap.attacks,
            deaths,
            compared,
        )

    def tell(self, text: str) -> None:
        """A line for whoever reads what happened."""
        if self._tracing:
            now_ms = self.runtime.now.mono_ms
            self.trace.append(f"{now_ms // 3_600_000:d}:{now_ms // 60_000 % 60:02d}:{now_ms % 60_000 / 1000:06.3f}  {text}")

    # processes

    def start(self, name: str) -> None:
        """A new process of a node, with what is durable."""
        node = self.nodes[name]
        node.alive, node.fate.effects = True, None
        node.starts += 1
        self.tell(f"{name} starts")
        if name == SCADA:
            self._start_scada()
        else:
            self.atn = self._atn_side()
            self.atomic_t_node = self._atomic_t_node()
            self._host(ATOMIC_T_NODE, self.atomic_t_node, self._heard_by_atn, self._show_atn, lambda _now: None)
        self.runtime.replace(ENDS[name], self.wire.end_again(ENDS[name], self._session(name)))
        if not node.link_up:
            self.runtime.post(ENDS[name], LinkChanged(UPLINK, up=False, reason="no network"))

    def kill(self, name: str) -> None:
        """Kill -9: nothing of the process goes on."""
        node = self.nodes[name]
        node.alive, node.fate.effects = False, None
        node.died_ms.append(self.runtime.now.mono_ms)
        self.tell(f"{name} is dead")
        gone = [name, ENDS[name], *((SENSORS, *self.outputs) if name == SCADA else ())]
        for each in gone:
            self.runtime.replace(each, Dead())
        if name == SCADA and not self.story.keeps_outputs:
            self._safe_states()

    def _start_scada(self) -> None:
        self.rules.scada_started()
        self.heating = AskedHeating(heating_machine(self.house))
        self.scada = self._scada_side()
        new_id = self._new_id(SCADA)
        spared = minimum_times(self.house)
        safety = safety_machine(self.house)
        counted = self.nodes[SCADA].store.state(COMPLETENESS, CompletenessMemory)
        scada = Scada(self.house, self.heating, safety, self.scada, new_id, minimum_times=spared, counted=counted)
        self._host(SCADA, scada, self._heard_by_scada, self._show_scada, self._look_at_scada)
        memory = self.nodes[SCADA].store.state(SCADA_STATE, ScadaMemory)
        fence = 0 if memory is None else memory.lease.token
        clock = self.nodes[SCADA].clock
        sensors: list[SensorActor] = []
        for alias in device_nodes(self.house):
            actor = device_actor(self.house, alias, self.site, fence)
            if isinstance(actor, SensorActor):
                sensors.append(actor)
            else:
                self.runtime.replace(alias, self._watched(alias, actor, clock))
        self.runtime.replace(SENSORS, StampedSensors(QuietSensors(sensors, self.plant), clock))
        self.guarded_since_ms = self.runtime.now.mono_ms

    def _watched(self, alias: str, actor: ActuatorActor, clock: Clock) -> WatchedActuator:
        output = self.outputs[alias]
        watched = WatchedActuator(actor, clock, output)

        def wrote(value: float) -> None:
            self.rules.wrote(alias, value, watched.command, self.runtime.now.mono_ms)

        actor.driver = WatchedDriver(actor.driver, output, lambda: self.runtime.now.mono_ms, wrote)
        return watched

    def _safe_states(self) -> None:
        for alias in self.outputs:
            actuator = self.house.nodes[alias].actuator
            value = None if actuator is None else actuator.fail_states.process_killed
            if value is not None:
                self.site.write(alias, value)
                self.rules.wrote(alias, value, None, self.runtime.now.mono_ms)

    def _host(
        self,
        name: str,
        machine: Machine,
        heard: Callable[[Event], None],
        show: Callable[[Event, Moment], None],
        looked: Callable[[Moment], None],
    ) -> None:
        node, kept_first = self.nodes[name], self.story.kept_first
        process = Process(name, machine, node.clock, node.store, node.fate, heard, show, looked, kept_first=kept_first)
        self.runtime.replace(name, process)

    def _session(self, name: str) -> Session:
        is_scada = name == SCADA
        alias, peer = (self.house.scada_alias, ATN) if is_scada else (self.house.alias, SCADA_ON_WIRE)
        settings = SessionSettings(link=UPLINK, alias=alias, peer=peer, tells_peer=is_scada)
        new_id = IdSource(f"{self.story.seed}/{ENDS[name]}/{self.nodes[name].starts}".encode())
        return Session(settings, MemoryOutbox(), new_id)

    def _new_id(self, name: str) -> IdSource:
        return IdSource(f"{self.story.seed}/{name}/{self.nodes[name].starts}".encode())

    def _scada_side(self) -> ScadaSide:
        store = self.nodes[SCADA].store
        return ScadaSide(
            self.house,
            self._new_id(SCADA),
            DigitSource(IdSource(f"{self.story.seed}/digits/{self.nodes[SCADA].starts}".encode())),
            memory=store.state(SCADA_STATE, ScadaMemory),
            head=store.head(),
            keys=self._keys[SCADA],
            options=self.options,
        )

    def _atn_side(self) -> AtnSide:
        store, new_id = self.nodes[ATOMIC_T_NODE].store, self._new_id(ATOMIC_T_NODE)
        return AtnSide(
            self.house,
            new_id,
            DigitSource(new_id),
            memory=store.state(ATN_STATE, AtnMemory),
            head=store.head(),
            keys=self._keys[ATOMIC_T_NODE],
            options=self.options,
        )

    def _atomic_t_node(self) -> AtomicTNode:
        slots = self.story.slots
        options = AtnOptions(standing_w=None if slots else POWER_W, slots_w=POWER_W if slots else None)
        mirror = Mirror(self.house, heating_machine(self.house))
        return AtomicTNode(self.house, self.atn, self._new_id(f"{ATOMIC_T_NODE}"), options, mirror)

    # what the rules are shown

    def _show_scada(self, effect: Event, now: Moment) -> None:
        now_ms, rules = now.mono_ms, self.rules
        if isinstance(effect, Append):
            active = self.scada.active
            wall_ms = self.nodes[SCADA].clock.shown(now).wall_ms
            active_id, ends_ms = ("", 0) if active is None else (active.id, active.end_ms)
            self.obeyed += rules.logged(effect.line, active_id, ends_ms, wall_ms, now_ms)
        elif isinstance(effect, Keep):
            memory = self.nodes[SCADA].store.state(SCADA_STATE, ScadaMemory)
            if memory is not None:
                rules.kept(memory, now_ms)
        elif isinstance(effect, LeaseChanged):
            rules.lease(effect, now_ms)
            self.tell(f"lease {effect.token}: {effect.by} ({effect.cause})")
        elif isinstance(effect, Command):
            self.commands += 1
            rules.given(effect, now_ms)
            self.on_command(effect)
            self.tell(f"command {effect.node} = {effect.value:g} by {effect.by}, token {effect.token} ({effect.reason})")
        elif isinstance(effect, Send):
            if isinstance(effect.message, GwsContract):
                rules.said(effect.message.heartbeat_number, now_ms)
            elif isinstance(effect.message, ReportEvent):
                self.made[effect.message.message_id] = effect.message
        elif isinstance(effect, ModeChanged):
            self.tell(f"mode {'RemoteControl' if effect.remote else 'LocalControl'} ({effect.cause})")

    def _show_atn(self, effect: Event, now: Moment) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, GwsCommand | GwsContract):
            self.wiretap.overhear(effect.message, now.mono_ms)
            if isinstance(effect.message, GwsCommand):
                self.rules.ordered(effect.message)

    def _look_at_scada(self, now: Moment) -> None:
        scada, active = self.scada, self.scada.active
        seen = Seen(
            scada.remote,
            scada.holder,
            scada.token,
            None if active is None else active.end_ms,
            self.nodes[SCADA].clock.shown(now).wall_ms,
            self.heating.asked_ms,
        )
        self.rules.look(seen, now.mono_ms)

    def _heard_by_scada(self, event: Event) -> None:
        if isinstance(event, Received) and isinstance(event.message, GwsContract):
            sent_ms = self.wiretap.spoken_ms(event.message)
            if sent_ms is not None:
                self.rules.alive(sent_ms)

    def _heard_by_atn(self, event: Event) -> None:
        """A report arrives where the AtomicTNode's readings are kept, which outlive its process."""
        message = event.message if isinstance(event, Received) else None
        if isinstance(message, ReportEvent) and message.message_id not in self.delivered:
            self.delivered.add(message.message_id)
            self.accounts.take(message.report)

    def look_at_water(self, now: Moment) -> None:
        """What the house's water really is."""
        self.plant.advance(now.wall_ms)
        numbers = self.plant.numbers
        tanks_c, pipes_c = ([float(numbers[place]) for place in self._places[kind]] for kind in (TANK, PIPE))
        since_ms = max(self.guarded_since_ms, self.lied_until_ms if now.mono_ms < self.lied_until_ms else 0)
        for output in self.outputs.values():
            since_ms = max(since_ms, output.mended_ms)
        guarded_ms = now.mono_ms - since_ms if self.nodes[SCADA].alive else 0
        if now.mono_ms < self.lied_until_ms + self._limits.mending_ms and self.lied_until_ms:
            guarded_ms = 0
        self.hottest_c = judge_water(self.rules, self._limits, tanks_c, pipes_c, self.hottest_c, guarded_ms, now.mono_ms)

    # the end

    def _judge_end(self) -> None:
        now = self.runtime.now
        ours = [pact for pact in self.scada.pacts if pact.id in self.known]
        theirs = {pact.id: pact.life.value for pact in self.atn.pacts if pact.id in self.known}
        self.rules.compare(ours, theirs, now.mono_ms)
        lines = {name: [line.encode() for line in node.store.lines.get(LOG, [])] for name, node in self.nodes.items()}
        for name, other, keys in ((SCADA, ATOMIC_T_NODE, SCADA_KEYS), (ATOMIC_T_NODE, SCADA, ATN_KEYS)):
            key = (OURS if keys is SCADA_KEYS else THEIRS).verify if self.story.signed else None
            heads = peer_heads(lines[other])
            self.rules.log(name, verify(lines[name], heads, key), heads, now.mono_ms)

    def _compare_accounts(self) -> int:
        """Hold the accounts of contracts against each other whose readings have all arrived.

        Where the SCADA died within a contract, readings went with it; where its clock was stepped, an hour has another length.
        """
        scada = self.nodes[SCADA]
        if scada.stepped_ms:
            return 0
        lost_ms = [
            report.report.slot_start_unix_s * 1000
            for message_id, report in self.made.items()
            if message_id not in self.delivered
        ]
        compared = 0
        for pact in self.scada.pacts:
            if pact.account is None or pact.claim is None or pact.ended_ms is None:
                continue
            known_from_ms, until_ms = pact.start_ms - SLOT_MS, pact.ended_ms
            died = any(known_from_ms - SLOT_MS <= self.start_ms + at_ms <= until_ms + SLOT_MS for at_ms in scada.died_ms)
            if died or any(known_from_ms - SLOT_MS < slot_ms < until_ms for slot_ms in lost_ms):
                continue
            compared += 1
            spent = Spent(pact.id, pact.account.used_wh, self.accounts.of(pact, until_ms).used_wh)
            self.rules.account(spent, self.runtime.now.mono_ms)
        return compared

    def _note(self, _now: Moment, source: str, note: Note) -> None:
        if self._tracing:
            self.tell(f"{source}: {note.text}")


def _house(house: House, story: Story) -> House:
    plant = house.plant
    if plant is None or not (story.cold_room and story.small):
        return house
    return replace(house, plant=replace(plant, room_c=COLD_ROOM_C))


def _tanks(house: House) -> tuple[str, ...]:
    return (*house.heating.buffer, *house.heating.store)


def _points(house: House, channels: Iterable[str]) -> list[str]:
    sensors = {} if house.plant is None else house.plant.sensors
    return [sensors[channel].point for channel in channels if channel in sensors]


def _route(house: House) -> Callable[[str, Event], tuple[str, ...]]:
    """Who gets what: devices talk to the SCADA, the two nodes to their ends of the uplink, and those to each other."""
    mailboxes = {alias: (alias,) for alias in house.nodes}
    ends = {name: (end,) for name, end in ENDS.items()}
    nodes = {end: (name,) for name, end in ENDS.items()}
    to_director, to_scada, nobody = (DIRECTOR,), (SCADA,), ()

    def route(source: str, event: Event) -> tuple[str, ...]:
        kind = type(event)
        if kind is Command:
            return mailboxes[event.node]  # type: ignore[attr-defined]
        if kind is Send:
            return ends[source] if event.link == UPLINK else nobody  # type: ignore[attr-defined]
        if kind is Gate:
            return ends[source]
        if kind is ProcessKilled:
            return to_director
        if kind is Note or source in ends:
            return nobody
        if source in nodes:
            return nodes[source] if kind is Received or kind is LinkChanged else nobody
        return to_scada

    return route
