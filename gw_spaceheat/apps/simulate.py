"""A house in virtual time: the very actors and machines of the daemon over a simulated plant, with its AtomicTNode and an Ear.

Nothing here decides; it joins plant, devices, SCADA, AtomicTNode, Ear and a loopback link, lets time pass, and adds up what
came out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.quiet_sensors import QuietSensors
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.accountant import Accountant
from gw_spaceheat.apps.devices import device_actors
from gw_spaceheat.apps.simulated_forecasts import ForecastTrouble, Knowledge, SimulatedForecasts, Truth
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.ear import Ear, EarOptions
from gw_spaceheat.core.events import (
    Append,
    Command,
    Commit,
    Event,
    FollowSchedule,
    Gate,
    Keep,
    LeaseChanged,
    LinkAsked,
    LinkChanged,
    MinimumTime,
    ModeChanged,
    NeedHeard,
    Note,
    Outcome,
    Persist,
    PricesHeard,
    Readings,
    Received,
    Send,
    Stopping,
    Switched,
    Transmit,
    WeatherHeard,
)
from gw_spaceheat.core.heating import PLANNED, heating_machine, minimum_times
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.upkept import Upkept
from gw_spaceheat.core.mirror import Mirror
from gw_spaceheat.core.planner.batch import NUMBA
from gw_spaceheat.core.planner.figures import figures_of
from gw_spaceheat.core.planner.solver import NUMPY
from gw_spaceheat.core.planning import Planning, PlanningOptions
from gw_spaceheat.core.retention.retention import Retention, RetentionOptions
from gw_spaceheat.core.safety import safety_machine
from gw_spaceheat.core.scada import ATN, UPLINK, Scada, ScadaOptions
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House, state_channels, wire_name
from gw_spaceheat.links.loopback import Loopback
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.faults import MeterSwap, SensorFault
from gw_spaceheat.plant.plant import Plant, Totals
from gw_spaceheat.runtime.garbage import collecting_seldom
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from gw_spaceheat.vocabulary.ids import DigitSource, IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

SCADA_NAME = "scada"
ATN_NAME = "atn"
EAR_NAME = "ear"
SENSORS_NAME = "sensors"
PLANNER, FORECASTS = "planner", "forecasts"
"""The strategy that goes by schedules."""
ACCOUNTANT, KEEPER, MODE_CLOCK, REPORTS = "accountant", "keeper", "mode clock", "reports"
MEAN_SHARE_OF_NAMEPLATE = 0.25
"""The average power that simulated contracts are offered for, as a share of all that the house could take."""
SCADA_ON_WIRE = "s"
"""Short name of the SCADA on the wire."""
LAST_WORDS_MS = 1_000
UNBOUNDED = 10**9
"""Messages in an outbox; what is too much is for retention to say."""
DIGEST_DIGITS = 32
COMMIT_PERIOD_MS = HOUR_MS
"""No power fails in a simulation, so what the Ear keeps may go to disk in large pieces; each commit would break off a skip."""

Tap = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningCase:
    """How a simulated AtomicTNode plans.

    Attributes:
        truth: What will be.
        knowledge: What it knows of it.
        options: What can be set.
        troubles: When forecasts are not as they should be.
    """

    truth: Truth
    knowledge: Knowledge = Knowledge.REAL
    options: PlanningOptions = field(default_factory=PlanningOptions)
    troubles: tuple[ForecastTrouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What to simulate.

    Attributes:
        house: The house; it needs a plant model.
        drive: Weather, and heat demand if no zones are simulated.
        strategy: Name of the local heating strategy; None for the house's own.
        seed: Seed of noise, draws and identifiers.
        hours: How long [h].
        compiled: Run the physics through Numba.
        step_s: Length of a physical step [s].
        faults: Scripted faults of sensors.
        swaps: When other power meters are in the place of the house's own.
        skipping: Pass over scans that capture nothing; False for proof that it changes nothing.
        strict: Decode every message from its bytes, as a broker would have it.
        contract: Under which contracts.
        outages: When the uplink goes down and is up again, ms after the start; in order.
        planning: How the AtomicTNode plans, if the contract is of that kind, or the house itself, if there is no contract; None
            where nobody does.
        retention: How long what is kept that waits for the AtomicTNode, in a numbered outbox of any length; None for the plain
            outbox in memory, which is all that a simulation without long outages needs.
    """

    house: House
    drive: Drive
    hours: int
    strategy: str | None = None
    seed: int = 1
    compiled: bool = False
    step_s: float = 10.0
    faults: tuple[SensorFault, ...] = ()
    swaps: tuple[MeterSwap, ...] = ()
    skipping: bool = True
    strict: bool = False
    contract: ContractPlan = ContractPlan.OPEN
    outages: tuple[tuple[int, int], ...] = ()
    planning: PlanningCase | None = None
    retention: RetentionOptions | None = None


@dataclass(frozen=True, slots=True)
class ContractAccount:
    """One contract, and the energy used under it as both sides found it [Wh].

    Attributes:
        id: Its identifier.
        life: Where it stands with the AtomicTNode.
        scada_life: Where it stands with the SCADA.
        start_ms: When it began, UTC [ms].
        scada_wh: By the SCADA's meter.
        atn_wh: By the readings that reached the AtomicTNode.
        missing_s: Seconds of channels about which it has none.
    """

    id: str
    life: str
    scada_life: str
    start_ms: int
    scada_wh: float
    atn_wh: float
    missing_s: float


@dataclass(frozen=True, slots=True)
class SimulationOutcome:
    """What came out of a simulation.

    Attributes:
        totals: Energies, comfort and starts.
        energy_wh: Electricity of each hour [Wh].
        messages: Number of messages that the nodes sent, by type name.
        events: How many of them are kept until they are acknowledged.
        reports: Reports that the SCADA made.
        readings: Readings in them.
        notes: What the machines noted.
        digest: Hash of every message sent: topic and payload, in order.
        calls: Calls of machines and actors, for profiling.
        store_energy_change_wh: Heat that store and buffer hold more than at the start, above the house's lowest supply [Wh].
        remote_ms: How long the house was in RemoteControl [ms].
        mode_changes: How often that changed.
        accounts: The contracts that both sides remember.
    """

    totals: Totals
    energy_wh: tuple[float, ...]
    messages: dict[str, int]
    events: int
    reports: int
    readings: int
    notes: tuple[tuple[Moment, str, Note], ...]
    digest: str
    calls: int
    store_energy_change_wh: float
    remote_ms: int = 0
    mode_changes: int = 0
    accounts: tuple[ContractAccount, ...] = ()


class Bystander:
    """Hosted beside the nodes: puts nothing out and asks for no time, so that it changes nothing."""

    def wake(self, now: Moment) -> tuple[Event, ...]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


class Keeper(Bystander):
    """Hands what the Ear wants kept to whoever keeps it."""

    def __init__(self, keep: Callable[[Event], None]) -> None:
        """Remember who takes `Persist` and `Commit`."""
        self._keep = keep

    def handle(self, event: Event, now: Moment) -> tuple[Event, ...]:  # noqa: ARG002 - messages carry their own times
        """Have it kept."""
        if isinstance(event, Persist | Commit):
            self._keep(event)
        return ()


class ModeClock(Bystander):
    """Measures how long the house is in RemoteControl."""

    def __init__(self) -> None:
        """It is not."""
        self.changes = 0
        self._remote_ms = 0
        self._since_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> tuple[Event, ...]:
        """The mode changes."""
        if isinstance(event, ModeChanged) and event.remote != (self._since_mono_ms is not None):
            self.changes += 1
            self._remote_ms = self.remote_ms(now.mono_ms)
            self._since_mono_ms = now.mono_ms if event.remote else None
        return ()

    def remote_ms(self, mono_ms: int) -> int:
        """How long until now [ms]."""
        return self._remote_ms + (0 if self._since_mono_ms is None else mono_ms - self._since_mono_ms)


class Reports(Bystander):
    """Counts the reports that the SCADA makes, whether or not they go up."""

    def __init__(self) -> None:
        """None was made."""
        self.reports = 0
        self.readings = 0

    def handle(self, event: Event, now: Moment) -> tuple[Event, ...]:  # noqa: ARG002 - it only counts
        """One more report, as the house's own bus has it."""
        if isinstance(event, Send) and isinstance(event.message, ReportEvent):
            self.reports += 1
            self.readings += sum([len(channel.value_list) for channel in event.message.report.channel_reading_list])
        return ()


class Census:
    """Counts and hashes what the nodes send, as the wire shows it."""

    def __init__(self, tap: Tap | None) -> None:
        """Nothing has been sent; the tap is shown everything too."""
        self._tap = tap
        self._hash = sha256()
        self._sent: Counter[type[Message]] = Counter()
        self._kept: set[str] = set()

    def see(self, transmit: Transmit, topic: str, payload: bytes) -> None:
        """One more message."""
        self._hash.update(topic.encode())
        self._hash.update(payload)
        message = transmit.message
        self._sent[type(message)] += 1
        if transmit.ack_required:
            self._kept.add(transmit.message_id)
        if self._tap is not None:
            self._tap(topic, payload)

    @property
    def events(self) -> int:
        """How many different messages asked to be acknowledged."""
        return len(self._kept)

    @property
    def messages(self) -> dict[str, int]:
        """Number of messages by type name."""
        return {kind.type_name(): count for kind, count in self._sent.items()}

    @property
    def digest(self) -> str:
        """Hash of every topic and payload so far."""
        return self._hash.hexdigest()[:DIGEST_DIGITS]


def simulate(
    what: Simulation,
    *,
    on_hour: Callable[[int], None] = lambda _hour: None,
    tap: Tap | None = None,
    keep: Callable[[Event], None] | None = None,
) -> SimulationOutcome:
    """Run a house through virtual time.

    Args:
        what: What to simulate.
        on_hour: Is told how many hours are over, each hour.
        tap: Is shown topic and payload of every message on the uplink.
        keep: Takes what the Ear wants kept.

    Raises:
        ValueError: House, drive or strategy cannot be simulated; the text says what and why.
    """
    house, start_ms = what.house, what.drive.start_ms
    plant = Plant.build(
        house, what.drive, seed=what.seed, start_ms=start_ms, step_s=what.step_s, compiled=what.compiled, faults=what.faults
    )
    notes: list[tuple[Moment, str, Note]] = []
    runtime = VirtualRuntime(
        start_ms,
        _route(house, keeping=keep is not None, planner=_planner_of(what)),
        lambda now, source, note: notes.append((now, source, note)),
        skipping=what.skipping,
        fixed_routes=True,
    )

    def electricity_wh(wall_ms: int) -> float:
        plant.advance(wall_ms)
        return plant.electricity_wh

    accountant, census, clock, reports = Accountant(electricity_wh, on_hour), Census(tap), ModeClock(), Reports()
    runtime.add(ACCOUNTANT, accountant)
    runtime.add(MODE_CLOCK, clock)
    runtime.add(REPORTS, reports)
    sides = _add_nodes(runtime, what)
    if what.planning is not None:
        case = what.planning
        solver = NUMBA if what.compiled else NUMPY
        runtime.add(PLANNER, Planning(house, figures_of(house), case.options, solver=solver))
        runtime.add(FORECASTS, SimulatedForecasts(case.truth, case.knowledge, what.seed, case.troubles))
    if keep is not None:
        runtime.add(KEEPER, Keeper(keep))
    _add_links(runtime, what, census)
    _add_devices(runtime, house, SimulatedSite(plant, lambda: runtime.now.wall_ms, what.swaps), plant)

    stored_wh = plant.store_energy_wh(house.heating.curve.minimum_c)
    end_ms = what.hours * HOUR_MS
    with collecting_seldom():
        for at_ms, is_up in _turns(what.outages, end_ms):
            runtime.run(at_ms)
            for node in (SCADA_NAME, ATN_NAME):
                runtime.post(uplink_of(node), LinkChanged(UPLINK, up=is_up, reason="" if is_up else "a scripted outage"))
        runtime.run(end_ms - 1)  # what is read at the very end belongs to the next hour
    accountant.wake(Moment(end_ms, start_ms + end_ms))
    totals = plant.totals()
    stored_wh = plant.store_energy_wh(house.heating.curve.minimum_c) - stored_wh
    runtime.post(SCADA_NAME, Stopping())  # its last report must still reach the others
    runtime.run(end_ms + LAST_WORDS_MS)
    runtime.stop()
    return SimulationOutcome(
        totals=totals,
        energy_wh=tuple(accountant.energy_wh),
        messages=census.messages,
        events=census.events,
        reports=reports.reports,
        readings=reports.readings,
        notes=tuple(notes),
        digest=census.digest,
        calls=runtime.calls,
        store_energy_change_wh=stored_wh,
        remote_ms=clock.remote_ms(end_ms),
        mode_changes=clock.changes,
        accounts=_accounts(*sides, runtime.now),
    )


def _turns(outages: Iterable[tuple[int, int]], end_ms: int) -> list[tuple[int, bool]]:
    """When the uplink changes, and whether it is up then."""
    turns = [turn for start_ms, stop_ms in outages for turn in ((start_ms, False), (stop_ms, True))]
    return [(at_ms, is_up) for at_ms, is_up in turns if at_ms < end_ms]


def _accounts(scada: ScadaSide, atn: AtomicTNode, now: Moment) -> tuple[ContractAccount, ...]:
    known = {contract.id: contract for contract in atn.view(now).contracts}
    return tuple(
        ContractAccount(
            id=pact.id,
            life=known[pact.id].life,
            scada_life=pact.life.value,
            start_ms=pact.start_ms,
            scada_wh=pact.account.used_wh,
            atn_wh=known[pact.id].used_wh,
            missing_s=known[pact.id].missing_s,
        )
        for pact in scada.pacts
        if pact.id in known and pact.account is not None and pact.claim is not None
    )


def _add_nodes(runtime: VirtualRuntime, what: Simulation) -> tuple[ScadaSide, AtomicTNode]:
    house, seed, plan = what.house, f"{what.house.alias}/{what.seed}".encode(), what.contract
    heating, safety = heating_machine(house, what.strategy), safety_machine(house)
    scada_ids, atn_ids = IdSource(seed + b"/s"), IdSource(seed + b"/a")
    side = ScadaSide(house, scada_ids, DigitSource(scada_ids))
    options = ScadaOptions(always_report=plan is ContractPlan.OPEN)
    runtime.add(SCADA_NAME, Scada(house, heating, safety, side, scada_ids, options, minimum_times(house, what.strategy)))
    power_w = round(sum(node.nameplate_w for node in house.nodes.values()) * MEAN_SHARE_OF_NAMEPLATE)
    atn_options = AtnOptions(
        standing_w=power_w if plan in (ContractPlan.MIRROR, ContractPlan.PLANNED) else None,
        slots_w=power_w if plan is ContractPlan.SLOTS else None,
    )
    mirrored = {ContractPlan.MIRROR: what.strategy, ContractPlan.SLOTS: what.strategy, ContractPlan.PLANNED: PLANNED}
    mirror = Mirror(house, heating_machine(house, mirrored[plan])) if plan in mirrored else None
    atn = AtomicTNode(house, AtnSide(house, atn_ids, DigitSource(atn_ids)), atn_ids, atn_options, mirror)
    runtime.add(ATN_NAME, atn)
    runtime.add(EAR_NAME, Ear(EarOptions(commit_period_ms=COMMIT_PERIOD_MS)))
    return side, atn


def _add_links(runtime: VirtualRuntime, what: Simulation, census: Census) -> None:
    house = what.house
    wire = Loopback(census.see, strict=what.strict)
    for node, alias, peer, sender in (
        (SCADA_NAME, house.scada_alias, ATN, house.alias),
        (ATN_NAME, house.alias, SCADA_ON_WIRE, house.scada_alias),
    ):
        settings = SessionSettings(link=UPLINK, alias=alias, peer=peer, silence_ms=None, tells_peer=node == SCADA_NAME)
        link_ids = IdSource(f"{house.alias}/{what.seed}/{node}/l".encode())
        if node == SCADA_NAME and what.retention is not None:
            session: Session | Upkept = _upkept(what, settings, link_ids, what.retention)
        else:
            session = Session(settings, MemoryOutbox(), link_ids)
        to_us = SCADA_ON_WIRE if node == SCADA_NAME else ATN
        runtime.add(uplink_of(node), wire.end(uplink_of(node), session, [f"gw/{wire_name(sender)}/to/{to_us}/#"]))
    runtime.add(uplink_of(EAR_NAME), wire.end(uplink_of(EAR_NAME), Listener(UPLINK), ["gw/#"]))


def _upkept(what: Simulation, settings: SessionSettings, link_ids: IdSource, options: RetentionOptions) -> Upkept:
    seed = f"{what.house.alias}/{what.seed}/outbox".encode()
    outbox = MemoryOutbox(UNBOUNDED)
    outbox.stream = sha256(seed).hexdigest()[:DIGEST_DIGITS]
    upkeep = Retention(outbox, settings.alias, IdSource(seed), state_channels(what.house), options)
    return Upkept(Session(settings, outbox, link_ids), upkeep)


def _add_devices(runtime: VirtualRuntime, house: House, site: SimulatedSite, plant: Plant) -> None:
    actors = device_actors(house, site)
    for alias, actor in actors.items():
        if isinstance(actor, ActuatorActor):
            runtime.add(alias, actor)
    runtime.add(SENSORS_NAME, QuietSensors([actor for actor in actors.values() if isinstance(actor, SensorActor)], plant))


def uplink_of(node: str) -> str:
    """Name of a node's end of the uplink."""
    return f"{node}/{UPLINK}"


def _planner_of(what: Simulation) -> str:
    """Beside which node a planner runs; empty if none does."""
    if what.planning is None:
        return ""
    return ATN_NAME if what.contract is ContractPlan.PLANNED else SCADA_NAME


def _route(house: House, *, keeping: bool, planner: str) -> Callable[[str, Event], tuple[str, ...]]:
    """Who gets what: devices talk to the SCADA, the three nodes to their ends of the uplink, and those to each other."""
    to_planner: tuple[str, ...] = (PLANNER,) if planner else ()
    mailboxes: dict[str, tuple[str, ...]] = {alias: (alias,) for alias in house.nodes}
    if planner == SCADA_NAME and house.heating.heat_source:
        mailboxes[house.heating.heat_source] += to_planner
    sends = {node: (uplink_of(node),) for node in (SCADA_NAME, ATN_NAME, EAR_NAME)}
    unheard = {Keep, Append, LeaseChanged, MinimumTime, Outcome, Note}  # of a node: nobody keeps a simulated house's state
    nodes: dict[str, tuple[str, ...]] = {uplink_of(node): (node,) for node in (SCADA_NAME, ATN_NAME, EAR_NAME)}
    if planner == ATN_NAME:
        nodes[uplink_of(ATN_NAME)] = (ATN_NAME, *to_planner)
    to_heating = (planner,) if planner else ()
    to_scada, to_keeper, nobody = (SCADA_NAME,), ((KEEPER,) if keeping else ()), ()
    readings_to = (*to_scada, *to_planner) if planner == SCADA_NAME else to_scada

    def route(source: str, event: Event) -> tuple[str, ...]:
        kind = type(event)
        if kind is Command:
            return mailboxes[event.node]  # type: ignore[attr-defined]
        if kind is Send:
            return sends[source] if event.link == UPLINK else (REPORTS,)  # type: ignore[attr-defined]
        if kind is LinkAsked or kind is Gate:
            return sends[source]
        if kind is ModeChanged:
            return (MODE_CLOCK,)
        if kind is Persist or kind is Commit:
            return to_keeper
        if kind is Switched or kind is PricesHeard or kind is WeatherHeard or kind is NeedHeard:
            return to_planner
        if kind is FollowSchedule:
            return to_heating
        if kind is Readings:
            return readings_to
        if kind is Note or (kind in unheard and source in sends):
            return nobody
        if source in nodes:
            return nodes[source] if kind is Received or kind is LinkChanged else nobody
        return to_scada

    return route
