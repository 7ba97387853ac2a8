"""`gws relays safe`: put every actuator into the state that it must have without a daemon; systemd calls it."""

from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    relays = typer.Typer(help="The relays, without the daemon.", no_args_is_help=True)

    @relays.callback()
    def group() -> None:
        """Keep `safe` a command of its own."""

    @relays.command("safe", help="Set every actuator to the state that its house file states for a killed process.")
    def safe(
        house: Annotated[str | None, typer.Option("--house", help="Alias of the house.", show_default=False)] = None,
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
    ) -> None:
        """Make all actuators safe; exit code 69 if one did not answer."""
        from gw_spaceheat.apps.relays import make_safe
        from gw_spaceheat.apps.settings import read_settings

        settings = read_settings()
        told = make_safe(file or settings.houses_path(), house or settings.atn_alias)
        for line in told.lines:
            typer.echo(line)
        raise typer.Exit(Exit.UNAVAILABLE if told.failed else Exit.OK)

    app.add_typer(relays, name="relays")
