"""Streets drawn from a seed: the same again, plausible, and with forecasts that know a little less than the sun."""

import numpy as np
import pytest

from gw_spaceheat.core.market.energy import stitched
from gw_spaceheat.core.market.synthetic import ROOF_W, StreetKind, make_street

KIND = StreetKind(houses=6, roofs=3, days=2, seed=4)


def test_the_same_kind_gives_the_same_street() -> None:
    first, second, other = (make_street(StreetKind(houses=6, roofs=3, days=2, seed=seed)) for seed in (4, 4, 5))
    assert [job.id for job in first.jobs] == [job.id for job in second.jobs]
    assert [job.latest_s for job in first.jobs] == [job.latest_s for job in second.jobs]
    assert [job.latest_s for job in first.jobs] != [job.latest_s for job in other.jobs]


def test_houses_hand_in_jobs_that_wait_and_jobs_that_do_not() -> None:
    street = make_street(KIND)
    assert len({job.id for job in street.jobs}) == len(street.jobs)
    waiting = [job for job in street.jobs if job.latest_s - job.earliest_s > 60.0]
    assert 2 * 6 * 2 <= len(waiting) <= 4 * 6 * 2
    assert len(street.jobs) - len(waiting) == 3 * 6 * 2
    assert all(job.registered_s <= job.earliest_s <= job.latest_s < 2 * 86_400 for job in street.jobs)


def test_roofs_give_by_day_and_forecasts_are_close() -> None:
    street = make_street(KIND)
    assert len(street.producers) == 3
    hours_s = np.arange(0.0, 2 * 86_400 + 1, 3600.0)
    for roof in street.producers:
        assert roof.measured is not None
        given = roof.measured.within(hours_s)
        assert given[:4].sum() == 0.0
        assert 0.0 < given.max() <= ROOF_W[1] * 1.15
        said = stitched(roof.forecasts).within(hours_s)
        assert said.sum() == pytest.approx(given.sum(), rel=0.15)
        assert not np.array_equal(said, given)


@pytest.mark.parametrize(("houses", "roofs", "days"), [(0, 0, 1), (1, 2, 1), (1, -1, 1), (1, 1, 0)])
def test_no_street_can_be_that(houses: int, roofs: int, days: int) -> None:
    with pytest.raises(ValueError, match="there must be a house and a day"):
        StreetKind(houses=houses, roofs=roofs, days=days)
