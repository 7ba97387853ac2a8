"""`gws try`: choose actors of a house and run only them; the others may run in other processes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption
from gw_spaceheat.cli.run import (
    BrokerOption,
    FileOption,
    HouseOption,
    LocalBrokerOption,
    RecordOption,
    SecondsOption,
    StrategyOption,
    Wanted,
    run_here,
)


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("try", help="Run some actors of a house; the rest may run elsewhere, over the local broker.")
    def try_(
        actors: Annotated[
            str,
            typer.Option(help="Aliases with commas between, such as a.s,a.tank.temp0; asks without it.", show_default=False),
        ] = "",
        house: HouseOption = None,
        file: FileOption = None,
        strategy: StrategyOption = None,
        record: RecordOption = None,
        broker: BrokerOption = None,
        local_broker: LocalBrokerOption = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: SecondsOption = None,
    ) -> None:
        """Choose, then run."""
        chosen = actors or _ask(house, file)
        wanted = Wanted(
            house=house,
            file=file,
            strategy=strategy,
            record=record,
            broker=broker,
            local_broker=local_broker,
            nodes=tuple(alias.strip() for alias in chosen.split(",") if alias.strip()),
            speed=speed,
            start=start,
            origin=origin,
            seconds=seconds,
        )
        raise typer.Exit(run_here(wanted))


def _ask(house: str | None, file: Path | None) -> str:
    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.local import local_nodes
    from gw_spaceheat.apps.settings import read_settings

    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask on; name the actors", param_hint="--actors")
    settings = read_settings()
    found = find_house(file or settings.houses_path(), house or settings.atn_alias)
    possible = local_nodes(found)
    typer.echo(f"Actors of {found.alias}:")
    for number, alias in enumerate(possible, 1):
        node = found.nodes[alias]
        typer.echo(f"  {number:3d}  {alias:28s} {node.display_name or node.role.value}")
    answer: str = typer.prompt("Which (numbers or aliases with commas between, or all)")
    return ",".join(chosen_from(answer, possible))


def chosen_from(answer: str, possible: tuple[str, ...]) -> list[str]:
    """Aliases from what a person typed: numbers of the list from 1, aliases, or all."""
    if answer.strip() == "all":
        return list(possible)
    words = [word.strip() for word in answer.split(",") if word.strip()]
    return [possible[int(word) - 1] if word.isdigit() and 0 < int(word) <= len(possible) else word for word in words]
