"""`gws market`: a stand-in market that takes bids and clears each slot at a price that is known."""

from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("market")(market)


def market(
    alias: Annotated[str, typer.Option(help="Alias of the market; bids are sent to it.")] = "d1.isone.market",
    kind: Annotated[str, typer.Option(help="Type of its slots, such as rt60gate5 or rt5gate5.")] = "rt60gate5",
    timezone: Annotated[str, typer.Option(help="Time zone of the market, IANA name.")] = "America/New_York",
    utc_offset_h: Annotated[
        float,
        typer.Option("--utc-offset", min=-14, max=14, help="Local standard time minus UTC, for price files [h]."),
    ] = -5.0,
    url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
    speed: SpeedOption = None,
    start: StartOption = None,
    origin: OriginOption = None,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
    owner: OwnerOption = None,
) -> None:
    """Take bids and clear each slot at the price of GWS_PRICES, until Ctrl-C or SIGTERM."""
    from zoneinfo import ZoneInfoNotFoundError

    from gw_spaceheat.apps.market import MarketPlace, NoPrices, run_market
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.messages.base import Malformed

    settings = read_settings()
    broker = url or settings.uplink_url
    if broker is None:
        raise typer.BadParameter("GWS_UPLINK_URL is None; name the broker that gws run started with --url")
    life = start_life(start_log(settings.log_level), owner)
    clock = clock_for(settings.speed if speed is None else speed, start, origin)
    place = MarketPlace(alias=alias, kind=kind, timezone=timezone, utc_offset_h=utc_offset_h)
    try:
        code = run_market(place, broker, settings, clock, life, seconds)
    except NoPrices as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.CONFIG) from None
    except (Malformed, ZoneInfoNotFoundError) as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(code)
