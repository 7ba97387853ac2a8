"""`gws try`: choose actors of a house and run only them; the others may run in other processes."""

import sys
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption
from gw_spaceheat.cli.run import FileOption, HouseOption, RecordOption, SecondsOption, StrategyOption, run_here


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("try", help="Run some actors of a house; the rest may run elsewhere, over the local broker.")
    def try_(
        actors: Annotated[
            str, typer.Option(help="Aliases with commas between, such as a.s,a.tank.temp0; asks without it.", show_default=False)
        ] = "",
        house: HouseOption = None,
        file: FileOption = None,
        strategy: StrategyOption = None,
        record: RecordOption = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: SecondsOption = None,
    ) -> None:
        """Choose, then run."""
        chosen = actors or _ask(house, file)
        nodes = tuple(alias.strip() for alias in chosen.split(",") if alias.strip())
        raise typer.Exit(run_here(nodes, house, file, strategy, record, speed, start, origin, seconds))


def _ask(house: str | None, file: FileOption) -> str:
    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.local import local_nodes
    from gw_spaceheat.apps.settings import read_settings

    settings = read_settings()
    found = find_house(file or settings.houses_path(), house or settings.atn_alias)
    possible = local_nodes(found)
    typer.echo(f"Actors of {found.alias}:")
    for number, alias in enumerate(possible, 1):
        node = found.nodes[alias]
        typer.echo(f"  {number:3d}  {alias:28s} {node.display_name or node.role.value}")
    if not sys.stdin.isatty():
        typer.echo("No terminal to ask on: name them with --actors.", err=True)
    answer: str = typer.prompt("Which (numbers or aliases with commas between, or all)")
    if answer.strip() == "all":
        return ",".join(possible)
    words = [word.strip() for word in answer.split(",") if word.strip()]
    return ",".join(
        possible[int(word) - 1] if word.isdigit() and 0 < int(word) <= len(possible) else word for word in words
    )
