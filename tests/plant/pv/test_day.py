"""A clear day, as a whole."""

from datetime import date

import numpy as np
import pytest

from gw_spaceheat.plant.pv.day import Place, clear_day
from gw_spaceheat.plant.pv.field import Field

MIDSUMMER = date(2026, 6, 21)


def test_the_peak_is_at_solar_noon() -> None:
    day = clear_day(Field(peak_w=4000.0), Place(44.6, -69.8, 60.0), MIDSUMMER, 3.13)
    assert day.energy_kwh == pytest.approx(30.19, rel=0.005)
    assert abs(int(np.argmax(day.power_w)) - int(np.argmax(day.sun.elevation_deg))) <= 10
    assert len(day.power_w) == 1440


def test_panels_that_face_east_are_early() -> None:
    fields = (Field(peak_w=1.0, tilt_deg=45.0, azimuth_deg=azimuth) for azimuth in (90.0, 270.0))
    east, west = (int(np.argmax(clear_day(field, Place(45.0, 0.0), MIDSUMMER, 3.0).power_w)) for field in fields)
    assert west - east > 240


def test_in_the_polar_night_there_is_nothing() -> None:
    assert clear_day(Field(peak_w=4000.0), Place(78.0, 15.0), date(2026, 12, 21), 2.0).energy_kwh == 0.0
