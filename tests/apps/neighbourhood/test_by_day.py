"""A street day by day: means of runs beside bounds, and no days on which nothing counts."""

import pytest

from gw_spaceheat.apps.neighbourhood.bound import Bounds
from gw_spaceheat.apps.neighbourhood.by_day import by_day
from gw_spaceheat.apps.neighbourhood.heat import Decided
from gw_spaceheat.apps.neighbourhood.runs import Run
from gw_spaceheat.core.market.street import Street
from tests.core.market.streets import HOUR_S, job, street


def run(of: Street, start_h: float) -> Run:
    return Run({}, Decided(street=of, starts_s={"a": start_h * HOUR_S}, counts={}))


def test_means_of_runs_beside_bounds() -> None:
    """The job uses the sun of the first day in one run, and that of the second in the other."""
    of = street([job("a", 10.0, 40.0)], [[1000.0] * 48], days=2)
    first, second = by_day(of, [run(of, 10.0), run(of, 30.0)], Bounds(1.0, (1.0, 1.0)))
    for day in (first, second):
        assert (day["local_kwh"], day["bound_kwh"], day["gap_kwh"]) == pytest.approx((0.5, 1.0, 0.5))
    assert (first["begins_unix_s"], second["begins_unix_s"]) == (0, 86_400)


def test_a_day_on_which_the_last_job_only_ends_is_left_out() -> None:
    of = street([job("a", 23.5, 23.5)], [[1000.0] * 48])
    (day,) = by_day(of, [run(of, 23.5)], Bounds(0.5, (0.5, 0.0)))
    assert day["local_kwh"] == pytest.approx(0.5)
