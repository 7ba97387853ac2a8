"""Runs for somebody who looks: the figures of the command line, sums that agree with them, and few points."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance.shown import MOST_POINTS, Wanted, experiment_of, periods_csv, shown, trace_lines
from gw_spaceheat.core.netbalance.synthetic import SUMMER_S, synthetic_trace

PRICES = tuple(0.2 + 0.01 * hour for hour in range(24))
WANTED = Wanted(
    trace=synthetic_trace(1),
    from_s=None,
    to_s=None,
    factor=1.0,
    loads_w=(700.0, 1000.0),
    period_min=60,
    prices=PRICES,
    sell=0.1,
)


def test_sums_of_periods_and_lines_agree_with_the_figures() -> None:
    experiment = experiment_of(WANTED)
    run = shown(experiment, "hysteresis", {})
    assert run.told == experiment.told("hysteresis", {})
    energies = run.told["energies_wh"]
    for name, told in (("production", "production"), ("base", "base"), ("load 1", "load_1"), ("load 2", "load_2")):
        assert run.periods_wh[name].sum() == pytest.approx(energies[told], abs=0.01)
    net = run.periods_wh["net"]
    assert net[net > 0].sum() == pytest.approx(energies["surplus"], abs=0.01)
    assert -net[net < 0].sum() == pytest.approx(energies["debt"], abs=0.01)
    assert len(run.period_s) in (24, 25)
    assert run.prices[0] == pytest.approx(PRICES[2]), "local time, two hours ahead of UTC"


def test_lines_are_thinned_and_keep_their_extremes() -> None:
    experiment = experiment_of(WANTED)
    run = shown(experiment, "time-to-consume", {})
    for line in run.lines.values():
        assert len(line.times_s) <= MOST_POINTS
        assert (line.least <= line.mean + 1e-9).all()
        assert (line.mean <= line.most + 1e-9).all()
    assert run.lines["production"].most.max() == WANTED.trace.production_w.max()
    assert run.lines["base"].most.max() == WANTED.trace.base_w.max()
    balance = run.lines["balance"]
    ends = run.periods_wh["net"]
    assert balance.most.max() >= ends.max() - 1e-6
    assert balance.least.min() <= ends.min() + 1e-6


def test_what_is_missing_is_a_gap() -> None:
    trace = synthetic_trace(1)
    production = trace.production_w.copy()
    production[4000:5000] = np.nan
    lines = trace_lines(replace(trace, production_w=production))
    assert np.isnan(lines["production"].mean).any()
    assert not np.isnan(lines["base"].mean).any()


def test_a_range_and_a_factor() -> None:
    half = experiment_of(replace(WANTED, from_s=SUMMER_S + 43_200, factor=2.0))
    assert half.trace.count == 4321
    assert half.trace.production_w.max() == 2 * WANTED.trace.between(SUMMER_S + 43_200, None).production_w.max()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"from_s": SUMMER_S + 1e9}, "no sample lies in the chosen range"),
        ({"loads_w": ()}, "1 to 4 loads"),
        ({"loads_w": (1.0,) * 5}, "1 to 4 loads"),
        ({"loads_w": (0.0,)}, "above 0 W"),
        ({"period_min": 7}, "60, 30, 15 or 0"),
        ({"prices": (0.1,) * 23}, "24 hours"),
        ({"trace": synthetic_trace(11)}, "too many to wait for"),
    ],
)
def test_what_cannot_be_run_is_told(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        experiment_of(replace(WANTED, **changes))


def test_periods_as_a_file() -> None:
    run = shown(experiment_of(WANTED), "none", {})
    rows = list(csv.DictReader(io.StringIO(periods_csv(run))))
    assert list(rows[0]) == [
        "period_start_utc",
        "price_per_kwh",
        "production_wh",
        "base_wh",
        "load_1_wh",
        "load_2_wh",
        "net_wh",
    ]
    assert rows[0]["period_start_utc"] == "2022-06-09T00:00:00Z"
    assert sum(float(row["production_wh"]) for row in rows) == pytest.approx(run.told["energies_wh"]["production"], abs=0.1)
