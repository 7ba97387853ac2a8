"""`gws atn`: a house's AtomicTNode, with a console on standard input."""

import re
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.core.events import (
    ContractAsked,
    ContractQuit,
    DispatchAsked,
    Event,
    ModeWished,
    SlotWanted,
    SnapshotAsked,
    StandingReleased,
    StandingWanted,
    StatusAsked,
)

HELP = """commands:
  status               what is known of the house
  on NODE              close a relay, such as: on a.elt1.relay
  off NODE             open it
  set NODE VALUE       set an analogue output, such as: set a.hp.lwt 55
  snap                 ask for a fresh snapshot
  contract             how the contract stands
  standing WATTS       keep a standing contract for so much power on average
  slot START WATTS     offer a contract for the hour from START, UTC, such as: slot 2018-01-08T05:00 4500
  release              renew the standing contract no more
  quit-contract CAUSE  end the running contract before its time
  local                ask that the house heats by itself
  remote               command again
  quit                 leave"""

HOUR_S = 3600
_WATTS = re.compile(r"[0-9]{1,7}")


class Word(Enum):
    """What a line may be that asks nothing of the AtomicTNode."""

    NOTHING = "nothing"
    QUIT = "quit"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "atn",
        help="Run a house's AtomicTNode; commands on standard input: status, on NODE, standing WATTS ...; help lists them.",
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
        standing: Annotated[
            int | None,
            typer.Option(
                min=0,
                help="Keep a standing contract for so much average power [W]; GWS_ATN_STANDING_W without it.",
                show_default=False,
            ),
        ] = None,
        mirror: Annotated[
            bool, typer.Option("--mirror", help="While it commands, do what the house's own strategy would.")
        ] = False,
        by_plan: Annotated[
            bool,
            typer.Option("--plan", help="While it commands, go by a plan against GWS_PRICES and GWS_WEATHER."),
        ] = False,
        market: Annotated[
            str | None,
            typer.Option(
                help="With --plan: bid each hour in this market (GWS_ATN_MARKET), under a contract for what was bought.",
                show_default=False,
            ),
        ] = None,
        seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
        owner: OwnerOption = None,
    ) -> None:
        """Run until Ctrl-C, SIGTERM or quit; a closed standard input is no reason to stop."""
        from gw_spaceheat.apps.archive import open_archive
        from gw_spaceheat.apps.atn import NODE, STOP_ORDER, AtnPlan, atn_runtime
        from gw_spaceheat.apps.contracts import open_contract_side
        from gw_spaceheat.apps.houses import find_house
        from gw_spaceheat.apps.process import start_life, start_log
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.core.atn_view import AtnView, ContractView
        from gw_spaceheat.core.contract.life import Side
        from gw_spaceheat.views.snapshot_table import contract_lines, status_lines

        settings = read_settings()
        log = start_log(settings.log_level)
        found = find_house(file or settings.houses_path(), house or settings.atn_alias)
        broker = url or settings.uplink_url
        if broker is None:
            raise typer.BadParameter("GWS_UPLINK_URL is None; name the broker that gws run started with --url")
        life = start_life(log, owner)
        clock = clock_for(settings.speed if speed is None else speed, start, origin)
        opened = ExitStack()
        contract = opened.enter_context(closing(open_contract_side(found, Side.ATOMIC_T_NODE, settings)))
        archive = opened.enter_context(closing(open_archive(found.alias, settings)))
        standing_w = settings.atn_standing_w if standing is None else standing
        if mirror and by_plan:
            raise typer.BadParameter("the AtomicTNode commands in one way: --mirror or --plan")
        plans = by_plan or (settings.atn_plan and not mirror)
        bids_in = (market or settings.atn_market) if plans else None
        if market is not None and (standing is not None or not plans):
            raise typer.BadParameter("--market wants --plan, and makes a contract for each slot in place of --standing")
        plan = AtnPlan(
            standing_w=standing_w if bids_in is None else None,
            plans=plans,
            mirrors=mirror or (settings.atn_mirror and not plans),
            market=bids_in,
        )

        def show(view: AtnView | ContractView) -> None:
            lines = status_lines(view) if isinstance(view, AtnView) else contract_lines(view.of)
            typer.echo("\n".join(lines))

        runtime = atn_runtime(found, broker, settings, clock, life, show, archive, contract, plan)

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
        with opened:
            code = life.live(runtime, STOP_ORDER, seconds)
        ended.set()
        raise typer.Exit(code)


def _obey(line: str, post: Callable[[Event], None]) -> bool:
    """Carry out one line; False when it says that the console should end."""
    match understood(line):
        case Event() as event:
            post(event)
        case str() as text:
            typer.echo(text)
        case Word.QUIT:
            return False
    return True


def understood(line: str) -> Event | Word | str:
    """What a line asks for, or, in words for whoever typed it, why it cannot be understood."""
    match line.split():
        case []:
            return Word.NOTHING
        case ["quit" | "exit"]:
            return Word.QUIT
        case ["status"]:
            return StatusAsked()
        case ["snap"]:
            return SnapshotAsked()
        case ["on", node]:
            return DispatchAsked(node, 1.0)
        case ["off", node]:
            return DispatchAsked(node, 0.0)
        case ["set", node, number] if _is_number(number):
            return DispatchAsked(node, float(number))
        case ["contract"]:
            return ContractAsked()
        case ["standing", watts]:
            return StandingWanted(int(watts)) if _WATTS.fullmatch(watts) else _no_watts(watts)
        case ["slot", start, watts]:
            return _slot(start, watts)
        case ["release"]:
            return StandingReleased()
        case ["quit-contract", *cause] if cause:
            return ContractQuit(" ".join(cause))
        case ["local"]:
            return ModeWished(local=True)
        case ["remote"]:
            return ModeWished(local=False)
    return HELP


def _slot(start: str, watts: str) -> SlotWanted | str:
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return f"{start} is no time; write such as 2018-01-08T05:00, in UTC"
    start_s = int((at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp())
    if start_s % HOUR_S or at.microsecond:
        return f"{start} is not a full hour; a slot begins at one"
    return SlotWanted(start_s, int(watts)) if _WATTS.fullmatch(watts) else _no_watts(watts)


def _no_watts(text: str) -> str:
    return f"{text} is no power; write whole watts, such as 4500"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
