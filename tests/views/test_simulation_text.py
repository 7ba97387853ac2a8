"""A simulation's summary in words."""

from typing import Any

from gw_spaceheat.views.simulation_text import simulation_text

TOLD: dict[str, Any] = {
    "house": "d1.test.house", "start": "2018-01-08T00:00:00", "days": 2, "strategy": "tou", "seed": 3,
    "weather": "w.csv", "prices": "p.csv", "tariff": "flat",
    "energy_kwh": {"heat_pump": 30.04, "boost": 1.0, "pumps": 2.25, "total": 33.3},
    "heat_kwh": {"delivered": 99.0, "demanded": 100.0, "hot_water": 0.0}, "store_change_kwh": -1.26, "cost_usd": 12.345,
    "peak_kw": 9.44, "peak_usd": 0.0,
    "comfort": {"kelvin_hours_below": 0.5, "worst_k": 0.25}, "compressor_starts": 4, "on_peak_share": 0.125,
    "contract": {
        "plan": "mirror", "remote_share": 0.9875, "mode_changes": 3,
        "accounts": [{"id": "x", "scada_wh": 1500.0, "atn_wh": 1500.0}, {"id": "y", "scada_wh": 850.0, "atn_wh": 850.0}],
    },
    "energy_residual": 3e-12, "reports": 576, "readings": 9_000, "events": 580, "wall_s": 0.5, "digest": "abc",
}  # fmt: skip


def lines(told: dict[str, Any]) -> dict[str, str]:
    pairs = (line.partition("  ") for line in simulation_text(told).splitlines() if not line.startswith("  "))
    return {name: text.strip() for name, _, text in pairs}


def test_every_figure_has_its_unit() -> None:
    shown = lines(TOLD)
    assert shown["house"] == "d1.test.house, 2 days from 2018-01-08T00:00:00, strategy tou, seed 3"
    assert shown["electricity"] == "33.3 kWh"
    assert shown["heat"] == "99.0 of 100.0 kWh delivered (99.0%)"
    assert shown["in store"] == "-1.3 kWh since the start"
    assert shown["cost"] == "12.35 USD (p.csv, tariff flat)" or shown["cost"] == "12.34 USD (p.csv, tariff flat)"
    assert shown["highest hour"] == "9.4 kW"
    assert lines(TOLD | {"peak_usd": 4.5})["highest hour"] == "9.4 kW, 4.50 USD of the cost"
    assert shown["on peak"] == "12.5% of the electricity"
    assert shown["too cold"] == "0.50 K h, at worst 0.25 K"
    assert shown["took"] == "0.50 s, 4.0 house-days/s"
    assert shown["contract"] == "mirror: 98.8% of the time in RemoteControl, 3 changes, 2.4 kWh under the last 2"
    assert "  heat source" in simulation_text(TOLD)


def test_a_house_that_needed_nothing_got_all_of_it() -> None:
    told = TOLD | {"heat_kwh": {"delivered": 0.0, "demanded": 0.0, "hot_water": 0.0}}
    assert "(100.0%)" in lines(told)["heat"]


def test_without_a_contract_there_is_no_account() -> None:
    told = TOLD | {"contract": {"plan": "none", "remote_share": 0.0, "mode_changes": 0, "accounts": []}}
    assert lines(told)["contract"] == "none: 0.0% of the time in RemoteControl, 0 changes"


def test_the_texts_stand_in_one_column() -> None:
    rows = simulation_text(TOLD).splitlines()
    width = max(len(row.split("  ")[0]) for row in rows if not row.startswith("  "))
    assert all(row[width : width + 2] == "  " for row in rows)
