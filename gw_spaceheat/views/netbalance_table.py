"""Runs of the net-balance manager as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

HEADER = (
    f"{'gain':>8} {'of bound':>8} {'switch/d':>8} {'foresight/d':>11} {'used':>6} "
    f"{'surplus Wh':>10} {'debt Wh':>9} {'bill':>9} {'gross':>9}"
)


def runs_text(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """A line per run under a header, and the bound; names stand before each."""
    width = max([9, *(len(name) for name in names)])
    yield f"{'':{width}} {HEADER}"
    for name, row in zip(names, rows, strict=True):
        yield f"{name:{width}} {_figures(row)}"
    if rows:
        yield f"{'foresight':{width}} {rows[0]['perfect_gain']:8.4f} {1.0:8.1%}"


def _figures(row: Mapping[str, Any]) -> str:
    needs = row["perfect_commutations_per_day_for_same_gain"]
    energies, bills = row["energies_wh"], row["bills"]
    return (
        f"{row['gain']:8.4f} {row['share_of_perfect_gain']:8.1%} {row['commutations_per_day']:8.1f} "
        f"{'-' if needs is None else format(needs, '.1f'):>11} {row['use_of_usable']:6.1%} {energies['surplus']:10.1f} "
        f"{energies['debt']:9.1f} {bills['netted']:9.4f} {bills['gross']:9.4f}"
    )


def run_text(row: Mapping[str, Any]) -> Iterator[str]:
    """One run, figure by figure."""
    yield from runs_text([row], [str(row["algorithm"])])
    yield f"{row['days']:.2f} days measured, {row['partial_periods']} periods partial; hours on {row['hours_on']}"
    yield "energies [Wh]: " + ", ".join(f"{name} {value:.1f}" for name, value in row["energies_wh"].items())
    yield "bills: " + ", ".join(f"{name} {value:.4f}" for name, value in row["bills"].items())
