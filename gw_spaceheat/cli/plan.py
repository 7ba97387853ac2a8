"""`gws plan`: what a house would do in the next two days, at what cost, and why."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gw_spaceheat.cli.simulate import DATE_FORMATS, DEFAULT_START
from gw_spaceheat.plant.prices import Market


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("plan", help="Plan two days of a house against prices and weather, and tell what is done when, and why.")
    def plan(
        house: Annotated[str, typer.Argument(help="Alias of the house.")],
        start: Annotated[
            datetime, typer.Option(help="When it begins, local standard time.", formats=DATE_FORMATS)
        ] = DEFAULT_START,
        stored: Annotated[float, typer.Option(min=0, max=100, help="How full the stores are [%].")] = 80.0,
        running: Annotated[bool, typer.Option("--running", help="The heat source has been running.")] = False,
        why: Annotated[
            str | None, typer.Option(metavar="HH:MM", help="Explain the step at this local time.", show_default=False)
        ] = None,
        prices: Annotated[Path | None, typer.Option(help="Price file (CSV); SYNTHETIC without it.", show_default=False)] = None,
        market: Annotated[Market, typer.Option(help="Which price of the file.")] = Market.DAY_AHEAD,
        peak: Annotated[
            float, typer.Option(min=0, help="The month's highest hourly mean power so far [kW], where that has a price.")
        ] = 0.0,
        tariff: Annotated[
            str | None, typer.Option(help="Delivery tariff: the house's own, or flat.", show_default=False)
        ] = None,
        weather: Annotated[
            Path | None, typer.Option(help="Weather file (CSV); SYNTHETIC without it.", show_default=False)
        ] = None,
        demand: Annotated[
            Path | None,
            typer.Option(help="Heat demand file (CSV); SYNTHETIC without it.", show_default=False),
        ] = None,
        file: Annotated[
            Path | None, typer.Option("--file", help="House file or folder; the settings' without it.", show_default=False)
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Plan, and tell."""
        from gw_spaceheat.apps.houses import house_to_start
        from gw_spaceheat.apps.plan_ahead import PlanRequest, plan_ahead
        from gw_spaceheat.apps.settings import read_settings
        from gw_spaceheat.views.plan_text import plan_data, plan_lines, why_data, why_lines

        found, _ = house_to_start(file or read_settings().houses_path(), house)
        ahead = plan_ahead(
            PlanRequest(
                house=found,
                start=start,
                stored_share=stored / 100.0,
                running=running,
                weather=weather,
                demand=demand,
                prices=prices,
                market=market,
                tariff=tariff,
                peak_kw=peak,
            )
        )
        explained = None if why is None else ahead.explained(why)
        if as_json:
            told: dict[str, object] = {"house": found.alias, "prices": ahead.sources[0], "weather": ahead.sources[1]}
            told["notes"] = list(ahead.notes)
            told |= plan_data(ahead.plan, ahead.local)
            if explained is not None:
                told["why"] = why_data(explained, ahead.local)
            typer.echo(json.dumps(told))
            return
        if explained is not None:
            typer.echo("\n".join(why_lines(explained, ahead.local)))
            return
        heading = f"{found.alias} from {start:%Y-%m-%d %H:%M}, prices {ahead.sources[0]}, weather {ahead.sources[1]}"
        typer.echo("\n".join([heading, *ahead.notes, *plan_lines(ahead.plan, ahead.local)]))
