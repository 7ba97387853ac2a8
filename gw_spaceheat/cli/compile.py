"""`gws compile`: compile the control code for simulations."""

import json
import sys
from typing import Annotated

import typer

from gw_spaceheat.apps.settings import houses_file, read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("compile", help="Compile the control code, so that simulations take less time; optional.")
    def compile_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """Compile if there is no build of the present sources, and tell where it lies."""
        from gw_spaceheat.apps.compiled.build import compile_control_code
        from gw_spaceheat.apps.compiled.kernels import compile_kernels
        from gw_spaceheat.views.compiled_text import compiled_text

        if sys.stderr.isatty():
            typer.echo("compiling the control code, if it has changed; that takes about a minute", err=True)
        build, made = compile_control_code(read_settings().compiled_folder)
        kernels = compile_kernels(houses_file())
        told = {
            "folder": str(build.folder),
            "made": made,
            "seconds": build.seconds,
            "compiled": build.modules,
            "left_out": build.left_out,
            "kernels": kernels,
        }
        typer.echo(json.dumps(told) if as_json else compiled_text(told))
