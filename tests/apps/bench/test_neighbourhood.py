"""The street's benchmark, on a small street."""

from gw_spaceheat.apps.bench.neighbourhood import measure
from gw_spaceheat.core.market.synthetic import StreetKind


def test_what_it_tells() -> None:
    told = measure(1, (StreetKind(houses=3, roofs=1),))
    (street,) = told["streets"]  # type: ignore[misc]
    assert street["houses"] == 3
    for name in ("ls", "lst"):
        assert street[name]["events"] > 0
        assert 0.0 < street[name]["worst_event_ms"] <= street[name]["scheduling_cpu_s"] * 1000.0
        assert street[name]["local_kwh"] > 0.0
