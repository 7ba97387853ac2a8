"""The figures of meters and panels, from a short look without a broker."""

from gw_spaceheat.apps.bench.pv import measure


def test_what_is_measured() -> None:
    figures = measure(rounds=1, seconds=0.0)
    assert (figures["day_rows"], figures["day_identical"]) == (25_920, True)
    for name in ("year_clear_s", "year_cloudy_s", "day_s"):
        value = figures[name]
        assert isinstance(value, float)
        assert value > 0.0
