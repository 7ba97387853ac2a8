"""Streets as figures: profiles as power, pies that add up, and lines of every scheduler over the sun."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gw_spaceheat.views.street_figures import (
    GRID_PART,
    LOCAL,
    MOST_POINTS,
    flow_figure,
    forecast_figure,
    moments_figure,
    pies_figure,
    profile_figure,
    use_figure,
)

EPOCH_S = 1_460_246_400.0
HOURS_S = EPOCH_S + np.arange(3) * 3600.0


def test_pies_of_what_there_is() -> None:
    consumed, produced = pies_figure([("Consumed", {LOCAL: 6.0, GRID_PART: -1e-9}), ("Produced", {LOCAL: 2.0})])["data"]
    assert (consumed["labels"], consumed["values"]) == ([LOCAL, GRID_PART], [6.0, 0.0])
    assert produced["domain"]["x"][0] > consumed["domain"]["x"][1]
    assert pies_figure([])["data"] == []


def test_what_was_taken_stands_by_its_origin_upon_the_other() -> None:
    local, grid, sun = use_figure({LOCAL: np.array([250.0]), GRID_PART: np.array([500.0])}, np.array([750.0]), EPOCH_S)["data"]
    assert (local["stackgroup"], grid["stackgroup"], "stackgroup" in sun) == ("taken", "taken", False)
    assert (local["y"], grid["y"], sun["y"]) == ([1.0], [2.0], [3.0])
    assert sun["x"] == ["2016-04-10T00:00"]


def test_a_profile_is_a_power_over_minutes() -> None:
    times_s, wh = np.array([0.0, 1800.0, 3600.0]), np.array([0.0, 600.0, 700.0])
    (line,) = profile_figure({"dish": (times_s, wh)})["data"]
    assert (line["x"], line["y"]) == ([0.0, 30.0, 60.0], [1.2, 0.2, 0.0])


def test_the_first_amount_of_a_forecast_is_that_of_the_hour_before() -> None:
    zone = ZoneInfo("Europe/Berlin")
    forecasts = [(HOURS_S, np.array([100.0, 300.0, 600.0])), (HOURS_S, np.array([0.0, 100.0, 200.0]))]
    first, second, measured = forecast_figure({"roof": forecasts}, {"roof": (HOURS_S, np.array([0.0, 1.0, 2.0]))}, zone)["data"]
    assert first["x"][0] == "2016-04-10T01:00:00", "an hour before, in local time"
    assert first["y"] == [0.1, 0.2, 0.3, 0.3], "what comes after it is not said"
    assert second["x"][0] == "2016-04-10T02:00:00"
    assert [line["showlegend"] for line in (first, second)] == [False, True]
    assert (measured["name"], measured["line"]["dash"]) == ("roof, measured", "dot")


def test_powers_over_time_as_the_clock_there_tells_it() -> None:
    zone = ZoneInfo("Europe/Berlin")
    base, need = moments_figure(
        {"base": (HOURS_S, np.array([5.0, 105.0, 405.0])), "need": (HOURS_S[:2], np.array([0.0, 2000.0]))}, zone
    )["data"]
    assert (base["name"], base["x"][0], base["y"]) == ("base", "2016-04-10T02:00:00", [0.1, 0.3, 0.0])
    assert need["y"] == [2.0, 0.0]


def test_long_series_are_thinned_with_the_same_energy() -> None:
    times_s = np.arange(100_001) * 6.0
    (line,) = profile_figure({"long": (times_s, times_s * 2.0)})["data"]
    assert len(line["y"]) == MOST_POINTS
    hours = np.diff(line["x"]) / 60.0
    assert float((np.array(line["y"][:-1]) * hours).sum()) == pytest.approx(times_s[-1] * 2.0 / 1000.0, rel=1e-3)


def test_lines_by_quarters_of_an_hour() -> None:
    figure = flow_figure(np.array([1.0, 2.0]), {"asap": np.array([0.5]), "lst": np.array([3.0, 1.0])}, 1_460_246_400)
    sun, asap, lst = figure["data"]
    assert sun["x"] == ["2016-04-10T00:00", "2016-04-10T00:15"]
    assert (asap["name"], asap["y"], lst["y"]) == ("asap", [0.5], [3.0, 1.0])
