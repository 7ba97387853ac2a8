"""Days of a street, as fast as they can be made."""

import csv
import logging
from pathlib import Path

import pytest

from gw_spaceheat.apps.meter.street import StreetRequest, fleet_of
from gw_spaceheat.apps.pv.simulate import Days, simulate
from gw_spaceheat.apps.pv.sites import PanelsRequest, production_of

AUTUMN_MS = 1_793_505_600_000
"""2026-11-01 00:00 in New York: a day of 25 hours."""
LOG = logging.getLogger("test")


def made(folder: Path, seed: int = 1, hours: int = 25) -> dict[str, bytes]:
    street = StreetRequest(seed=seed, jitter_s=2.0)
    days = Days(street=street, start_ms=AUTUMN_MS, end_ms=AUTUMN_MS + hours * 3_600_000, folder=folder)
    told = simulate(days, production_of(PanelsRequest(seed=seed)), LOG)
    assert (told["rows"], told["doubled"], told["refused"]) == (3 * 360 * hours, 0, 0)
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_a_day_is_the_same_to_the_byte_for_a_seed(tmp_path: Path) -> None:
    first = made(tmp_path / "a")
    assert sorted(first) == [f"house-00{number}_20261101.csv" for number in (1, 2, 3)], "one file each, of 25 hours"
    assert made(tmp_path / "b") == first
    assert made(tmp_path / "c", seed=2) != first


def test_energies_of_the_files_are_those_of_meters_and_panels(tmp_path: Path) -> None:
    street = StreetRequest(houses=1)
    production = production_of(PanelsRequest())
    simulate(Days(street=street, start_ms=AUTUMN_MS, end_ms=AUTUMN_MS + 86_400_000, folder=tmp_path), production, LOG)
    fleet = fleet_of(street)
    with (tmp_path / "house-001_20261101.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first = fleet.first_tick(AUTUMN_MS)
    for quarter in range(96):
        part = rows[quarter * 90 : quarter * 90 + 90]
        readings = [reading for tick in range(90) for reading in fleet.readings(first + quarter * 90 + tick)]
        meter_wh, pv_wh, net_wh = (sum(float(row[name]) for row in part) / 360.0 for name in ("meter_w", "pv_w", "net_w"))
        assert meter_wh == pytest.approx(sum(reading.power_w for reading in readings) / 360.0, abs=1.0)
        assert pv_wh == pytest.approx(sum(production("house-001", one.taken_us) for one in readings) / 360.0, abs=1.0)
        assert net_wh == pytest.approx(meter_wh - pv_wh, abs=1e-6)
