"""Forecasts beside what came."""

from dataclasses import replace

import pytest

from gw_spaceheat.core.market.energy import stitched
from gw_spaceheat.core.market.measured import as_measured, forecast_errors
from gw_spaceheat.core.market.street import Producer, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from tests.core.market.streets import sun


def street(forecast: list[float], measured: list[float]) -> Street:
    roof = Producer(id="roof", forecasts=(sun(forecast),), measured=sun(measured).energy)
    return Street(name="test", days=1, jobs=(), producers=(roof,))


def test_errors_by_hand() -> None:
    """100 too much and 50 too little of 400 in the first six hours; after that 20 of 100 too much."""
    (near, far) = forecast_errors(street([200.0, 250.0, 0, 0, 0, 0, 120.0], [100.0, 300.0, 0, 0, 0, 0, 100.0]))
    assert (near.from_h, near.to_h, near.hours, near.measured_kwh) == (0, 6, 2, 0.4)
    assert (near.bias, near.absolute) == (pytest.approx(50 / 400), pytest.approx(150 / 400))
    assert (far.from_h, far.bias) == (6, pytest.approx(0.2))


def test_hours_that_nobody_measured_do_not_count() -> None:
    assert forecast_errors(replace(street([1.0], [1.0]), producers=(Producer(id="roof", forecasts=(sun([1.0]),)),))) == []
    (near,) = forecast_errors(street([100.0, 100.0], [100.0]))
    assert near.hours == 1


def test_the_street_as_it_was() -> None:
    of = make_street(StreetKind(houses=2, roofs=2, seed=1))
    measured = as_measured(of)
    assert measured is not None
    for roof in measured.producers:
        assert roof.measured is not None
        assert stitched(roof.forecasts).wh[-1] == pytest.approx(roof.measured.wh[-1])
    assert as_measured(replace(of, producers=(replace(of.producers[0], measured=None),))) is None
