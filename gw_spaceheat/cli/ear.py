"""`gws ear run|tail|export|query|energy|series|compact|gaps`: listen to every house of a broker, read back what was kept."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli._clock import OriginOption, SpeedOption, StartOption, clock_for
from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

EAR_FOLDER = "ear"
"""Folder of the Ear's files within the data folder."""


LONGEST_DAYS = 366
"""So many days of energies may be asked for at once."""
_UNITS_MS = {"ms": 1, "s": SECOND_MS, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}


class Format(StrEnum):
    """How readings are written."""

    CSV = "csv"
    JSON = "json"


House = Annotated[
    str, typer.Argument(help="Alias of the house, such as hw1.isone.me.millinocket.oak; its end where only one has it.")
]
Folder = Annotated[
    Path | None, typer.Option(help="Folder of the Ear's files.", show_default="ear in the data folder, GWS_DATA_FOLDER")
]


HouseFile = Annotated[Path | None, typer.Option(help="House file or folder.", show_default="the settings' or the shipped one")]
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
    ear.command("query")(query_)
    ear.command("energy")(energy)
    ear.command("series")(series)
    ear.command("compact")(compact)
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

    rows = query.tail(*_kept_of(folder, house), count)
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
        bins = query.thinned(*_kept_of(folder, house), from_ms, to_ms, wanted)
        _echo(readings_table.thinned_csv(bins) if form is Format.CSV else readings_table.thinned_json(bins))
        return
    rows = query.export(*_kept_of(folder, house), from_ms, to_ms, wanted)
    _echo(readings_table.readings_csv(rows) if form is Format.CSV else readings_table.readings_json(rows))


def query_(
    house: House,
    channels: Annotated[list[str], typer.Argument(help="Channels, such as tank1-depth1.", metavar="CHANNEL...")],
    from_: From,
    to: To,
    every: Annotated[str, typer.Option(help="Length of a step: 500ms, 10s, 5m, 1h, 1d.")] = "5m",
    agg: Annotated[str, typer.Option(help="What is told of each step: mean, min, max, first, last, count.")] = "mean",
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A header and a line per step; so also without any of these.")] = False,
    as_parquet: Annotated[bool, typer.Option("--parquet", help="A Parquet file, named by --out.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; must not be there.", show_default=False)] = None,
    folder: Folder = None,
) -> None:
    """Tell of steps of time, in SI units; one without readings has no value, one that rests on means is marked as thinned."""
    from gw_spaceheat.apps import history
    from gw_spaceheat.stores.history import Aggregate, Ask, write_steps
    from gw_spaceheat.views import history_table

    if as_json + as_csv + as_parquet > 1:
        raise typer.BadParameter("only one of --json, --csv and --parquet can be had")
    if as_parquet != (out is not None):
        raise typer.BadParameter("--parquet and --out FILE are wanted together; the others go to standard output")
    if agg not in list(map(str, Aggregate)):
        raise typer.BadParameter(f"{agg!r} is none of {', '.join(Aggregate)}", param_hint="--agg")
    if out is not None and out.exists():
        typer.echo(f"{out} is there already: name another file", err=True)
        raise typer.Exit(Exit.CANTCREAT)
    from_ms, to_ms = stretch(from_, to)
    ask = Ask(tuple(dict.fromkeys(channels)), from_ms, to_ms, length_ms(every), Aggregate(agg))
    found = history.answer(*_kept_of(folder, house), ask)
    if out is not None:
        write_steps(out, found)
        return
    _echo(history_table.steps_json(found) if as_json else history_table.steps_csv(found))


def energy(
    house: House,
    from_: Annotated[str, typer.Option("--from", help="First day, local: 2018-01-08.")],
    to: Annotated[str, typer.Option("--to", help="Last day, which is told too; at most a year of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per line and day.")] = False,
    file: HouseFile = None,
    folder: Folder = None,
) -> None:
    """Tell of each local day of a house what heating took and gave, its coefficient of performance and its cost."""
    from gw_spaceheat.apps.energy import days_kept
    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.views import energy_table

    first, last = _day(from_, "--from"), _day(to, "--to")
    if not 0 <= (last - first).days <= LONGEST_DAYS:
        raise typer.BadParameter(f"--to {to} must be --from {from_} or up to {LONGEST_DAYS} days later")
    days = days_kept(folder or ear_folder(), find_house(file or read_settings().houses_path(), house), first, last)
    _echo(energy_table.energy_json(days) if as_json else energy_table.energy_text(days))


def series(
    house: House,
    from_: Annotated[str, typer.Option("--from", help="First day, local standard time: 2018-01-08.")],
    to: Annotated[str, typer.Option("--to", help="Last day, which is written too.")],
    out: Annotated[Path, typer.Option(help="Folder of the files.")],
    file: HouseFile = None,
    folder: Folder = None,
) -> None:
    """Write weather, heat need and prices of days that were as files for `gws simulate --weather --demand --prices`."""
    from gw_spaceheat.apps.houses import find_house
    from gw_spaceheat.apps.kept_series import NotEnoughKeptError, write_kept_series
    from gw_spaceheat.apps.settings import read_settings

    first, last = _day(from_, "--from"), _day(to, "--to")
    found = find_house(file or read_settings().houses_path(), house)
    try:
        written = write_kept_series(folder or ear_folder(), found, first, last, out)
    except NotEnoughKeptError as error:
        typer.echo(f"{house}: {error}", err=True)
        raise typer.Exit(Exit.NOINPUT) from None
    _echo(str(out / name) for name in (written.weather, written.demand, written.prices))


def compact(
    keep_messages: Annotated[
        int | None, typer.Option(min=1, help="Remove messages older than this [days].", show_default="keep all")
    ] = None,
    keep_readings: Annotated[
        int | None, typer.Option(min=1, help="Remove readings older than this [days].", show_default="keep all")
    ] = None,
    folder: Folder = None,
) -> None:
    """Join days into months, while no Ear runs there (a running one does so itself), and remove what is older than is kept."""
    from gw_spaceheat.apps.history import compacted
    from gw_spaceheat.stores.compaction import KeptDays

    where = folder or ear_folder()
    if not where.is_dir():
        typer.echo(f"{where} is not there: name the Ear's folder with --folder", err=True)
        raise typer.Exit(Exit.NOINPUT)
    joined, removed = compacted(where, KeptDays(keep_messages, keep_readings), _now_ms())
    typer.echo(f"{joined} months joined, {removed} files removed")


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
    from gw_spaceheat.apps import history
    from gw_spaceheat.views import gaps_table

    from_ms, to_ms = stretch(from_, to)
    rows = history.gaps(*_kept_of(folder, house), from_ms, to_ms, _now_ms())
    wanted = {name.strip() for name in channels.split(",") if name.strip()}
    rows = [row for row in rows if not wanted or row.channel in wanted]
    _echo(gaps_table.gaps_json(rows) if as_json else gaps_table.gaps_text(rows, everything=everything))


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


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


def _kept_of(folder: Path | None, house: str) -> tuple[Path, str]:
    """The Ear's folder, and the house in it that a person means; what he said if there is none."""
    from gw_spaceheat.house.parse import house_called
    from gw_spaceheat.stores import query

    where = folder or ear_folder()
    return where, house_called(house, query.houses(where)) or house


def _day(text: str, option: str) -> date:
    """A date given by a person; raises typer.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: use 2018-01-08", param_hint=option) from None


def length_ms(text: str) -> int:
    """A length of time given by a person, such as 5m, at most a year [ms]; raises typer.BadParameter."""
    match = re.fullmatch(r"(\d{1,9})(ms|s|m|h|d)", text, re.ASCII)
    found = 0 if match is None else int(match[1]) * _UNITS_MS[match[2]]
    if not 0 < found <= 366 * DAY_MS:
        raise typer.BadParameter(f"{text!r} is no length of time: use 10s, 5m, 1h or 1d, at most 366d", param_hint="--every")
    return found


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
