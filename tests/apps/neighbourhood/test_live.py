"""What a house over a real broker waits for; whole streets there are in `tests/scenarios/test_street_over_a_broker.py`."""

from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.live import House, Live, heating_alias, heating_house, houses_of
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.core.events import Started
from gw_spaceheat.core.market.consumer import Consumer
from gw_spaceheat.core.market.street import HeatedHouse, Street
from gw_spaceheat.house.faults import HouseFileError
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment
from tests.core.market.streets import job, steady
from tests.scenarios.scene import HOUSES, OAK

EPOCH_MS = 1_460_246_400_000
ENDS_MS = EPOCH_MS + 30 * HOUR_MS


def at(hour: float) -> Moment:
    return Moment(round(hour * HOUR_MS), EPOCH_MS + round(hour * HOUR_MS))


def heated(house: str, model: str = OAK) -> HeatedHouse:
    return HeatedHouse(house=house, model=model, need=steady(3000.0, 72.0), levels=6, stored_share=0.5)


STREET = Street(
    name="two",
    days=1,
    jobs=(job("[1]:[1]:[1]", 1.0, 2.0, watts=500.0, hours=0.5, registered_h=0.0),),
    producers=(),
    heated=(heated("2"), heated("1")),
    outdoor_c=(7.0,) * 72,
)


@pytest.mark.parametrize(
    ("jobs", "heated_h", "wakes_h"),
    [
        ((), 0, [0.0]),
        ((), 24, [24.0]),
        (("[1]:[1]:[1]",), 0, [30.0]),
        (("[1]:[1]:[1]",), 24, [30.0]),
    ],
    ids=["a roof alone", "a house that is heated alone", "a job that nobody hands in", "that, and heat"],
)
def test_when_a_house_has_nothing_left_to_wait_for(jobs: tuple[str, ...], heated_h: int, wakes_h: list[float]) -> None:
    done: list[float] = []
    hour = 0.0
    until_ms = EPOCH_MS + heated_h * HOUR_MS if heated_h else 0
    house = House(Consumer("house", "manager"), jobs, ENDS_MS, lambda: done.append(hour), until_ms)
    house.handle(Started(), at(0.0))
    while not done and (due_ms := house.deadline()) is not None:
        hour = due_ms / HOUR_MS
        house.wake(at(hour))
    assert done == wakes_h
    assert house.deadline() is None


def test_houses_that_are_only_heated_are_houses_too() -> None:
    assert houses_of(STREET) == ["1", "2"]
    assert [heating_alias("t", STREET, house) for house in ("2", "1")] == ["street-t-heating-1", "street-t-heating-2"]


def test_a_heated_house_begins_as_it_stands_though_it_has_planned_once(tmp_path: Path) -> None:
    live = Live(folder=tmp_path, url="mqtt://localhost", settings=read_settings(), houses=HOUSES)
    found = heating_house(STREET, "2", live)
    assert found is not None
    assert (found.name, found.planned_wh.max(), found.done_wh.max()) == ("2", 0.0, 0.0)
    assert heating_house(replace(STREET, heated=()), "1", live) is None
    with pytest.raises(HouseFileError):
        heating_house(replace(STREET, heated=(heated("1", "hw1.nowhere"),)), "1", live)
