"""`gws watch`: a house live in the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._human import FileOption, LocalBrokerOption, WhoOption, login_name
from gw_spaceheat.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("watch", help="A house live in the terminal: channels, actuators, who commands; take, set and release it.")
    def watch(
        house: Annotated[
            str | None, typer.Argument(help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
        ] = None,
        url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
        local_broker: LocalBrokerOption = None,
        file: FileOption = None,
        who: WhoOption = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        log: Annotated[Path | None, typer.Option(help="File for what the screen has no room for.", show_default=False)] = None,
    ) -> None:
        """Look until q or Ctrl-C."""
        try:
            from gw_spaceheat.terminal.watch import WatchScreen
        except ImportError as error:
            typer.echo(f"gws: {error.name} is not installed; pip install -r requirements/web.txt", err=True)
            raise typer.Exit(Exit.UNAVAILABLE) from error
        import logging

        from gw_spaceheat.apps.houses import find_house
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.apps.web import watching
        from gw_spaceheat.terminal.house import LiveHouse

        settings = read_settings()
        # lines of a log between those of the screen would spoil it
        handler = logging.NullHandler() if log is None else logging.FileHandler(log, encoding="utf-8")
        logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
        found = find_house(file or settings.houses_path(), house or settings.atn_alias)
        clock = clock_for(settings.speed if speed is None else speed, start, origin)
        local_url = local_broker or settings.local_url
        with watching(settings, url or settings.uplink_url, local_url, found.alias, clock) as heard:
            WatchScreen(LiveHouse(found, heard, clock, settings, local_url, who or login_name())).run()
