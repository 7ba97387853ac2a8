"""`gws web`: the house in the browser."""

from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.ear import EAR_FOLDER


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("web", help="Serve pages: the house now, its days, its contract, all houses of the broker, simulations.")
    def web(
        listen: Annotated[
            str | None, typer.Option(help="HOST:PORT or PORT; GWS_WEB_LISTEN without it.", show_default=False)
        ] = None,
        url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
        local_broker: Annotated[
            str | None, typer.Option(help="The house's own broker; GWS_LOCAL_URL without it.", show_default=False)
        ] = None,
        house: Annotated[
            str | None, typer.Option("--house", help="Alias of the own house; GWS_ATN_ALIAS without it.", show_default=False)
        ] = None,
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
        folder: Annotated[
            Path | None, typer.Option(help="Folder of the Ear's files.", show_default="ear in the data folder, GWS_DATA_FOLDER")
        ] = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
        owner: OwnerOption = None,
    ) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        from gw_spaceheat.apps.process import start_log
        from gw_spaceheat.apps.settings import listen_address, read_settings
        from gw_spaceheat.cli.exits import Exit

        try:
            from gw_spaceheat.web.memory import leave_out_pandas, spare_memory

            leave_out_pandas()
            spare_memory()
            from gw_spaceheat.web.serve import serve
        except ImportError as error:
            typer.echo(f"gws: {error.name} is not installed; pip install -r requirements/web.txt", err=True)
            raise typer.Exit(Exit.UNAVAILABLE) from error

        settings = read_settings()
        start_log(settings.log_level)
        where = listen or settings.web_listen
        try:
            listen_address(where or "0")
        except ValueError as error:
            raise typer.BadParameter(f"{where}: {error}; write HOST:PORT or PORT", param_hint="--listen") from error
        code = serve(
            settings,
            where,
            (url or settings.uplink_url, local_broker or settings.local_url),
            house or settings.atn_alias,
            folder or settings.data_folder / EAR_FOLDER,
            file or settings.houses_path(),
            clock_for(settings.speed if speed is None else speed, start, origin),
            typer.echo,
            seconds,
            owner,
        )
        raise typer.Exit(code)
