"""The table of savings, small."""

from gw_spaceheat.apps.bench.savings import measure
from gw_spaceheat.apps.samples import DEMAND, SAMPLES
from tests.scenarios.scene import HOUSES, OAK


def test_a_row_for_each_home() -> None:
    told = measure(HOUSES, OAK, [SAMPLES / DEMAND], days=1, workers=1)
    (row,) = told["rows"]  # type: ignore[misc]
    assert row["demand"] == "demand_january_SYNTHETIC"
    assert row["to_hysteresis"] < 0
    heading, _, line = str(told["table"]).splitlines()
    assert heading.startswith("| demand | mean need |")
    assert line.startswith("| demand_january_SYNTHETIC | ")
