"""`gws devices list|scan|read|exercise|docs`: what is supported, what is there, and whether it works."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli.exits import Exit

if TYPE_CHECKING:
    from gw_spaceheat.house.model import House

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HouseOption = Annotated[
    str, typer.Option("--house", help="Alias of the house; by default that of the settings.", show_default=False)
]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="House file or folder; by default that of the settings.", show_default=False)
]
NodeArgument = Annotated[str, typer.Argument(help="Alias of the node, such as a.tank.temp0.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    devices = typer.Typer(name="devices", help="Devices: supported, found, read, exercised.", no_args_is_help=True)
    devices.command("list", help="List the makes and models that have a driver.")(list_)
    devices.command("scan", help="Look at the buses of this machine; nothing is switched.")(scan)
    devices.command("read", help="Read one device of a house; stop its daemon first where they share a port.")(read)
    devices.command("exercise", help="Switch a relay over and back and watch the meter; exit code 1 if something is wrong.")(
        exercise
    )
    devices.command("docs", help="Write the pages of docs/drivers from the drivers.")(docs)
    app.add_typer(devices)


def list_(as_json: JsonOption = False) -> None:
    """Print what is supported."""
    from gw_spaceheat.apps.commission.listing import as_json as listed_json
    from gw_spaceheat.apps.commission.listing import listed_devices
    from gw_spaceheat.views.devices_text import list_text

    typer.echo(json.dumps(listed_json()) if as_json else list_text(listed_devices()))


def scan(
    modbus: Annotated[
        list[str] | None,
        typer.Option("--modbus", help="Also look for units on this serial port or HOST:PORT.", show_default=False),
    ] = None,
    baud: Annotated[int, typer.Option(min=300, max=921_600, help="Speed of those serial ports.")] = 9600,
    parity: Annotated[str, typer.Option(help="Parity of those serial ports: E, O or N.")] = "E",
    last_unit: Annotated[int, typer.Option(min=1, max=247, help="Look for units 1 to this one.")] = 32,
    as_json: JsonOption = False,
) -> None:
    """Print what is on the buses."""
    from dataclasses import asdict

    from gw_spaceheat.apps.commission.scan import scan as look
    from gw_spaceheat.views.devices_text import scan_text

    if parity not in ("E", "O", "N"):
        raise typer.BadParameter("is E, O or N", param_hint="--parity")
    looked = look(modbus or (), baud, parity, range(1, last_unit + 1))
    typer.echo(json.dumps({"buses": [asdict(one) for one in looked]}) if as_json else scan_text(looked))


def read(
    node: NodeArgument,
    house: HouseOption = "",
    file: FileOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, a scan for each of its polls, until Ctrl-C.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what one device shows; with --watch a line, or a JSON object, for each scan."""
    import time
    from dataclasses import asdict

    from gw_spaceheat.apps.commission.reading import device_node, scans, site_of
    from gw_spaceheat.views.devices_text import scan_line

    found = _house(file, house)
    device_node(found, node)
    poll_s = min((channel.capture.poll_s for channel in found.channels_of(node)), default=5.0)
    try:
        for shown in scans(found, node, site_of(found)):
            typer.echo(json.dumps({"node": node, "channels": [asdict(one) for one in shown]}) if as_json else scan_line(shown))
            if not watch:
                break
            time.sleep(poll_s)
    except KeyboardInterrupt:
        return


def exercise(
    node: NodeArgument,
    house: HouseOption = "",
    file: FileOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Switch a relay over and back."""
    import time
    from dataclasses import asdict

    from gw_spaceheat.apps.commission.exercise import exercise as run
    from gw_spaceheat.apps.commission.reading import device_node, site_of
    from gw_spaceheat.views.devices_text import exercise_text

    found = _house(file, house)
    name = device_node(found, node).display_name or node
    if not yes and not typer.confirm(
        f"{name} of {found.alias} is going to be switched over and back. Is nobody harmed by that?"
    ):
        raise typer.Exit(Exit.NOPERM)
    done = run(found, node, site_of(found), time.sleep)
    typer.echo(json.dumps(asdict(done)) if as_json else exercise_text(done))
    if done.problems:
        raise typer.Exit(Exit.FAILURE)


def docs(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("docs/drivers"),
) -> None:
    """Write a page for each driver, and their list."""
    from gw_spaceheat.drivers.registry import all_about
    from gw_spaceheat.views.driver_pages import pages

    folder.mkdir(parents=True, exist_ok=True)
    written = pages(all_about())
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{len(written)} pages in {folder}")


def _house(file: Path | None, alias: str) -> "House":
    """The house of the options, else of the settings, which are read only then."""
    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.settings import read_settings

    if file is not None and alias:
        return find_house(file, alias)
    settings = read_settings()
    return find_house(file or settings.houses_path(), alias or settings.atn_alias)
