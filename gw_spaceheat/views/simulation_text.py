"""A simulation's summary as a person reads it."""

from collections.abc import Mapping
from typing import Any


def simulation_text(told: Mapping[str, Any]) -> str:
    """Lines about one run, from the summary of `apps/simulation_run.py`."""
    energy, heat, comfort = told["energy_kwh"], told["heat_kwh"], told["comfort"]
    share = heat["delivered"] / heat["demanded"] if heat["demanded"] else 1.0
    rows = [
        (
            "house",
            f"{told['house']}, {told['days']} days from {told['start']}, strategy {told['strategy']}, seed {told['seed']}",
        ),
        ("weather", told["weather"]),
        ("electricity", f"{energy['total']:.1f} kWh"),
        ("  heat source", f"{energy['heat_pump']:.1f} kWh, {told['compressor_starts']} starts"),
        ("  boost", f"{energy['boost']:.1f} kWh"),
        ("  pumps", f"{energy['pumps']:.1f} kWh"),
        ("heat", f"{heat['delivered']:.1f} of {heat['demanded']:.1f} kWh delivered ({share:.1%})"),
        ("in store", f"{told['store_change_kwh']:+.1f} kWh since the start"),
        ("cost", f"{told['cost_usd']:.2f} USD ({told['prices']}, tariff {told['tariff']})"),
        ("highest hour", f"{told['peak_kw']:.1f} kW{_of_cost(told['peak_usd'])}"),
        ("on peak", f"{told['on_peak_share']:.1%} of the electricity"),
        ("too cold", f"{comfort['kelvin_hours_below']:.2f} K h, at worst {comfort['worst_k']:.2f} K"),
        ("energy lost in calculation", f"{told['energy_residual']:.1e} of throughput"),
        ("contract", _contract(told["contract"])),
        ("messages", f"{told['reports']} reports with {told['readings']} readings, {told['events']} events in all"),
        ("took", f"{told['wall_s']:.2f} s, {told['days'] / told['wall_s']:.1f} house-days/s"),
        ("digest", told["digest"]),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)


def _of_cost(peak_usd: float) -> str:
    return f", {peak_usd:.2f} USD of the cost" if peak_usd else ""


def _contract(told: Mapping[str, Any]) -> str:
    known = told["accounts"]
    used_kwh = sum(account["scada_wh"] for account in known) / 1000.0
    agreed = f", {used_kwh:.1f} kWh under the last {len(known)}" if known else ""
    return f"{told['plan']}: {told['remote_share']:.1%} of the time in RemoteControl, {told['mode_changes']} changes{agreed}"
