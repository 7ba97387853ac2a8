"""The energy of a clear day, against the golden values and pvlib."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from gw_spaceheat.apps.pv.energy import EnergyRequest, energy
from gw_spaceheat.plant.pv.day import Place
from gw_spaceheat.plant.pv.field import Field
from tests.plant.pv.peer import PLACES, WATTS, day

DATA = os.environ.get("GWS_TEST_DATA")


def told(place: Place, tilt: float, azimuth: float, watts: float, when: str, turbidity: float | None = None) -> dict:
    field = Field(peak_w=watts, tilt_deg=tilt, azimuth_deg=azimuth)
    return energy(EnergyRequest(field=field, place=place, day=date.fromisoformat(when), turbidity=turbidity))


@pytest.mark.skipif(DATA is None, reason="GWS_TEST_DATA is not set")
def test_golden_days() -> None:
    for case in json.loads((Path(DATA or "") / "pv_golden.json").read_text()):
        place = Place(case["lat"], case["lon"], case["alt"])
        found = told(place, case["tilt"], case["azimuth"], case["kwp"] * 1000.0, case["date"])
        assert found["kwh"] == pytest.approx(case["kwh"], rel=0.03)
        assert found["peak_w"] == pytest.approx(case["peak_w"], rel=0.03)
        assert found["max_elevation_deg"] == pytest.approx(case["max_elevation_deg"], abs=0.02)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("when", ["2026-04-21", "2026-07-21"])
def test_other_places_with_their_usual_haze(place: str, when: str) -> None:
    latitude, longitude, altitude, tilt, azimuth = PLACES[place]
    peer = day(latitude, longitude, altitude, tilt, azimuth, when)
    found = told(Place(latitude, longitude, altitude), tilt, azimuth, WATTS, when)
    assert found["kwh"] == pytest.approx(peer.power_w.sum() / 60_000.0, rel=0.03)
    assert found["peak_w"] == pytest.approx(peer.power_w.max(), rel=0.03)


def test_haze_can_be_said() -> None:
    clear, hazy = (told(Place(45.0, 7.0), 30.0, 180.0, WATTS, "2026-06-21", turbidity) for turbidity in (2.0, 6.0))
    assert clear["kwh"] > hazy["kwh"]
    assert hazy["turbidity"] == 6.0
