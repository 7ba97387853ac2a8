"""What the forecast learns, on made-up days."""

import pytest

from gw_spaceheat.core.netbalance.forecast import Forecast, ForecastSettings, sine_of_sun

MIDNIGHT = 1_654_732_800.0  # 2022-06-09T00:00Z


@pytest.mark.parametrize(
    ("hour", "low", "high"),
    [(12.0, 0.94, 0.955), (4.0, 0.0, 0.0), (22.0, 0.0, 0.0), (5.0, 0.02, 0.12)],  # Catalonia in June; the sun rises at 4:20 UTC
)
def test_the_sun(hour: float, low: float, high: float) -> None:
    assert low <= sine_of_sun(MIDNIGHT + 3600.0 * hour, 41.6, 1.3) <= high


def taught(days: float, cloud: float = 1.0, spike_w: float = 0.0) -> tuple[Forecast, float]:
    forecast = Forecast(ForecastSettings(), 10_000.0)
    now_s = MIDNIGHT
    for step in range(round(days * 8640)):
        now_s = MIDNIGHT + 10.0 * step
        production_w = 2000.0 * cloud * sine_of_sun(now_s, 41.6, 1.3) ** 1.2
        forecast.learn(now_s, production_w, 200.0 + (spike_w if step % 720 in {300, 301} else 0.0))
    return forecast, now_s


@pytest.mark.parametrize("cloud", [1.0, 0.4])
def test_a_sky_that_stays_is_foretold(cloud: float) -> None:
    forecast, now_s = taught(0.5, cloud)
    mean_w = sum(2000.0 * cloud * sine_of_sun(now_s + 36.0 * step, 41.6, 1.3) ** 1.2 for step in range(100)) / 100.0
    assert forecast.free_wh(now_s, now_s + 3600.0, now_s) == pytest.approx(mean_w - 200.0, rel=0.02)
    assert forecast.error_wh(3600.0) < 10.0


def test_spikes_are_foretold_on_average_and_not_as_the_power_of_now() -> None:
    forecast, now_s = taught(1.0, 0.0, 8000.0)
    spikes_w = 8000.0 * 2 / 720
    assert forecast.free_wh(now_s, now_s + 3600.0, now_s) == pytest.approx(-200.0 - spikes_w, abs=8.0)
    before = forecast.free_wh(now_s, now_s + 3600.0, now_s)
    forecast.learn(now_s + 10.0, 0.0, 9000.0)
    assert abs(forecast.free_wh(now_s, now_s + 3600.0, now_s) - before) < 10.0


def test_a_day_that_is_over_is_counted() -> None:
    forecast, _ = taught(1.0)
    assert forecast.days == 1
    assert forecast.daily_wh == pytest.approx((10_000.0 + forecast.daily_wh * 2 - 10_000.0) / 2.0)
    assert forecast.daily_wh > 10_000.0
