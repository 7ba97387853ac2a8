"""`gws replay`: feed a record's causes through a fresh SCADA; equal effects, or the first difference."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("replay", help="Replay a record of gws run --record; exit code 1 if a fresh machine does something else.")
    def replay(
        record: Annotated[Path, typer.Argument(help="The record.", exists=True, dir_okay=False)],
        against: Annotated[
            str,
            typer.Option(
                help="Try a changed machine: machine options with commas between, such as strategy=tou.", show_default=False
            ),
        ] = "",
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Replay."""
        from gw_spaceheat.apps.replay import replay_record
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.views.replay_text import replay_lines

        told = replay_record(record, file or read_settings().houses_path(), _options(against))
        typer.echo(json.dumps(told) if as_json else "\n".join(replay_lines(told)))
        raise typer.Exit(Exit.OK if told["equal"] else Exit.FAILURE)


def _options(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    for name, equals, _ in pairs:
        if not equals:
            raise typer.BadParameter(f"{name!r} is no NAME=VALUE", param_hint="--against")
    return {name.strip(): value.strip() for name, _, value in pairs}
