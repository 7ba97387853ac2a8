"""`gws why NODE`: who commanded an actuator, by what right, for what reason, and until when."""

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("why", help="Tell who commanded an actuator last, under which rule or contract, and until when.")
    def why(
        node: Annotated[str, typer.Argument(help="Alias of the actuator, such as a.elt1.relay.")],
        house: Annotated[
            str | None, typer.Option("--house", help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
        ] = None,
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Read it from the SCADA's log."""
        from gw_spaceheat.apps.contract_show import why as find_why
        from gw_spaceheat.apps.houses import find_house
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.views.contract_text import why_lines

        settings = read_settings()
        told = find_why(find_house(file or settings.houses_path(), house or settings.atn_alias), node, settings)
        typer.echo(json.dumps(told) if as_json else "\n".join(why_lines(told)))
