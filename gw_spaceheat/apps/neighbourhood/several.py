"""Several neighbourhoods in one run: each by itself, a total, and what they give to each other where a price is stated."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gw_spaceheat.apps.neighbourhood.convert import is_street
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import LISTS, run_and_keep
from gw_spaceheat.core.market.exchange import exchanged, saved_usd, side_by_side
from gw_spaceheat.core.market.settlement import MINUTE_S, net_minutes, peaks_kw

SUMS = (
    "jobs",
    "jobs_ended",
    "early",
    "late",
    "demand_kwh",
    "base_kwh",
    "sun_kwh",
    "local_kwh",
    "charged_kwh",
    "discharged_kwh",
    "battery_loss_kwh",
    "battery_end_kwh",
    "heat_kwh",
    "heat_local_kwh",
    "heat_cost_usd",
    "heat_blind_kwh",
    "heat_blind_local_kwh",
    "heat_blind_cost_usd",
    "heat_cold_k_h",
    "bound_kwh",
    "cost_usd",
    "unshared_usd",
)
"""Figures of streets that can be added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralRequest:
    """What a person asks for.

    Attributes:
        each: How each street is run; its folder is the one in which the streets are, its results' folder gets one for each.
        between_usd_per_kwh: What streets take from each other for what they have over; None for not dealing with each other.
    """

    each: StreetRequest
    between_usd_per_kwh: float | None = None


def streets_in(folder: Path) -> list[Path]:
    """Folders of streets in a folder, by name; none where it is itself a street."""
    if is_street(folder) or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_street(path))


def run_streets(request: SeveralRequest) -> dict[str, Any]:
    """Run them; `streets` has the figures of each, `total` what can be added up, and the peak of all together.

    Where a price is stated, streets have `got_kwh` and `given_kwh`, and `cost_usd` and what is local are with them; of several
    runs that is the first one's.

    Raises:
        PriceOutsideError: At the price one side would rather deal with the grid.
        OSError, ValueError: As `run_street`.
    """
    told: list[dict[str, Any]] = []
    nets, begins = [], []
    if request.between_usd_per_kwh is not None:
        saved_usd(0.0, 0.0, request.between_usd_per_kwh)  # before hours of work
    for folder in streets_in(request.each.folder):
        results = None if request.each.results is None else request.each.results / folder.name
        one, decided = run_and_keep(replace(request.each, folder=folder, results=results))
        told.append({name: value for name, value in one.items() if name not in LISTS} | {"warnings": one["warnings"]})
        nets.append(net_minutes(decided.street, decided.starts_s))
        begins.append(decided.street.epoch_s // MINUTE_S)
    nets_wh = side_by_side(nets, begins)
    outside_wh = nets_wh.sum(axis=0)
    total: dict[str, float] = {}
    if request.between_usd_per_kwh is not None:
        found = exchanged(nets_wh)
        for street, got, given in zip(told, found.got_wh, found.given_wh, strict=True):
            got_kwh, given_kwh = float(got.sum()) / 1000.0, float(given.sum()) / 1000.0
            street |= {"got_kwh": got_kwh, "given_kwh": given_kwh}
            street["cost_usd"] -= saved_usd(got_kwh, given_kwh, request.between_usd_per_kwh)
        total["exchanged_kwh"] = sum(street["got_kwh"] for street in told)
    total |= {name: sum(street.get(name, 0.0) for street in told) for name in SUMS if any(name in street for street in told)}
    total["peak_import_kw"], total["peak_export_kw"] = peaks_kw(outside_wh)
    return {"streets": told, "total": total, "between_usd_per_kwh": request.between_usd_per_kwh}
