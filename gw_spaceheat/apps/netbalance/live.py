"""The two processes of a net balance in a house: one stores what is, the other switches loads. And the word that ends it.

Each reads the meter by itself, so that neither needs the other.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from gw_spaceheat.actors.actuator import ActuatorActor
from gw_spaceheat.actors.balance_keeper import BalanceKeeper
from gw_spaceheat.actors.point_writer import PointWriter
from gw_spaceheat.actors.sensor import SensorActor
from gw_spaceheat.apps.netbalance.site_file import InfluxStore, Relay, Site, SiteFileError, device_node
from gw_spaceheat.apps.process import Life, fresh_seed
from gw_spaceheat.core.events import Command, Commit, Event, LinkFigures, Note, Persist
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.netbalance.live import LiveManager, LiveNames
from gw_spaceheat.core.netbalance.live_events import BalanceKept, BalancePoint
from gw_spaceheat.core.netbalance.manager import Kept
from gw_spaceheat.core.netbalance.reporting import PointReporter
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.links.influx import InfluxServer
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.stores.json_file import JsonFile
from gw_spaceheat.stores.point_buffer import PointBuffer
from gw_spaceheat.views.influx_lines import published_lines, tagged_lines
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.roles import Role

MANAGER, KEEPER, REPORTER, WRITER = "manager", "keeper", "reporter", "store"
FOLDER = "netbalance"
"""Folder of what is kept across a restart and of what waits, within the data folder."""
KEPT, WAITING, FILES = "kept.json", "points.sqlite", "ear"
WATCHES = "none"
"""The algorithm of who only watches."""
LATE_MS, DEVICE_LATE_MS, STORE_LATE_MS = 20_000, 30_000, 30_000


def manage(site: Site, folder: Path, clock: Clock, life: Life, seconds: float | None = None) -> int:
    """Switch the loads until a signal comes (or for some seconds), and give the exit code; loads are left to their times.

    Args:
        site: What is managed.
        folder: The process's data folder.
        clock: Tells the time.
        life: Gets notes and deaths.
        seconds: End after this [s]; None to go on.

    Raises:
        OSError: What was kept cannot be read.
    """
    keeping = JsonFile(folder / FOLDER / KEPT)
    kept = keeping.read(Kept, _NOTHING)
    manager = partial(_machine, site, kept=None if kept is _NOTHING else kept)
    hosted = [
        Hosted(MANAGER, manager(), late_after_ms=LATE_MS, critical=True),
        Hosted(KEEPER, BalanceKeeper(keeping), late_after_ms=STORE_LATE_MS),
        *_devices(site),
    ]
    return life.live(_runtime(hosted, clock, life), _stop_order(hosted), seconds)


def monitor(site: Site, folder: Path, clock: Clock, life: Life, seconds: float | None = None) -> int:
    """Store meter, balance and loads until a signal comes (or for some seconds), and give the exit code; nothing is switched.

    Args:
        site: What is watched.
        folder: The process's data folder.
        clock: Tells the time.
        life: Gets notes and deaths.
        seconds: End after this [s]; None to go on.

    Raises:
        SiteFileError: The store that the file names cannot be.
        StoreError, OSError: The store's files cannot be opened, or its secret cannot be read.
    """
    with ExitStack() as stack:
        hosted = [
            Hosted(MANAGER, _machine(site, commands=False), late_after_ms=LATE_MS, critical=True),
            *(_files(site, folder, stack) if site.store is None else _server_of(site, site.store, folder)),
            *_devices(site),
        ]
        return life.live(_runtime(hosted, clock, life), _stop_order(hosted), seconds)


def kept_as(name: str) -> str:
    """Under which alias a site's points are kept in files."""
    return f"netbalance.{re.sub(r'[^a-z0-9]', '', name.lower()) or 'home'}"


def stop(site: Site) -> dict[str, str]:
    """Switch all loads off now, each as far as it can be had; what became of each, empty for well."""
    went: dict[str, str] = {}
    for load, relay in zip(site.loads, site.relays, strict=True):
        driver = relay.driver()
        went[load.name] = ""
        try:
            driver.open()
            driver.write(0.0)
            if driver.read_back() not in (0.0, None):
                went[load.name] = "it was told to go off and says that it is on"
        except DeviceError as error:
            went[load.name] = str(error)
        finally:
            driver.close()
    return went


_NOTHING = Kept(0.0, 0.0, 0.0, 0.0, ())


def _machine(site: Site, kept: Kept | None = None, *, commands: bool = True) -> LiveManager:
    return LiveManager(
        site.manager() if commands else site.manager(WATCHES),
        site.loads,
        names_of(site),
        IdSource(fresh_seed()),
        period_s=site.settings.period.deciding_ms / 1000.0,
        poll_ms=round(site.poll_s * 1000),
        commands=commands,
        kept=kept,
    )


def names_of(site: Site) -> LiveNames:
    """Which node and channel is which."""
    channels = {word: channel.name for word, channel in site.meter_channels.items()}
    return LiveNames(
        meter=site.meter_node.alias,
        production=channels.get("production", ""),
        consumption=channels.get("consumption", ""),
        net=channels.get("net", ""),
        relays=tuple(relay.node.alias for relay in site.relays),
        states=tuple(relay.state.name for relay in site.relays),
        powers=tuple("" if relay.power is None else relay.power.name for relay in site.relays),
        timed=tuple(relay.timed for relay in site.relays),
    )


def _server_of(site: Site, store: InfluxStore, folder: Path) -> list[Hosted]:
    """Points go to a server, and wait on the disk while it is away."""
    writer = PointWriter(
        published_lines if store.layout == "published" else partial(tagged_lines, site=site.name),
        PointBuffer(folder / FOLDER / WAITING, store.most_mb * 1_000_000),
        _server(store),
    )
    return [Hosted(WRITER, writer, late_after_ms=STORE_LATE_MS, critical=True)]


def _files(site: Site, folder: Path, stack: ExitStack) -> list[Hosted]:
    """Points go to files as an Ear's, minute by minute."""
    from gw_spaceheat.actors.ear_store import EarStore  # noqa: PLC0415 - it loads pyarrow, which who has a server is spared
    from gw_spaceheat.stores.readings import ReadingsStore  # noqa: PLC0415

    store = ReadingsStore(folder / FOLDER / FILES)
    store.open()
    stack.callback(store.close)
    reporter = PointReporter(kept_as(site.name), [load.name for load in site.loads], IdSource(fresh_seed()))
    return [
        Hosted(REPORTER, reporter, late_after_ms=LATE_MS),
        Hosted(WRITER, EarStore(store), late_after_ms=STORE_LATE_MS, critical=True),
    ]


def _devices(site: Site) -> list[Hosted]:
    """The actors of meter, relays and loads' meters; each has its own connection."""

    def hosted(name: str, make: Callable[[], Machine]) -> Hosted:
        return Hosted(name, make(), late_after_ms=DEVICE_LATE_MS, factory=make)

    meter = site.meter_node
    found = [hosted(meter.alias, lambda: SensorActor(meter, list(site.meter_channels.values()), site.meter()))]
    for relay in site.relays:
        found.append(hosted(relay.node.alias, partial(_relay_actor, relay)))
        if relay.power is not None:
            found.append(hosted(relay.power.captured_by, partial(_meter_actor, relay)))
    return found


def _relay_actor(relay: Relay) -> ActuatorActor:
    return ActuatorActor(relay.node, relay.state, relay.driver())


def _meter_actor(relay: Relay) -> SensorActor:
    driver, power = relay.meter(), relay.power
    assert driver is not None  # noqa: S101 - asked for only where there is one
    assert power is not None  # noqa: S101
    return SensorActor(device_node(power.captured_by, Role.PowerMeter), [power], driver)


def _runtime(hosted: list[Hosted], clock: Clock, life: Life) -> ThreadedRuntime:
    names = {one.name for one in hosted}
    to_points = next(((name,) for name in (REPORTER, WRITER) if name in names), ())

    def route(source: str, event: Event) -> tuple[str, ...]:
        if isinstance(event, Note | LinkFigures):
            return ()
        if isinstance(event, Command):
            return (event.node,)
        if isinstance(event, BalanceKept):
            return (KEEPER,) if KEEPER in names else ()
        if isinstance(event, BalancePoint):
            return to_points
        if isinstance(event, Persist | Commit):
            return (WRITER,)
        return () if source == MANAGER else (MANAGER,)

    options = Options(troubles_to=MANAGER, look_every_s=life.look_every_s, seed=int.from_bytes(fresh_seed()[:3]))
    return ThreadedRuntime(clock, route, hosted, life.observers, options)


def _stop_order(hosted: list[Hosted]) -> list[list[str]]:
    names = [one.name for one in hosted]
    last = [[name] for name in (KEEPER, REPORTER, WRITER) if name in names]
    devices = [name for name in names if name not in (MANAGER, KEEPER, REPORTER, WRITER)]
    return [[MANAGER], devices, *last]


def _server(store: InfluxStore) -> InfluxServer:
    secret = "" if store.secret_file is None else Path(store.secret_file).read_text(encoding="utf-8").strip()
    try:
        return InfluxServer(
            url=store.url,
            database=store.database,
            organisation=store.organisation,
            bucket=store.bucket,
            user=store.user,
            secret=secret,
        )
    except ValueError as error:
        raise SiteFileError(f"store: url {error}") from None
