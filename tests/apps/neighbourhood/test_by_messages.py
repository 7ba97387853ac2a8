"""Streets by messages: the same as without on a good wire; on a bad one no job is lost and none runs twice."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.apps.neighbourhood.by_messages import ByMessages, run_by_messages
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.core.market.consumer import JobState
from gw_spaceheat.core.market.scheduler import rule_of, scheduler
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import HeatedHouse, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.street_heat import StreetHeat, houses_of, schedule_heated
from gw_spaceheat.stores.street_folder import read_street
from tests.core.market import streets
from tests.core.market.streets import by_chance
from tests.core.market.test_storing import battery
from tests.core.test_street_heat import STATES
from tests.scenarios.scene import OAK, house

DATA = os.environ.get("GWS_TEST_DATA")
BY_MESSAGES = ("asap", "greedy", "ls", "lst", "lst_ahead", "random")


def decided(street: Street, name: str, seed: int = 3) -> dict[str, float]:
    timetable = Timetable(street)
    chosen = scheduler(name)(timetable, seed)
    return {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in chosen.items()}


def every_job_once(street: Street, found: ByMessages) -> None:
    assert found.jobs.keys() == {job.id for job in street.jobs}
    assert found.counts["settled"] == len(street.jobs)
    for job in street.jobs:
        house_job = found.jobs[job.id]
        assert house_job.state is JobState.Settled
        assert house_job.reward is not None
        got_wh = house_job.reward.own_wh + house_job.reward.neighbours_wh + house_job.reward.grid_wh
        assert got_wh == pytest.approx(job.wh, rel=1e-6, abs=1e-6)
        assert job.earliest_s - 0.001 <= found.starts_s[job.id] <= job.latest_s + 0.001


@pytest.mark.parametrize("name", BY_MESSAGES)
@pytest.mark.parametrize("seed", range(3))
def test_on_a_good_wire_the_same_starts_as_without_messages(name: str, seed: int) -> None:
    street = by_chance(seed)
    found = run_by_messages(street, rule_of(name), seed=3, strict=True)
    every_job_once(street, found)
    assert dict(found.starts_s) == pytest.approx(decided(street, name), abs=0.01)


def test_a_street_of_thirty_houses() -> None:
    street = make_street(StreetKind(houses=30, roofs=15, days=1, seed=2))
    found = run_by_messages(street, rule_of("lst"))
    every_job_once(street, found)
    assert dict(found.starts_s) == decided(street, "lst")
    outcome = settle(street, found.starts_s)
    assert found.claimed_wh / 1000.0 == pytest.approx(outcome.deliverable_kwh, rel=0.01)


def test_what_is_expected_is_expected_by_messages_too() -> None:
    street = make_street(StreetKind(houses=10, roofs=5, days=3, seed=5))
    found = run_by_messages(street, rule_of("lst_ahead"))
    every_job_once(street, found)
    assert dict(found.starts_s) == decided(street, "lst_ahead") != decided(street, "lst")


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    name=st.sampled_from(BY_MESSAGES),
    lost=st.sampled_from([0.0, 0.3, 0.7]),
    doubled=st.sampled_from([0.0, 0.5]),
    late_ms=st.sampled_from([0, 5_000, 900_000]),
)
def test_whatever_the_wire_does_every_job_runs_once(seed: int, name: str, lost: float, doubled: float, late_ms: int) -> None:
    street = by_chance(seed, jobs=8)
    faults = WireFaults(lost=lost, doubled=doubled, late_ms=late_ms, seed=seed)
    found = run_by_messages(street, rule_of(name), seed=1, faults=faults)
    assert found.jobs.keys() == {job.id for job in street.jobs}
    for job in street.jobs:
        assert found.jobs[job.id].state in (JobState.Ended, JobState.Settled)
        assert job.earliest_s - 0.001 <= found.starts_s[job.id] <= job.latest_s + 1.001


def test_without_any_message_houses_run_their_jobs_by_themselves() -> None:
    street = by_chance(1)
    found = run_by_messages(street, rule_of("lst"), faults=WireFaults(lost=1.0))
    assert {job.state for job in found.jobs.values()} == {JobState.Ended}
    assert dict(found.starts_s) == pytest.approx({job.id: job.latest_s for job in street.jobs}, abs=0.001)
    assert found.counts["sent"] == found.counts["lost"]


def test_the_same_seed_the_same_faults() -> None:
    faults = WireFaults(lost=0.3, doubled=0.3, late_ms=60_000, seed=5)
    first, second = (run_by_messages(by_chance(4), rule_of("ls"), faults=faults) for _ in range(2))
    assert first.counts == second.counts
    assert first.starts_s == second.starts_s
    assert first.counts["lost"] > 0
    assert first.counts["doubled"] > 0


@pytest.mark.skipif(DATA is None, reason="GWS_TEST_DATA is not set")
def test_a_known_street_on_a_bad_wire() -> None:
    street = read_street(Path(DATA or "") / "neighbourhood" / "h10d2").street
    found = run_by_messages(street, rule_of("lst"), faults=WireFaults(lost=0.2, doubled=0.2, late_ms=30_000))
    assert found.counts["settled"] == 125
    assert settle(street, found.starts_s).local_kwh > 168.0


@pytest.mark.parametrize("choose", ["pro_rata", "ranking", "learning", "cheapest"])
def test_batteries_give_to_jobs_and_are_in_their_rewards(choose: str) -> None:
    """2 kW of sun at 8 go into the battery of a house without roofs; at 20 its own job wants 0.5 kWh, and a neighbour's 1.

    The 1.2 kWh that it can give last for nine slots of five minutes and for a part of the tenth, in which its own house is
    first.
    """
    jobs = [streets.job("[1]:[1]:[1]", 20.0, 20.0, watts=500.0), streets.job("[2]:[1]:[1]", 20.0, 20.0, watts=1000.0)]
    of = streets.street(jobs, [[0.0] * 8 + [2000.0] + [0.0] * 15])
    stored = replace(of, batteries=(battery("1", 5.0, efficiency=0.6),))
    for each, wanted in ((of, (0.0, 0.0, 1500.0)), (stored, (375.0 + 125.0 / 3.0, 750.0 + 100.0 / 3.0, 300.0))):
        found = run_by_messages(each, rule_of("lst"), choose=choose)
        rewards = [one.reward for one in found.jobs.values() if one.reward is not None]
        assert len(rewards) == 2
        got = tuple(sum(getattr(one, name) for one in rewards) for name in ("own_wh", "neighbours_wh", "grid_wh"))
        assert got == pytest.approx(wanted)
        assert sum(one.cost_usd for one in rewards) == pytest.approx((wanted[1] * 0.18 + wanted[2] * 0.30) / 1000.0)
        assert found.claimed_wh / 1000.0 == pytest.approx(settle(each, found.starts_s).local_kwh)
    assert found.given_wh == pytest.approx({"roof0": 0.0, "battery 1": 1200.0})


@pytest.mark.parametrize("seed", [1, 2])
def test_with_batteries_rewards_are_what_settlement_finds(seed: int) -> None:
    of = make_street(StreetKind(houses=5, roofs=3, days=2, seed=seed))
    of = replace(of, batteries=(battery("1", 6.0, kw=2.0, efficiency=0.9), battery("5", 9.0, kw=3.0, stored_kwh=9.0)))
    found = run_by_messages(of, rule_of("lst"))
    outcome = settle(of, found.starts_s)
    assert outcome.discharged_kwh > 5.0, "far more than what follows allows"
    assert found.claimed_wh / 1000.0 == pytest.approx(outcome.local_kwh, abs=0.05)
    assert sum(found.given_wh.values()) == pytest.approx(found.claimed_wh, rel=1e-3), "a slot is shared by jobs that end in it"


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {"oak": figures_of(house(OAK))}


def heated_street(seed: int) -> Street:
    of = make_street(StreetKind(houses=4, roofs=3, days=2, seed=seed))
    houses = tuple(HeatedHouse(house=name, model="oak", need=streets.steady(2500.0, 96.0), levels=4) for name in "124")
    return replace(of, heated=houses, outdoor_c=(7.0,) * 96)


@pytest.mark.parametrize("seed", range(3))
def test_heated_houses_do_by_messages_what_they_do_without(seed: int, figures: dict[str, Figures]) -> None:
    of = heated_street(seed)
    heat = StreetHeat(of, figures, states=STATES)
    starts_s = schedule_heated(of, heat, rule_of("lst"))
    found = run_by_messages(of, rule_of("lst"), heated=houses_of(of, figures, states=STATES), strict=True)
    every_job_once(of, found)
    assert dict(found.starts_s) == starts_s
    assert found.heat == heat.done
    assert [load.load.wh.tolist() for load in found.heat_loads] == [load.load.wh.tolist() for load in heat.loads]
    assert found.heat[0].electricity_kwh > 5.0


def test_what_heat_takes_is_not_told_as_what_jobs_got(figures: dict[str, Figures]) -> None:
    """1 kW of sun all day, and a job of 1 kW all day beside a house that is heated: they share by what each takes."""
    jobs = [streets.job("[9]:[1]:[1]", 0.0, 0.0, hours=24.0)]
    heated = HeatedHouse(house="1", model="oak", need=streets.steady(6000.0, 48.0))
    of = replace(streets.street(jobs, [[1000.0] * 24]), heated=(heated,), outdoor_c=(0.0,) * 48)
    found = run_by_messages(of, rule_of("lst"), heated=houses_of(of, figures, states=STATES))
    (job,) = found.jobs.values()
    heat_wh = found.heat_loads[0].load.within(np.arange(289) * 300.0)
    job_wh = 1000.0 / 12.0
    expected_wh = (job_wh * job_wh / (job_wh + heat_wh)).sum()
    assert job.reward is not None
    assert job.reward.neighbours_wh == pytest.approx(expected_wh, rel=1e-6)
    assert 8_000.0 < expected_wh < 22_000.0, "heat takes a part that is seen"


def test_without_any_message_houses_are_heated_as_if_there_were_no_sun(figures: dict[str, Figures]) -> None:
    of = heated_street(1)
    blind = StreetHeat(of, figures, sees_sun=False, states=STATES)
    blind.finish({})
    found = run_by_messages(of, rule_of("lst"), faults=WireFaults(lost=1.0), heated=houses_of(of, figures, states=STATES))
    assert found.heat == blind.done
    assert {job.state for job in found.jobs.values()} == {JobState.Ended}


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    lost=st.sampled_from([0.0, 0.3, 0.7]),
    doubled=st.sampled_from([0.0, 0.5]),
    late_ms=st.sampled_from([0, 5_000, 900_000]),
)
def test_whatever_the_wire_does_nobody_gets_cold(
    seed: int, lost: float, doubled: float, late_ms: int, figures: dict[str, Figures]
) -> None:
    of = heated_street(2)
    faults = WireFaults(lost=lost, doubled=doubled, late_ms=late_ms, seed=seed)
    found = run_by_messages(of, rule_of("lst"), faults=faults, heated=houses_of(of, figures, states=STATES))
    assert len(found.heat) == 3
    for done, load in zip(found.heat, found.heat_loads, strict=True):
        assert done.cold_k_h == 0.0
        assert done.need_kwh == pytest.approx(2.5 * 48.0)
        assert done.electricity_kwh == pytest.approx(float(load.load.wh[-1]) / 1000.0)
    assert {job.state for job in found.jobs.values()} <= {JobState.Ended, JobState.Settled}
