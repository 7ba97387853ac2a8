"""Streets made by hand: each step gives another draft, and what cannot be is told and changes nothing."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from gw_spaceheat.core.market.draft import (
    AskedJob,
    Consumer,
    Draft,
    DraftError,
    DraftHouse,
    Roof,
    device_of,
    draft_of,
)
from gw_spaceheat.core.market.energy import Energy, Forecast
from gw_spaceheat.core.market.street import Battery, HeatedHouse, Street
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from tests.core.market.streets import base, job, steady, street
from tests.stores.test_street_folder_writer import same

NOON_S = 1_460_289_600.0
"""2016-04-10 12:00 UTC."""
HOUR_S = 3600.0


def roof(identifier: str = "7", first_s: float = NOON_S) -> Roof:
    energy = Energy(first_s + np.arange(4) * HOUR_S, np.array([100.0, 900.0, 1500.0, 1500.0]))
    return Roof(id=identifier, forecasts=(Forecast(first_s, energy),))


def small() -> Draft:
    """A house with a dishwasher, a roof and a job."""
    draft = Draft(name="small").with_house("3").with_device("3", Consumer(id="1", name="dish", load=steady(1000.0, 1.0)))
    return draft.with_device("3", roof()).with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S + 2 * HOUR_S))


def test_a_street_by_hand() -> None:
    made = small().street()
    (one,) = made.jobs
    assert (one.id, one.registered_s, one.earliest_s, one.latest_s) == ("[3]:[1]:[1]", 0.0, 0.0, 7200.0)
    assert (made.name, made.days, made.epoch_s) == ("small", 1, NOON_S)
    (producer,) = made.producers
    assert producer.id == "pv_producer[3]:[7]"
    assert producer.forecasts[0].issued_s == 0.0
    assert producer.forecasts[0].energy.times_s.tolist() == [0.0, 3600.0, 7200.0, 10800.0]


def test_a_draft_is_a_value() -> None:
    before = small()
    after = before.without_device("3", "1")
    assert (len(before.jobs), len(after.jobs)) == (1, 0)
    assert [device.id for device in after.house("3").devices] == ["7"]
    assert before.without_house("3").houses == ()
    assert before.without_job("3", "[3]:[1]:[1]").jobs == ()


def test_a_device_that_is_changed_keeps_its_jobs_and_what_is_not_said_anew() -> None:
    named = small().with_device("3", Consumer(id="1", name="washer"))
    assert [device.name for device in named.house("3").consumers] == ["washer"]
    assert named.street().jobs[0].wh == 1000.0
    stronger = named.with_device("3", Consumer(id="1", load=steady(2000.0, 1.0)))
    assert stronger.street().jobs[0].wh == 2000.0
    assert small().with_device("3", Roof(id="7", name="south")).street().producers[0].forecasts


def test_houses_and_devices_stand_in_the_order_of_their_numbers() -> None:
    draft = Draft()
    for house in ("10", "9", "a", "2"):
        draft = draft.with_house(house)
    assert [house.id for house in draft.houses] == ["2", "9", "10", "a"]


def test_ids_of_jobs_are_unique() -> None:
    draft = small()
    for _ in range(3):
        draft = draft.with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S))
    draft = draft.without_job("3", "[3]:[1]:[2]").with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S))
    assert sorted(each.id for each in draft.jobs) == [f"[3]:[1]:[{number}]" for number in (1, 2, 3, 4)]


FALLING = Energy(np.array([0.0, 60.0, 120.0]), np.array([0.0, 5.0, 4.0]))
LATE = Energy(np.array([60.0, 120.0]), np.array([0.0, 5.0]))


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (lambda draft: draft.with_house("3"), "there already"),
        (lambda draft: draft.with_house(""), "1 to 20 letters"),
        (lambda draft: draft.with_house("../x"), "1 to 20 letters"),
        (lambda draft: draft.with_house("3]:[4"), "1 to 20 letters"),
        (lambda draft: draft.without_house("4"), "no house '4'"),
        (lambda draft: draft.with_device("4", Consumer(id="1")), "no house '4'"),
        (lambda draft: draft.with_device("3", Consumer(id="a b")), "1 to 20 letters"),
        (lambda draft: draft.with_device("3", Consumer(id="7")), "of the other kind"),
        (lambda draft: draft.with_device("3", Consumer(id="2", name="x" * 61)), "60 letters"),
        (lambda draft: draft.with_device("3", Consumer(id="2", load=FALLING)), "falls at 120 s"),
        (lambda draft: draft.with_device("3", Consumer(id="2", load=LATE)), "begin at 0 s"),
        (lambda draft: draft.with_device("3", Roof(id="8", forecasts=(Forecast(0.0, LATE),))), "not of this century"),
        (lambda draft: draft.with_device("3", Roof(id="8", forecasts=(Forecast(0.0, FALLING),))), "falls at 120 s"),
        (lambda draft: draft.without_device("3", "9"), "no device '9'"),
        (lambda draft: draft.with_job(AskedJob("3", "7", NOON_S, NOON_S, NOON_S)), "no consumer '7'"),
        (lambda draft: draft.with_job(AskedJob("3", "9", NOON_S, NOON_S, NOON_S)), "no consumer '9'"),
        (lambda draft: draft.with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S - 60)), "latest start comes before"),
        (lambda draft: draft.with_job(AskedJob("3", "1", NOON_S + 60, NOON_S, NOON_S)), "handed in after"),
        (lambda draft: draft.with_job(AskedJob("3", "1", 123.0, NOON_S, NOON_S)), "no time of this century"),
        (lambda draft: draft.without_job("3", "[3]:[1]:[9]"), "no job"),
        (lambda draft: draft.without_battery("3"), "no battery"),
        (lambda draft: draft.without_base("3"), "no base load"),
        (lambda draft: draft.without_heat("3"), "not heated"),
        (lambda draft: draft.with_base("3", FALLING), "falls at 120 s"),
        (lambda draft: draft.with_base("3", LATE), "not of this century"),
        (lambda draft: draft.lasting(0), "1 to 366"),
        (lambda draft: draft.called("n" * 61), "60 letters"),
    ],
)
def test_what_cannot_be_is_told(step: Callable[[Draft], Draft], says: str) -> None:
    with pytest.raises(DraftError, match=says):
        step(small())


@pytest.mark.parametrize(
    ("most", "step"),
    [
        ("MOST_HOUSES", lambda draft: draft.with_house("4")),
        ("MOST_DEVICES", lambda draft: draft.with_device("3", Consumer(id="2"))),
        ("MOST_JOBS", lambda draft: draft.with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S))),
    ],
)
def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch, most: str, step: Callable[[Draft], Draft]) -> None:
    draft = small()
    monkeypatch.setattr(f"gw_spaceheat.core.market.draft.{most}", 1)
    with pytest.raises(DraftError, match=r"already|the most"):
        step(draft)


def test_of_many_jobs_those_that_can_be_are_taken() -> None:
    asked = [
        AskedJob("3", "1", NOON_S, NOON_S, NOON_S, "line 1"),
        AskedJob("3", "1", NOON_S, NOON_S, NOON_S - 1, "line 2"),
        AskedJob("5", "1", NOON_S, NOON_S, NOON_S, "line 3"),
    ]
    draft, warnings = small().with_jobs(asked)
    assert len(draft.jobs) == 2
    assert [text.partition(":")[0] for text in warnings] == ["line 2", "line 3"]


def test_jobs_without_a_profile_are_no_street_yet() -> None:
    draft = Draft().with_house("3").with_device("3", Consumer(id="1", name="dish"))
    assert draft.street().jobs == ()
    draft = draft.with_job(AskedJob("3", "1", NOON_S, NOON_S, NOON_S))
    assert draft.troubles() == ("House 3, dish (1): it has jobs and no profile; bring one.",)
    with pytest.raises(DraftError, match="bring one"):
        draft.street()
    assert draft.with_device("3", Consumer(id="1", load=steady(1.0, 1.0))).troubles() == ()


@pytest.mark.parametrize("seed", range(5))
def test_a_street_that_becomes_a_draft_is_the_same_street_again(seed: int) -> None:
    made = make_street(StreetKind(houses=5, roofs=3, days=2, seed=seed))
    same(made, draft_of(made).street())


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("[57]:[219]:[3]", "219"),
        ("[1]:washing_machine", "washing_machine"),
        ("[1]:washing_machine#2", "washing_machine"),
        ("pv_producer[57]:[220]", "220"),
        ("roof", "roof"),
    ],
)
def test_devices_of_both_dialects(name: str, device: str) -> None:
    assert device_of(name) == device


def test_whatever_streets_are_called_they_stay_the_same() -> None:
    jobs = [job("[1]:dryer", 1.0, 2.0), job("[1]:dryer#2", 1.0, 2.0, watts=5.0), job("roof0", 2.0, 3.0), job("x", 0.0, 1.0)]
    made = street(jobs, [[100.0], [200.0]])
    draft = draft_of(made)
    again = draft.street()
    assert [(each.id, each.latest_s, each.wh) for each in again.jobs] == [
        (each.id, each.latest_s, each.wh) for each in made.jobs
    ]
    assert [producer.id for producer in again.producers] == ["roof0", "roof1"]
    assert [house.id for house in draft.houses] == ["1", "roof0", "roof1", "x"]
    assert [device.id for device in draft.house("roof0").devices] == ["roof0", "roof0#2"]
    assert [each.load is None for each in draft.house("1").jobs] == [True, False]


def test_what_a_draft_knows_nothing_of_stays() -> None:
    made = replace(street([job("[1]:[2]:[1]", 1.0, 2.0)], []), epoch_s=int(NOON_S), days=7)
    draft = draft_of(made, [DraftHouse(id="1", devices=(Consumer(id="2", name="dish"), Roof(id="3", name="south")))])
    assert draft.days == 7
    assert [device.name for device in draft.house("1").devices] == ["dish", "south"]
    assert draft.without_job("1", "[1]:[2]:[1]").street().epoch_s == NOON_S, "what else the street has counts from there"


def everything() -> Street:
    """A street of two houses that have all that there is."""
    return replace(
        street([job("[1]:[2]:[1]", 1.0, 2.0)], [[100.0] * 24]),
        epoch_s=int(NOON_S),
        base=(base("1", [100.0] * 24), base("2", [50.0] * 24, [60.0] * 24)),
        batteries=(Battery(house="2", capacity_wh=5000.0, charge_w=2000.0, discharge_w=2000.0),),
        heated=(HeatedHouse(house="1", model="oak", need=steady(500.0, 24.0)),),
        outdoor_c=(5.0,) * 24,
    )


def test_a_draft_knows_everything_that_a_street_has() -> None:
    """A street of later days has more: then a draft must have it too, or it would be lost when it is saved."""
    assert {each.name for each in fields(Street)} == {
        *("name", "days", "jobs", "producers", "epoch_s"),
        *("base", "batteries", "heated", "outdoor_c"),
    }


def test_base_load_batteries_and_heat_stay() -> None:
    made = everything()
    again = draft_of(made).street()
    assert (again.batteries, again.outdoor_c) == (made.batteries, made.outdoor_c)
    assert [(each.house, each.load.times_s.tolist()) for each in again.base] == [
        (each.house, each.load.times_s.tolist()) for each in made.base
    ]
    assert again.base[0].expected is None
    assert again.base[1].expected is not None
    assert [(each.house, each.model) for each in again.heated] == [("1", "oak")]


def test_a_house_takes_all_it_has_with_it() -> None:
    draft = draft_of(everything())
    one = draft.without_house("1").street()
    assert ([each.house for each in one.base], one.heated, one.outdoor_c) == (["2"], (), ())
    assert draft.without_house("2").street().batteries == ()


def test_base_load_moves_with_an_earlier_first_event_and_heat_does_not() -> None:
    draft = draft_of(everything()).with_job(AskedJob("1", "2", NOON_S - 60.0, NOON_S, NOON_S))
    with pytest.raises(DraftError, match="60 s before the street's first"):
        draft.street()
    moved = draft.without_heat("1").street()
    assert moved.epoch_s == NOON_S - 60.0
    assert [each.load.times_s[0] for each in moved.base] == [60.0, 60.0]


def test_a_battery_and_base_load_by_hand() -> None:
    battery = Battery(house="3", capacity_wh=5000.0, charge_w=2000.0, discharge_w=2000.0)
    load = Energy(NOON_S + np.array([0.0, 3600.0]), np.array([0.0, 300.0]))
    draft = small().with_battery(battery).with_base("3", load)
    made = draft.street()
    assert made.batteries == (battery,)
    (only,) = made.base
    assert (only.house, only.load.times_s.tolist(), only.load.wh.tolist()) == ("3", [0.0, 3600.0], [0.0, 300.0])
    assert draft.with_battery(replace(battery, capacity_wh=9.0)).street().batteries[0].capacity_wh == 9.0
    without = draft.without_battery("3").without_base("3").street()
    assert (without.batteries, without.base) == ((), ())


def test_a_street_of_base_load_alone_begins_with_it() -> None:
    load = Energy(NOON_S + np.array([0.0, 3600.0]), np.array([0.0, 300.0]))
    made = Draft(name="b").with_house("3").with_base("3", load).street()
    assert (made.epoch_s, made.base[0].load.times_s[0]) == (NOON_S, 0.0)
