"""A house without a store in virtual time: its rooms carry it over dear hours, and stay as warm as they must."""

from datetime import datetime
from typing import Any, cast

from gw_spaceheat.apps.simulation_run import SimulationRequest, run_comparison
from gw_spaceheat.house.model import Comfort
from tests.scenarios.storeless import storeless

BELOW_K = 1.0
COUNTED_BELOW_K = 0.5
"""Simulations count what rooms are colder than so much below their set-points [K]."""


def test_rooms_carry_it_over_dear_hours() -> None:
    request = SimulationRequest(
        house=storeless(Comfort(below_k=BELOW_K, above_k=1.5)),
        start=datetime(2018, 1, 8),
        days=2,
        compare=("hysteresis", "planned"),
    )
    runs = cast("dict[str, dict[str, Any]]", run_comparison(request)["compare"])
    usual, planned = runs["hysteresis"], runs["planned"]
    assert planned["cost_usd_end_adjusted"] < 0.9 * usual["cost_usd_end_adjusted"]
    assert planned["on_peak_share"] < 0.6 * usual["on_peak_share"]
    assert planned["comfort"]["worst_k"] <= BELOW_K - COUNTED_BELOW_K
