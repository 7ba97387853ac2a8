import numpy as np
import pytest

from gw_spaceheat.plant.pv.production import Site, production_w
from gw_spaceheat.plant.pv.table import ProductionTable
from tests.plant.pv.test_production import CLEAR, minutes


def test_along_lines_between_the_minutes_and_each_part_made_once() -> None:
    asked: list[str] = []

    def site_of(house: str) -> Site:
        asked.append(house)
        return CLEAR

    table = ProductionTable(site_of)
    day = minutes("2026-06-21")
    exact = production_w(CLEAR, day)
    for minute in (0, 359, 360, 700, 1000, 1438):
        assert table.power_w("h", int(day[minute]) * 1000) == round(exact[minute])
        between = (exact[minute] + exact[minute + 1]) / 2
        assert table.power_w("h", (int(day[minute]) + 30_000) * 1000) == pytest.approx(between, abs=0.51)
    assert len(asked) == 4
    assert np.all(exact >= 0.0)
