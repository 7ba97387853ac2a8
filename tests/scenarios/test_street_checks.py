"""Fifteen checks that somebody who knows such markets would make first, each at the level of a street.

Streets are SYNTHETIC; where known ones are there (`GWS_TEST_DATA`), those too.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.apps.neighbourhood.algorithms import algorithm, algorithm_names
from gw_spaceheat.apps.neighbourhood.bound import most_local_kwh
from gw_spaceheat.apps.neighbourhood.by_messages import run_by_messages
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
from gw_spaceheat.core.market.consumer import JobState
from gw_spaceheat.core.market.energy import HOUR_S, Energy, Forecast, Values, stitched
from gw_spaceheat.core.market.measured import as_measured
from gw_spaceheat.core.market.scheduler import rule_of, scheduler_names
from gw_spaceheat.core.market.settlement import Outcome, settle
from gw_spaceheat.core.market.street import Job, Producer, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S, Timetable
from gw_spaceheat.stores.street_folder import StreetFileError, read_energy, read_street
from gw_spaceheat.stores.street_folder_writer import StreetExistsError, write_street
from tests.core.market.streets import by_chance, job, street, sun

DATA = os.environ.get("GWS_TEST_DATA")
KNOWN = Path(DATA or "") / "neighbourhood"
needs_data = pytest.mark.skipif(DATA is None, reason="GWS_TEST_DATA is not set")
ONLINE = ("greedy", "ls", "lst")
TEN = StreetKind(houses=10, roofs=5, days=2, seed=12)
THREE = replace(TEN, houses=3, roofs=2)
DESCENTS = ("l_bfgs_b", "slsqp", "tnc")
QUICK = tuple(name for name in algorithm_names() if name not in ("milp", *DESCENTS))
STREETS = ["ten", pytest.param("h10d2", marks=needs_data)]


@cache
def the(name: str) -> Street:
    """A street by its name, with its identifiers unique."""
    made = {"three": THREE, "ten": TEN}
    return make_street(made[name]) if name in made else read_street(KNOWN / name).street


@cache
def starts(name: str, scheduler: str, seed: int = 1) -> dict[str, float]:
    return decided(the(name), scheduler, seed)


def decided(of: Street, name: str, seed: int = 1) -> dict[str, float]:
    timetable = Timetable(of)
    return {
        timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot)
        for number, slot in algorithm(name)(timetable, seed).items()
    }


def outcome(name: str, scheduler: str, seed: int = 1) -> Outcome:
    return settle(the(name), starts(name, scheduler, seed))


# 1


@pytest.mark.parametrize("name", STREETS)
def test_01_something_is_shifted(name: str) -> None:
    """Schedulers do not start the same jobs at the same times, and those that look at the sun use more of it."""
    for scheduler in ONLINE:
        moved = [job.id for job in the(name).jobs if job.latest_s - job.earliest_s > HOUR_S]
        for other in ("asap", "random"):
            differ = sum(starts(name, scheduler)[job] != starts(name, other)[job] for job in moved)
            assert differ > len(moved) / 2
            assert outcome(name, scheduler).local_kwh > outcome(name, other).local_kwh


# 2


@pytest.mark.parametrize(
    ("name", "scheduler"),
    [
        (name, scheduler)
        for name in ("three", "ten", "h10d2")
        for scheduler in (algorithm_names() if name == "three" else QUICK)
    ],
)
def test_02_every_job_once_and_energy_is_conserved(name: str, scheduler: str) -> None:
    if name == "h10d2" and DATA is None:
        pytest.skip("GWS_TEST_DATA is not set")
    wh = sum(job.wh for job in the(name).jobs)
    for seed in (1, 2):
        found = outcome(name, scheduler, seed)
        assert starts(name, scheduler, seed).keys() == {job.id for job in the(name).jobs}
        assert (found.jobs_ended, found.early, found.late) == (found.jobs, 0, 0)
        assert found.demand_kwh == pytest.approx(wh / 1000.0)


def test_02_nothing_is_lost_at_the_horizon() -> None:
    """A job that starts in the last minute of the last day, and one that may do so a day later."""
    of = street([job("late", 23.9, 23.99, hours=3.0), job("later", 23.0, 47.0, hours=2.0)], [[500.0] * 24])
    for name in algorithm_names():
        assert settle(of, decided(of, name)).demand_kwh == pytest.approx(5.0)
    found = run_by_messages(of, rule_of("lst"))
    assert found.counts["settled"] == 2


@needs_data
def test_02_nine_hundred_and_sixteen_of_nine_hundred_and_sixteen() -> None:
    found = run_by_messages(the("h30d5"), rule_of("lst"))
    assert [job.state for job in found.jobs.values()] == [JobState.Settled] * 916
    rewards = [job.reward for job in found.jobs.values()]
    got_wh = sum(reward.own_wh + reward.neighbours_wh + reward.grid_wh for reward in rewards if reward is not None)
    assert got_wh == pytest.approx(sum(job.wh for job in the("h30d5").jobs))


# 3


@pytest.mark.parametrize("name", STREETS)
def test_03_what_is_claimed_can_be_delivered(name: str) -> None:
    """What settlements of messages call local, beside the sun that there was by the minute: as forecast, and as measured."""
    of = the(name)
    found = run_by_messages(of, rule_of("lst"))
    measured = as_measured(of)
    assert measured is not None
    for there in (of, measured):
        minutes = by_the_minute(there, found.starts_s)
        local_kwh = float(np.minimum(minutes[0], minutes[1]).sum()) / 1000.0
        assert found.claimed_wh / 1000.0 == pytest.approx(local_kwh, rel=0.01)


def by_the_minute(of: Street, starts_s: dict[str, float] | object) -> tuple[Values, Values]:
    """Load and sun of each minute, reckoned a minute at a time [Wh]."""
    edges = np.arange(0, (of.days + 2) * DAY_S + 60, 60)
    load, roofs = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for each in of.jobs:
        at_s = starts_s[each.id]  # type: ignore[index]
        load += np.diff(np.interp(edges - at_s, each.load.times_s, each.load.wh))
    for roof in of.producers:
        known = stitched(roof.forecasts)
        roofs += np.diff(np.interp(edges, known.times_s, known.wh))
    roofs[of.days * DAY_S // 60 :] = 0.0
    return load, roofs


# 4


@pytest.mark.parametrize("name", ONLINE)
def test_04_what_runs_stays_booked_until_it_ends(name: str) -> None:
    """1 kW of sun, a job of 1 kW that starts at 8, another that comes a minute later and could wait until 10."""
    of = street(
        [job("first", 8.0, 8.0), job("second", 8.0 + 1 / 60, 10.0, registered_h=8.0 + 1 / 60)],
        [[0.0] * 8 + [1000.0] * 3 + [0.0] * 13],
    )
    found = run_by_messages(of, rule_of(name))
    for starts_s in (decided(of, name), found.starts_s):
        assert starts_s["second"] >= 9.0 * HOUR_S
    reward = found.jobs["second"].reward
    assert reward is not None
    assert reward.grid_wh == pytest.approx(0.0, abs=1e-6)


# 5


@settings(max_examples=60, deadline=None)
@given(
    start_s=st.integers(6 * 3600, 14 * 3600), every_s=st.sampled_from([3600, 900, 60, 7, 1]), watts=st.sampled_from([900, 1100])
)
def test_05_powers_are_compared_at_any_second_and_however_they_are_sampled(start_s: int, every_s: int, watts: int) -> None:
    """900 W fit under 1000 W; of 1100 W, 1000 do."""
    times_s = np.append(np.arange(0.0, 3600.0, every_s), 3600.0)
    one = Job(id="a", registered_s=0.0, earliest_s=start_s, latest_s=start_s, load=Energy(times_s, times_s * watts / 3600.0))
    of = street([one], [[1000.0] * 24])
    found = settle(of, decided(of, "lst"))
    assert found.demand_kwh == pytest.approx(watts / 1000.0)
    a_minute_wh = abs(watts - 1000) / 60.0  # in its first and last minute less runs than the sun covers
    assert found.local_kwh == pytest.approx(min(watts, 1000) / 1000.0, abs=a_minute_wh / 1000.0 + 1e-9)
    reward = run_by_messages(of, rule_of("lst")).jobs["a"].reward
    assert reward is not None
    assert reward.grid_wh == pytest.approx(max(watts - 1000, 0), abs=a_minute_wh * SLOT_S / 60.0 + 1e-6)


# 6


def test_06_between_samples_time_counts_and_not_their_number(tmp_path: Path) -> None:
    """Cumulative [0, 1000] by the hour is 100 at six minutes past, however many samples follow."""
    folder = a_folder(tmp_path, predictions="0 0\n3600 1000\n3660 1000\n3661 1000\n")
    (roof,) = read_street(folder).street.producers
    assert stitched(roof.forecasts).within(np.array([0.0, 360.0])).tolist() == [100.0]


# 7


def hourly(issued_h: float, first_h: float, *wh: float) -> Forecast:
    return Forecast(issued_h * HOUR_S, Energy((first_h + np.arange(len(wh))) * HOUR_S, np.array(wh)))


def test_07_forecasts_are_stitched() -> None:
    first, second = hourly(0, 0, 0, 1, 2, 3), hourly(1, 2, 5, 6, 7, 8)
    assert stitched([first, second]).wh.tolist() == [0, 1, 6, 7, 8, 9]
    assert stitched([second, first, second]).wh.tolist() == [0, 1, 6, 7, 8, 9], "late, and twice"
    assert stitched([first, hourly(5, 6, 5, 6)]).wh.tolist() == [0, 1, 2, 3, 8, 9], "two hours are missing"
    assert stitched([second]).wh.tolist() == [5, 6, 7, 8], "one is missing"


@needs_data
def test_07_a_known_chain_of_forecasts_rises() -> None:
    folder = KNOWN / "upstream" / "input" / "test"
    (roof,) = (each for each in read_street(folder).street.producers if each.id == "pv_producer[57]:[220]")
    chain = roof.forecasts
    assert len(chain) == 4
    for known in (chain, chain[::-1], chain[:1] + chain[2:], (*chain, chain[1])):
        energy = stitched(known)
        assert (np.diff(energy.times_s) > 0.0).all()
        assert (np.diff(energy.wh) >= 0.0).all()


# 8


def test_08_when_a_forecast_collapses_what_waits_moves_or_goes_to_the_grid_and_what_runs_stays() -> None:
    """Sun from 8 to 12 and from 20 on; at 9 it is known that there will be none before 20. All see it in their messages."""
    forecasts = (sun([0.0] * 8 + [4000.0] * 4 + [0.0] * 8 + [4000.0] * 2 + [0.0] * 2), sun([0.0] * 10, 9.0, 10.0))
    jobs = [job("runs", 8.5, 9.0, hours=3.0), job("moves", 11.0, 21.0, watts=1500.0), job("grid", 11.0, 12.0, watts=1500.0)]
    roof = Producer(id="roof", forecasts=forecasts)
    clear, collapses = (
        replace(street(jobs, []), producers=(replace(roof, forecasts=known),)) for known in (forecasts[:1], forecasts)
    )
    for name in ("ls", "lst"):
        before, after = (run_by_messages(of, rule_of(name)) for of in (clear, collapses))
        assert before.starts_s["runs"] == after.starts_s["runs"] <= 9.0 * HOUR_S
        assert before.starts_s["moves"] < 13.0 * HOUR_S
        assert after.starts_s["moves"] >= 20.0 * HOUR_S
        assert after.counts["moved"] > before.counts["moved"]
        reward = after.jobs["grid"].reward
        assert reward is not None
        assert reward.grid_wh == pytest.approx(1500.0)


# 9


@st.composite
def odd_windows(draw: st.DrawFn) -> Street:
    """Jobs that are registered late, may start at one moment only, off the slots, or around midnight."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        earliest = draw(st.integers(0, 30 * 3600))
        wide = draw(st.sampled_from([0, 20, 299, 301, 3600, 26 * 3600]))
        registered = max(earliest + draw(st.sampled_from([-7200, -1, 0, 60, 7200, 30 * 3600])), 0)
        load = Energy(np.array([0.0, draw(st.integers(1, 20_000))]), np.array([0.0, 700.0]))
        made.append(Job(id=f"j{number}", registered_s=registered, earliest_s=earliest, latest_s=earliest + wide, load=load))
    return replace(street(made, [[800.0] * 24]), days=2)


@settings(max_examples=60, deadline=None)
@given(of=odd_windows(), name=st.sampled_from((*QUICK, "milp")))
def test_09_windows_are_kept(of: Street, name: str) -> None:
    found = settle(of, decided(of, name))
    assert (found.jobs_ended, found.early, found.late) == (len(of.jobs), 0, 0)


@settings(max_examples=25, deadline=None)
@given(of=odd_windows(), name=st.sampled_from(("asap", *ONLINE)))
def test_09_windows_are_kept_by_messages_where_the_job_is_known_in_time(of: Street, name: str) -> None:
    found = run_by_messages(of, rule_of(name))
    for each in of.jobs:
        start_s = found.starts_s[each.id]
        assert each.earliest_s <= start_s <= max(each.latest_s, each.registered_s + 1.5)


def test_09_days_of_the_calendar_change_nothing() -> None:
    """29 February, the nights in which clocks change, and the turn of a year."""
    of = make_street(replace(TEN, days=1))
    found = [
        run_by_messages(replace(of, epoch_s=at_s), rule_of("lst")) for at_s in (1456617600, 1459036800, 1477699200, 1483142400)
    ]
    for other in found[1:]:
        assert other.starts_s == found[0].starts_s
        assert other.claimed_wh == found[0].claimed_wh


# 10


def test_10_fifty_houses_are_within_a_hundredth_of_the_bound() -> None:
    of = make_street(StreetKind(houses=50, roofs=25, days=2, seed=4))
    assert settle(of, decided(of, "lst")).local_kwh >= 0.99 * most_local_kwh(Timetable(of))


@pytest.mark.parametrize("name", STREETS)
def test_10_bound_and_gap_are_told_for_each_day(name: str, tmp_path: Path) -> None:
    told_for_each_day(name, tmp_path)


@needs_data
def test_10_thirty_houses_are_within_a_hundredth_of_the_bound(tmp_path: Path) -> None:
    """A street whose bound and use are known to the kWh; solving for it takes long and is done here only."""
    told = told_for_each_day("h30d5", tmp_path)
    assert told["bound_kwh"] == pytest.approx(1273.3, abs=0.1)
    assert 1262.0 <= told["local_kwh"] <= told["bound_kwh"] * 1.001
    assert told["jobs"] == told["jobs_ended"]
    assert (told["early"], told["late"]) == (0, 0)
    assert told["claimed_kwh"] == pytest.approx(told["deliverable_kwh"], rel=0.01)
    assert told["peak_import_kw"] <= 10.6
    for name in ("ls", "lst"):
        assert outcome("h30d5", name).local_kwh >= 0.99 * told["bound_kwh"]


def told_for_each_day(name: str, folder: Path) -> Any:
    """Reckoned again: each day's use by the minute, and its bound as that of a street that has nothing but this day."""
    write_street(the(name), folder / "street")
    told: Any = run_street(StreetRequest(folder=folder / "street", bound=True))
    load, roofs = by_the_minute(the(name), {each["job"]: each["start_s"] for each in told["contracts"]})
    minutes, days = DAY_S // 60, the(name).days
    assert len(told["by_day"]) == days
    for number, day in enumerate(told["by_day"]):
        of_day = slice(number * minutes, (number + 1) * minutes)
        assert day["local_kwh"] == pytest.approx(float(np.minimum(load[of_day], roofs[of_day]).sum()) / 1000.0)
        alone = only_the_sun_of(the(name), number)
        assert day["bound_kwh"] == pytest.approx(most_local_kwh(Timetable(alone)))
        assert day["gap_kwh"] == pytest.approx(day["bound_kwh"] - day["local_kwh"])
        assert -1e-6 <= day["gap_kwh"] <= 0.08 * day["bound_kwh"]
    assert sum(day["local_kwh"] for day in told["by_day"]) == pytest.approx(told["local_kwh"])
    assert sum(day["bound_kwh"] for day in told["by_day"]) >= told["bound_kwh"] - 1e-6
    return told


def only_the_sun_of(of: Street, day: int) -> Street:
    """The street with all its jobs, and without the sun of all other days."""
    first_s, last_s = day * float(DAY_S), (day + 1) * float(DAY_S)
    producers = []
    for roof in of.producers:
        known = stitched(roof.forecasts)
        times_s = np.unique(np.concatenate([known.times_s.clip(first_s, last_s), [first_s, last_s]]))
        energy = Energy(times_s, np.interp(times_s, known.times_s, known.wh))
        producers.append(replace(roof, forecasts=(Forecast(0.0, energy._replace(wh=energy.wh - energy.wh[0])),)))
    return replace(of, producers=tuple(producers))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_10_a_small_street_is_as_good_as_the_best_of_all_its_schedules(seed: int) -> None:
    chance = np.random.default_rng(seed)
    jobs = []
    for name in "abcd":
        earliest_h = float(chance.integers(0, 24)) / 12.0
        latest_h = earliest_h + float(chance.integers(0, 5)) / 12.0
        jobs.append(job(name, earliest_h, latest_h, float(chance.integers(3, 30)) * 100.0, float(chance.integers(1, 9)) / 12.0))
    of = street(jobs, [[float(chance.integers(0, 30)) * 100.0 for _ in range(4)] + [0.0] * 20])
    timetable = Timetable(of)
    best_kwh = max(
        settle(of, {slots.job.id: slots.start_s(slot) for slots, slot in zip(timetable.jobs, chosen, strict=True)}).local_kwh
        for chosen in product(*(slots.starts.tolist() for slots in timetable.jobs))
    )
    assert settle(of, decided(of, "milp")).local_kwh == pytest.approx(best_kwh, rel=1e-3, abs=1e-4)
    assert best_kwh <= most_local_kwh(timetable) + 1e-4


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), times=st.floats(1.0, 3.0), wider_s=st.integers(0, 7200))
def test_10_more_sun_or_wider_windows_never_lower_the_bound_or_the_best(seed: int, times: float, wider_s: int) -> None:
    poor = by_chance(seed, jobs=4, roofs=1)
    (roof,) = poor.producers
    (forecast,) = roof.forecasts
    more = forecast._replace(energy=Energy(forecast.energy.times_s, forecast.energy.wh * times))
    rich = replace(poor, producers=(replace(roof, forecasts=(more,)),))
    wide = replace(poor, jobs=tuple(replace(each, latest_s=each.latest_s + wider_s) for each in poor.jobs))
    for better in (rich, wide):
        assert most_local_kwh(Timetable(better)) >= most_local_kwh(Timetable(poor)) - 1e-6
        assert in_slots_kwh(better, decided(better, "milp")) >= in_slots_kwh(poor, decided(poor, "milp")) * (1.0 - 1e-3) - 1e-4


def in_slots_kwh(of: Street, starts_s: dict[str, float]) -> float:
    """Local energy as the solver reckons, in slots: by the minute, sun within a slot can be there while its load is not."""
    load, roofs = by_the_minute(of, starts_s)
    steps = len(load) // 5
    return float(np.minimum(load.reshape(steps, 5).sum(axis=1), roofs.reshape(steps, 5).sum(axis=1)).sum()) / 1000.0


# 11


@pytest.mark.parametrize("name", STREETS)
def test_11_gains_are_larger_than_what_chance_does(name: str) -> None:
    chance = [outcome(name, "random", seed).local_kwh for seed in range(1, 11)]
    mean, deviation = statistics.fmean(chance), statistics.stdev(chance)
    assert outcome(name, "asap").local_kwh < mean
    for better in ONLINE:
        assert outcome(name, better).local_kwh > mean + 2.0 * deviation
    assert outcome(name, "lst").local_kwh > outcome(name, "greedy").local_kwh


# 12


def test_12_the_same_seed_gives_the_same_bytes_whatever_hashes_are(tmp_path: Path) -> None:
    folder = tmp_path / "street"
    write_street(make_street(THREE), folder)
    told = set()
    for hashes in ("0", "1", "4711"):
        for way in ([], ["--messages", "--lost", "0.2", "--late", "20"]):
            kept = tmp_path / f"kept-{hashes}-{len(way)}"
            words = ["neighbourhood", "run", str(folder), "--seed", "5", "--runs", "2", "--results", str(kept), *way]
            subprocess.run(
                [sys.executable, "-m", "gw_spaceheat", *words],
                env=os.environ | {"PYTHONHASHSEED": hashes},
                check=True,
                capture_output=True,
                timeout=120,
            )
            told.add((len(way), *(path.read_bytes() for path in sorted(kept.iterdir()))))
    assert len(told) == 2


def test_12_nothing_is_carried_from_run_to_run() -> None:
    of, other = make_street(THREE), make_street(replace(THREE, seed=9))
    first = [decided(of, name, 3) for name in scheduler_names()]
    decided(other, "lst")
    assert [decided(of, name, 3) for name in scheduler_names()] == first


# 13


@pytest.mark.parametrize("houses", [10, 30, 50, 200])
def test_13_messages_for_each_job_do_not_grow_with_the_street(houses: int) -> None:
    of = make_street(StreetKind(houses=houses, roofs=houses // 2, days=1, seed=3))
    threads = threading.active_count()
    found = run_by_messages(of, rule_of("lst"))
    assert threading.active_count() == threads
    assert found.counts["settled"] == len(of.jobs)
    bookings = len(of.producers) * 24 * 4 * 2  # a roof is booked, and answers, a quarter of an hour at most
    assert (found.counts["sent"] - bookings) / len(of.jobs) < 16


def test_13_a_thousand_houses_in_seconds() -> None:
    of = make_street(StreetKind(houses=1000, roofs=500, days=1, seed=16))
    began_s = time.process_time()
    found = settle(of, decided(of, "lst"))
    assert time.process_time() - began_s < 60.0
    assert found.jobs_ended == len(of.jobs) > 5_900


# 14


def a_folder(at: Path, jobs: str = "0;0;7200;a;dish.csv\n", loads: str = "0 0\n3600 900\n", predictions: str = "") -> Path:
    folder = at / "street"
    for name in ("loads", "predictions"):
        (folder / name).mkdir(parents=True)
    (folder / "consumer_event.csv").write_text(jobs)
    (folder / "producer_event.csv").write_text("0;roof;sun.csv\n")
    (folder / "loads" / "dish.csv").write_text(loads)
    (folder / "predictions" / "sun.csv").write_text(predictions or "0 0\n3600 0\n7200 1000\n10800 2000\n")
    return folder


@pytest.mark.parametrize(
    "jobs",
    [
        "0;0;7200;[1]:[2]:[3];dish.csv\r\n",
        "0;0;7200;[1]:washing_machine;dish.csv   \n\n  \n",
        "0;0;7200;a;dish.csv\n0;0;7200;a;dish.csv",
        "\ufeff 0 ; 0 ; 7200 ; a ; dish.csv\n",
    ],
)
def test_14_what_is_odd_runs(jobs: str, tmp_path: Path) -> None:
    told = run_street(StreetRequest(folder=a_folder(tmp_path, jobs)))
    assert told["jobs"] == told["jobs_ended"] == jobs.count("dish")


@pytest.mark.parametrize("loads", ["0 100\n3600 1000\n", "60 0\n3600 900\n"])
def test_14_a_profile_need_not_begin_at_nothing(loads: str, tmp_path: Path) -> None:
    assert run_street(StreetRequest(folder=a_folder(tmp_path, loads=loads)))["demand_kwh"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"jobs": "0;0;7200;a;dish.csv\n0;0;7200;b;none.csv\n"}, r"consumer_event\.csv, line 2: loads has no file 'none\.csv'"),
        ({"loads": "0 0\n1800 900\n3600 800\n"}, r"dish\.csv, line 3: its amount is less than before"),
        ({"loads": "-60 0\n3600 900\n"}, r"dish\.csv, line 1: -60 s is before the start"),
        ({"predictions": "0 0\n3600 100\n7200 50\n"}, r"sun\.csv, line 3: its amount is less than before"),
        (
            {"jobs": "1460246400;1460246400;1460250000;a;dish.csv\n146024640;1460246400;1460250000;b;dish.csv\n" * 2},
            r"consumer_event\.csv, line 2: 146024640 is \d+ days away from the other times",
        ),
        (
            {"jobs": "0;0;7200;a;dish.csv\n0;0;14362311232;b;dish.csv\n"},
            r"consumer_event\.csv, line 2: 14362311232 is \d+ days away",
        ),
    ],
)
def test_14_what_is_wrong_is_named_with_file_and_line(changes: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(StreetFileError, match=words):
        read_street(a_folder(tmp_path, **changes))


@needs_data
@pytest.mark.parametrize(
    ("name", "jobs", "twice"), [("best_case", 84, 14), ("less_producers_test", 48, 26), ("test", 22, 0), ("small_test", 11, 0)]
)
def test_14_streets_of_the_original_run(name: str, jobs: int, twice: int) -> None:
    told = run_street(StreetRequest(folder=KNOWN / "upstream" / "input" / name, bound=True))
    assert told["jobs"] == told["jobs_ended"] == jobs
    assert (told["early"], told["late"]) == (0, 0)
    warnings = told["warnings"]
    assert isinstance(warnings, list)
    assert sum("is there already" in each for each in warnings) == twice
    assert float(str(told["local_kwh"])) >= 0.97 * float(str(told["bound_kwh"]))


# 15


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A street's folder, and that of its results."""
    folder, results = tmp_path / "street", tmp_path / "results"
    if DATA is None:
        write_street(make_street(TEN), folder)
    else:
        shutil.copytree(KNOWN / "h10d2", folder)
    run_street(StreetRequest(folder=folder, results=results))
    yield folder, results


def test_15_figures_are_those_that_another_reckons_from_the_files(kept: tuple[Path, Path]) -> None:
    """Second by second and with nothing of ours but the reader of text files: definitions as energy exchanges have them."""
    pq = pytest.importorskip("pyarrow.parquet")
    folder, results = kept
    told = json.loads((results / "result.json").read_text())
    rows = pq.read_table(results / "contracts.parquet").to_pylist()
    lines = [line.split(";") for line in (folder / "consumer_event.csv").read_text().split()]
    issues = [line.split(";") for line in (folder / "producer_event.csv").read_text().split()]
    epoch_s = min(int(cells[0]) for cells in (*lines, *issues))
    assert sorted(row["job"] for row in rows) == sorted(cells[3] for cells in lines)
    profile = {cells[3]: read_energy(folder / "loads" / cells[4]) for cells in lines}
    span_s = (told["days"] + 1) * DAY_S
    load, roofs = np.zeros(span_s), np.zeros(span_s)
    seconds = np.arange(span_s + 1)
    for row in rows:
        begun_s, lasts_s = round(row["start_unix_s"]) - epoch_s, int(profile[row["job"]].times_s[-1])
        cumulative = np.interp(np.arange(lasts_s + 1), *profile[row["job"]])
        load[begun_s : begun_s + lasts_s] += np.diff(cumulative)
    for roof in {cells[1] for cells in issues}:
        known: dict[float, float] = {}
        for _, _, file in sorted((int(at), of, file) for at, of, file in issues if of == roof):
            times_s, wh = read_energy(folder / "predictions" / file)
            base = known.get(times_s[0] - 3600.0, 0.0)
            known.update(zip(times_s.tolist(), (wh + base).tolist(), strict=True))
        stamps = sorted(known)
        roofs += np.diff(np.interp(seconds, np.array(stamps) - epoch_s, [known[at] for at in stamps]))
    roofs[told["days"] * DAY_S :] = 0.0
    load_minutes, sun_minutes = load.reshape(-1, 60).sum(axis=1), roofs.reshape(-1, 60).sum(axis=1)
    local_kwh = float(np.minimum(load_minutes, sun_minutes).sum()) / 1000.0
    demand_kwh, sun_kwh = float(load.sum()) / 1000.0, float(roofs.sum()) / 1000.0
    assert told["local_kwh"] == pytest.approx(local_kwh, rel=1e-6)
    assert told["demand_kwh"] == pytest.approx(demand_kwh, rel=1e-6)
    assert told["sun_kwh"] == pytest.approx(sun_kwh, rel=1e-6)
    net_kw = (load - roofs).reshape(-1, 900).sum(axis=1) * 4.0 / 1000.0
    assert told["peak_import_kw"] == pytest.approx(float(net_kw.max()), rel=1e-6)
    assert told["peak_export_kw"] == pytest.approx(float(-net_kw.min()), rel=1e-6)
    assert told["cost_usd"] == pytest.approx((demand_kwh - local_kwh) * 0.30 - (sun_kwh - local_kwh) * 0.08, rel=1e-6)
    bills = told["households"]
    assert sum(bill["demand_kwh"] for bill in bills) == pytest.approx(demand_kwh, rel=1e-6)
    by_quarters_kwh = float(np.minimum(load.reshape(-1, 900).sum(axis=1), roofs.reshape(-1, 900).sum(axis=1)).sum()) / 1000.0
    assert sum(bill["own_kwh"] + bill["from_neighbours_kwh"] for bill in bills) == pytest.approx(by_quarters_kwh, rel=1e-3)
    assert sum(bill["from_neighbours_kwh"] - bill["to_neighbours_kwh"] for bill in bills) == pytest.approx(0.0, abs=1e-6)


def test_15_results_are_not_overwritten(kept: tuple[Path, Path]) -> None:
    folder, results = kept
    before = (results / "result.json").read_bytes()
    with pytest.raises(StreetExistsError, match="is there already"):
        run_street(StreetRequest(folder=folder, results=results))
    assert (results / "result.json").read_bytes() == before
