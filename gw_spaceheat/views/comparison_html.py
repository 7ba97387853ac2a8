"""Runs of the same days side by side, as HTML; what comes from files is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

COST = "cost_usd_end_adjusted"
FIGURES = (
    (COST, "Cost, stores as at the start", "{:.2f} USD", 1.0),
    ("energy_kwh", "Electricity", "{:.0f} kWh", 1.0),
    ("heat_kwh", "Heat", "{:.0f} kWh", 1.0),
    ("on_peak_share", "Taken on-peak", "{:.0f} %", 100.0),
    ("peak_kw", "Highest hour", "{:.1f} kW", 1.0),
    ("boost_kwh", "Boost", "{:.1f} kWh", 1.0),
    ("compressor_starts", "Starts", "{:.0f}", 1.0),
)


def comparison_html(identifier: str, told: Mapping[str, Any]) -> str:
    """One comparison: its days, a table with a column for each run, and where it can be had as a file."""
    runs: Mapping[str, Any] = told["compare"]
    heads = "".join(f'<th scope="col" class="number">{escape(name)}</th>' for name in runs)
    rows = "".join(_row(name, [_figure(run, key, form, scale) for run in runs.values()]) for key, name, form, scale in FIGURES)
    rows += _row("Too cold", [_cold(run) for run in runs.values()])
    if len(runs) > 1:
        rows += _row(f"Saved against {escape(next(iter(runs)))}", _saved([run.get(COST) for run in runs.values()]))
    title = escape(f"{told.get('house', '')}, {told.get('days', '')} days from {str(told.get('start', ''))[:10]}")
    with_ = escape(f"weather {told.get('weather')}, prices {told.get('prices')}, tariff {told.get('tariff')}")
    return (
        f'<section class="card"><h2>{title}</h2><p class="dim">{with_}</p><div class="inner-scroll"><table><thead><tr>'
        f'<th scope="col">Run</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p><a href="/simulations/{escape(identifier)}.json" download>As a file</a></p></section>'
    )


def _row(name: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{name}</th>' + "".join(f'<td class="number">{cell}</td>' for cell in cells) + "</tr>"


def progress_html(done: int, steps: int, ended: str, what: str) -> str:
    """How far work is, or how it ended; `what` are its steps."""
    if not ended:
        share = 100 * done / steps if steps else 0
        text = f"{done} of {steps} {what}"
        return (
            f'<progress max="100" value="{share:.1f}" aria-label="Simulated">{text}</progress> <span class="dim">{text}</span>'
        )
    if ended == "done":
        return '<p class="notice">Done.</p>'
    return f'<p class="notice {"warn" if ended == "cancelled" else "bad"}">{escape(ended.capitalize())}</p>'


def _figure(run: Mapping[str, Any], key: str, form: str, scale: float) -> str:
    value = run.get(key)
    return form.format(value * scale) if isinstance(value, int | float) else "-"


def _saved(costs: Sequence[Any]) -> list[str]:
    """How much less each of the others costs than the first, where that can be said."""
    first, *others = [cost if isinstance(cost, int | float) else None for cost in costs]
    known = [None if first is None or cost is None or first <= 0.0 else 1.0 - cost / first for cost in others]
    return ["", *("-" if share is None else f"{share:.1%}".replace("%", " %") for share in known)]


def _cold(run: Mapping[str, Any]) -> str:
    comfort = run.get("comfort")
    value = comfort.get("kelvin_hours_below") if isinstance(comfort, Mapping) else None
    return f"{value:.1f} K h" if isinstance(value, int | float) else "-"
