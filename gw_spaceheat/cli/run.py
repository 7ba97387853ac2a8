"""`gws run`: everything that belongs on the Pi, in one process; with `--demo` a whole simulated world around it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for

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


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("run", help="Run the SCADA and all devices of a house until Ctrl-C or SIGTERM.")
    def run(
        house: HouseOption = None,
        file: FileOption = None,
        strategy: StrategyOption = None,
        record: RecordOption = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: SecondsOption = None,
        broker: Annotated[
            str | None,
            typer.Option(help="Broker for uplink and local bus, in place of the settings'.", show_default=False),
        ] = None,
        embedded: Annotated[
            bool, typer.Option("--embedded", help="Start a private broker and use it for uplink and local bus.")
        ] = False,
        demo: Annotated[
            bool, typer.Option("--demo", help="Start broker, AtomicTNode and Ear as well, in a Maine winter, 60 times faster.")
        ] = False,
    ) -> None:
        """Run the daemon, or the demonstration."""
        if demo:
            from gw_spaceheat.apps.demo import run_demo

            raise typer.Exit(run_demo(house, file, speed, start, seconds, typer.echo))
        code = run_here(
            None, house, file, strategy, record, speed, start, origin, seconds, broker_url=broker, embedded=embedded
        )
        raise typer.Exit(code)


def run_here(
    nodes: tuple[str, ...] | None,
    house: str | None,
    file: Path | None,
    strategy: str | None,
    record: Path | None,
    speed: float | None,
    start: datetime | None,
    origin: float | None,
    seconds: float | None,
    *,
    broker_url: str | None = None,
    embedded: bool = False,
) -> int:
    """Run actors of a house in this process; see `apps/local.py`."""
    from gw_spaceheat.apps.connections import embedded_broker
    from gw_spaceheat.apps.houses import house_to_start
    from gw_spaceheat.apps.local import LocalRequest, local_runtime
    from gw_spaceheat.apps.process import Life, start_log
    from gw_spaceheat.apps.settings import read_settings

    settings = read_settings()
    log = start_log(settings.log_level)
    found, warnings = house_to_start(file or settings.houses_path(), house or settings.atn_alias)
    for warning in warnings:
        log.warning("%s", warning)
    if broker_url is not None:
        settings = settings.model_copy(update={"uplink_url": broker_url, "local_url": broker_url})
    broker = None
    if embedded or settings.uplink_url is None:
        broker = embedded_broker(settings)
        settings = settings.model_copy(update={"mqtt_version": 5 if broker.version.value == "5" else 3})
    try:
        uplink_url = broker.url if broker is not None else settings.uplink_url or ""
        local_url = broker.url if broker is not None and (embedded or settings.local_url is None) else settings.local_url
        request = LocalRequest(
            house=found,
            nodes=nodes,
            uplink_url=uplink_url,
            local_url=local_url,
            strategy=strategy,
            record=record or settings.record_file,
        )
        clock = clock_for(settings.speed if speed is None else speed, start, origin)
        life = Life(log)
        runtime, stop_order = local_runtime(request, settings, clock, life)
        log.info("%s: %d actors, uplink %s", found.alias, len(runtime.report()), uplink_url)
        return life.live(runtime, stop_order, seconds)
    finally:
        if broker is not None:
            broker.stop()
