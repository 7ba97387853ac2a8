"""Whole runs on SYNTHETIC days: invariants, the bound, and our algorithm against the others."""

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance.experiment import Experiment, every_day_alike, tariff_named
from gw_spaceheat.core.netbalance.algorithm import algorithm_names
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.simulation import Terms
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.core.netbalance.trace import Trace

LOADS = (Load("one", 700.0), Load("two", 1000.0))
TERMS = Terms(every_day_alike(), 0.187, 0.2409)


def experiment(days: int = 1, seed: int = 1, minutes: int = 60, loads: tuple[Load, ...] = LOADS) -> Experiment:
    return Experiment(synthetic_trace(days, seed), loads, TERMS, NettingPeriod(minutes))


@pytest.mark.parametrize("name", algorithm_names())
@pytest.mark.parametrize("minutes", [60, 15])
def test_energies_add_up_and_no_one_beats_foresight(name: str, minutes: int) -> None:
    told = experiment(minutes=minutes).told(name, {})
    wh = told["energies_wh"]
    assert wh["production"] + wh["imported"] == pytest.approx(wh["consumption"] + wh["exported"], abs=0.1)
    assert wh["returned"] + wh["debt"] == pytest.approx(wh["imported"], abs=0.01)
    assert wh["production"] - wh["consumption"] == pytest.approx(wh["surplus"] - wh["debt"], abs=0.1)
    assert wh["consumption"] == pytest.approx(wh["base"] + wh["load_1"] + wh["load_2"], abs=0.01)
    assert told["share_of_perfect_gain"] <= 1.0
    assert 0.0 <= told["returned_of_imported"] <= 1.0
    bills = told["bills"]
    if minutes == 60:
        assert bills["netted"] <= bills["quarter_hourly"] + 1e-9 <= bills["gross"] + 2e-9


def test_ours_gains_more_than_the_usual_ones_with_less_switching() -> None:
    """On days that it was not tuned on."""
    rows = {row["algorithm"]: row for row in experiment(days=3, seed=7).compared({})}
    assert rows["none"]["share_of_perfect_gain"] == 0.0
    ours = rows["ours"]
    assert ours["share_of_perfect_gain"] >= 0.93
    assert ours["share_of_perfect_gain"] > rows["hysteresis"]["share_of_perfect_gain"]
    assert ours["commutations_per_day"] < min(
        rows[name]["commutations_per_day"] for name in ("minimum-on-time", "time-to-consume")
    )


@pytest.mark.parametrize("step_s", [5.0, 30.0, 60.0])
def test_energy_is_that_of_the_time_and_not_of_the_number_of_samples(step_s: float) -> None:
    fine = synthetic_trace(1, step_s=10.0)
    every = max(round(step_s / 10.0), 1)
    trace = Trace(fine.wall_s[::every], fine.production_w[::every], fine.base_w[::every], fine.outage[::every])
    wh = Experiment(trace, LOADS, TERMS).told("none", {})["energies_wh"]["production"]
    assert wh == pytest.approx(Experiment(fine, LOADS, TERMS).told("none", {})["energies_wh"]["production"], rel=2e-3)


def test_dropped_samples_change_next_to_nothing() -> None:
    fine = synthetic_trace(1)
    kept = np.random.default_rng(3).random(fine.count) > 0.02
    trace = Trace(fine.wall_s[kept], fine.production_w[kept], fine.base_w[kept], fine.outage[kept])
    wh = [Experiment(each, LOADS, TERMS).told("none", {})["energies_wh"]["production"] for each in (fine, trace)]
    assert wh[1] == pytest.approx(wh[0], rel=1e-3)


def test_a_load_in_its_window_only() -> None:
    loads = (Load("one", 700.0, window_start_minute=0, window_end_minute=1), LOADS[1])
    told = experiment(loads=loads).told("hysteresis", {})
    assert told["energies_wh"]["load_1"] == 0.0 < told["energies_wh"]["load_2"]


def test_tariffs_by_name() -> None:
    assert tariff_named("2.0TD").timezone == "Europe/Madrid"
    with pytest.raises(ValueError, match=r"2\.0TD"):
        tariff_named("flat")
