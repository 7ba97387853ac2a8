"""`gws house check|list|show|init`: is a house file right, what does it say, and a new one from what is found."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.apps.houses import check_files, find_house, known_houses
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.house.faults import Fault
from gw_spaceheat.views.house_table import faults_text, house_text

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", help="House file, or a folder with one house per file; by default that of the settings.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    house_app = typer.Typer(help="Check and show houses.", no_args_is_help=True)

    @house_app.command(
        "check", help="Check all houses of a file, or one; exit code 65 if anything is wrong, warnings do not count."
    )
    def check(
        house: Annotated[str, typer.Argument(help="Alias of a house; all of them without it.", show_default=False)] = "",
        file: FileOption = None,
        live: Annotated[
            bool, typer.Option("--live", help="Also ask every device of one house whether it is there; exit code 69 if not.")
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Tell every fault of the houses, and with --live how the devices of one answer."""
        path = file or _default_file()
        houses, faults = check_files(path, house)
        if live and all(fault.is_warning for fault in faults):
            _check_live(path, house, houses, as_json=as_json)
            return
        if as_json:
            typer.echo(json.dumps(_outcome(path, houses, faults), indent=2))
        else:
            typer.echo(faults_text(houses, faults))
        if not all(fault.is_warning for fault in faults):
            raise typer.Exit(Exit.DATAERR)

    @house_app.command("list", help="List the houses: alias and name.")
    def list_houses(file: FileOption = None, as_json: JsonOption = False) -> None:
        """Print a line per house."""
        known = known_houses(file or _default_file())
        if as_json:
            typer.echo(json.dumps({"houses": [{"alias": alias, "display_name": name} for alias, name in known.items()]}))
            return
        width = max(map(len, known))
        typer.echo("\n".join(f"{alias:{width}}  {name}".rstrip() for alias, name in known.items()))

    @house_app.command("show", help="Show one house: hardware, nodes, channels, heating.")
    def show(
        house: Annotated[
            str, typer.Argument(help="Alias of the house; not needed if the file has only one.", show_default=False)
        ] = "",
        file: FileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Print a house."""
        found = find_house(file or _default_file(), house)
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False) if as_json else house_text(found))

    house_app.command("init", help="Write a file for a new house from what is found on the buses, and ask for the rest.")(init)
    house_app.command("announce", help="Let a house show up in Home Assistant, over the house's own broker.")(announce)
    app.add_typer(house_app, name="house")


def init(
    file: Annotated[Path, typer.Argument(help="House file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it is there.")] = False,
) -> None:
    """Scan, ask, write, and tell what the check says; exit code 73 if the file is there, 65 if something is left to do."""
    from uuid import uuid4

    from gw_spaceheat.apps.commission.house_init import make_house
    from gw_spaceheat.apps.commission.scan import scan
    from gw_spaceheat.views.devices_text import scan_text

    if file.exists() and not force:
        typer.echo(f"gws: {file} is there already; give another name, or --force", err=True)
        raise typer.Exit(Exit.CANTCREAT)
    looked = scan()
    typer.echo(scan_text(looked))
    alias, house = make_house(
        looked, lambda question, default: str(typer.prompt(question, default=default)), lambda: str(uuid4())
    )
    file.write_text(json.dumps({alias: house}, indent=2) + "\n", encoding="utf-8")
    houses, faults = check_files(file)
    typer.echo(f"wrote {file}")
    typer.echo(faults_text(houses, faults))
    if not all(fault.is_warning for fault in faults):
        raise typer.Exit(Exit.DATAERR)


def announce(
    house: Annotated[str, typer.Argument(help="Alias of the house; by default that of the settings.", show_default=False)] = "",
    file: FileOption = None,
) -> None:
    """Say the discovery messages, retained; exit code 69 without a broker."""
    from urllib.parse import urlsplit

    from gw_spaceheat.apps.home_assistant import announce as say
    from gw_spaceheat.apps.settings import read_settings

    settings = read_settings()
    url = urlsplit(settings.local_url or "mqtt://127.0.0.1:1883")
    found = find_house(file or settings.houses_path(), house or settings.atn_alias)
    number = say(found, url.hostname or "127.0.0.1", url.port or 1883)
    typer.echo(f"{found.alias}: {number} channels announced to Home Assistant at {url.hostname}:{url.port or 1883}")


def _check_live(path: Path, alias: str, houses: tuple[str, ...], *, as_json: bool) -> None:
    """Ask the devices of the one house; nothing is switched."""
    from gw_spaceheat.apps.commission.live_check import check_live
    from gw_spaceheat.views.devices_text import live_text

    if not alias and len(houses) != 1:
        raise typer.BadParameter("--live asks the devices of one house; name it", param_hint="HOUSE")
    answers = check_live(find_house(path, alias))
    typer.echo(json.dumps({"devices": [asdict(answer) for answer in answers]}) if as_json else live_text(answers))
    if any(answer.problem for answer in answers):
        raise typer.Exit(Exit.UNAVAILABLE)


def _default_file() -> Path:
    """The file of the settings; they are read, and pydantic imported, only when no file is named."""
    from gw_spaceheat.apps.settings import read_settings

    return read_settings().houses_path()


def _outcome(path: Path, houses: tuple[str, ...], faults: tuple[Fault, ...]) -> dict[str, object]:
    def rows(*, warnings: bool) -> list[dict[str, object]]:
        return [
            {key: value for key, value in asdict(fault).items() if key != "is_warning"}
            for fault in faults
            if fault.is_warning is warnings
        ]

    return {"file": str(path), "houses": list(houses), "errors": rows(warnings=False), "warnings": rows(warnings=True)}
