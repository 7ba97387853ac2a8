"""`gws alerts run|list|test`: tell a person when something is wrong, and when it is over."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    alerts = typer.Typer(
        name="alerts", help="Tell a person when something is wrong.", no_args_is_help=True, rich_markup_mode=None
    )
    alerts.command("run")(run)
    alerts.command("list")(list_)
    alerts.command("test")(test)
    app.add_typer(alerts)


def run(
    url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
    local_broker: Annotated[
        str | None, typer.Option(help="The house's own broker; GWS_LOCAL_URL without it.", show_default=False)
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
    speed: SpeedOption = None,
    start: StartOption = None,
    origin: OriginOption = None,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
    owner: OwnerOption = None,
) -> None:
    """Listen to the houses of a broker, and tell a person, until Ctrl-C or SIGTERM."""
    from gw_spaceheat.apps.alerts.rules_file import AlertRulesError
    from gw_spaceheat.apps.alerts.running import run_alerts
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings

    settings = read_settings()
    life = start_life(start_log(settings.log_level), owner)
    clock = clock_for(settings.speed if speed is None else speed, start, origin)
    urls = (url or settings.uplink_url, local_broker or settings.local_url)
    try:
        code = run_alerts(settings, urls, file or settings.houses_path(), clock, life, seconds)
    except AlertRulesError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.DATAERR) from error
    raise typer.Exit(code)


def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the rules, and what is wrong now as it was told."""
    from gw_spaceheat.apps.alerts.listing import alert_listing
    from gw_spaceheat.apps.alerts.rules_file import AlertRulesError
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.views.alert_text import listing_text

    try:
        told = alert_listing(read_settings())
    except AlertRulesError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.DATAERR) from error
    typer.echo(json.dumps(told) if as_json else listing_text(told))


def test() -> None:
    """Tell a trial in every way that the settings name, and say how it went; exit code 69 if one failed."""
    from gw_spaceheat.apps.alerts.listing import tell_trial
    from gw_spaceheat.apps.settings import read_settings

    went = tell_trial(read_settings())
    for name, failure in went.items():
        typer.echo(f"{name}: {failure or 'told'}", err=bool(failure))
    if any(went.values()):
        raise typer.Exit(Exit.UNAVAILABLE)
