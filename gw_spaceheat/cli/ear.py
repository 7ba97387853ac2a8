"""`gws ear run|tail|export|gaps`: listen to every house of a broker, read back what was kept, and see what is missing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.vocabulary.moment import HOUR_MS

EAR_FOLDER = "ear"
"""Folder of the Ear's files within the data folder."""


class Format(StrEnum):
    """How readings are written."""

    CSV = "csv"
    JSON = "json"


House = Annotated[str, typer.Argument(help="Alias of the house, such as hw1.isone.me.millinocket.oak.")]
Folder = Annotated[
    Path | None, typer.Option(help="Folder of the Ear's files.", show_default="ear in the data folder, GWS_DATA_FOLDER")
]


From = Annotated[
    str,
    typer.Option("--from", help="Readings taken from here on: 2018-01-08 or 2018-01-08T05:00 (UTC), or with an offset."),
]
To = Annotated[str, typer.Option("--to", help="Readings taken before this.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    ear = typer.Typer(
        name="ear", help="The Ear: what every house of a broker said.", no_args_is_help=True, rich_markup_mode=None
    )
    ear.command("run")(run)
    ear.command("tail")(tail)
    ear.command("export")(export)
    ear.command("gaps")(gaps)
    app.add_typer(ear)


def run(
    folder: Folder = None,
    url: Annotated[str | None, typer.Option(help="Broker; GWS_UPLINK_URL without it.", show_default=False)] = None,
    speed: SpeedOption = None,
    start: StartOption = None,
    origin: OriginOption = None,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)] = None,
    owner: OwnerOption = None,
) -> None:
    """Listen to every house of a broker, and write every message, until Ctrl-C or SIGTERM."""
    from gw_spaceheat.apps.ear import run_ear
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings

    settings = read_settings()
    broker = url or settings.uplink_url
    if broker is None:
        raise typer.BadParameter("GWS_UPLINK_URL is None; name the broker that gws run started with --url")
    life = start_life(start_log(settings.log_level), owner)
    clock = clock_for(settings.speed if speed is None else speed, start, origin)
    where = folder or settings.data_folder / EAR_FOLDER
    raise typer.Exit(run_ear(where, broker, settings, clock, life, seconds))


def tail(
    house: House,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many messages.")] = 10,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line, with the whole payload.")] = False,
) -> None:
    """Show the last messages of a house, oldest first."""
    from gw_spaceheat.stores import query
    from gw_spaceheat.views import readings_table

    rows = query.tail(folder or ear_folder(), house, count)
    _echo(readings_table.messages_json(rows) if as_json else readings_table.messages_text(rows))


def export(
    house: House,
    from_: From,
    to: To,
    channels: Annotated[str, typer.Option(help="Only these channels, with commas between.", show_default="all")] = "",
    form: Annotated[Format, typer.Option("--format", help="csv, or json: an object per line.")] = Format.CSV,
    folder: Folder = None,
    thinned: Annotated[
        bool, typer.Option("--thinned", help="Instead: means, extremes and counts of readings that had to wait too long.")
    ] = False,
) -> None:
    """Write the readings of a house, by time, in SI units."""
    from gw_spaceheat.stores import query
    from gw_spaceheat.views import readings_table

    from_ms, to_ms = stretch(from_, to)
    wanted = [name.strip() for name in channels.split(",") if name.strip()] or None
    if thinned:
        bins = query.thinned(folder or ear_folder(), house, from_ms, to_ms, wanted)
        _echo(readings_table.thinned_csv(bins) if form is Format.CSV else readings_table.thinned_json(bins))
        return
    rows = query.export(folder or ear_folder(), house, from_ms, to_ms, wanted)
    _echo(readings_table.readings_csv(rows) if form is Format.CSV else readings_table.readings_json(rows))


def gaps(
    house: House,
    from_: From,
    to: To,
    channels: Annotated[str, typer.Option(help="Only these channels, with commas between.", show_default="all")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also the hours in which nothing is missing.")] = False,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line: every channel and hour.")] = False,
) -> None:
    """Show what is missing of each channel and hour, and why, by what the house says that it captured."""
    from gw_spaceheat.core.telemetry.gaps import hours_of
    from gw_spaceheat.stores import query
    from gw_spaceheat.views import gaps_table

    from_ms, to_ms = stretch(from_, to)
    where = folder or ear_folder()
    begin_ms, end_ms = from_ms // HOUR_MS * HOUR_MS, -(-to_ms // HOUR_MS) * HOUR_MS
    rows = hours_of(
        begin_ms,
        end_ms,
        query.certificates(where, house),
        query.stored_counts(where, house, begin_ms, end_ms),
        query.unsent(where, house, begin_ms, end_ms),
    )
    wanted = {name.strip() for name in channels.split(",") if name.strip()}
    rows = [row for row in rows if not wanted or row.channel in wanted]
    _echo(gaps_table.gaps_json(rows) if as_json else gaps_table.gaps_text(rows, everything=everything))


def stretch(from_: str, to: str) -> tuple[int, int]:
    """Two times given by a person, as Unix times [ms]; raises typer.BadParameter unless the second is after the first."""
    from_ms, to_ms = unix_ms(from_, "--from"), unix_ms(to, "--to")
    if to_ms <= from_ms:
        raise typer.BadParameter(f"--to {to} is not after --from {from_}")
    return from_ms, to_ms


def ear_folder() -> Path:
    """The Ear's folder by the settings."""
    from gw_spaceheat.apps.settings import read_settings

    return read_settings().data_folder / EAR_FOLDER


def unix_ms(text: str, option: str) -> int:
    """A time given by a person, UTC unless it has an offset, as Unix time [ms]; raises typer.BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time: use 2018-01-08 or 2018-01-08T05:00", param_hint=option) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
