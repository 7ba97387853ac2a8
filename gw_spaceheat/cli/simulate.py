"""`gws simulate`: a house in virtual time, and one JSON object about it."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gw_spaceheat.apps.compiled.finder import use_compiled
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.plant.prices import Market
from gw_spaceheat.vocabulary.contract_plan import ContractPlan

if TYPE_CHECKING:
    from gw_spaceheat.apps.simulation_run import SimulationRequest

DEFAULT_START = datetime(2018, 1, 8)  # noqa: DTZ001 - local standard time of the house
DATE_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "simulate",
        help="Run a house in virtual time with its SCADA, its AtomicTNode and an Ear, and tell what came out.",
    )
    def simulate(
        house: Annotated[str, typer.Argument(help="Alias of the house.")],
        start: Annotated[
            datetime, typer.Option(help="First hour, in local standard time.", formats=DATE_FORMATS)
        ] = DEFAULT_START,
        days: Annotated[int, typer.Option(min=1, max=3660, help="How many days.")] = 7,
        weather: Annotated[Path | None, typer.Option(help="Weather file (CSV); SYNTHETIC without it.")] = None,
        demand: Annotated[Path | None, typer.Option(help="Heat demand file (CSV) in place of the zones.")] = None,
        prices: Annotated[Path | None, typer.Option(help="Price file (CSV); SYNTHETIC without it.")] = None,
        price_column: Annotated[str | None, typer.Option(help="The file's column to take, whatever the market.")] = None,
        market: Annotated[Market, typer.Option(help="Which price of the file.")] = Market.REAL_TIME,
        strategy: Annotated[str | None, typer.Option(help="Strategy of local heating; the house's own without it.")] = None,
        seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of everything left to chance.")] = 1,
        contract: Annotated[
            ContractPlan,
            typer.Option(
                help="Who commands: the AtomicTNode as the strategy would, under a standing contract (mirror) or one for each "
                "market slot (slots), or by a plan (planned); or the SCADA by itself, with its reports held back (none) or "
                "going up (open)."
            ),
        ] = ContractPlan.MIRROR,
        contract_outages: Annotated[
            Path | None, typer.Option(help="Outages of the uplink (CSV: start,end in local standard time).")
        ] = None,
        tariff: Annotated[str | None, typer.Option(help="Delivery tariff: the house's own, flat, or none.")] = None,
        compare: Annotated[
            str | None,
            typer.Option(
                help="Run the same days under each of these, and tell all: hysteresis,tou,price-blind,planned,perfect."
            ),
        ] = None,
        out: Annotated[Path | None, typer.Option(help="Folder for summary.json, messages.jsonl and the readings.")] = None,
        file: Annotated[Path | None, typer.Option("--file", help="House file or folder; the settings' without it.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        progress: Annotated[
            bool, typer.Option("--progress", help="Tell on standard error how many hours are done, a line each.", hidden=True)
        ] = False,
    ) -> None:
        """Simulate one house."""
        settings = read_settings()
        use_compiled(settings.compiled_folder, settings.compiled)  # before anything of the control code is imported
        from gw_spaceheat.apps.houses import house_to_start
        from gw_spaceheat.apps.simulation_run import SimulationRequest, run, run_comparison
        from gw_spaceheat.views.comparison_text import comparison_text
        from gw_spaceheat.views.simulation_text import simulation_text

        found, _ = house_to_start(file or settings.houses_path(), house)
        request = SimulationRequest(
            house=found,
            start=start,
            days=days,
            weather=weather,
            demand=demand,
            prices=prices,
            price_column=price_column,
            market=market,
            strategy=strategy,
            seed=seed,
            compiled=settings.numba,
            out=out,
            contract=contract,
            outages=contract_outages,
            tariff=tariff,
            compare=tuple(name.strip() for name in compare.split(",")) if compare else (),
        )
        if request.compare:
            compared = run_comparison(request, on_hour=_counter(days * 24 * len(request.compare), progress=progress))
            typer.echo(json.dumps(compared) if as_json else comparison_text(compared))
            return
        told = _with_progress(request) if sys.stderr.isatty() else run(request)
        typer.echo(json.dumps(told) if as_json else simulation_text(told))


def _counter(hours: int, *, progress: bool) -> Callable[[int], None]:
    """Tells how many hours of all runs are done."""
    done = 0

    def count(_hour: int) -> None:
        nonlocal done
        done += 1
        if progress:
            typer.echo(f"{done}/{hours}", err=True)

    return count


def _with_progress(request: "SimulationRequest") -> dict[str, object]:
    from gw_spaceheat.apps.simulation_run import run

    hours = request.days * 24
    with typer.progressbar(length=hours, label="simulating", file=sys.stderr, update_min_steps=max(1, hours // 200)) as bar:
        return run(request, on_hour=lambda _hour: bar.update(1))
