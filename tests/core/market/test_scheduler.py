"""Every scheduler: found by its file, keeps windows, decides on what it knows; and the better ones are better."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.energy import Energy
from gw_spaceheat.core.market.scheduler import UnknownSchedulerError, scheduler, scheduler_names
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import Producer
from gw_spaceheat.core.market.timetable import SLOT_S, Timetable
from tests.core.market.streets import HOUR_S, by_chance, job, street, sun

ONLINE = ("greedy", "ls", "lst")


def local_kwh(timetable: Timetable, chosen: dict[int, int]) -> float:
    starts = {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in chosen.items()}
    return settle(timetable.street, starts).local_kwh


def test_they_are_found_by_their_files() -> None:
    assert {"asap", "random", *ONLINE} <= set(scheduler_names())
    with pytest.raises(UnknownSchedulerError, match="known are asap, "):
        scheduler("best")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(scheduler_names()))
def test_every_job_once_within_its_window_and_not_before_it_is_known(seed: int, name: str) -> None:
    timetable = Timetable(by_chance(seed))
    chosen = scheduler(name)(timetable, seed)
    assert sorted(chosen) == list(range(len(timetable.jobs)))
    for number, slot in chosen.items():
        slots = timetable.jobs[number]
        assert slot in slots.starts
        start_s = slots.start_s(slot)
        assert slots.job.earliest_s <= start_s <= slots.job.latest_s
        assert start_s >= slots.job.registered_s - SLOT_S


@pytest.mark.parametrize("name", scheduler_names())
def test_the_same_seed_gives_the_same_schedule(name: str) -> None:
    timetable = Timetable(by_chance(3))
    assert scheduler(name)(timetable, 5) == scheduler(name)(timetable, 5)


def test_the_better_ones_are_better() -> None:
    found = dict.fromkeys(("asap", *ONLINE), 0.0)
    for seed in range(20):
        timetable = Timetable(by_chance(seed, jobs=20))
        for name in found:
            found[name] += local_kwh(timetable, scheduler(name)(timetable, 1))
    assert found["asap"] < found["greedy"] <= min(found["ls"], found["lst"]) * 1.005


def test_what_has_started_is_not_moved_by_what_comes_later() -> None:
    """The second job would fit better in the place of the first, which runs by then."""
    first = job("first", 0.0, 6.0, watts=2000.0, hours=2.0)
    second = job("second", 4.0, 4.0, watts=2000.0, hours=2.0, registered_h=4.0)
    alone = Timetable(street([first], [[0.0] * 3 + [2000.0] * 3 + [0.0] * 18]))
    both = Timetable(street([first, second], [[0.0] * 3 + [2000.0] * 3 + [0.0] * 18]))
    for name in ONLINE:
        assert scheduler(name)(both, 1)[0] == scheduler(name)(alone, 1)[0]


def test_a_new_forecast_moves_what_has_not_started() -> None:
    plain = street([job("a", 5.0, 9.0)], [])
    forecasts = (sun([0.0] * 5 + [2000.0] + [0.0] * 18), sun([0.0] * 3 + [2000.0] * 2 + [0.0] * 15, issued_h=4.0, from_h=4.0))
    changed = replace(plain, producers=(Producer(id="roof", forecasts=forecasts),))
    assert scheduler("greedy")(Timetable(changed), 1)[0] * SLOT_S < 6.1 * HOUR_S
    assert scheduler("ls")(Timetable(changed), 1)[0] * SLOT_S >= 6.9 * HOUR_S


def test_more_sun_never_makes_less_of_it_used() -> None:
    for seed in range(10):
        poor = by_chance(seed, roofs=1)
        (roof,) = poor.producers
        (forecast,) = roof.forecasts
        doubled = forecast._replace(energy=Energy(forecast.energy.times_s, forecast.energy.wh * 2.0))
        rich = replace(poor, producers=(replace(roof, forecasts=(doubled,)),))
        used = [local_kwh(Timetable(each), scheduler("asap")(Timetable(each), 1)) for each in (poor, rich)]
        assert used[0] <= used[1] + 1e-9


def test_nothing_to_do() -> None:
    for name in scheduler_names():
        assert scheduler(name)(Timetable(street([], [[100.0] * 24])), 1) == {}
    assert np.isfinite(settle(street([], []), {}).local_kwh)
