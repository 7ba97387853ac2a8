"""`gws atn`: a house's AtomicTNode, with a console on standard input."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.core.events import DispatchAsked, Event, SnapshotAsked, StatusAsked

HELP = """commands:
  status           what is known of the house
  on NODE          close a relay, such as: on a.elt1.relay
  off NODE         open it
  set NODE VALUE   set an analogue output, such as: set a.hp.lwt 55
  snap             ask for a fresh snapshot
  quit             leave"""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "atn", help="Run a house's AtomicTNode; commands on standard input: status, on NODE, off NODE, set NODE VALUE."
    )
    def atn(
        house: Annotated[
            str | None, typer.Option("--house", help="Alias of the house; GWS_ATN_ALIAS without it.", show_default=False)
        ] = None,
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
        url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
        status_every: Annotated[
            float | None, typer.Option(help="Show the status this often by itself [s].", show_default=False)
        ] = None,
        speed: SpeedOption = None,
        start: StartOption = None,
        origin: OriginOption = None,
        seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
    ) -> None:
        """Run until Ctrl-C, SIGTERM or quit; a closed standard input is no reason to stop."""
        from gw_spaceheat.apps.atn import NODE, STOP_ORDER, atn_runtime
        from gw_spaceheat.apps.houses import find_house
        from gw_spaceheat.apps.process import Life, start_log
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.views.snapshot_table import status_lines

        settings = read_settings()
        log = start_log(settings.log_level)
        found = find_house(file or settings.houses_path(), house or settings.atn_alias)
        broker = url or settings.uplink_url
        if broker is None:
            raise typer.BadParameter("GWS_UPLINK_URL is None; name the broker that gws run started with --url")
        life = Life(log)
        clock = clock_for(settings.speed if speed is None else speed, start, origin)
        runtime = atn_runtime(found, broker, settings, clock, life, lambda view: typer.echo("\n".join(status_lines(view))))

        def read_commands() -> None:
            for line in sys.stdin:
                if not _obey(line, lambda event: runtime.post(NODE, event)):
                    life.end()
                    return

        def show_status() -> None:
            while not ended.wait(status_every):
                runtime.post(NODE, StatusAsked())

        ended = threading.Event()
        threading.Thread(target=read_commands, name="commands", daemon=True).start()
        if status_every is not None:
            threading.Thread(target=show_status, name="status", daemon=True).start()
        if sys.stdin.isatty():
            typer.echo(HELP)
        code = life.live(runtime, STOP_ORDER, seconds)
        ended.set()
        raise typer.Exit(code)


def _obey(line: str, post: Callable[[Event], None]) -> bool:
    """Carry out one line; False when it says that the console should end."""
    match line.split():
        case []:
            pass
        case ["status"]:
            post(StatusAsked())
        case ["snap"]:
            post(SnapshotAsked())
        case ["on", node]:
            post(DispatchAsked(node, 1.0))
        case ["off", node]:
            post(DispatchAsked(node, 0.0))
        case ["set", node, number] if _is_number(number):
            post(DispatchAsked(node, float(number)))
        case ["quit" | "exit"]:
            return False
        case _:
            typer.echo(HELP)
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
