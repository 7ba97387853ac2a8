"""`gws run`: everything that belongs on the Pi, in one process; with `--demo` a whole simulated world around it."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption

if TYPE_CHECKING:
    from gw_spaceheat.apps.settings import Settings
    from gw_spaceheat.runtime.clock import Clock

NO_BROKER = "none"
NOWHERE = "none"

HouseOption = Annotated[
    str | None, typer.Option("--house", help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="House file or folder; the settings' without it.", show_default=False)
]
RecordOption = Annotated[
    Path | None, typer.Option(help="Keep a record of the SCADA's causes and effects in this file.", show_default=False)
]
StrategyOption = Annotated[
    str | None, typer.Option(help="Strategy of local heating; the house's own without it.", show_default=False)
]
SecondsOption = Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)]
BrokerOption = Annotated[str | None, typer.Option(help="Broker for the uplink, in place of the settings'.", show_default=False)]
LocalBrokerOption = Annotated[
    str | None,
    typer.Option(help="Broker for the house's own bus, in place of the settings'; none for no bus.", show_default=False),
]
HealthOption = Annotated[
    str | None,
    typer.Option(
        "--health",
        metavar="[HOST:]PORT",
        help="Serve /healthz and /metrics there, in place of the settings'; port 0 for a free one, none for nowhere.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks of a process on the Pi; None where the settings or the house say it."""

    house: str | None = None
    file: Path | None = None
    strategy: str | None = None
    record: Path | None = None
    health: str | None = None
    broker: str | None = None
    local_broker: str | None = None
    embedded: bool = False
    nodes: tuple[str, ...] | None = None
    speed: float | None = None
    start: datetime | None = None
    origin: float | None = None
    seconds: float | None = None
    owner: int | None = None


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("run", help="Run the SCADA and all devices of a house until Ctrl-C or SIGTERM.")
    def run(
        house: HouseOption = None,
        file: FileOption = None,
        strategy: StrategyOption = None,
        record: RecordOption = None,
        health: HealthOption = None,
        broker: BrokerOption = None,
        local_broker: LocalBrokerOption = None,
        embedded: Annotated[
            bool, typer.Option("--embedded", help="Start a private broker and use it for uplink and local bus.")
        ] = False,
        demo: Annotated[
            bool, typer.Option("--demo", help="Start brokers, AtomicTNode and Ear as well, in a Maine winter, 60 times faster.")
        ] = False,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: SecondsOption = None,
        owner: OwnerOption = None,
    ) -> None:
        """Run the daemon, or the demonstration."""
        if demo:
            from gw_spaceheat.apps.demo import run_demo

            raise typer.Exit(run_demo(house, file, speed, start, seconds, typer.echo, health))
        wanted = Wanted(
            house=house,
            file=file,
            strategy=strategy,
            record=record,
            health=health,
            broker=broker,
            local_broker=local_broker,
            embedded=embedded,
            speed=speed,
            start=start,
            origin=origin,
            seconds=seconds,
            owner=owner,
        )
        raise typer.Exit(run_here(wanted))


def run_here(wanted: Wanted) -> int:
    """Run actors of a house in this process until a signal comes; see `apps/local.py`."""
    from gw_spaceheat.apps.clocks import house_clock, system_clock
    from gw_spaceheat.apps.connections import embedded_broker
    from gw_spaceheat.apps.contracts import open_contract_side
    from gw_spaceheat.apps.houses import house_to_start
    from gw_spaceheat.apps.local import LocalRequest, has_scada, local_links, local_runtime
    from gw_spaceheat.apps.outboxes import open_outbox
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.slots import open_slot_readings
    from gw_spaceheat.core.contract.life import Side

    settings = read_settings()
    log = start_log(settings.log_level)
    house, warnings = house_to_start(wanted.file or settings.houses_path(), wanted.house or settings.atn_alias)
    for warning in warnings:
        log.warning("%s", warning)
    uplink_url, local_url = wanted.broker or settings.uplink_url, wanted.local_broker or settings.local_url
    broker = None
    if wanted.embedded or uplink_url is None or local_url is None:
        broker = embedded_broker(settings)
        settings = settings.model_copy(update={"mqtt_version": 5 if broker.version.value == "5" else 3})
        uplink_url = broker.url if wanted.embedded else uplink_url or broker.url
        local_url = broker.url if wanted.embedded else local_url or broker.url
    try:
        request = LocalRequest(
            house=house,
            nodes=wanted.nodes,
            uplink_url=uplink_url,
            local_url=None if local_url == NO_BROKER else local_url,
            strategy=wanted.strategy,
            record=wanted.record or settings.record_file,
        )
        life = start_life(log, wanted.owner)
        listen = _listen(wanted, settings)
        with ExitStack() as opened:
            contract = outbox = slots = health = None
            living: Callable[[], Clock] = system_clock
            if has_scada(house, wanted.nodes):
                contract = opened.enter_context(closing(open_contract_side(house, Side.SCADA, settings)))
                outbox = opened.enter_context(closing(open_outbox(house, settings)))
                slots = opened.enter_context(closing(open_slot_readings(house, settings, contract)))
                living = partial(house_clock, house, settings, slots)
            clock = clock_for(wanted.speed or settings.speed, wanted.start, wanted.origin, living)
            if listen is not None and has_scada(house, wanted.nodes):
                from gw_spaceheat.apps.health import Health

                health = Health(house.alias, clock, life, local_links(request))
            runtime, stop_order = local_runtime(request, settings, clock, life, contract, outbox=outbox, slots=slots)
            if health is not None and listen is not None:
                opened.enter_context(health.served(listen, runtime, log))
            log.info("%s: %d actors, uplink %s", house.alias, len(runtime.report()), uplink_url)
            return life.live(runtime, stop_order, wanted.seconds)
    finally:
        if broker is not None:
            broker.stop()


def _listen(wanted: Wanted, settings: "Settings") -> str | None:
    from gw_spaceheat.apps.settings import listen_address

    if wanted.health is None:
        return settings.health_listen
    if wanted.health == NOWHERE:
        return None
    try:
        listen_address(wanted.health)
    except ValueError as error:
        raise typer.BadParameter(f"{wanted.health}: {error}", param_hint="--health") from None
    return wanted.health
