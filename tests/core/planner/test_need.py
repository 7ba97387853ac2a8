import pytest

from gw_spaceheat.core.planner.need import Line, NeedHour, NeedModel, prior_line
from gw_spaceheat.house.model import WeatherCurve

CURVE = WeatherCurve(base_c=32, slope=0.75, reference_c=15, minimum_c=35, maximum_c=60)
PRIOR = Line(alpha_kw=4.0, beta_kw_per_k=-0.2)


def learned(days: int, alpha: float = 5.0, beta: float = -0.3, of_day_kw: float = 0.0) -> NeedModel:
    """A house whose need is a line, and more at 7 in the morning."""
    model = NeedModel(PRIOR)
    for hour in range(24 * days):
        outdoor_c = -10.0 + (hour * 7 % 31) / 2.0
        need = alpha + beta * outdoor_c + (of_day_kw if hour % 24 == 7 else 0.0)
        model.learn(NeedHour(hour=hour, of_day=hour % 24, need_kw=need, outdoor_c=outdoor_c))
    return model


def test_at_first_the_prior_leads() -> None:
    assert NeedModel(PRIOR).forecast_kw([5.0], [5], [-10.0]) == (pytest.approx(6.0),)
    line = prior_line(20.0, CURVE)
    assert line.alpha_kw + line.beta_kw_per_k * 17.0 == pytest.approx(0.0)
    assert line.alpha_kw + line.beta_kw_per_k * -25.0 == pytest.approx(14.0)


def test_a_line_is_learned_in_two_weeks() -> None:
    model = learned(14)
    assert model.line.beta_kw_per_k == pytest.approx(-0.3, abs=0.01)
    assert model.forecast_kw([14 * 24 + 5.0], [5], [-15.0])[0] == pytest.approx(9.5, abs=0.1)
    assert model.error_kw < 0.1


def test_what_an_hour_of_the_day_usually_has_beside_is_learned_too() -> None:
    model = learned(14, of_day_kw=3.0)
    usual, morning = model.forecast_kw([14 * 24 + 30.0, 14 * 24 + 31.0], [6, 7], [0.0, 0.0])
    assert morning - usual == pytest.approx(3.0 * 14 / 18, abs=0.5)


def test_what_the_last_hours_had_beside_the_fit_fades() -> None:
    model = learned(14)
    for hour in range(14 * 24, 14 * 24 + 3):
        model.learn(NeedHour(hour=hour, of_day=hour % 24, need_kw=7.0, outdoor_c=0.0))
    soon, later = model.forecast_kw([14 * 24 + 3.5, 14 * 24 + 27.0], [3, 3], [0.0, 0.0])
    assert soon == pytest.approx(7.0, abs=0.3)
    assert later == pytest.approx(5.2, abs=0.3)


def test_no_house_needs_less_than_nothing() -> None:
    assert learned(2).forecast_kw([60.0], [12], [40.0]) == (0.0,)
