"""Figures of the net balance: prices that can be drawn, energies that add up."""

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance.shown import Line, Wanted, experiment_of, shown
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.views import netbalance_figures as figures

ZONE = ZoneInfo("Europe/Madrid")
PRICES = [0.1] * 24


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"shapes[3].y0": 0.25, "shapes[3].y1": 0.25, "shapes[3].x0": 3.1}, ([*[0.1] * 3, 0.25, *[0.1] * 20], 0.05)),
        ({"shapes[24].y0": 0.07}, (PRICES, 0.07)),
        ({"shapes[0].y0": -99.0}, ([-10.0, *[0.1] * 23], 0.05)),
        ({"shapes[0].y0": 1e9}, ([100.0, *[0.1] * 23], 0.05)),
        ({"shapes[25].y0": 1.0}, (PRICES, 0.05)),
        ({"shapes[0].x0": 1.0}, None),
        ({"shapes[a].y0": 1.0}, None),
        ({"shapes[1].y0": "x"}, None),
        ({"autosize": True}, None),
        ({}, None),
    ],
)
def test_a_price_that_was_drawn(moved: dict[str, Any], expected: tuple[list[float], float] | None) -> None:
    assert figures.moved_prices(moved, PRICES, 0.05) == expected


def test_a_line_for_each_hour_and_one_for_selling() -> None:
    figure = figures.price_figure([0.1 + hour / 100 for hour in range(24)], 0.05)
    shapes = figure["layout"]["shapes"]
    assert [(shape["x0"], shape["x1"]) for shape in shapes[:24]] == [(hour, hour + 1) for hour in range(24)]
    assert shapes[5]["y0"] == shapes[5]["y1"] == pytest.approx(0.15)
    assert (shapes[24]["x0"], shapes[24]["x1"], shapes[24]["y0"]) == (0, 24, 0.05)


def test_times_are_local() -> None:
    line = Line(np.array([1_654_840_800.0]), np.array([1.0]), np.array([1.0]), np.array([1.0]))
    (trace,) = figures.recording_figure({"production": line}, ZONE)["data"]
    assert trace["x"] == ["2022-06-10T08:00:00"]


def test_energies_add_up() -> None:
    wanted = Wanted(
        trace=synthetic_trace(1),
        from_s=None,
        to_s=None,
        factor=1.0,
        loads_w=(700.0,),
        period_min=60,
        prices=tuple(PRICES),
        sell=0.05,
    )
    run = shown(experiment_of(wanted), "hysteresis", {})
    energies = run.told["energies_wh"]
    for daily in (False, True):
        bars: dict[str, float] = {}
        for bar in figures.energies_figure(run.told, daily=daily)["data"]:
            bars[bar["x"][0]] = bars.get(bar["x"][0], 0.0) + bar["y"][0] * (run.told["days"] if daily else 1.0)
        for name in ("production", "consumption", "imported", "exported"):
            assert bars[name] == pytest.approx(energies[name] / 1000.0)
    power = figures.power_figure(run.lines, run.names, [70.0, -10.0], ZONE)
    assert [shape["y0"] for shape in power["layout"]["shapes"]] == [70.0, -10.0]
    periods = figures.periods_figure(run.period_s, run.periods_wh, run.names, ZONE)
    assert [trace["name"] for trace in periods["data"]] == ["production", "base", "load 1", "net"]


def test_a_sweep_has_two_axes() -> None:
    rows = [
        {"share_of_perfect_gain": 0.9, "commutations_per_day": 20.0},
        {"share_of_perfect_gain": 0.92, "commutations_per_day": 22.0},
    ]
    share, switched = figures.sweep_figure("top_wh.1", ["50", "60"], rows)["data"]
    assert (share["x"], share["y"], switched["y"]) == ([50.0, 60.0], [90.0, 92.0], [20.0, 22.0])
