from itertools import pairwise

import pytest

from gw_spaceheat.core.planner.delivered import Delivered, surge_kwh
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, Moment
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.scenarios.scene import OAK, house

START_MS = 1_515_369_600_000
WARM_C, COOL_C, OUTDOOR_C = 50.0, 42.0, -5.0


@pytest.fixture(scope="module")
def oak() -> House:
    return house(OAK)


def seen_over(metered: Delivered, minutes_kw: list[tuple[int, float]]) -> list[float]:
    """Mean heat of the hours that get told, while so much is delivered from each minute on, the last of them the end."""
    flow, supply, returning = metered.channels
    told = []
    for (minute, kw), (until, _) in pairwise(minutes_kw):
        values = {flow: kw * 1000.0 / (WATER_J_PER_KG_K * (WARM_C - COOL_C)), supply: WARM_C, returning: COOL_C}
        for at in range(minute, until):
            now = Moment(mono_ms=at * MINUTE_MS, wall_ms=START_MS + at * MINUTE_MS)
            told += [hour.mean_kw for hour in metered.look(values.get, OUTDOOR_C, now)]
    return told


def test_an_hour_is_told_with_its_mean(oak: House) -> None:
    told = seen_over(Delivered(oak), [(0, 6.0), (90, 10.0), (181, 0.0)])
    assert told == pytest.approx([6.0, 8.0, 10.0])


def test_a_house_that_takes_its_heat_evenly_has_no_surge(oak: House) -> None:
    metered = Delivered(oak)
    assert seen_over(metered, [(0, 6.0), (60, 9.0), (241, 0.0)]) == pytest.approx([6.0, 9.0, 9.0, 9.0])
    assert metered.surge_kwh == pytest.approx(0.0, abs=1e-9)


def test_rooms_that_call_together_make_a_surge_of_what_they_take_beyond_the_mean(oak: House) -> None:
    metered = Delivered(oak)
    hours = 48
    calls = [(60 * hour + minute, kw) for hour in range(hours) for minute, kw in ((0, 0.0), (20, 24.0), (35, 0.0))]
    told = seen_over(metered, [*calls, (60 * hours + 1, 0.0)])
    assert told == pytest.approx([6.0] * hours)
    assert metered.surge_kwh == pytest.approx(6.0 - 1.5, rel=0.03)


def test_an_hour_that_was_not_seen_whole_says_nothing_of_surges(oak: House) -> None:
    metered = Delivered(oak)
    assert seen_over(metered, [(10, 0.0), (20, 24.0), (35, 0.0), (61, 0.0)]) == pytest.approx([7.2])
    assert metered.surge_kwh == 0.0


@pytest.mark.parametrize(
    ("parts", "kwh"),
    [
        ([1.0] * 12, 0.0),
        ([1.0] * 9 + [1.1] * 3, 0.0),
        ([1.0] * 9 + [2.0] * 3, 2.25),
        ([0.0] * 9 + [4.0] * 3, 9.0),
        ([4.0] * 3 + [0.0] * 9, 9.0),
        ([12.0] + [0.0] * 11, 9.0),
        ([0.0] * 12, 0.0),
    ],
)
def test_a_surge_is_what_the_parts_that_take_most_take_beyond_the_mean(parts: list[float], kwh: float) -> None:
    assert surge_kwh([each * HOUR_MS for each in parts]) == pytest.approx(kwh)
