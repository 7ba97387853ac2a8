"""Every scheduler by name: found, keeps windows, the same for the same seed; the clairvoyant ones are the best there are."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gw_spaceheat.apps.neighbourhood.algorithms import algorithm, algorithm_names
from gw_spaceheat.apps.neighbourhood.bound import most_local_kwh
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.scheduler import UnknownSchedulerError, rule_of
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable
from tests.core.market.streets import HOUR_S, by_chance, job, street

SOLVERS = ("milp", "l_bfgs_b", "slsqp", "tnc")


def used_wh(timetable: Timetable, chosen: dict[int, int]) -> float:
    load = np.zeros(timetable.slots)
    for number, slot in chosen.items():
        wh = timetable.jobs[number].wh
        load[slot : slot + len(wh)] += wh
    return float(np.minimum(load, timetable.all_known_wh).sum())


def small(seed: int) -> Street:
    """Three jobs with up to seven starts each."""
    chance = np.random.default_rng(seed)
    jobs = []
    for name in "abc":
        earliest_h = float(chance.integers(0, 12)) / 12.0
        latest_h = earliest_h + float(chance.integers(0, 7)) / 12.0
        jobs.append(job(name, earliest_h, latest_h, float(chance.integers(5, 30)) * 100.0, float(chance.integers(1, 7)) / 12.0))
    return street(jobs, [[float(chance.integers(0, 30)) * 100.0 for _ in range(3)] + [0.0] * 21])


@pytest.mark.parametrize(
    ("name", "file"),
    [("L-BFGS-B", "l_bfgs_b"), ("SLSQP", "slsqp"), ("TNC", "tnc"), ("lst", "lst")],
)
def test_the_originals_names_are_understood(name: str, file: str) -> None:
    assert file in algorithm_names()
    assert algorithm(name) is algorithm(file)


def test_a_wrong_name_tells_the_right_ones() -> None:
    with pytest.raises(UnknownSchedulerError, match="no scheduler best; known are asap, fifty_fifty, greedy, l_bfgs_b"):
        algorithm("best")
    with pytest.raises(UnknownSchedulerError, match="offline decides about whole streets"):
        rule_of("offline")


@pytest.mark.parametrize("name", [*SOLVERS, "fifty_fifty", "offline"])
def test_every_job_once_within_its_window_and_the_same_again(name: str) -> None:
    for seed in range(3):
        timetable = Timetable(by_chance(seed))
        chosen = algorithm(name)(timetable, seed)
        assert sorted(chosen) == list(range(len(timetable.jobs)))
        assert all(slot in timetable.jobs[number].starts for number, slot in chosen.items())
        assert algorithm(name)(timetable, seed) == chosen
        assert algorithm(name)(Timetable(street([], [[100.0] * 24])), 1) == {}


@pytest.mark.parametrize("name", ["l_bfgs_b", "slsqp", "tnc"])
def test_downhill_finds_the_sun(name: str) -> None:
    """A job that could run at any time of the day, and two hours of sun."""
    timetable = Timetable(street([job("a", 0.0, 9.0)], [[0.0] * 4 + [1000.0] * 2 + [0.0] * 18]))
    (slot,) = algorithm(name)(timetable, 2).values()
    assert 3.9 * HOUR_S <= slot * SLOT_S <= 5.1 * HOUR_S


@pytest.mark.parametrize("name", ["greedy", "ls", "l_bfgs_b", "slsqp", "tnc"])
def test_what_runs_is_not_moved_by_what_comes_later(name: str) -> None:
    first = job("first", 0.0, 6.0, watts=2000.0, hours=2.0)
    second = job("second", 4.0, 4.0, watts=2000.0, hours=2.0, registered_h=4.0)
    roofs = [[0.0] * 2 + [2000.0] * 4 + [0.0] * 18]
    alone, both = Timetable(street([first], roofs)), Timetable(street([first, second], roofs))
    if algorithm(name)(alone, 1)[0] * SLOT_S < 4.0 * HOUR_S:
        assert algorithm(name)(both, 1)[0] == algorithm(name)(alone, 1)[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
@example(36_829)  # solved by simplifying alone
def test_brute_force_finds_nothing_better_than_the_programme(seed: int) -> None:
    timetable = Timetable(small(seed))
    best_wh = max(
        used_wh(timetable, dict(enumerate(starts))) for starts in product(*(slots.starts.tolist() for slots in timetable.jobs))
    )
    assert used_wh(timetable, algorithm("milp")(timetable, 1)) == pytest.approx(best_wh, rel=1e-4, abs=0.01)
    assert best_wh <= most_local_kwh(timetable) * 1000.0 + 0.01
    assert used_wh(timetable, algorithm("offline")(timetable, 1)) <= best_wh + 1e-6


def test_hindsight_is_nearly_as_good_as_the_programme() -> None:
    worst = min(
        used_wh(timetable, algorithm("offline")(timetable, 1)) / used_wh(timetable, algorithm("milp")(timetable, 1))
        for timetable in (Timetable(by_chance(seed, jobs=10)) for seed in range(4))
    )
    assert worst > 0.99


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 3.0))
def test_more_sun_or_wider_windows_never_lower_what_the_programme_uses(seed: int, times: float) -> None:
    poor = small(seed)
    best_wh = used_wh(Timetable(poor), algorithm("milp")(Timetable(poor), 1))
    (roof,) = poor.producers
    (forecast,) = roof.forecasts
    more = forecast._replace(energy=Energy(forecast.energy.times_s, forecast.energy.wh * times))
    rich = Street(name="rich", days=1, jobs=poor.jobs, producers=(type(roof)(id="roof", forecasts=(more,)),))
    later = tuple(type(one)(**{**_fields(one), "latest_s": one.latest_s + 900.0}) for one in poor.jobs)
    wide = Street(name="wide", days=1, jobs=later, producers=poor.producers)
    for better in (rich, wide):
        timetable = Timetable(better)
        assert used_wh(timetable, algorithm("milp")(timetable, 1)) >= best_wh * (1.0 - 1e-4) - 0.01


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("id", "registered_s", "earliest_s", "latest_s", "load")}


def test_where_the_sun_covers_half_of_its_jobs_a_coin_decides() -> None:
    timetable = Timetable(street([job(f"j{number}", 0.0, 9.0, watts=10.0, hours=0.5) for number in range(60)], [[5000.0] * 24]))
    first, second = (algorithm("fifty_fifty")(timetable, seed) for seed in (1, 2))
    assert first != second
