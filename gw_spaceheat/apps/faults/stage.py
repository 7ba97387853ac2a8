"""A whole house on which a story is played: plant, devices, SCADA, AtomicTNode, the wire between them, and whoever disturbs it.

The machines and actors are those of the daemons. What is put around them here lets them die between two effects, gives them
clocks of their own, breaks outputs, and shows the rules everything that they do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import NamedTuple
from uuid import UUID

import msgspec

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.quiet_sensors import QuietSensors
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.bench.bad_commands import REPLAYED, Spoiler
from gw_spaceheat.apps.devices import device_actor, device_nodes
from gw_spaceheat.apps.faults.keys import ATN_KEYS, NOBODYS, OURS, SCADA_KEYS, THEIRS
from gw_spaceheat.apps.faults.rules import Broken, Limits, Rules, Seen, Spent, judge_water
from gw_spaceheat.apps.faults.story import PIPE, SHUT_MS, STEPS_MS, TANK, Draws, Happening, Story, Trouble
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
    Carried,
    ClockStepped,
    Command,
    ContractQuit,
    Event,
    Gate,
    HumanReleases,
    HumanSets,
    HumanTakes,
    Keep,
    LeaseChanged,
    LinkChanged,
    LocalControlAsked,
    ModeChanged,
    ModeWished,
    Note,
    Readings,
    Received,
    Send,
    StandingReleased,
    StandingWanted,
    Started,
    Transmit,
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
from gw_spaceheat.drivers.base import ActuatorDriver, DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Actuator, House, MinimumTimes, wire_name
from gw_spaceheat.links.loopback import LATENCY_MS, Loopback
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_contract import ContractMode, GwsContract
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.plant import Plant
from gw_spaceheat.plant.points import sensor_place
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.stores.contract_memory import ContractMemory
from gw_spaceheat.vocabulary.ids import DigitSource, IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

SCADA, ATOMIC_T_NODE, SENSORS, DIRECTOR = "scada", "atn", "sensors", "director"
ENDS = {SCADA: f"{SCADA}/{UPLINK}", ATOMIC_T_NODE: f"{ATOMIC_T_NODE}/{UPLINK}"}
SCADA_ON_WIRE = "s"
LOOK_MS = MINUTE_MS
"""The house's water is looked at this often [ms]."""
COLD_ROOM_C = -12.0
POWER_W = 3_000
SLOT_MS = 5 * MINUTE_MS
"""What a report covers [ms]."""
RESTART_MS = (3_000, 20_000, 150_000)
"""A process that was killed is back after one of these, if nothing else is said [ms]."""
MOST_EFFECTS = 80
"""A process is killed at the latest so many effects after that was decided."""
TAKES_FIRST, SETS_HIGH, CHANGES_MIND = 0.8, 0.6, 0.3
"""A person who sets something: how often he has taken the house first, sets it to its most, and changes his mind soon."""
NEXT_ONE = 0.5
"""A command that comes once more: how often it is the next that is given, and not one of the past."""
WATER_LIMIT = (2.0, 20 * MINUTE_MS)
"""By how much the water may go beyond its limits before safety sees it [K], and for how long after something was away [ms]."""


class ProcessKilled(Event, frozen=True, tag=True):
    """A process has died between two effects; what it had put out before is under way."""

    node: str


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


@dataclass(slots=True)
class Clock:
    """A node's wall clock: how far it is ahead of the true time [ms]."""

    ahead_ms: int = 0

    def shown(self, now: Moment) -> Moment:
        """What the node sees."""
        return Moment(now.mono_ms, now.wall_ms + self.ahead_ms)


class Dead:
    """Hosted in the place of a process that was killed."""

    def handle(self, _event: Event, _now: Moment) -> tuple[Event, ...]:
        """Nobody is there."""
        return ()

    def wake(self, _now: Moment) -> tuple[Event, ...]:
        """Nobody is there."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


@dataclass(slots=True)
class Fate:
    """After how many more effects a process dies; None for not at all."""

    effects: int | None = None


class Process:
    """Hosts a node's machine: with its own clock, a durable store, and a death that can come between any two effects."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        clock: Clock,
        store: ContractMemory,
        fate: Fate,
        heard: Callable[[Event], None],
        show: Callable[[Event, Moment], None],
        looked: Callable[[Moment], None],
        *,
        kept_first: bool,
    ) -> None:
        """Remember.

        Args:
            name: Of the node.
            machine: Its machine.
            clock: Its wall clock.
            store: Where its state and log are durable.
            fate: When it dies.
            heard: Is shown every event that comes.
            show: Is shown every effect that is carried out.
            looked: Is called after every call.
            kept_first: What is to be durable becomes so before anything else of the same call.
        """
        self._name = name
        self._machine = machine
        self._clock = clock
        self._store = store
        self._fate = fate
        self._heard = heard
        self._show = show
        self._looked = looked
        self._kept_first = kept_first
        self._dead = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Have it handled, and carry out what comes of it."""
        if self._dead:
            return ()
        self._heard(event)
        return self._carry_out(self._machine.handle(event, self._clock.shown(now)), now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return () if self._dead else self._carry_out(self._machine.wake(self._clock.shown(now)), now)

    def deadline(self) -> int | None:
        """As of any machine."""
        return None if self._dead else self._machine.deadline()

    def _carry_out(self, effects: Sequence[Event], now: Moment) -> Sequence[Event]:
        if not effects:
            return effects
        if self._kept_first:
            kept = [effect for effect in effects if isinstance(effect, Append | Keep)]
            effects = [*kept, *[effect for effect in effects if not isinstance(effect, Append | Keep)]]
        left = self._fate.effects
        if left is not None:
            self._fate.effects = left - len(effects)
            if left <= len(effects):
                self._dead, effects = True, effects[:left]
        out: list[Event] = []
        for effect in effects:
            if isinstance(effect, Append | Keep):
                self._store.commit((effect,))
            else:
                out.append(effect)
            self._show(effect, now)
        if self._dead:
            out.append(ProcessKilled(self._name))
        else:
            self._looked(now)
        return out


class AskedHeating:
    """Local heating, and when it was last asked."""

    def __init__(self, heating: Machine) -> None:
        """It was not."""
        self._heating = heating
        self.asked_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """It is asked."""
        self.asked_ms = now.mono_ms
        return self._heating.handle(event, now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """It is asked."""
        self.asked_ms = now.mono_ms
        return self._heating.wake(now)

    def deadline(self) -> int | None:
        """As of any machine."""
        return self._heating.deadline()


@dataclass(slots=True)
class Output:
    """What is the matter with an output; it outlives its actor.

    Attributes:
        fails_until_ms: It does not answer.
        sticks_until_ms: It does not move.
        busy_until_ms: Its actor does nothing else.
    """

    fails_until_ms: int = 0
    sticks_until_ms: int = 0
    busy_until_ms: int = 0

    @property
    def mended_ms(self) -> int:
        """Since when, or from when on, nothing is the matter with it."""
        return max(self.fails_until_ms, self.sticks_until_ms, self.busy_until_ms)

    def mend(self, now_ms: int) -> None:
        """From now on nothing is the matter with it."""
        self.fails_until_ms = min(self.fails_until_ms, now_ms)
        self.sticks_until_ms = min(self.sticks_until_ms, now_ms)
        self.busy_until_ms = min(self.busy_until_ms, now_ms)


class WatchedDriver:
    """An output that can fail, and that shows the rules what is written."""

    def __init__(self, driver: ActuatorDriver, output: Output, now: Callable[[], int], wrote: Callable[[float], None]) -> None:
        """Remember."""
        self._driver = driver
        self._output = output
        self._now = now
        self._wrote = wrote

    def open(self) -> None:
        """Look for it."""
        self._answer()
        self._driver.open()

    def close(self) -> None:
        """Let it go."""
        self._driver.close()

    def write(self, value: float) -> None:
        """Set it, if it can be set."""
        self._answer()
        if self._now() >= self._output.sticks_until_ms:
            self._driver.write(value)
            self._wrote(value)

    def read_back(self) -> float | None:
        """What it is."""
        self._answer()
        return self._driver.read_back()

    def _answer(self) -> None:
        if self._now() < self._output.fails_until_ms:
            raise DeviceError("the bus does not answer")


class WatchedActuator:
    """An actuator's actor that can be busy: what comes meanwhile waits, and is handled late."""

    def __init__(self, actor: ActuatorActor, clock: Clock, output: Output) -> None:
        """Nothing waits."""
        self._actor = actor
        self._clock = clock
        self._output = output
        self._waiting: list[Event] = []
        self.command: Command | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Now, or when it has time."""
        if now.mono_ms < self._output.busy_until_ms and not isinstance(event, Started):
            self._waiting.append(event)
            return ()
        self.command = event if isinstance(event, Command) else None
        return self._actor.handle(event, self._clock.shown(now))

    def wake(self, now: Moment) -> Sequence[Event]:
        """What has waited, in its order."""
        if now.mono_ms < self._output.busy_until_ms:
            return ()
        waited, self._waiting = self._waiting, []
        effects: list[Event] = []
        for event in waited:
            effects += self.handle(event, now)
        due_ms = self._actor.deadline()
        if due_ms is not None and due_ms <= now.mono_ms:
            effects += self._actor.wake(self._clock.shown(now))
        return effects

    def deadline(self) -> int | None:
        """When it has time again."""
        due_ms = self._actor.deadline()
        if self._waiting:
            return self._output.busy_until_ms
        return None if due_ms is None else max(due_ms, self._output.busy_until_ms)


class StampedSensors:
    """The sensors' actors, whose readings carry the time that the node's clock shows."""

    def __init__(self, sensors: QuietSensors, clock: Clock) -> None:
        """Remember."""
        self._sensors = sensors
        self._clock = clock

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return self._stamped(self._sensors.handle(event, now))

    def wake(self, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return self._stamped(self._sensors.wake(now))

    def deadline(self) -> int | None:
        """As of any machine."""
        return self._sensors.deadline()

    def skip(self, now: Moment, limit_mono_ms: int) -> int | None:
        """As of any that skips."""
        return self._sensors.skip(now, limit_mono_ms)

    def _stamped(self, events: Sequence[Event]) -> Sequence[Event]:
        ahead_ms = self._clock.ahead_ms
        if not ahead_ms:
            return events
        return [
            msgspec.structs.replace(event, taken_ms=event.taken_ms + ahead_ms) if isinstance(event, Readings) else event
            for event in events
        ]


@dataclass(slots=True)
class Node:
    """What of a node outlives its process, and what of the process is of interest.

    Attributes:
        clock: Its wall clock.
        store: What is durable.
        fate: When it dies.
        alive: It runs.
        starts: How often it was started.
        stepped_ms: When its clock stepped [ms].
        died_ms: When it died [ms].
        link_up: Its link stands, as far as the world is concerned.
    """

    clock: Clock = field(default_factory=Clock)
    store: ContractMemory = field(default_factory=ContractMemory)
    fate: Fate = field(default_factory=Fate)
    alive: bool = False
    starts: int = 0
    stepped_ms: list[int] = field(default_factory=list)
    died_ms: list[int] = field(default_factory=list)
    link_up: bool = True


class Stage:
    """Plays one story. Use `play`."""

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
        self.director = Director(self)
        self.wire = Loopback(fate=self.director.fate_of)
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
        self.runtime.add(DIRECTOR, self.director)
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
            self.director.attacks,
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
            self.director.remember(effect)
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
            self.director.overhear(effect.message, now.mono_ms)
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
            sent_ms = self.director.spoken_ms(event.message)
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


class Director:
    """Lets happen what is in the story; hosted in the same virtual time."""

    def __init__(self, stage: Stage) -> None:
        """Nothing has happened."""
        self._stage = stage
        self._story = story = stage.story
        self._draws = Draws(story.seed, 10)
        self._wire_draws = Draws(story.seed, 11)
        self._attack_draws = Draws(story.seed, 12)
        self._due: list[tuple[int, int, Callable[[], Iterable[Event]]]] = []
        self._count = 0
        self._deadline: int | None = None
        self._commands: list[Command] = []
        self._commands_heard: list[GwsCommand] = []
        self._atn_says: dict[int, tuple[int, GwsContract]] = {}
        self._scada_says: list[tuple[int, GwsContract]] = []
        self._again: float | None = None
        self._sets = self._forged = 0
        self.attacks = 0
        for happening in story.happenings:
            self.at(happening.at_ms, lambda happening=happening: self._happen(happening))  # type: ignore[misc]
        if story.attack_ms:
            for at_ms in range(story.attack_ms, story.calm_ms, story.attack_ms):
                self.at(at_ms, self._attack)
        for at_ms in range(LOOK_MS, story.end_ms, LOOK_MS):
            self.at(at_ms, self._look)
        self.at(story.calm_ms, self._calm)
        self.at(story.end_ms - SHUT_MS, self._shut)

    def at(self, at_ms: int, do: Callable[[], Iterable[Event]]) -> None:
        """Have something done then; what it gives is put out."""
        self._count += 1
        heappush(self._due, (at_ms, self._count, do))
        self._deadline = self._due[0][0]

    # hosted

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """A process has died between two effects."""
        if isinstance(event, ProcessKilled) and self._stage.nodes[event.node].alive:
            self._die(event.node, self._draws.one_of(RESTART_MS), now.mono_ms)
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """What is due."""
        effects: list[Event] = []
        while self._due and self._due[0][0] <= now.mono_ms:
            effects += heappop(self._due)[2]()
        self._deadline = self._due[0][0] if self._due else None
        return effects

    def deadline(self) -> int | None:
        """The next that is due."""
        return self._deadline

    # the wire

    def fate_of(self, source: str, transmit: Transmit, now: Moment) -> Sequence[int]:
        """What becomes of a message."""
        if source == ENDS[SCADA] and isinstance(transmit.message, GwsContract):
            self._scada_says.append((now.mono_ms, transmit.message))
        wire, draws = self._story.wire, self._wire_draws
        if now.mono_ms >= self._story.calm_ms:
            return (LATENCY_MS,)
        if isinstance(transmit.message, GwsCommand) and draws.happens(wire.held_back):
            return (LATENCY_MS + 80_000 + draws.whole(100_000),)
        if draws.happens(wire.loss):
            return ()
        slow_ms = wire.slowest_ms if draws.happens(wire.slow) else 0
        return [LATENCY_MS + draws.whole(slow_ms + 1) for _ in range(2 if draws.happens(wire.doubled) else 1)]

    def overhear(self, message: GwsCommand | GwsContract, now_ms: int) -> None:
        """The AtomicTNode sends this."""
        if isinstance(message, GwsCommand):
            self._commands_heard.append(message)
        else:
            self._atn_says[message.heartbeat_number] = (now_ms, message)

    def spoken_ms(self, message: GwsContract) -> int | None:
        """When the AtomicTNode really sent this [ms]; None if it never did."""
        sent_ms, spoken = self._atn_says.get(message.heartbeat_number, (None, None))
        return sent_ms if spoken == message else None

    def remember(self, command: Command) -> None:
        """The SCADA gives this command to an actuator."""
        self._commands.append(command)
        draw, self._again = self._again, None
        if draw is not None:
            self._send_again(command, draw)

    # the story

    def _look(self) -> Iterable[Event]:
        self._stage.look_at_water(self._stage.runtime.now)
        return ()

    def _happen(self, happening: Happening) -> Iterable[Event]:
        self._stage.tell(f"{happening.what} ({happening.lasts_ms / 1000:g} s, {happening.draw:.3f})")
        now_ms = self._stage.runtime.now.mono_ms
        until_ms = min(now_ms + happening.lasts_ms, self._story.calm_ms)
        match happening.what:
            case Trouble.CUT_SCADA | Trouble.CUT_ATN:
                name = SCADA if happening.what is Trouble.CUT_SCADA else ATOMIC_T_NODE
                self._link(name, up=False)
                self.at(until_ms, lambda: self._link(name, up=True))
            case Trouble.KILL_SCADA | Trouble.KILL_ATN:
                name = SCADA if happening.what is Trouble.KILL_SCADA else ATOMIC_T_NODE
                if self._stage.nodes[name].alive:
                    self._die(name, happening.lasts_ms, now_ms)
            case Trouble.CRASH_SCADA | Trouble.CRASH_ATN:
                name = SCADA if happening.what is Trouble.CRASH_SCADA else ATOMIC_T_NODE
                if self._stage.nodes[name].alive:
                    self._stage.nodes[name].fate.effects = int(happening.draw * MOST_EFFECTS)
            case Trouble.STEP_SCADA | Trouble.STEP_ATN:
                self._step(SCADA if happening.what is Trouble.STEP_SCADA else ATOMIC_T_NODE, happening.draw)
            case Trouble.OUTPUT_FAILS:
                self._output(happening.draw).fails_until_ms = until_ms
            case Trouble.OUTPUT_STICKS:
                self._output(happening.draw).sticks_until_ms = until_ms
            case Trouble.ACTOR_BUSY:
                self._output(happening.draw).busy_until_ms = until_ms
            case Trouble.COMMAND_AGAIN:
                self._command_again(happening.draw)
            case Trouble.SET:
                self._set(happening)
            case _:
                node, event = self._asked(happening)
                self._stage.runtime.post(node, event)
        return ()

    def _asked(self, happening: Happening) -> tuple[str, Event]:
        """What a person, or the market behind the AtomicTNode, asks for."""
        who = "somebody"
        match happening.what:
            case Trouble.TAKE:
                return SCADA, HumanTakes(who, happening.lasts_ms)
            case Trouble.RELEASE:
                return SCADA, HumanReleases(who)
            case Trouble.OWNER_LOCAL | Trouble.OWNER_NONE:
                return SCADA, LocalControlAsked(who, happening.what is Trouble.OWNER_LOCAL)
            case Trouble.ATN_LOCAL | Trouble.ATN_REMOTE:
                return ATOMIC_T_NODE, ModeWished(local=happening.what is Trouble.ATN_LOCAL)
            case Trouble.ATN_QUITS:
                return ATOMIC_T_NODE, ContractQuit("prices")
            case Trouble.SCADA_QUITS:
                return SCADA, ContractQuit("the house is cold")
            case Trouble.STOP_RENEWING:
                return ATOMIC_T_NODE, StandingReleased()
            case _:
                return ATOMIC_T_NODE, StandingWanted(POWER_W)

    def _set(self, happening: Happening) -> None:
        """A person sets an actuator, having taken the house first or not, and sometimes changes his mind."""
        aliases = tuple(self._stage.outputs)
        place = happening.draw * len(aliases)
        rest = place % 1
        alias = aliases[int(place)]
        if rest < TAKES_FIRST:
            self._post(SCADA, HumanTakes("somebody", happening.lasts_ms))
        self._post(SCADA, self._set_by_hand(alias, most=rest < SETS_HIGH))
        if rest < CHANGES_MIND:
            at_ms = self._stage.runtime.now.mono_ms + round(rest * 20_000)
            self.at(at_ms, lambda: self._post(SCADA, self._set_by_hand(alias, most=False)))

    def _set_by_hand(self, alias: str, *, most: bool) -> HumanSets:
        limits = self._stage.house.nodes[alias].actuator or Actuator()
        self._sets += 1
        return HumanSets("somebody", alias, limits.maximum if most else limits.minimum, str(UUID(int=self._sets, version=4)))

    def _output(self, draw: float) -> Output:
        outputs = tuple(self._stage.outputs.values())
        return outputs[int(draw * len(outputs))]

    def _command_again(self, draw: float) -> None:
        """A command that was under way for too long, or twice, as on the house's own bus."""
        recent = self._commands[-8:]
        if draw < NEXT_ONE or not recent:
            self._again = draw
        else:
            self._send_again(recent[int(draw * len(recent))], draw)

    def _send_again(self, command: Command, draw: float) -> None:
        """What waits for an actor dies with its process."""
        scada = self._stage.nodes[SCADA]
        process = scada.starts

        def post() -> Iterable[Event]:
            return self._post(command.node, command) if scada.starts == process else ()

        self.at(self._stage.runtime.now.mono_ms + int(draw * 1000) % 10 * SECOND_MS, post)

    def _post(self, name: str, event: Event) -> Iterable[Event]:
        self._stage.runtime.post(name, event)
        return ()

    def _link(self, name: str, *, up: bool) -> Iterable[Event]:
        self._stage.nodes[name].link_up = up
        self._stage.tell(f"the link of {name} is {'up' if up else 'down'}")
        self._stage.runtime.post(ENDS[name], LinkChanged(UPLINK, up=up, reason="" if up else "no network"))
        return ()

    def _die(self, name: str, down_ms: int, now_ms: int) -> None:
        self._stage.kill(name)
        self.at(min(now_ms + down_ms, self._story.calm_ms), lambda: self._come_back(name))

    def _come_back(self, name: str) -> Iterable[Event]:
        if not self._stage.nodes[name].alive:
            self._stage.start(name)
        return ()

    def _step(self, name: str, draw: float) -> None:
        by_ms = STEPS_MS[int(draw * len(STEPS_MS))]
        node = self._stage.nodes[name]
        node.clock.ahead_ms += by_ms
        node.stepped_ms.append(self._stage.runtime.now.mono_ms)
        if name == SCADA and not node.alive:
            self._stage.rules.set_back_unseen(-by_ms)
        self._stage.runtime.post(name, ClockStepped(by_ms))

    def _calm(self) -> Iterable[Event]:
        """All is mended."""
        stage = self._stage
        stage.tell("all is mended")
        for name, node in stage.nodes.items():
            node.fate.effects = None
            self._come_back(name)
            if not node.link_up:
                self._link(name, up=True)
        for output in stage.outputs.values():
            output.mend(stage.runtime.now.mono_ms)
        self._post(SCADA, HumanReleases("somebody"))
        self._post(SCADA, LocalControlAsked("somebody", asked=False))
        self._post(ATOMIC_T_NODE, ModeWished(local=False))
        if not self._story.slots:
            self._post(ATOMIC_T_NODE, StandingWanted(POWER_W))
        return ()

    def _shut(self) -> Iterable[Event]:
        """The last contract is ended; what is offered after that is no part of the story."""
        stage = self._stage
        stage.known = {pact.id for side in (stage.scada, stage.atn) for pact in side.pacts}
        self._post(ATOMIC_T_NODE, StandingReleased())
        return self._post(ATOMIC_T_NODE, ContractQuit("the story is over"))

    # the attacker

    def _attack(self) -> Iterable[Event]:
        """Somebody who hears everything on the wire, and can send whatever he likes under any name."""
        message = self._something_bad()
        if message is None:
            return ()
        self.attacks += 1
        now = self._stage.runtime.now
        received = Received(UPLINK, self._stage.house.alias, "", ack_required=False, message=message, arrived_ms=now.wall_ms)
        return (Carried(ENDS[SCADA], now.mono_ms, received),)

    def _something_bad(self) -> Message | None:
        draws, heard = self._attack_draws, self._commands_heard
        kind = draws.whole(6)
        if kind == 0 and heard:
            return draws.one_of(heard)
        if kind == 1 and self._atn_says:
            return draws.one_of(tuple(self._atn_says.values()))[1]
        if kind == 2 and self._atn_says and self._story.signed:
            _, said = next(reversed(self._atn_says.values()))
            wish = draws.one_of((ContractMode.LocalControl, ContractMode.RemoteControl)).value
            return msgspec.structs.replace(said, heartbeat_number=said.heartbeat_number + 1 + draws.whole(60), mode_wish=wish)
        if kind == 3 and heard:
            return heard[-1].asked()
        if not heard or not self._scada_says:
            return None
        return self._spoiled(heard[-1])

    def _spoiled(self, last: GwsCommand) -> GwsCommand:
        """A command that would be good, but for one thing."""
        draws = self._attack_draws
        now_ms, said = self._scada_says[-1]
        self._forged += 1
        old = tuple(message.heartbeat_number for at_ms, message in self._scada_says if at_ms < now_ms - 2 * MINUTE_MS)
        spoiler = Spoiler(
            self._stage.house,
            THEIRS.sign if self._story.signed else None,
            NOBODYS.sign,
            str(UUID(int=(1 << 64) + self._forged, version=4)),
            old[-8:] or (1,),
        )
        good = spoiler.signed(
            last,
            contract_id=said.heartbeat.contract.contract_id,
            fencing_token=max(said.fencing_token, 1),
            sequence=last.sequence + 1 + draws.whole(3),
            heard_heartbeat=said.heartbeat_number,
        )
        kinds = [kind for kind in spoiler.kinds() if kind != REPLAYED]  # it would be the first of its contract, and good
        return spoiler.spoil(draws.one_of(kinds), good, draws.number)


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
