"""`gws supervise run|console|newHouse|showHouses|...`: what the houses of a neighbourhood draw and give, and their switches."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.exits import Exit

PROMPT = "supervise> "
LEAVE = ("exit", "quit")
UrlOption = Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands: the two below, and a command for each word of the console."""
    from gw_spaceheat.core.supervision.console import WORDS

    supervise = typer.Typer(
        name="supervise",
        help="Consumers and suppliers of a neighbourhood's houses.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    supervise.command("run")(run)
    supervise.command("console")(console)
    for name, word in WORDS.items():
        # numbers below 0 are no options: the server says what is wrong with them
        once = supervise.command(name, help=f"{word.form}: {word.about}.", context_settings={"ignore_unknown_options": True})
        once(_one_shot(name))
    app.add_typer(supervise)


def run(
    url: UrlOption = None,
    own_broker: Annotated[
        bool, typer.Option("--own-broker", help="Start a private broker for it, and say where it is.")
    ] = False,
    file: Annotated[Path | None, typer.Option("--file", help="House file or folder.", show_default=False)] = None,
    speed: SpeedOption = None,
    start: StartOption = None,
    origin: OriginOption = None,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
    owner: OwnerOption = None,
) -> None:
    """Supervise the houses of a broker until Ctrl-C or SIGTERM."""
    from contextlib import ExitStack

    from gw_spaceheat.apps.connections import embedded_broker
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.supervise.running import run_supervision

    settings = read_settings()
    life = start_life(start_log(settings.log_level), owner)
    clock = clock_for(settings.speed if speed is None else speed, start, origin)
    with ExitStack() as stack:
        if own_broker:
            broker = stack.enter_context(embedded_broker(settings))
            typer.echo(f"broker: {broker.url}")
            settings = settings.model_copy(update={"mqtt_version": int(broker.version.value[0])})
            code = run_supervision(settings, broker.url, file or settings.houses_path(), clock, life, seconds)
        else:
            where = _url(url, settings.uplink_url)
            code = run_supervision(settings, where, file or settings.houses_path(), clock, life, seconds)
    raise typer.Exit(code)


def console(url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Ask the server line by line, with completion by the tabulator key; exit or Ctrl-D leaves."""
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.apps.supervise.console import NoServerError
    from gw_spaceheat.apps.supervise.console import console as connected
    from gw_spaceheat.core.supervision.console import WORDS

    settings = read_settings()
    if sys.stdin.isatty():
        _complete(sorted((*WORDS, *LEAVE)))
    with connected(settings, _url(url, settings.uplink_url)) as asking:
        while True:
            try:
                line = input(PROMPT if sys.stdin.isatty() else "")
            except (EOFError, KeyboardInterrupt):
                typer.echo()
                return
            if line.strip() in LEAVE:
                return
            if not line.strip():
                continue
            try:
                answer = asking.ask(line)
            except NoServerError as error:
                typer.echo(f"gws: {error}", err=True)
                continue
            if as_json:
                typer.echo(json.dumps({"done": answer.done, "text": answer.text, "data": answer.data}))
            else:
                typer.echo(answer.text, err=not answer.done)


def _one_shot(name: str) -> Callable[..., None]:
    def ask(
        arguments: Annotated[list[str] | None, typer.Argument(help="As at the console.", show_default=False)] = None,
        url: UrlOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.apps.supervise.console import console as connected
        from gw_spaceheat.core.supervision.console import BadLine, joined, parsed

        settings = read_settings()
        try:
            line = joined([name, *(arguments or ())])
            parsed(line)
        except BadLine as error:
            raise typer.BadParameter(str(error)) from None
        with connected(settings, _url(url, settings.uplink_url)) as asking:
            answer = asking.ask(line)
        if not answer.done:
            typer.echo(f"gws: {answer.text}", err=True)
            raise typer.Exit(Exit.USAGE)
        typer.echo(json.dumps(answer.data) if as_json else answer.text)

    return ask


def _url(given: str | None, of_settings: str | None) -> str:
    found = given or of_settings
    if found is None:
        raise typer.BadParameter("GWS_UPLINK_URL is None; name the broker with --url")
    return found


def _complete(words: list[str]) -> None:
    """Let the tabulator key complete the first word of a line, whatever its letters' case."""
    import readline

    def complete(text: str, state: int) -> str | None:
        if readline.get_line_buffer()[: readline.get_begidx()].strip():
            return None
        found = [word for word in words if word.lower().startswith(text.lower())]
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
