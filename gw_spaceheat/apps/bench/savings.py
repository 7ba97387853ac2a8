"""What a plan saves: several homes' heat demand through one house, each under one strategy after another, side by side."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.simulation_run import SimulationRequest, run_comparison

NAMES = ("hysteresis", "price-blind", "planned", "perfect")
COLUMNS = ("demand", "mean need", "to hysteresis", "to price-blind", "to perfect", "too cold", "dear tenth (hysteresis)")


def measure(
    houses: Path,
    house: str,
    demands: Sequence[Path],
    weather: Path | None = None,
    prices: Path | None = None,
    price_column: str | None = None,
    tariff: str | None = None,
    start: datetime = datetime(2018, 1, 1),  # noqa: DTZ001 - local standard time
    days: int = 28,
    workers: int | None = None,
) -> dict[str, object]:
    """Simulate each home's days under every strategy.

    Args:
        houses: The house file.
        house: Alias of the house.
        demands: A heat demand file for each home.
        weather: Weather file; None for SYNTHETIC weather.
        prices: Price file; None for SYNTHETIC prices.
        price_column: Its column to take; None for the market's.
        tariff: Delivery tariff; None for the house's own.
        start: First hour, local standard time.
        days: How many days.
        workers: Processes; None for one per core.

    Returns:
        `rows`, one for each home: `demand, need_kw`, what planned costs with the end priced in, against the others, less 1
        (`to_hysteresis, to_price_blind, to_perfect`), `kelvin_hours_below, top10_price_share, top10_of_hysteresis`; `table`,
        the same in Markdown.
    """
    base = SimulationRequest(
        house=house_to_start(houses, house)[0],
        start=start,
        days=days,
        weather=weather,
        prices=prices,
        price_column=price_column,
        tariff=tariff,
        compare=NAMES,
    )
    requests = [replace(base, demand=demand) for demand in demands]
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        rows = [_row(request, told) for request, told in zip(requests, pool.map(run_comparison, requests), strict=True)]
    return {
        "house": house,
        "days": days,
        "tariff": tariff or base.house.tariff.name,
        "rows": rows,
        "table": "\n".join(_table(rows)),
    }


def _row(request: SimulationRequest, told: dict[str, Any]) -> dict[str, Any]:
    runs = told["compare"]
    cost = {name: run["cost_usd_end_adjusted"] for name, run in runs.items()}
    planned = runs["planned"]
    return {
        "demand": "" if request.demand is None else request.demand.stem,
        "need_kw": runs["perfect"]["heat_kwh"] / (request.days * 24),
        "to_hysteresis": cost["planned"] / cost["hysteresis"] - 1,
        "to_price_blind": cost["planned"] / cost["price-blind"] - 1,
        "to_perfect": cost["planned"] / cost["perfect"] - 1,
        "kelvin_hours_below": planned["comfort"]["kelvin_hours_below"],
        "top10_price_share": planned["top10_price_share"],
        "top10_of_hysteresis": runs["hysteresis"]["top10_price_share"],
    }


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for row in sorted(rows, key=lambda each: each["need_kw"]):
        cells = (
            row["demand"],
            f"{row['need_kw']:.1f} kW",
            f"{row['to_hysteresis']:+.1%}",
            f"{row['to_price_blind']:+.1%}",
            f"{row['to_perfect']:+.1%}",
            f"{row['kelvin_hours_below']:.1f} K h",
            f"{row['top10_price_share']:.1%} ({row['top10_of_hysteresis']:.1%})",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines
