"""A few hours of a house with all its threads and stores, a thousand times faster than life: nothing grows that should not."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.bench.endurance import Grown, is_within_caps, measure
from gw_spaceheat.apps.bench.usage import Usage

HOUSES = Path(__file__).parents[3] / "input_data" / "houses.json"
START = Grown(Usage(100.0, 120.0, 32, 37), 20, 3, 5.0)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (START, True),
        (Grown(Usage(119.0, 150.0, 32, 41), 24, 12, 900.0), True),
        (Grown(Usage(121.0, 121.0, 32, 37), 20, 3, 5.0), False),
        (Grown(Usage(100.0, 120.0, 33, 37), 20, 3, 5.0), False),
        (Grown(Usage(100.0, 120.0, 32, 42), 20, 3, 5.0), False),
        (Grown(Usage(100.0, 120.0, 32, 37), 25, 3, 5.0), False),
        (Grown(Usage(100.0, 120.0, 32, 37), 20, 13, 5.0), False),
    ],
)
def test_each_thing_has_its_cap(end: Grown, expected: bool) -> None:
    assert is_within_caps(START, end, 12) is expected


@pytest.mark.parametrize(("days", "speed", "reports"), [(0.05, 300.0, 5), pytest.param(0.2, 900.0, 20, marks=pytest.mark.slow)])
def test_nothing_grows_in_a_few_hours_while_the_atomic_t_node_comes_and_goes(days: float, speed: float, reports: int) -> None:
    figures = measure(HOUSES, days, speed)
    assert figures["within_caps"], figures
    assert (figures["lost"], figures["doubled"], figures["errors"]) == (0, 0, 0), figures
    assert figures["most_waiting"] > 0
    # on a busy machine the contract's time-outs of milliseconds are missed, and what RemoteControl would have sent still waits
    assert figures["reports"] + figures["waiting_end"] > reports
    assert figures["hanging"] == []
