"""Sweeps: axes, order, every setting reaches the algorithm, and workers change nothing."""

import pytest

from gw_spaceheat.apps.netbalance.experiment import Experiment, every_day_alike
from gw_spaceheat.apps.netbalance.sweep import axis, points, sweep
from gw_spaceheat.core.netbalance.algorithm import AlgorithmError
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.simulation import Terms
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace

EXPERIMENT = Experiment(synthetic_trace(1), (Load("one", 700.0), Load("two", 1000.0)), Terms(every_day_alike(), 0.187, 0.2409))


@pytest.mark.parametrize(
    ("text", "values"),
    [("top_wh.1=50:60:5", ("50", "55", "60")), ("time_factor=0.1:0.3:0.1", ("0.1", "0.2", "0.3")), ("x=1,2.5", ("1", "2.5"))],
)
def test_axes(text: str, values: tuple[str, ...]) -> None:
    assert axis(text).values == values


@pytest.mark.parametrize("text", ["x", "x=", "x=1:2", "x=1:2:0", "x=2:1:1"])
def test_axes_that_are_none(text: str) -> None:
    with pytest.raises(AlgorithmError, match="write"):
        axis(text)


def test_two_settings_make_a_table_and_workers_change_nothing() -> None:
    at = points([axis("top_wh.1=50:100:50"), axis("bottom_wh.1=-20:0:20")], {"top_wh.2": "180"})
    assert [point["bottom_wh.1"] for point in at] == ["-20", "0", "-20", "0"]
    done: list[int] = []
    rows = sweep(EXPERIMENT, "hysteresis", at, 1, done.append)
    assert (done, rows) == ([1, 2, 3, 4], sweep(EXPERIMENT, "hysteresis", at, 2))
    assert len({row["gain"] for row in rows}) == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[
            ("hysteresis", f"{key}.{load}={values}")
            for key, values in (("top_wh", "90,120"), ("bottom_wh", "-40,20"))
            for load in (1, 2)
        ],
        ("minimum-on-time", "time_limit_s=300,900"),
        ("time-to-consume", "end_at_wh=0,60"),
        ("time-to-consume", "on_minimum_wh=20,150"),
        ("time-to-consume", "time_factor=0.3,1"),
        ("time-to-consume", "smoothing_s=0,300"),
        ("ours", "switch_share=0.001,0.02"),
        ("ours", "doubt=0,2"),
    ],
)
def test_every_setting_changes_what_it_names(name: str, text: str) -> None:
    first, second = sweep(EXPERIMENT, name, points([axis(text)], {}), 1)
    assert first["gain"] != second["gain"]
