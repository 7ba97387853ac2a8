"""The map that ships, against that of pvlib, of which it is the mean."""

import warnings

import numpy as np
import pandas as pd
import pvlib
import pytest

from gw_spaceheat.stores.turbidity_map import turbidity_map

MIDDLES = ("2026-01-16", "2026-04-15", "2026-07-16", "2026-10-15")


@pytest.mark.parametrize("latitude", [60.5, 44.5, 10.5, -33.5])
@pytest.mark.parametrize("longitude", [-120.5, 13.5, 151.5])
def test_it_is_near_the_finer_one(latitude: float, longitude: float) -> None:
    times = pd.DatetimeIndex(MIDDLES, tz="UTC")
    steps = np.arange(-0.4, 0.45, 0.2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        around = [
            pvlib.clearsky.lookup_linke_turbidity(times, latitude + north, longitude + east).to_numpy()
            for north in steps
            for east in steps
        ]
    ours = turbidity_map().at(latitude, longitude, times.day_of_year.to_numpy(np.float64))
    assert ours == pytest.approx(np.mean(around, axis=0), abs=0.15)


def test_it_is_read_once_and_holds_what_can_be() -> None:
    assert turbidity_map() is turbidity_map()
    corners = [(latitude, longitude) for latitude in (-89.0, 0.0, 89.0) for longitude in (-179.9, 0.0, 179.9)]
    found = [turbidity_map().at(*corner, np.arange(1.0, 366.0)) for corner in corners]
    assert 1.0 <= np.min(found) <= np.max(found) <= 12.0
