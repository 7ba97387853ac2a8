"""The figure of a day: every channel in its row, few values, gaps kept, in local time."""

import base64

import numpy as np
import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.house.model import House
from gw_spaceheat.stores.lines import Line
from gw_spaceheat.views.day_figure import DELIVERY, PLANNED_KW, PLANNED_WITH, Steps, day_figure, legend, row_of

SPAN = (0, 1000)


@pytest.fixture(scope="module")
def oak() -> House:
    return find_house(houses_file(), "hw1.isone.me.millinocket.oak")


def numbers(packed: dict[str, str]) -> list[float]:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}").tolist()


def line(channel: str, unit: str, mean: list[float], *, is_band: bool = False, thinned: int = 0) -> Line:
    values = np.array(mean)
    times = np.arange(len(mean), dtype=float) * 100
    return Line(channel, unit, times, values, values - is_band, values + is_band, is_band, thinned)


@pytest.mark.parametrize(
    ("channel", "row"),
    [
        ("a-hp", "power"),
        ("a-buffer-depth1", "tanks"),
        ("a-store-tank3-depth1", "tanks"),
        ("a-zone1-stat", "zones"),
        ("a-outdoors-temp", "outdoor"),
        ("a-hp-out-temp", "outdoor"),
        ("a-store-flow", "flows"),
        ("a-hp-relay", None),
    ],
)
def test_which_row(oak: House, channel: str, row: str | None) -> None:
    assert row_of(oak).get(channel) == row


def test_power_in_kilowatts_and_local_time(oak: House) -> None:
    figure = day_figure(oak, [line("a-hp", "W", [1000, 2000])], {}, SPAN, -500)
    (trace,) = figure["data"]
    assert numbers(trace["y"]) == [1, 2]
    assert numbers(trace["x"]) == [-500, -400]
    assert figure["layout"]["xaxis"]["range"] == [-500, 500]


def test_a_band_is_closed_around_each_stretch(oak: House) -> None:
    nan = float("nan")
    figure = day_figure(oak, [line("a-hp-out-temp", "degC", [5, 6, nan, 7], is_band=True)], {}, SPAN, 0)
    band, trace = figure["data"]
    assert numbers(band["y"])[:4] == [6, 7, 5, 4]
    assert np.isnan(numbers(band["y"])[4])
    assert len(numbers(band["x"])) == len(numbers(band["y"])) == 8
    assert trace["connectgaps"] is False


def test_prices_are_steps_and_thinned_lines_are_dotted(oak: House) -> None:
    steps = {DELIVERY: Steps(np.array([0.0, 500.0]), np.array([0.1, 0.4]))}
    figure = day_figure(oak, [line("a-zone1-stat", "degC", [20], thinned=1)], steps, SPAN, 0)
    price, room = figure["data"]
    assert price["line"]["shape"] == "hv"
    assert room["line"]["dash"] == "dot"
    assert room["name"] == "Living room: thermostat"


def test_what_was_planned_lies_under_what_happened(oak: House) -> None:
    times, nan = np.array([0.0, 300.0]), float("nan")
    steps = {PLANNED_WITH: Steps(times, np.array([0.1, nan])), PLANNED_KW: Steps(times, np.array([3.0, nan]))}
    figure = day_figure(oak, [line("a-hp", "W", [1000, 2000])], steps, SPAN, 0)
    planned, happened, price = figure["data"]
    assert planned["yaxis"] == happened["yaxis"] == "y"
    assert (planned["line"]["dash"], planned["line"]["shape"]) == ("dash", "hv")
    assert numbers(planned["y"])[0] == 3
    assert price["yaxis"] == "y2"


def test_the_legend_names_what_is_drawn(oak: House) -> None:
    rows = dict(legend(oak))
    assert [name for key, _, name in rows["Price, USD/kWh"]] == ["Delivery", "Energy, in the market", "Both, as planned with"]
    assert rows["Power, kW"][-1][2] == "Planned"
