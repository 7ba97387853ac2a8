"""Readings hold until the next one, no longer than a channel may be silent; what is not known is not guessed."""

import numpy as np
import pytest

from gw_spaceheat.core.telemetry.energy import NOTHING, Held, Meter, heat_w, held, joined
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

EDGES = [0, HOUR_MS, 2 * HOUR_MS]
LONG = 10.0 * HOUR_MS


def series(*pairs: tuple[float, float], patience_ms: float = LONG) -> Held:
    """Readings at minutes."""
    times, values = np.array(pairs, dtype=float).T
    return held(times * MINUTE_MS, values, patience_ms)


@pytest.mark.parametrize(
    ("power", "kwh", "known"),
    [
        (series((0, 1000)), [1, 1], [1, 1]),
        (series((0, 1000), (30, 3000)), [2, 3], [1, 1]),
        (series((-5, 1000)), [1, 1], [1, 1]),
        (series((30, 1000)), [0.5, 1], [0.5, 1]),
        (series((0, 1000), (60, 0)), [1, 0], [1, 1]),
        (series((0, 1000), (90, 2000), patience_ms=15 * MINUTE_MS), [0.25, 0.5], [0.25, 0.25]),
        (series((120, 1000)), [0, 0], [0, 0]),
        (NOTHING, [0, 0], [0, 0]),
    ],
)
def test_the_energy_of_each_stretch_and_how_much_of_it_is_known(power: Held, kwh: list[float], known: list[float]) -> None:
    meter = Meter(EDGES, [power])
    found = meter.energies(meter.over_time(power))
    assert found.kwh.tolist() == pytest.approx(kwh)
    assert found.known.tolist() == pytest.approx(known)


def test_series_are_laid_over_each_other() -> None:
    flow, supply, back = series((0, 0.5), (30, 0.0)), series((0, 40.0), (45, 99.0)), series((10, 30.0))
    meter = Meter(EDGES, [flow, supply, back])
    heat = meter.energies(heat_w(meter.over_time(flow), meter.over_time(supply), meter.over_time(back)))
    assert heat.kwh.tolist() == pytest.approx([0.5 * 4186 * 10 / 1000 * 20 / 60, 0])
    assert heat.known.tolist() == pytest.approx([50 / 60, 1])


def test_without_a_flow_there_is_no_heat_though_the_temperatures_are_missing() -> None:
    nothing = np.array([np.nan, np.nan])
    found = heat_w(np.array([0.0, 0.5]), nothing, nothing)
    assert found[0] == 0.0
    assert np.isnan(found[1])


def test_a_mean_is_of_the_time_that_is_known() -> None:
    outdoor = series((0, -10.0), (15, -2.0), (90, 5.0), patience_ms=30 * MINUTE_MS)
    meter = Meter([0, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS], [outdoor])
    means = meter.means(meter.over_time(outdoor))
    assert means[:2].tolist() == pytest.approx([(-10 * 15 - 2 * 30) / 45, 5])
    assert np.isnan(means[2])


def test_means_of_bins_stand_where_no_reading_was_sent() -> None:
    whole = series((0, 1000), (50, 2000), patience_ms=10 * MINUTE_MS)
    bins = Held(np.array([10.0, 25.0]) * MINUTE_MS, np.array([25.0, 40.0]) * MINUTE_MS, np.array([400.0, 800.0]))
    both = joined(whole, bins)
    meter = Meter(EDGES, [both])
    found = meter.energies(meter.over_time(both))
    assert found.kwh[0] == pytest.approx((1000 * 10 + 400 * 15 + 800 * 15 + 2000 * 10) / 60 / 1000)
    assert found.known[0] == pytest.approx(50 / 60)
