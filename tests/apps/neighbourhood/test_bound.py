"""The bound: no schedule passes it, and small streets reach it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gw_spaceheat.apps.neighbourhood.algorithms import algorithm, algorithm_names
from gw_spaceheat.apps.neighbourhood.bound import bounds_of, most_local_by_day_kwh, most_local_kwh
from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.placing import Board
from gw_spaceheat.core.market.settlement import local_by_day
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import base, by_chance, job, street
from tests.core.market.test_storing import battery


def used_kwh(timetable: Timetable, starts: dict[int, int]) -> float:
    board = Board(timetable.jobs, timetable.slots)
    for number, slot in starts.items():
        board.put(number, slot)
    sun = timetable.all_known_wh
    return float(sum(min(load, there) for load, there in zip(board.load_wh, sun, strict=True))) / 1000.0


@pytest.mark.parametrize("seed", range(6))
def test_nobody_passes_it(seed: int) -> None:
    timetable = Timetable(by_chance(seed))
    bound = most_local_kwh(timetable)
    for name in algorithm_names():
        assert used_kwh(timetable, algorithm(name)(timetable, 1)) <= bound + 1e-6


def test_where_whole_jobs_fit_it_is_reached() -> None:
    sun = [0.0] * 4 + [1000.0] * 2 + [0.0] * 18
    timetable = Timetable(street([job("a", 3.0, 5.0), job("b", 3.0, 5.0)], [sun]))
    best = max(
        used_kwh(timetable, dict(enumerate(starts))) for starts in product(*(slots.starts.tolist() for slots in timetable.jobs))
    )
    assert most_local_kwh(timetable) == pytest.approx(best) == pytest.approx(2.0)


def test_an_empty_street() -> None:
    assert most_local_kwh(Timetable(street([], [[100.0] * 24]))) == 0.0


def test_a_job_that_may_start_on_either_side_of_midnight_counts_on_both_days() -> None:
    """1 kWh may start from 22 to 2 o'clock; there is sun enough in the last hour of one day and the first of the next."""
    of = street([job("a", 22.0, 26.0)], [[0.0] * 23 + [1000.0] * 2 + [0.0] * 23], days=2)
    bounds = bounds_of(of)
    assert bounds.kwh == pytest.approx(1.0)
    assert bounds.by_day_kwh == pytest.approx((1.0, 1.0))


def test_a_job_that_runs_over_midnight_counts_by_what_it_takes_on_each_side() -> None:
    of = street([job("a", 23.5, 23.5)], [[1000.0] * 48], days=2)
    assert most_local_by_day_kwh(Timetable(of)) == pytest.approx((0.5, 0.5))


def test_what_a_battery_keeps_for_the_next_day_counts_there() -> None:
    """2 kWh of sun on the first day, of which base load takes 0.5 an hour later, and all that there is on the second."""
    powers = [0.0] * 12 + [500.0] + [0.0] * 23 + [3000.0]
    of = replace(
        street([], [[0.0] * 11 + [2000.0]], days=2), base=(base("b", powers),), batteries=(battery("b", 5.0, efficiency=1.0),)
    )
    bounds = bounds_of(of)
    assert bounds.kwh == pytest.approx(2.0)
    assert bounds.by_day_kwh == pytest.approx((0.5, 2.0))


@pytest.mark.parametrize("seed", range(4))
def test_nobody_passes_it_on_any_day_and_days_are_no_less_than_all_together(seed: int) -> None:
    early = by_chance(seed)
    late = tuple(
        replace(
            each, id=f"{each.id} later", registered_s=0.0, earliest_s=each.earliest_s + 43_200, latest_s=each.latest_s + 43_200
        )
        for each in early.jobs
    )
    forecast = early.producers[0].forecasts[0]
    times_s = np.append(forecast.energy.times_s, forecast.energy.times_s[1:] + 86_400.0)
    wh = np.append(forecast.energy.wh, forecast.energy.wh[-1] + forecast.energy.wh[1:])
    roof = replace(early.producers[0], forecasts=(forecast._replace(energy=Energy(times_s, wh)),))
    of = replace(early, days=2, jobs=tuple(sorted(early.jobs + late, key=lambda each: each.registered_s)), producers=(roof,))
    timetable = Timetable(of)
    bounds = bounds_of(of)
    assert sum(bounds.by_day_kwh) >= bounds.kwh - 1e-6
    for name in ("asap", "lst", "offline"):
        starts_s = {
            timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot)
            for number, slot in algorithm(name)(timetable, 1).items()
        }
        for used_wh, bound_kwh in zip(local_by_day(of, starts_s), bounds.by_day_kwh, strict=False):
            assert used_wh / 1000.0 <= bound_kwh + 1e-6


@pytest.mark.parametrize("from_h", [8, 32])
def test_where_one_day_only_has_sun_its_bound_is_the_whole(from_h: int) -> None:
    of = street([job("a", 7.0, 9.0), job("b", 20.0, 34.0), job("c", 47.5, 47.5)], [[0.0] * from_h + [900.0, 500.0]], days=2)
    bounds = bounds_of(of)
    assert bounds.by_day_kwh == pytest.approx(most_local_by_day_kwh(Timetable(of)))
    assert (sum(bounds.by_day_kwh), sum(kwh > 0.0 for kwh in bounds.by_day_kwh)) == (pytest.approx(bounds.kwh), 1)
