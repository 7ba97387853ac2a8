"""Strategies and ways to plan, compared over two SYNTHETIC days through the real SCADA, contract and messages."""

from datetime import datetime

import pytest

from gw_spaceheat.apps.compare import UnknownComparisonError, comparable_names
from gw_spaceheat.apps.simulation_run import SimulationRequest, run, run_comparison
from gw_spaceheat.apps.tariffs import UnknownTariffError, tariff_of
from gw_spaceheat.views.comparison_text import comparison_text
from gw_spaceheat.vocabulary.contract_plan import ContractPlan
from tests.scenarios.scene import OAK, house


def request(**more: object) -> SimulationRequest:
    return SimulationRequest(house=house(OAK), start=datetime(2018, 1, 8), days=2, **more)  # type: ignore[arg-type]


def test_planned_is_cheaper_than_hysteresis_and_nobody_is_cold() -> None:
    told = run_comparison(request(compare=("hysteresis", "planned")))
    runs = told["compare"]
    assert isinstance(runs, dict)
    assert list(runs) == ["hysteresis", "planned"]
    assert runs["planned"]["cost_usd_end_adjusted"] < 0.9 * runs["hysteresis"]["cost_usd_end_adjusted"]
    assert runs["planned"]["on_peak_share"] < 0.5 * runs["hysteresis"]["on_peak_share"]
    assert runs["planned"]["remote_share"] > 0.95
    assert all(each["comfort"]["kelvin_hours_below"] < 0.1 for each in runs.values())
    assert "planned" in comparison_text(told)


def test_a_run_by_plan_can_be_had_by_itself() -> None:
    told = run(request(contract=ContractPlan.PLANNED))
    assert told["contract"]["plan"] == "planned"  # type: ignore[index]
    assert told["contract"]["remote_share"] > 0.95  # type: ignore[index]


def test_what_cannot_be_compared_is_named_with_what_can() -> None:
    assert comparable_names() == ("hysteresis", "tou", "planned", "price-blind", "perfect")
    with pytest.raises(UnknownComparisonError, match="cannot compare clever; known are hysteresis, tou, planned"):
        run_comparison(request(compare=("clever",)))


def test_a_tariff_is_the_houses_own_or_flat() -> None:
    oak = house(OAK)
    assert tariff_of(oak, None) is tariff_of(oak, "on-peak") is oak.tariff
    assert not tariff_of(oak, "flat").on_peak
    with pytest.raises(UnknownTariffError, match="has no tariff cheap; known are on-peak, flat, none"):
        tariff_of(oak, "cheap")


def test_a_house_that_plans_for_itself_saves_too() -> None:
    costs = {}
    for strategy in ("hysteresis", "planned"):
        told = run(request(strategy=strategy, contract=ContractPlan.NONE))
        costs[strategy] = told["cost_usd"]
        assert told["comfort"]["kelvin_hours_below"] < 0.1  # type: ignore[index]
    assert costs["planned"] < 0.9 * costs["hysteresis"]  # type: ignore[operator]
