"""`gws neighbourhood`: streets that share their sun."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the street.")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of what is left to chance.")]
RunsOption = Annotated[int, typer.Option(min=1, max=10_000, help="How often, each with the next seed.")]
ProcessesOption = Annotated[
    int | None, typer.Option("--jobs", min=1, max=256, help="Runs at a time; one per core without it.", show_default=False)
]
UrlOption = Annotated[str | None, typer.Option(help="The broker, such as mqtt://127.0.0.1:1883.", show_default=False)]
SpeedOption = Annotated[
    float, typer.Option(min=0.001, max=10_000.0, help="How many times faster than life time passes, with a broker.")
]
DaysOption = Annotated[int | None, typer.Option(min=1, help="How many days the sun counts for.", show_default=False)]
BoundOption = Annotated[bool, typer.Option("--bound", help="Tell how much could be used if everything were known.")]
HouseFileOption = Annotated[
    Path | None,
    typer.Option("--houses", help="House file or folder with the models of heated houses; the settings'.", show_default=False),
]
ResultsOption = Annotated[
    Path | None, typer.Option(help="Folder that is made for the results, JSON and Parquet.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Streets that share their sun.", no_args_is_help=True)

    @group.command("run", help="Schedule the jobs of a street, or of all in a folder, and tell how much of its sun it used.")
    def run(
        folder: FolderArgument,
        algorithm: Annotated[str, typer.Option(help="Name of the scheduler; a wrong one tells which there are.")] = "lst",
        seed: SeedOption = 1,
        runs: RunsOption = 1,
        processes: ProcessesOption = None,
        days: DaysOption = None,
        bound: BoundOption = False,
        messages: Annotated[
            bool, typer.Option("--messages", help="Houses, roofs and a manager agree by messages, in virtual time.")
        ] = False,
        lost: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of messages that are lost.")] = 0.0,
        doubled: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of messages that come twice.")] = 0.0,
        late: Annotated[float, typer.Option(min=0.0, max=3600.0, help="Messages take up to so much longer [s].")] = 0.0,
        choose: Annotated[
            str,
            typer.Option(help="Which roofs give first, with --messages: pro_rata, ranking, learning or cheapest."),
        ] = "pro_rata",
        price: Annotated[
            list[str] | None,
            typer.Option(help="What a roof wants, as NAME=0.12 [USD/kWh], with --choose cheapest; others want 0.18."),
        ] = None,
        live: Annotated[
            bool, typer.Option("--live", help="Over a real broker (--url), each house in a process of its own.")
        ] = False,
        url: UrlOption = None,
        speed: SpeedOption = 1.0,
        results: ResultsOption = None,
        houses: HouseFileOption = None,
        between: Annotated[
            float | None,
            typer.Option(
                min=0.0, help="Streets of a folder give each other what is over, at so much [USD/kWh].", show_default=False
            ),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Run one scheduler."""
        from gw_spaceheat.apps.neighbourhood.request import StreetRequest
        from gw_spaceheat.apps.neighbourhood.run import run_street
        from gw_spaceheat.apps.neighbourhood.several import SeveralRequest, run_streets, streets_in
        from gw_spaceheat.apps.neighbourhood.wire import WireFaults
        from gw_spaceheat.views.street_text import several_lines, street_lines

        if not messages and (lost or doubled or late or (choose != "pro_rata" and not live)):
            raise typer.BadParameter("--lost, --doubled, --late and --choose are about messages: add --messages")
        if bool(price) != (choose == "cheapest"):
            raise typer.BadParameter("--choose cheapest and --price NAME=0.12 go together")
        if live != (url is not None) or (live and (messages or runs > 1)):
            raise typer.BadParameter("--live wants --url and one run, and has no faults of its own to add")
        wire = WireFaults(lost=lost, doubled=doubled, late_ms=round(late * 1000.0)) if messages else None
        request = StreetRequest(
            folder=folder,
            algorithm=algorithm,
            seed=seed,
            runs=runs,
            processes=processes,
            days=days,
            bound=bound,
            messages=wire,
            choose=choose,
            prices_usd_per_kwh=dict(_price(each) for each in price or ()),
            live_url=url,
            speed=speed,
            results=results,
            houses=houses,
        )
        if streets_in(folder):
            several = run_streets(SeveralRequest(each=request, between_usd_per_kwh=between))
            typer.echo(json.dumps(several) if as_json else "\n".join(several_lines(several)))
            return
        if between is not None:
            raise typer.BadParameter(f"--between is about several streets, and {folder} is no folder of such")
        with _progress(runs) as on_run:
            told = run_street(request, on_run)
        typer.echo(json.dumps(told) if as_json else "\n".join(street_lines(told)))

    @group.command("compare", help="Schedule the jobs of a street in several ways, side by side.")
    def compare(
        folder: FolderArgument,
        algorithms: Annotated[
            str | None,
            typer.Option(help="Their names, with commas; all that need no solver without it.", show_default=False),
        ] = None,
        seed: SeedOption = 1,
        runs: RunsOption = 1,
        processes: ProcessesOption = None,
        days: DaysOption = None,
        bound: BoundOption = False,
        houses: HouseFileOption = None,
        results: ResultsOption = None,
        as_json: JsonOption = False,
        progress: Annotated[
            bool, typer.Option("--progress", help="Tell on standard error how many runs are done, a line each.", hidden=True)
        ] = False,
    ) -> None:
        """Run several schedulers."""
        from gw_spaceheat.apps.neighbourhood.request import StreetRequest
        from gw_spaceheat.apps.neighbourhood.run import compare_street
        from gw_spaceheat.core.market.scheduler import scheduler_names
        from gw_spaceheat.views.street_text import comparison_lines

        names = [name.strip() for name in algorithms.split(",")] if algorithms else list(scheduler_names())
        request = StreetRequest(
            folder=folder, seed=seed, runs=runs, processes=processes, days=days, bound=bound, houses=houses, results=results
        )
        with _progress(len(names) * runs, as_lines=progress) as on_run:
            told = compare_street(request, names, on_run)
        typer.echo(json.dumps(told) if as_json else "\n".join(comparison_lines(told)))

    @group.command("house", help="Be one house of a street over a real broker; gws neighbourhood run --live starts them all.")
    def house(
        folder: FolderArgument,
        name: Annotated[str, typer.Argument(help="The house, as its jobs name it.")],
        tag: Annotated[str, typer.Option(help="Name of the run at the broker; the same for all.")],
        url: UrlOption = None,
        speed: SpeedOption = 1.0,
        origin: Annotated[
            float | None,
            typer.Option(help="Real Unix time of the street's first event [s]; the same for all.", show_default=False),
        ] = None,
        days: DaysOption = None,
        houses: HouseFileOption = None,
        answer: Annotated[bool, typer.Option("--answer", hidden=True)] = False,
    ) -> None:
        """Be a house until Ctrl-C or SIGTERM."""
        from gw_spaceheat.apps.neighbourhood.live import Live, be_house
        from gw_spaceheat.apps.settings import read_settings

        if url is None or (origin is None) is not answer:
            raise typer.BadParameter("--url and --origin are wanted")
        live = Live(folder=folder, url=url, settings=read_settings(), speed=speed, days=days, houses=houses)
        raise typer.Exit(be_house(live, name, tag, origin, typer.echo))

    @group.command("convert", help="Bring a street into our own form (JSON and Parquet), or into the original's.")
    def convert(
        source: FolderArgument,
        target: Annotated[Path, typer.Argument(help="Folder that is made; it must not be there.")],
        to: Annotated[str, typer.Option(help="own or original.")] = "own",
        as_json: JsonOption = False,
    ) -> None:
        """Convert a street."""
        from gw_spaceheat.apps.neighbourhood.convert import Form, convert_street

        if to not in set(Form):
            raise typer.BadParameter(f"--to is own or original, not {to}")
        told, warnings = convert_street(source, target, Form(to))
        text = "\n".join([*(f"warning: {each}" for each in warnings), f"{target}: {_what(told)}"])
        typer.echo(json.dumps({**told, "warnings": warnings}) if as_json else text)

    @group.command("import-results", help="Keep a result of the original (a pickle; nothing in it is executed) as ours.")
    def import_results(
        file: Annotated[Path, typer.Argument(help="The pickle.")],
        folder: Annotated[Path, typer.Argument(help="Folder that is made, JSON and Parquet; it must not be there.")],
        as_json: JsonOption = False,
    ) -> None:
        """Import results."""
        from gw_spaceheat.apps.neighbourhood.imported import import_results
        from gw_spaceheat.views.street_text import imported_lines

        told = import_results(file, folder)
        typer.echo(json.dumps(told) if as_json else "\n".join(imported_lines(told, str(folder))))

    @group.command("new", help="Make a SYNTHETIC street, in the original's form, or in ours where that has no place for it.")
    def new(
        folder: Annotated[Path, typer.Argument(help="Folder that is made; it must not be there.")],
        houses: Annotated[int, typer.Option(min=1, max=20_000, help="How many houses.")] = 10,
        roofs: Annotated[
            int | None, typer.Option(min=0, help="Houses with panels; half without it.", show_default=False)
        ] = None,
        days: Annotated[int, typer.Option(min=1, max=366, help="For how long [days].")] = 1,
        start: Annotated[
            datetime | None, typer.Option(help="First day, local standard time.", formats=["%Y-%m-%d"], show_default=False)
        ] = None,
        sun: Annotated[str, typer.Option(help="drawn from a formula, or simulated panels under clouds.")] = "drawn",
        base: Annotated[
            str | None,
            typer.Option(help="Base load: standard (the profile) or household (things go on and off).", show_default="none"),
        ] = None,
        batteries: Annotated[int, typer.Option(min=0, help="How many houses have a battery.")] = 0,
        heated: Annotated[
            int, typer.Option(min=0, help="How many houses have a heat source and a store, and heat when it suits the street.")
        ] = 0,
        levels: Annotated[int, typer.Option(min=1, max=20, help="How many powers a heat source has; 1 for on and off.")] = 6,
        seed: SeedOption = 1,
        as_json: JsonOption = False,
    ) -> None:
        """Make a street."""
        from gw_spaceheat.apps.neighbourhood.convert import new_street
        from gw_spaceheat.apps.neighbourhood.simulated import Additions, Base
        from gw_spaceheat.core.market.synthetic import StreetKind

        if sun not in {"drawn", "simulated"}:
            raise typer.BadParameter(f"--sun is drawn or simulated, not {sun}")
        if base is not None and base not in set(Base):
            raise typer.BadParameter(f"--base is {' or '.join(Base)}, not {base}")
        additions = Additions(
            start=start,
            simulated_sun=sun == "simulated",
            base=None if base is None else Base(base),
            batteries=batteries,
            heated=heated,
            levels=levels,
        )
        try:
            kind = StreetKind(houses=houses, roofs=houses // 2 if roofs is None else roofs, days=days, seed=seed)
            told = new_street(kind, folder, additions=additions)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        typer.echo(json.dumps(told) if as_json else f"{folder}: {_what(told)}, SYNTHETIC")

    app.add_typer(group, name="neighbourhood")


def _price(said: str) -> tuple[str, float]:
    """A roof, whose name may have a `=` in it, and what it wants."""
    name, _, amount = said.rpartition("=")
    try:
        usd_per_kwh = float(amount)
    except ValueError:
        usd_per_kwh = math.nan
    if not name or not math.isfinite(usd_per_kwh):
        raise typer.BadParameter(f"--price is written as NAME=0.12, not {said}")
    return name, usd_per_kwh


def _what(told: Mapping[str, object]) -> str:
    """What a street has, in words."""
    parts = [f"{told['jobs']} jobs, {told['producers']} roofs"]
    more = (("base_loads", "base loads"), ("batteries", "batteries"), ("heated", "heated houses"))
    return ", ".join(parts + [f"{told[name]} {words}" for name, words in more if told[name]])


@contextmanager
def _progress(runs: int, *, as_lines: bool = False) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal's standard error where there are several runs, or a line for each; called with how many are done."""
    if as_lines:
        yield lambda done: typer.echo(f"{done}/{runs}", err=True)
        return
    if runs == 1 or not sys.stderr.isatty():
        yield lambda _: None
        return
    with typer.progressbar(length=runs, label="runs", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
