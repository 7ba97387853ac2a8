"""A house in virtual time: the very actors and machines of the daemon over a simulated plant, with its AtomicTNode and an Ear.

Nothing here decides; it joins plant, devices, SCADA, AtomicTNode, Ear and a loopback link, lets time pass, and adds up what
came out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.quiet_sensors import QuietSensors
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.accountant import Accountant
from gw_spaceheat.apps.devices import device_actors
from gw_spaceheat.core.atn import AtnOptions, AtomicTNode
from gw_spaceheat.core.ear import Ear
from gw_spaceheat.core.events import Carried, Command, Commit, Event, LinkChanged, Note, Persist, Received, Send
from gw_spaceheat.core.heating import heating_machine
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.safety import safety_machine
from gw_spaceheat.core.scada import ATN, UPLINK, Scada
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import House
from gw_spaceheat.links.loopback import Loopback
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.faults import SensorFault
from gw_spaceheat.plant.plant import Plant, Totals
from gw_spaceheat.runtime.virtual import VirtualRuntime
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

SCADA_NAME = "scada"
ATN_NAME = "atn"
EAR_NAME = "ear"
SENSORS_NAME = "sensors"
SNAPSHOT_PERIOD_S = 3600

Tap = Callable[[str, bytes], None]


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
        skipping: Pass over scans that capture nothing; False for proof that it changes nothing.
        strict: Decode every message from its bytes, as a broker would have it.
    """

    house: House
    drive: Drive
    hours: int
    strategy: str | None = None
    seed: int = 1
    compiled: bool = False
    step_s: float = 10.0
    faults: tuple[SensorFault, ...] = ()
    skipping: bool = True
    strict: bool = False


@dataclass(slots=True)
class Watched:
    """What is counted while a simulation runs."""

    messages: Counter[str] = field(default_factory=Counter)
    readings: int = 0
    notes: list[tuple[Moment, str, Note]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a simulation.

    Attributes:
        totals: Energies, comfort and starts.
        energy_wh: Electricity of each hour [Wh].
        messages: Number of messages sent on the uplink, by type name.
        readings: Readings in reports that the Ear heard.
        notes: What the machines noted.
        digest: Hash of every message sent: topic and payload, in order.
        calls: Calls of machines and actors, for profiling.
        store_energy_change_wh: Heat that store and buffer hold more than at the start, above the house's lowest supply [Wh].
    """

    totals: Totals
    energy_wh: tuple[float, ...]
    messages: dict[str, int]
    readings: int
    notes: tuple[tuple[Moment, str, Note], ...]
    digest: str
    calls: int
    store_energy_change_wh: float


class Store:
    """Hands the Ear's messages on to a keeper."""

    def __init__(self, keep: Callable[[Event], None]) -> None:
        """Remember the keeper, which takes `Persist` and `Commit`."""
        self._keep = keep

    def handle(self, event: Event, now: Moment) -> tuple[Event, ...]:  # noqa: ARG002
        """Keep."""
        if isinstance(event, Persist | Commit):
            self._keep(event)
        return ()

    def wake(self, now: Moment) -> tuple[Event, ...]:  # noqa: ARG002 - it asks for no time
        """Nothing falls due here."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


def simulate(
    what: Simulation,
    *,
    on_hour: Callable[[int], None] = lambda _hour: None,
    tap: Tap | None = None,
    keep: Callable[[Event], None] | None = None,
) -> Outcome:
    """Run a house through virtual time.

    Args:
        what: What to simulate.
        on_hour: Is told how many hours are over, each hour.
        tap: Is shown topic and payload of every message on the uplink.
        keep: Takes what the Ear wants kept.

    Raises:
        ValueError: House, drive or strategy cannot be simulated; the text says what and why.
    """
    start_ms = what.drive.start_ms
    plant = Plant.build(
        what.house,
        what.drive,
        seed=what.seed,
        start_ms=start_ms,
        step_s=what.step_s,
        compiled=what.compiled,
        faults=what.faults,
    )
    watched = Watched()
    digest = blake2b(digest_size=16)
    update = digest.update

    def see(topic: str, payload: bytes) -> None:
        update(topic.encode())
        update(payload)
        if tap is not None:
            tap(topic, payload)

    def note(now: Moment, source: str, told: Note) -> None:
        watched.notes.append((now, source, told))

    runtime = VirtualRuntime(start_ms, _route(what.house, keeping=keep is not None), note, skipping=what.skipping)
    site = SimulatedSite(plant, lambda: runtime.now.wall_ms)
    seed = f"{what.house.alias}/{what.seed}".encode()

    def electricity_wh(wall_ms: int) -> float:
        plant.advance(wall_ms)
        return plant.electricity_wh

    accountant = Accountant(electricity_wh, on_hour)
    heating = heating_machine(what.house, what.strategy)
    scada = Scada(what.house, heating, safety_machine(what.house), IdSource(seed + b"/s"))
    atn = AtomicTNode(what.house, IdSource(seed + b"/a"), AtnOptions(snapshot_period_s=SNAPSHOT_PERIOD_S))
    ear = Listening(Ear(), watched)
    wire = Loopback(see, strict=what.strict)
    to_scada = f"gw/{what.house.alias.replace('.', '-')}/to/s/#"
    to_atn = f"gw/{what.house.scada_alias.replace('.', '-')}/to/{ATN}/#"
    runtime.add("accountant", accountant)
    runtime.add(SCADA_NAME, scada)
    runtime.add(ATN_NAME, atn)
    runtime.add(EAR_NAME, ear)
    if keep is not None:
        runtime.add("store", Store(keep))
    for node, alias, peer, filters in (
        (SCADA_NAME, what.house.scada_alias, ATN, to_scada),
        (ATN_NAME, what.house.alias, "s", to_atn),
        (EAR_NAME, "ear", "", "gw/#"),
    ):
        session = Session(SessionSettings(link=UPLINK, alias=alias, peer=peer), MemoryOutbox())
        runtime.add(uplink_of(node), wire.end(uplink_of(node), session, [filters]))
    actors = device_actors(what.house, site)
    for alias, actor in actors.items():
        if isinstance(actor, ActuatorActor):
            runtime.add(alias, actor)
    runtime.add(SENSORS_NAME, QuietSensors([actor for actor in actors.values() if isinstance(actor, SensorActor)], plant))

    store_at_start_wh = plant.store_energy_wh(what.house.heating.curve.minimum_c)
    runtime.run(what.hours * HOUR_MS)
    plant.advance(start_ms + what.hours * HOUR_MS)
    totals = plant.totals()
    change_wh = plant.store_energy_wh(what.house.heating.curve.minimum_c) - store_at_start_wh
    runtime.stop()
    return Outcome(
        totals=totals,
        energy_wh=tuple(accountant.energy_wh),
        messages=dict(watched.messages),
        readings=watched.readings,
        notes=tuple(watched.notes),
        digest=digest.hexdigest(),
        calls=runtime.calls,
        store_energy_change_wh=change_wh,
    )


class Listening:
    """The Ear, with somebody who counts what it hears."""

    def __init__(self, ear: Ear, watched: Watched) -> None:
        """Remember both."""
        self._ear = ear
        self._watched = watched

    def handle(self, event: Event, now: Moment) -> Iterable[Event]:
        """Count, then let the Ear hear."""
        if isinstance(event, Received):
            message = event.message
            self._watched.messages[message.type_name()] += 1
            report = getattr(message, "report", None)
            if report is not None:
                self._watched.readings += sum(len(channel.value_list) for channel in report.channel_reading_list)
        return self._ear.handle(event, now)

    def wake(self, now: Moment) -> Iterable[Event]:
        """As the Ear."""
        return self._ear.wake(now)

    def deadline(self) -> int | None:
        """As the Ear."""
        return self._ear.deadline()


def uplink_of(node: str) -> str:
    """Name of a node's end of the uplink."""
    return f"{node}/{UPLINK}"


def _route(house: House, *, keeping: bool) -> Callable[[str, Event], tuple[str, ...]]:
    """Who gets what: devices talk to the SCADA, the three nodes to their ends of the uplink, and those to each other."""
    mailboxes = {alias: (alias,) for alias in house.nodes}
    mailboxes |= {uplink_of(node): (uplink_of(node),) for node in (SCADA_NAME, ATN_NAME, EAR_NAME)}
    nodes = {uplink_of(node): (node,) for node in (SCADA_NAME, ATN_NAME, EAR_NAME)}
    to_scada, to_store, nobody = (SCADA_NAME,), (("store",) if keeping else ()), ()

    def route(source: str, event: Event) -> tuple[str, ...]:
        kind = type(event)
        if kind is Carried:
            return mailboxes[event.to]  # type: ignore[attr-defined]
        if kind is Command:
            return mailboxes[event.node]  # type: ignore[attr-defined]
        if kind is Send:
            return mailboxes[uplink_of(source)]
        if kind is Persist or kind is Commit:
            return to_store
        if kind is Note:
            return nobody
        if source in nodes:
            return nodes[source] if kind is Received or kind is LinkChanged else nobody
        return to_scada

    return route
