"""`gws netbalance`: run loads on the hour's surplus; simulated on recordings, and in a house."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.cli._owner import OwnerOption
from gw_spaceheat.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from gw_spaceheat.apps.netbalance.experiment import Experiment

Files = Annotated[list[Path], typer.Argument(help="Recordings (CSV).")]
Loads = Annotated[str, typer.Option(help="Power of each load [W], by commas; the first goes first.")]
Base = Annotated[float | None, typer.Option(min=0, help="Constant base load [W]; needed where a file has no consumption.")]
Period = Annotated[int, typer.Option(help="Netting period [min]: 60, 30, 15, or 0 for none.")]
Tariff = Annotated[str, typer.Option(help="every-day-alike, or 2.0TD with its weekends and holidays.")]
Sell = Annotated[float, typer.Option(help="What surplus brings, per kWh.")]
Value = Annotated[float, typer.Option(help="What a kWh in a load is worth.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="A setting of the algorithm: KEY=VALUE; again for more.")]
Algorithm = Annotated[str, typer.Option(help="none, hysteresis, minimum-on-time, time-to-consume or ours.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LOADS, PERIOD, TARIFF, SELL, VALUE = "700,1000", 60, "every-day-alike", 0.187, 0.2409


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Run loads on the hour's surplus.", no_args_is_help=True)
    group.command("simulate", help="Play recordings through the manager; one JSON object with what came out.")(_simulate)
    group.command("try", help="Play recordings through what a site's file says, with all that binds its loads.")(_try)
    group.command("sweep", help="The same over the values of one or two settings, on all cores.")(_sweep)
    group.command("compare", help="All algorithms side by side, with none and the bound of perfect foresight.")(_compare)
    group.command("reproduce", help="The published cases of 2022, with their conventions: how many are equal.")(_reproduce)
    group.command("manage", help="Switch the loads of a house, until Ctrl-C or SIGTERM; then their times let them go.")(_manage)
    group.command("monitor", help="Store meter, balance and loads of a house, until Ctrl-C or SIGTERM; switch nothing.")(
        _monitor
    )
    group.command("stop", help="Switch all loads off now; exit code 69 if one could not be had.")(_stop)
    app.add_typer(group, name="netbalance")


SiteFile = Annotated[Path, typer.Argument(help="What is managed (JSON): docs/systems/netbalance.md.", metavar="FILE")]
Seconds = Annotated[float | None, typer.Option(help="Stop by itself after this [s].", show_default=False)]


def _manage(file: SiteFile, seconds: Seconds = None, owner: OwnerOption = None) -> None:
    """Manage."""
    from gw_spaceheat.apps.netbalance.live import manage

    _live(manage, file, seconds, owner)


def _monitor(file: SiteFile, seconds: Seconds = None, owner: OwnerOption = None) -> None:
    """Monitor."""
    from gw_spaceheat.apps.netbalance.live import monitor

    _live(monitor, file, seconds, owner)


def _live(run: "Callable[..., int]", file: Path, seconds: float | None, owner: int | None) -> None:
    from gw_spaceheat.apps.netbalance.site_file import SiteFileError, read_site
    from gw_spaceheat.apps.process import start_life, start_log
    from gw_spaceheat.apps.settings import read_settings
    from gw_spaceheat.runtime.clock import SystemClock

    settings = read_settings()
    try:
        site = read_site(file)
        life = start_life(start_log(settings.log_level), owner)
        code = run(site, settings.data_folder, SystemClock(), life, seconds)
    except SiteFileError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.DATAERR) from error
    raise typer.Exit(code)


def _stop(file: SiteFile) -> None:
    """Stop."""
    from gw_spaceheat.apps.netbalance.live import stop
    from gw_spaceheat.apps.netbalance.site_file import SiteFileError, read_site

    try:
        went = stop(read_site(file))
    except SiteFileError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.DATAERR) from error
    for name, trouble in went.items():
        typer.echo(f"{name}: {trouble or 'off'}", err=bool(trouble))
    if any(went.values()):
        raise typer.Exit(Exit.UNAVAILABLE)


def _simulate(
    files: Files,
    algorithm: Algorithm = "ours",
    loads: Loads = LOADS,
    base: Base = None,
    period: Period = PERIOD,
    tariff: Tariff = TARIFF,
    sell: Sell = SELL,
    load_value: Value = VALUE,
    given: Settings = None,
    as_published: Annotated[bool, typer.Option("--as-published", help="With the conventions of the manager of 2022.")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate."""
    from gw_spaceheat.apps.netbalance.published import as_published_told
    from gw_spaceheat.views.netbalance_table import run_text

    with _mendable():
        if as_published:
            told = as_published_told(tuple(files), algorithm, _pairs(given), _numbers(loads), base)
            typer.echo(json.dumps(told) if as_json else json.dumps(told, indent=2))
            return
        told = _experiment(files, loads, base, period, tariff, sell, load_value).told(algorithm, _pairs(given))
    told = {"files": [file.name for file in files], **told}
    typer.echo(json.dumps(told) if as_json else "\n".join(run_text(told)))


def _try(
    file: SiteFile,
    files: Files,
    base: Base = None,
    load_value: Value = VALUE,
    as_json: AsJson = False,
) -> None:
    """Try."""
    from gw_spaceheat.apps.netbalance.experiment import Experiment, read_traces
    from gw_spaceheat.apps.netbalance.site_file import read_site
    from gw_spaceheat.core.netbalance.simulation import Terms
    from gw_spaceheat.views.netbalance_table import run_text

    with _mendable():
        site = read_site(file)
        terms = Terms(site.tariff, site.settings.sell_per_kwh, load_value)
        experiment = Experiment(read_traces(tuple(files), base), site.loads, terms, site.settings.period)
        states = experiment.run_manager(site.algorithm, site.algorithm_settings)
        told = experiment.told_of(site.algorithm, {}, states)
    told = {"files": [each.name for each in files], "loads": [load.name for load in site.loads], **told}
    typer.echo(json.dumps(told) if as_json else "\n".join(run_text(told)))


def _sweep(
    files: Files,
    over: Annotated[list[str], typer.Option(help="SETTING=START:END:STEP or SETTING=VALUE,VALUE; twice for a table of two.")],
    algorithm: Algorithm = "hysteresis",
    loads: Loads = LOADS,
    base: Base = None,
    period: Period = PERIOD,
    tariff: Tariff = TARIFF,
    sell: Sell = SELL,
    load_value: Value = VALUE,
    given: Settings = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 for as many as it is worth.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Sweep."""
    from gw_spaceheat.apps.netbalance.sweep import axis, points, sweep
    from gw_spaceheat.views.netbalance_table import runs_text

    with _mendable():
        if len(over) > 2:
            raise typer.BadParameter("one or two settings can be swept")
        axes = [axis(text) for text in over]
        at = points(axes, _pairs(given))
        experiment = _experiment(files, loads, base, period, tariff, sell, load_value)
        with _progress(len(at), "sweeping") as on_point:
            rows = sweep(experiment, algorithm, at, workers or None, on_point)
    names = [" ".join(f"{each.setting}={point[each.setting]}" for each in axes) for point in at]
    typer.echo(json.dumps({"algorithm": algorithm, "points": rows}) if as_json else "\n".join(runs_text(rows, names)))


def _compare(
    files: Files,
    loads: Loads = LOADS,
    base: Base = None,
    period: Period = PERIOD,
    tariff: Tariff = TARIFF,
    sell: Sell = SELL,
    load_value: Value = VALUE,
    as_json: AsJson = False,
) -> None:
    """Compare."""
    from gw_spaceheat.views.netbalance_table import runs_text

    with _mendable():
        experiment = _experiment(files, loads, base, period, tariff, sell, load_value)
        rows = experiment.compared({})
    if as_json:
        front = [round(float(gain), 6) for gain in experiment.frontier.gain]
        typer.echo(json.dumps({"algorithms": rows, "perfect_gain_by_commutations": front}))
        return
    typer.echo("\n".join(runs_text(rows, [row["algorithm"] for row in rows])))


def _reproduce(
    cases: Annotated[Path, typer.Argument(help="Cases and algorithms (JSON); recordings lie beside it.")],
    totals: Annotated[Path, typer.Argument(help="Published totals (CSV).")],
    switches: Annotated[Path, typer.Argument(help="Published switchings (JSON).")],
    as_json: AsJson = False,
) -> None:
    """Reproduce."""
    from gw_spaceheat.apps.netbalance.reproduce import reproduce

    with _mendable():
        equal, different, differences = reproduce(cases, totals, switches)
    told = {"equal": equal, "different": different}
    rows = [[d.case, d.algorithm, d.name, d.published, d.ours] for d in differences]
    typer.echo(json.dumps({**told, "differences": rows}) if as_json else f"{equal} equal, {different} different")
    if not as_json:
        for row in rows:
            typer.echo("{}/{}: {} is {}, here {}".format(*row))
    if different:
        raise typer.Exit(Exit.FAILURE)


def _experiment(
    files: list[Path], loads: str, base: float | None, period: int, tariff: str, sell: float, load_value: float
) -> "Experiment":
    from gw_spaceheat.apps.netbalance.experiment import Experiment, read_traces, tariff_named
    from gw_spaceheat.core.netbalance.load import Load
    from gw_spaceheat.core.netbalance.period import NettingPeriod
    from gw_spaceheat.core.netbalance.simulation import Terms

    made = tuple(Load(f"load {index + 1}", watts) for index, watts in enumerate(_numbers(loads)))
    terms = Terms(tariff_named(tariff), sell, load_value)
    return Experiment(read_traces(tuple(files), base), made, terms, NettingPeriod(period))


def _numbers(text: str) -> tuple[float, ...]:
    """Powers above 0; a load of 0 W is no load."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"{text}: give powers in W, by commas") from error
    kept = tuple(number for number in found if number > 0.0)
    if not kept:
        raise typer.BadParameter(f"{text}: no load is above 0 W")
    return kept


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text}: write KEY=VALUE")
        pairs[key] = value
    return pairs


@contextmanager
def _mendable() -> Iterator[None]:
    """Tells what is wrong with a file or a setting, and ends."""
    from gw_spaceheat.core.netbalance.trace import TraceError

    try:
        yield
    except TraceError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.DATAERR) from error
    except FileNotFoundError as error:
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.NOINPUT) from error
    except ValueError as error:  # algorithm, load, tariff, period: each says what there is
        typer.echo(f"gws: {error}", err=True)
        raise typer.Exit(Exit.USAGE) from error


@contextmanager
def _progress(count: int, label: str) -> "Iterator[Callable[[int], object]]":
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with typer.progressbar(length=count, label=label, file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
