"""Days as bars: what is not known has none."""

from datetime import date

from gw_spaceheat.core.telemetry.energy_days import EnergyDay
from gw_spaceheat.views.energy_figure import energy_figure
from tests.views.test_energy_table import BARE, DAY


def test_a_bar_for_each_day_and_energy() -> None:
    days: list[EnergyDay] = [DAY, BARE]
    electricity, heat, rooms, cop = energy_figure(days)["data"]
    assert electricity["x"] == heat["x"] == rooms["x"] == cop["x"] == [date(2018, 1, 8).isoformat()] * 2
    assert (electricity["y"], heat["y"], rooms["y"], cop["y"]) == ([60.0, None], [150.7, None], [100.0, None], [3.137, None])
