"""The benchmark of plans, small."""

from gw_spaceheat.apps.bench.plan import measure
from tests.scenarios.scene import HOUSES


def test_it_tells_times_and_gaps() -> None:
    figures = measure(HOUSES, rounds=1, batch=2, convergence_days=1)
    assert (figures["steps"], figures["states"], figures["levels"]) == (192, 200, 1)
    for name in ("numpy_ms", "numba_batch_ms_per_house", "highs_lp_ms", "peak_mb"):
        value = figures[name]
        assert isinstance(value, float)
        assert value > 0
    gaps = figures["gap_percent"]
    assert isinstance(gaps, dict)
    assert gaps["2000 states, 41 powers"]["worst"] < gaps["100 states, 3 powers"]["worst"]
