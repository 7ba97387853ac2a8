"""`gws meter run`: the electricity meters of a simulated street."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import DATE_FORMATS, FASTEST, SLOWEST
from gw_spaceheat.cli._meters import (
    AnnualOption,
    BrokerOption,
    FaultOption,
    HealthOption,
    HousesOption,
    IntervalOption,
    JitterOption,
    JsonOption,
    LogFileOption,
    NamesOption,
    ProfileOption,
    QueueOption,
    RecordedOption,
    ResolutionOption,
    SecondsOption,
    SeedOption,
    WaterOption,
    ZoneOption,
    broker_of,
    end_ms,
    refuse_bad_address,
    start_ms,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    meter = typer.Typer(help="Electricity meters of a simulated street.", no_args_is_help=True, rich_markup_mode=None)
    meter.callback()(lambda: None)
    meter.command("run")(run)
    app.add_typer(meter, name="meter")


def run(
    broker: BrokerOption = None,
    queue: QueueOption = None,
    profile: ProfileOption = "household",
    houses: HousesOption = None,
    house: NamesOption = None,
    interval: IntervalOption = 10.0,
    jitter: JitterOption = 0.0,
    annual_kwh: AnnualOption = 3500.0,
    hot_water: WaterOption = 0.0,
    recorded: RecordedOption = None,
    resolution_wh: ResolutionOption = 1,
    fault: FaultOption = None,
    seed: SeedOption = 1,
    zone: ZoneOption = "America/New_York",
    start: Annotated[
        datetime | None,
        typer.Option(help="Time of the first readings, local; now without it.", formats=DATE_FORMATS, show_default=False),
    ] = None,
    days: Annotated[float | None, typer.Option(min=0.0001, help="End after so many days.", show_default=False)] = None,
    speed: Annotated[float, typer.Option(min=SLOWEST, max=FASTEST, help="How many times faster than life time passes.")] = 1.0,
    at_once: Annotated[bool, typer.Option("--at-once", help="Do not wait for the time of readings; needs --days.")] = False,
    memory: Annotated[
        Path | None,
        typer.Option(help="File that remembers what has arrived, so that a restart goes on there.", show_default=False),
    ] = None,
    log_file: LogFileOption = None,
    health: HealthOption = None,
    seconds: SecondsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send the readings of a street's meters until Ctrl-C or SIGTERM; what a broker was away for is sent when it is back."""
    from gw_spaceheat.apps.log_file import add_log_file
    from gw_spaceheat.apps.meter.running import MeterRun, run_meters
    from gw_spaceheat.apps.meter.state_page import State, served
    from gw_spaceheat.apps.meter.street import Profile, StreetRequest
    from gw_spaceheat.apps.meter.transport import open_sink, start_embedded, told_in
    from gw_spaceheat.apps.process import start_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.cli._clock import clock_for
    from gw_spaceheat.runtime.ending import until_told

    if profile not in set(Profile):
        raise typer.BadParameter(f"{profile} is not one of {', '.join(Profile)}", param_hint="--profile")
    if at_once and days is None:
        raise typer.BadParameter("--at-once needs --days: else it has no end")
    refuse_bad_address(health)
    street = StreetRequest(
        profile=Profile(profile),
        houses=houses,
        names=tuple(house or ()),
        interval_s=interval,
        jitter_s=jitter,
        annual_kwh=annual_kwh,
        hot_water_l=hot_water,
        recorded=recorded,
        resolution_wh=resolution_wh,
        faults=tuple(fault or ()),
        seed=seed,
        zone=zone,
    )
    settings = read_settings()
    url = broker_of(broker, settings)
    log = start_log(settings.log_level)
    if log_file is not None:
        add_log_file(log_file)
    clock = clock_for(speed, None if start is None else _as_utc(start, zone), None)
    begin_ms = clock.now().wall_ms if start is None else start_ms(start, zone)
    task = MeterRun(
        street=street,
        start_ms=begin_ms,
        end_ms=None if days is None else end_ms(begin_ms, days),
        memory=memory,
        at_once=at_once,
    )
    state = State("meter")
    sink = open_sink(url, told_in(log, state.told), queue)
    embedded = start_embedded(settings.data_folder / "meters") if url is None else None
    try:
        with until_told(seconds) as stop, served(health, state, log):
            told = run_meters(task, sink, clock, stop, log)
    finally:
        if embedded is not None:
            embedded.stop()
    typer.echo(json.dumps(told) if as_json else f"{told['kept']} readings kept, {told['waiting']} not yet")


def _as_utc(start: datetime, zone: str) -> datetime:
    """A local time as one of UTC, without a zone, as `clock_for` wants it."""
    from datetime import UTC

    return datetime.fromtimestamp(start_ms(start, zone) / 1000, UTC).replace(tzinfo=None)
