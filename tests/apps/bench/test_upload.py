"""A backlog, small."""

from gw_spaceheat.apps.bench.upload import measure
from tests.scenarios.scene import HOUSES


def test_a_backlog_reaches_the_atomic_t_node() -> None:
    figures = measure(HOUSES, waiting=400)
    assert figures["waiting"] == 400
    assert isinstance(figures["upload_per_s"], float)
    assert figures["upload_per_s"] > 0
