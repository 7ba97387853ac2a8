"""`gws samples`: write the project's own sample files."""

from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.apps.samples import write_samples


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("samples", help="Write a SYNTHETIC January of weather, heat demand and prices.")
    def samples(
        folder: Annotated[Path, typer.Option(help="Where to write the files.")] = Path("input_data/samples"),
    ) -> None:
        """Write the sample files and tell their names."""
        for path in write_samples(folder):
            typer.echo(path)
