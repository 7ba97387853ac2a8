"""Several runs of one house side by side, as a person reads them."""

from collections.abc import Mapping
from typing import Any

COLUMNS = ("", "USD", "", "kWh", "starts", "K h", "dear tenth", "on peak", "peak kW")


def comparison_text(told: Mapping[str, Any]) -> str:
    """A line for each run: cost with the end state priced in and against the first run, and what else counts."""
    runs: Mapping[str, Mapping[str, Any]] = told["compare"]
    first = next(iter(runs.values()))["cost_usd_end_adjusted"]
    rows = [COLUMNS]
    for name, run in runs.items():
        cost = run["cost_usd_end_adjusted"]
        rows.append(
            (
                name,
                f"{cost:.2f}",
                f"{cost / first - 1:+.1%}" if first else "",
                f"{run['energy_kwh']:.0f}",
                str(run["compressor_starts"]),
                f"{run['comfort']['kelvin_hours_below']:.2f}",
                f"{run['top10_price_share']:.1%}",
                f"{run['on_peak_share']:.1%}",
                f"{run['peak_kw']:.1f}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    heading = f"{told['house']}, {told['days']} days from {told['start']}, {told['prices']}, tariff {told['tariff']}"
    lines = ["  ".join([row[0].ljust(widths[0]), *(row[i].rjust(widths[i]) for i in range(1, len(row)))]) for row in rows]
    return "\n".join([heading, *lines])
