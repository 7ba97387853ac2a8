"""Jobs and forecasts survive being said."""

import numpy as np

from gw_spaceheat.core.market.said import forecast_of, job_of, request_of, told_of
from tests.core.market.streets import job, sun

T = 1_460_246_400_000


def test_a_job_is_what_it_was() -> None:
    one = job("a", 1.0, 2.5, watts=700.0, registered_h=0.5)
    request = request_of(one, T)
    request.check()
    again = job_of(request, T)
    assert (again.id, again.registered_s, again.earliest_s, again.latest_s) == ("a", 1800.0, 3600.0, 9000.0)
    np.testing.assert_array_equal(again.load.wh, one.load.wh)


def test_a_forecast_is_what_it_was() -> None:
    one = sun([100.0, 200.0], issued_h=6.0, from_h=6.0)
    told = told_of("pv", 2, one, T)
    told.check()
    again = forecast_of(told, T)
    assert again.issued_s == 6 * 3600.0
    np.testing.assert_array_equal(again.energy.times_s, one.energy.times_s)
    np.testing.assert_array_equal(again.energy.wh, one.energy.wh)
