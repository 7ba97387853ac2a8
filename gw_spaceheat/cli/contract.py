"""`gws contract verify` and `gws contract show`: is a log unaltered, and where do a house's contracts stand."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli.exits import Exit

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class SideName(StrEnum):
    """Whose state."""

    SCADA = "scada"
    ATN = "atn"


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    contract = typer.Typer(
        name="contract", help="The dispatch contract: its state, and its log.", no_args_is_help=True, rich_markup_mode=None
    )
    contract.command(
        "verify", help="Find entries of a log that were altered, left out or moved; exit code 1 if there are any."
    )(verify)
    contract.command("show", help="Show where the contracts of a house stand, who commands, and why.")(show)
    app.add_typer(contract)


def verify(
    log: Annotated[Path, typer.Argument(help="The log, such as contract.log of a house.")],
    against: Annotated[
        Path | None, typer.Option(help="The other side's log; what it has kept of this one is compared.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a log."""
    from gw_spaceheat.apps.contract_log import verify_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.views.contract_text import verified_lines

    told = verify_log(log, against, read_settings().keys_path())
    typer.echo(json.dumps(told) if as_json else "\n".join(verified_lines(told)))
    raise typer.Exit(Exit.OK if told["is_whole"] else Exit.FAILURE)


def show(
    house: Annotated[
        str | None, typer.Option("--house", help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
    ] = None,
    side: Annotated[
        SideName | None, typer.Option(help="Whose state; without it the SCADA's if it is kept here.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the state, as it was made durable last."""
    from gw_spaceheat.apps.contract_show import shown_contracts
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.core.contract.life import Side
    from gw_spaceheat.views.contract_text import contract_lines

    sides = {None: None, SideName.SCADA: Side.SCADA, SideName.ATN: Side.ATOMIC_T_NODE}
    settings = read_settings()
    told = shown_contracts(house or settings.atn_alias, settings, sides[side])
    typer.echo(json.dumps(told) if as_json else "\n".join(contract_lines(told)))
