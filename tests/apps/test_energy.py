"""The days of a simulated house, from what it sent, agree with what its twin really took."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from gw_spaceheat.apps.energy import days_kept
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.simulation_run import SimulationRequest, run
from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.readings import ReadingsStore
from tests.heard import MIDNIGHT_MS, thinned_report, uuid

OAK = find_house(houses_file(), "hw1.isone.me.millinocket.oak")
MONDAY = date(2018, 1, 8)


def test_what_the_twin_took_is_told_within_a_percent(tmp_path: Path) -> None:
    told = run(SimulationRequest(house=OAK, start=datetime(2018, 1, 8), days=1, out=tmp_path))
    (day,) = days_kept(tmp_path / "readings", OAK, MONDAY, MONDAY)
    energy, heat = told["energy_kwh"], told["heat_kwh"]
    assert isinstance(energy, dict)
    assert isinstance(heat, dict)
    assert day.known > 0.99
    assert day.source_kwh == pytest.approx(energy["heat_pump"], rel=0.01)
    assert day.electricity_kwh == pytest.approx(energy["heat_pump"] + energy["boost"], rel=0.01)
    assert day.rooms_kwh == pytest.approx(heat["delivered"], rel=0.04), "the pipes lose some"
    assert day.cop is not None
    assert 1.0 < day.cop < 5.0


def test_means_stand_for_readings_that_had_to_wait(tmp_path: Path) -> None:
    store = ReadingsStore(tmp_path)
    store.open()
    bins = {"a-hp": [(number, 1000 + number, 900, 1100, 6) for number in range(5)]}
    store.keep(Persist(OAK.alias, MIDNIGHT_MS, f"{OAK.alias}.ta.scada", "a", uuid(1), thinned_report(1, 60, bins)))
    store.close()
    one_meter = replace(OAK, channels={name: channel for name, channel in OAK.channels.items() if name == "a-hp"})
    heating = replace(OAK.heating, buffer=(), store=(), outdoor="")
    (day,) = days_kept(tmp_path, replace(one_meter, heating=heating), date(2018, 1, 7), date(2018, 1, 7))
    assert day.source_kwh == pytest.approx(np.mean([1000 + number for number in range(5)]) / 1000 * 5 / 60)
    assert day.known == pytest.approx(5 / 60 / 24)


def test_nothing_is_kept_of_a_house(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing is kept"):
        days_kept(tmp_path, OAK, MONDAY, MONDAY)
