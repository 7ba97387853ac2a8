"""The daemon on the Pi: the SCADA, the devices' actors, the uplink and the house's own bus, a thread each.

The same function starts all of a house or any part of it; the parts of one house, spread over several processes, find each
other on the local broker.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

import gw_spaceheat
from gw_spaceheat.actors.local_bus import LINK as LOCAL
from gw_spaceheat.actors.local_bus import SCADA as SCADA_ON_BUS
from gw_spaceheat.actors.local_bus import LocalBus, subscriptions
from gw_spaceheat.actors.slot_keeper import SlotKeeper
from gw_spaceheat.actors.twin import Twin
from gw_spaceheat.apps.connections import local_mqtt_settings, mqtt_settings, on_wire, retention_options, session_link
from gw_spaceheat.apps.contracts import ContractSide
from gw_spaceheat.apps.devices import device_actor, device_nodes
from gw_spaceheat.apps.home_assistant import announcements
from gw_spaceheat.apps.live_plant import live_site
from gw_spaceheat.apps.planner import PLANNER, planned, planner
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.contract.log import NO_ENTRIES, LogHead
from gw_spaceheat.core.contract.party import NO_KEYS, Keys
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import ScadaMemory
from gw_spaceheat.core.events import (
    Command,
    Event,
    FollowSchedule,
    Garbled,
    Gate,
    LinkAsked,
    LinkChanged,
    LinkFigures,
    LookedAt,
    Note,
    PricesHeard,
    Readings,
    Received,
    Scanned,
    Send,
    WeatherHeard,
)
from gw_spaceheat.core.heating import heating_machine, minimum_times
from gw_spaceheat.core.link.outbox import Outbox
from gw_spaceheat.core.link.session import SessionSettings
from gw_spaceheat.core.link.upkept import Upkeep
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.retention.retention import Retention
from gw_spaceheat.core.safety import safety_machine
from gw_spaceheat.core.scada import ATN, UPLINK, Scada
from gw_spaceheat.core.telemetry.clock_label import ClockKnown
from gw_spaceheat.core.telemetry.completeness import COMPLETENESS
from gw_spaceheat.core.telemetry.completeness_memory import CompletenessMemory
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House, UnsignedCommands, state_channels
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.runtime.clock import Clock, SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.record import Recorder, Recording
from gw_spaceheat.runtime.record_lines import Header
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.stores.slot_readings import SlotReadings
from gw_spaceheat.vocabulary.ids import DigitSource, IdSource
from gw_spaceheat.vocabulary.roles import ActorClass

BUS = "bus"
TWIN = "twin"
KEEPER = "slot-keeper"
SCADA_LATE_MS = 10_000
LINK_LATE_MS = 15_000
DEVICE_LATE_MS = 20_000
KEEPER_LATE_MS = 60_000
"""A card that is worn out, or busy with other things, takes its time for a sync; nobody waits for it."""


class NothingToRunError(ValueError):
    """The nodes that were asked for have no actor; says which have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRequest:
    """What to run.

    Attributes:
        house: The house.
        nodes: Aliases of the nodes whose actors run in this process; None for every actor meant for the Pi.
        uplink_url: Broker of the AtomicTNode.
        local_url: The house's own broker; None for no local bus.
        strategy: Strategy of local heating; None for the house's own.
        seed: Seed of the simulated house.
        record: File for the record of the SCADA's causes and effects; None for none.
    """

    house: House
    nodes: tuple[str, ...] | None
    uplink_url: str
    local_url: str | None
    strategy: str | None = None
    seed: int = 1
    record: Path | None = None


def local_nodes(house: House) -> tuple[str, ...]:
    """Aliases of the nodes with an actor that can run on the Pi: the SCADA and the devices.

    Local control (the HomeAlone node) is part of the SCADA's own machine, so that heating never depends on another process.
    """
    scada = tuple(alias for alias, node in house.nodes.items() if node.actor is ActorClass.Scada)
    return (*scada, *device_nodes(house))


def has_scada(house: House, nodes: Collection[str] | None) -> bool:
    """Whether the SCADA is among these nodes; None for every actor meant for the Pi."""
    return nodes is None or any(house.nodes[alias].actor is ActorClass.Scada for alias in nodes if alias in house.nodes)


def local_links(request: LocalRequest) -> tuple[str, ...]:
    """The links of the SCADA's process."""
    return (UPLINK,) if request.local_url is None else (UPLINK, LOCAL)


def scada_machine(
    house: House,
    strategy: str | None,
    seed: bytes,
    *,
    memory: ScadaMemory | None = None,
    head: LogHead = NO_ENTRIES,
    keys: Keys = NO_KEYS,
    counted: CompletenessMemory | None = None,
    unreported: Sequence[Readings] = (),
    clock: ClockKnown | None = None,
) -> Scada:
    """The SCADA of a house; the same seed gives the same identifiers, so that a record can be replayed.

    Args:
        house: The house.
        strategy: Strategy of local heating; None for the house's own.
        seed: Seed of its identifiers.
        memory: What its side of the contracts kept; None for the first time.
        head: Where its contract log stands.
        keys: What it signs and verifies with.
        counted: What it had counted of the hour's readings; None for the first time.
        unreported: What was captured before a restart, and is in no report yet.
        clock: What is known of its clock; None for one that runs faster than life.
    """
    new_id = IdSource(seed)
    side = ScadaSide(
        house,
        new_id,
        DigitSource(new_id),
        memory=memory,
        head=head,
        keys=keys,
        allow_bare=house.unsigned_commands is UnsignedCommands.allow,
    )
    return Scada(
        house,
        heating_machine(house, strategy),
        safety_machine(house),
        side,
        new_id,
        minimum_times=minimum_times(house, strategy),
        counted=counted,
        unreported=unreported,
        clock=clock,
    )


def recorded_scada(house: House, header: Header) -> Scada:
    """The SCADA that a record's header describes. It has no keys: what it says again is not signed."""
    options = header.options
    memory, counted, clock = options.get("memory"), options.get("counted"), options.get("clock")
    return scada_machine(
        house,
        options.get("strategy"),
        bytes.fromhex(str(options["seed"])),
        memory=None if memory is None else msgspec.convert(memory, ScadaMemory),
        head=msgspec.convert(options.get("head", {}), LogHead),
        counted=None if counted is None else msgspec.convert(counted, CompletenessMemory),
        unreported=msgspec.convert(options.get("unreported", []), list[Readings]),
        clock=None if clock is None else msgspec.convert(clock, ClockKnown),
    )


def local_runtime(
    request: LocalRequest,
    settings: Settings,
    clock: Clock,
    life: Life,
    contract: ContractSide[ScadaMemory] | None = None,
    site: SimulatedSite | None = None,
    outbox: SqliteOutbox | None = None,
    slots: SlotReadings | None = None,
) -> tuple[ThreadedRuntime, list[list[str]]]:
    """Everything of a process on the Pi, not yet started, and the order in which it must stop.

    Args:
        request: What to run.
        settings: The process's settings.
        clock: Its clock.
        life: Gets notes and deaths.
        contract: Where the SCADA keeps its side of the contracts, open, and its keys; None to keep nothing and sign nothing.
        site: The simulated house behind its simulated devices; None to make one if it is needed.
        outbox: Where the SCADA's messages wait for the AtomicTNode, open; None to keep them in memory.
        slots: Where its readings wait for their report, open; None to keep them in memory.

    Raises:
        NothingToRunError: A node that was asked for has no actor.
        CannotPlanError: Its strategy is to plan, and the house cannot be planned for.
        DeviceError: A device has no driver.
        BadUrl: A broker's URL cannot be understood.
        ValueError: The simulated house, or the strategy, is not complete.
    """
    house = request.house
    here = _chosen(house, request.nodes)
    scada_alias = next((alias for alias in here if house.nodes[alias].actor is ActorClass.Scada), None)
    site = site or _site(house, here, request.seed, clock)
    hosted: list[Hosted] = []

    def post_to(name: str) -> Callable[[Event], None]:
        return lambda event: runtime.post(name, event)

    if scada_alias is not None:
        hosted.append(_hosted_scada(request, scada_alias, clock, contract, slots))
        if slots is not None:
            hosted.append(Hosted(KEEPER, SlotKeeper(slots), late_after_ms=KEEPER_LATE_MS))
        hosted.append(_uplink(request, settings, clock, post_to(UPLINK), outbox))
    if request.local_url is not None:
        hosted += _local_bus(request, settings, clock, here, post_to(LOCAL))
        if site is not None:
            hosted.append(Hosted(TWIN, Twin(house, site)))
    if scada_alias is not None and planned(house, request.strategy):
        hosted += planner(house, settings, UPLINK, house.scada_alias)
    devices = [alias for alias in here if alias != scada_alias]
    memory = None if contract is None else contract.memory()
    fence = 0 if memory is None else memory.lease.token
    hosted += [_hosted_device(house, alias, site, fence) for alias in devices]
    names = {one.name for one in hosted}
    route = _route(scada_alias, frozenset(names), devices)
    options = Options(troubles_to=scada_alias, look_every_s=life.look_every_s, seed=int.from_bytes(fresh_seed()[:3]))
    runtime = ThreadedRuntime(clock, route, hosted, life.observers, options)
    order = [[scada_alias or "", PLANNER], devices, [BUS, TWIN, KEEPER], [UPLINK, LOCAL]]
    return runtime, [[name for name in group if name in names] for group in order]


def _chosen(house: House, nodes: Sequence[str] | None) -> tuple[str, ...]:
    possible = local_nodes(house)
    if nodes is None:
        return possible
    strange = [alias for alias in nodes if alias not in possible]
    if strange or not nodes:
        what = f"{', '.join(strange)} of {house.alias} cannot be run" if strange else "no actor was named"
        raise NothingToRunError(f"{what}; actors are there for {', '.join(possible)}")
    return tuple(alias for alias in possible if alias in nodes)


def _site(house: House, here: Collection[str], seed: int, clock: Clock) -> SimulatedSite | None:
    simulated = house.plant is not None and any(
        house.nodes[alias].component and _is_simulated(house, alias) for alias in here if alias in device_nodes(house)
    )
    return live_site(house, seed, lambda: clock.now().wall_ms) if simulated else None


def _is_simulated(house: House, alias: str) -> bool:
    return house.components[house.nodes[alias].component].make_model.startswith("GridWorks__Sim")


def _hosted_scada(
    request: LocalRequest,
    alias: str,
    clock: Clock,
    contract: ContractSide[ScadaMemory] | None,
    slots: SlotReadings | None,
) -> Hosted:
    def make() -> Machine:
        seed = fresh_seed()  # a machine made after a failure must not say again what the one before has said
        memory = None if contract is None else contract.memory()
        head = NO_ENTRIES if contract is None else contract.head()
        keys = NO_KEYS if contract is None else contract.keys
        counted = None if contract is None else contract.store.state(COMPLETENESS, CompletenessMemory)
        unreported = () if slots is None else slots.unreported()
        known = _known(clock)
        machine: Machine = scada_machine(
            request.house,
            request.strategy,
            seed,
            memory=memory,
            head=head,
            keys=keys,
            counted=counted,
            unreported=unreported,
            clock=known,
        )
        if request.record is not None:
            options = {"seed": seed.hex(), "strategy": request.strategy}
            options |= {"memory": msgspec.to_builtins(memory), "head": msgspec.to_builtins(head)}
            options |= {"counted": msgspec.to_builtins(counted), "unreported": msgspec.to_builtins(unreported)}
            options |= {"clock": msgspec.to_builtins(known)}
            header = Header(request.house.alias, alias, options, gw_spaceheat.__version__)
            machine = Recording(machine, Recorder(request.record, header))
        return machine if contract is None else contract.durable(machine)

    return Hosted(alias, make(), late_after_ms=SCADA_LATE_MS, critical=True, factory=make)


def _known(clock: Clock) -> ClockKnown | None:
    """What is known of a clock of life."""
    if not isinstance(clock, SystemClock):
        return None
    return ClockKnown(clock.dating.boot, clock.synchronised, clock.dating.awaits)


def _uplink(
    request: LocalRequest, settings: Settings, clock: Clock, post: Callable[[Event], None], outbox: SqliteOutbox | None
) -> Hosted:
    house = request.house
    transport = mqtt_settings(
        settings, request.uplink_url, on_wire(house.scada_alias), (f"gw/{on_wire(house.alias)}/to/{SCADA_ON_BUS}/#",)
    )
    session = SessionSettings(link=UPLINK, alias=house.scada_alias, peer=ATN, tells_peer=True, order=settings.upload_order)

    def upkeep(kept: Outbox) -> Upkeep:
        new_id, options = IdSource(fresh_seed()), retention_options(settings)
        return Retention(kept, house.scada_alias, new_id, state_channels(house), options)

    link = session_link(transport, session, post, clock, _jitter_seed(), outbox, upkeep)
    return Hosted(UPLINK, link, late_after_ms=LINK_LATE_MS)


def _local_bus(
    request: LocalRequest, settings: Settings, clock: Clock, here: Sequence[str], post: Callable[[Event], None]
) -> list[Hosted]:
    house, url = request.house, request.local_url or ""
    client = f"{on_wire(house.scada_alias)}-local-{fresh_seed()[:4].hex()}"
    heard = subscriptions(house, here)
    if house.plant is not None and f"gw/+/to/{SCADA_ON_BUS}/#" not in heard:
        heard = (*heard, f"gw/+/to/{SCADA_ON_BUS}/synced-readings")
    transport = local_mqtt_settings(settings, url, request.uplink_url, client, heard)
    if settings.home_assistant and has_scada(house, here):
        transport = replace(transport, announced=announcements(house))
    session = SessionSettings(link=LOCAL, alias=client)  # not the SCADA's name, or what it says elsewhere would be our own echo
    return [
        Hosted(BUS, LocalBus(house, here, IdSource(fresh_seed()), door_is_open=settings.human_door)),
        Hosted(LOCAL, session_link(transport, session, post, clock, _jitter_seed()), late_after_ms=LINK_LATE_MS),
    ]


def _hosted_device(house: House, alias: str, site: SimulatedSite | None, fence: int) -> Hosted:
    def make() -> Machine:
        return device_actor(house, alias, site, fence)

    return Hosted(alias, make(), late_after_ms=DEVICE_LATE_MS, factory=make)


def _jitter_seed() -> int:
    return int.from_bytes(fresh_seed()[:3])


def _route(scada: str | None, names: frozenset[str], devices: Sequence[str]) -> Callable[[str, Event], tuple[str, ...]]:
    """Who gets what in this process; whoever is elsewhere is reached over the bus."""
    to_scada = () if scada is None else (scada,)
    to_bus = (BUS,) if BUS in names else ()
    to_twin = (TWIN,) if TWIN in names else ()
    to_planner = (PLANNER,) if PLANNER in names else ()
    to_devices = tuple(devices)
    to_keeper = (KEEPER,) if KEEPER in names else ()  # before the SCADA, so that what it reports was kept before

    def route(source: str, event: Event) -> tuple[str, ...]:
        if isinstance(event, Note | LinkFigures):
            return ()  # for whoever looks in from outside
        if isinstance(event, PricesHeard | WeatherHeard):
            return to_planner
        if isinstance(event, FollowSchedule):
            return to_scada
        if to_keeper and isinstance(event, Send) and event.link == UPLINK and isinstance(event.message, ReportEvent):
            return (UPLINK, *to_keeper)
        if isinstance(event, Send | LinkAsked | Gate):
            return (event.link,) if event.link == UPLINK or event.link in names else ()  # there may be no bus
        if isinstance(event, Command):
            return (event.node, *to_planner) if event.node in names else (*to_bus, *to_planner)
        if source == UPLINK:
            return () if isinstance(event, Garbled) else to_scada  # what cannot be read is no cause of anything
        if source == LOCAL:
            return to_bus if isinstance(event, Received | LinkChanged) else ()
        if isinstance(event, LookedAt):
            return to_devices
        if isinstance(event, Scanned):
            return to_bus
        if source == BUS:
            return (*to_keeper, *to_scada, *to_planner, *to_twin) if isinstance(event, Readings) else to_scada
        if source == scada:
            return to_bus  # who has the house, and what became of a person's command: persons ask over the bus
        if isinstance(event, Readings):
            return (*to_keeper, *to_scada, *to_planner, *to_bus)
        return (*to_scada, *to_bus)

    return route
