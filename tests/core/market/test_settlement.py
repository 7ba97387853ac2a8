"""What came of a schedule: energy is conserved, nothing is claimed that is not there, and money follows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.market.scheduler import scheduler
from gw_spaceheat.core.market.settlement import Outcome, Tariff, local_by_day, settle
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import HOUR_S, by_chance, job, street


def by(name: str, of: Street) -> Outcome:
    timetable = Timetable(of)
    chosen = scheduler(name)(timetable, 1)
    return settle(of, {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in chosen.items()})


def test_by_hand() -> None:
    """1 kW for an hour from 1:30 on; 0.6 kW of sun from 1 to 2 h, 2 kW from 2 to 3 h."""
    of = street([job("a", 1.5, 1.5)], [[0.0, 600.0, 2000.0, 0.0]])
    found = settle(of, {"a": 1.5 * HOUR_S}, Tariff(purchase_usd_per_kwh=0.3, feed_in_usd_per_kwh=0.1))
    assert found.local_kwh == pytest.approx(0.3 + 0.5)
    assert (found.jobs, found.jobs_ended, found.early, found.late) == (1, 1, 0, 0)
    assert found.sun_kwh == pytest.approx(2.6)
    assert found.cost_usd == pytest.approx(0.2 * 0.3 - 1.8 * 0.1)
    assert found.unshared_usd == pytest.approx(1.0 * 0.3 - 2.6 * 0.1)
    assert found.peak_import_kw == pytest.approx(0.4)
    assert found.peak_export_kw == pytest.approx(2.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_no_more_is_claimed_than_there_is(seed: int) -> None:
    found = by("greedy", by_chance(seed))
    assert found.claimed_kwh == pytest.approx(found.local_kwh)
    assert found.deliverable_kwh == pytest.approx(found.local_kwh)
    assert found.local_kwh <= min(found.demand_kwh, found.sun_kwh) + 1e-9
    assert found.cost_usd <= found.unshared_usd + 1e-9


def test_what_starts_outside_of_its_window_is_counted() -> None:
    of = street([job("a", 1.0, 2.0), job("b", 1.0, 2.0), job("c", 1.0, 2.0)], [])
    found = settle(of, {"a": 0.5 * HOUR_S, "b": 2.5 * HOUR_S})
    assert (found.early, found.late, found.jobs, found.jobs_ended) == (1, 1, 3, 2)


def test_sun_beyond_the_days_does_not_count() -> None:
    of = street([job("a", 25.0, 25.0)], [[1000.0] * 48], days=1)
    assert settle(of, {"a": 25.0 * HOUR_S}).local_kwh == 0.0


def test_days_share_what_runs_over_midnight() -> None:
    """1 kW from 23:15 on, for an hour and a half; 1 kW of sun all the time, of which two days count."""
    of = street([job("a", 23.25, 23.25, hours=1.5)], [[1000.0] * 48], days=2)
    assert local_by_day(of, {"a": 23.25 * HOUR_S}).tolist() == pytest.approx([750.0, 750.0])
    later = street([job("a", 47.25, 47.25, hours=1.5)], [[1000.0] * 72], days=2)
    assert local_by_day(later, {"a": 47.25 * HOUR_S}).tolist() == pytest.approx([0.0, 750.0, 0.0])


@pytest.mark.parametrize("seed", range(4))
def test_days_add_up(seed: int) -> None:
    of = by_chance(seed)
    starts_s = {each.id: each.earliest_s for each in of.jobs}
    assert local_by_day(of, starts_s).sum() / 1000.0 == pytest.approx(settle(of, starts_s).local_kwh)
