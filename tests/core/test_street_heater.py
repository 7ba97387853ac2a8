"""A heated house at the end of a wire: by what it is told, or by what it heard last."""

from collections.abc import Sequence

import numpy as np
import pytest

from gw_spaceheat.core.events import Event, Received, Send, Started
from gw_spaceheat.core.heating_house import HOUR_SLOTS
from gw_spaceheat.core.market.left_for_heat import Left
from gw_spaceheat.core.planner.figures import Figures, figures_of
from gw_spaceheat.core.street_heat import houses_of
from gw_spaceheat.core.street_heater import WAITS_MS, Heater
from gw_spaceheat.messages.gws_street_heating import GwsStreetHeating
from gw_spaceheat.messages.gws_street_left import GwsStreetLeft
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment
from tests.core.test_street_heat import STATES, heated, street
from tests.scenarios.scene import OAK, house

T = 1_460_246_400_000
HOURS = 3
SUNNY = (0.0,) * (4 * HOUR_SLOTS) + (500.0,) * (6 * HOUR_SLOTS)


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {"oak": figures_of(house(OAK))}


@pytest.fixture
def heater(figures: dict[str, Figures]) -> Heater:
    (of,) = houses_of(street(heated("1")), figures, states=STATES)
    made = Heater("heating 1", "manager", of, T, HOURS)
    made.handle(Started(), at(0))
    return made


def at(ms: int) -> Moment:
    return Moment(ms, T + ms)


def hear(heater: Heater, ms: int, hour: int = 0, all_wh: Sequence[float] = SUNNY, name: str = "1") -> Sequence[Event]:
    none = (0.0,) * len(all_wh)
    left = GwsStreetLeft(house=name, start_ms=T + hour * HOUR_MS, own_wh=none, all_wh=tuple(all_wh), import_wh=none)
    return heater.handle(Received("street", "manager", "", ack_required=False, message=left, arrived_ms=T + ms), at(ms))


def told(effects: Sequence[Event]) -> GwsStreetHeating:
    (effect,) = effects
    assert isinstance(effect, Send)
    assert (effect.src, effect.dst) == ("heating 1", "manager")
    assert isinstance(effect.message, GwsStreetHeating)
    return effect.message


def test_it_answers_with_what_it_does_and_plans(heater: Heater) -> None:
    answer = told(hear(heater, 70))
    assert answer.start_ms == T
    planned = heater.house.planned_wh
    assert list(answer.wh) == planned[: len(answer.wh)].tolist()
    assert not planned[len(answer.wh) :].any()
    assert np.array_equal(heater.house.done_wh[:HOUR_SLOTS], planned[:HOUR_SLOTS])
    assert heater.deadline() == HOUR_MS + WAITS_MS


def test_asked_twice_it_says_the_same_and_does_nothing_twice(heater: Heater) -> None:
    first = told(hear(heater, 70))
    done = heater.house.done
    assert told(hear(heater, 90)) == first
    assert heater.house.done == done


def test_who_hears_nothing_plans_by_the_grid_s_price(heater: Heater, figures: dict[str, Figures]) -> None:
    assert heater.deadline() == WAITS_MS
    assert heater.wake(at(WAITS_MS - 1)) == ()
    answer = told(heater.wake(at(WAITS_MS)))
    (blind,) = houses_of(street(heated("1")), figures, states=STATES)
    blind.plan(0, Left.nothing(len(blind.planned_wh)))
    assert list(answer.wh) == blind.planned_wh[: len(answer.wh)].tolist()


def test_who_hears_nothing_any_more_plans_by_what_it_heard_last(heater: Heater) -> None:
    hear(heater, 70)
    answer = told(heater.wake(at(HOUR_MS + WAITS_MS)))
    assert answer.start_ms == T + HOUR_MS
    sunny_wh = heater.house.planned_wh[4 * HOUR_SLOTS : 10 * HOUR_SLOTS].sum()
    assert sunny_wh > 0.7 * heater.house.planned_wh[2 * HOUR_SLOTS : 24 * HOUR_SLOTS].sum()


def test_what_comes_late_is_heard_for_the_next_hour(heater: Heater) -> None:
    heater.wake(at(WAITS_MS))
    before = heater.house.planned_wh.copy()
    told(hear(heater, WAITS_MS + 10))
    assert np.array_equal(heater.house.planned_wh, before), "what it does in this hour it has decided"
    heater.wake(at(HOUR_MS + WAITS_MS))
    assert not np.array_equal(heater.house.planned_wh, before)


def test_what_overtakes_does_not_count_when_it_is_older(heater: Heater) -> None:
    hear(heater, 70)
    hear(heater, HOUR_MS + 70, hour=1)
    planned = heater.house.planned_wh.copy()
    assert told(hear(heater, HOUR_MS + 90, hour=0, all_wh=(0.0,))).start_ms == T + HOUR_MS
    assert np.array_equal(heater.house.planned_wh, planned)
    heater.wake(at(2 * HOUR_MS + WAITS_MS))
    assert heater.house.planned_wh[4 * HOUR_SLOTS : 10 * HOUR_SLOTS].sum() > 0.0


def test_what_is_not_for_it(heater: Heater) -> None:
    assert hear(heater, 70, name="2") == ()
    assert hear(heater, 70, hour=-1) == ()
    assert hear(heater, 70, hour=1) == (), "an hour that has not begun is not done"
    assert heater.deadline() == WAITS_MS


def test_when_its_days_are_over_it_is_silent_unless_asked(heater: Heater) -> None:
    assert told(heater.wake(at(HOURS * HOUR_MS))).start_ms == T + (HOURS - 1) * HOUR_MS
    assert heater.deadline() is None
    assert heater.wake(at(HOURS * HOUR_MS + WAITS_MS)) == ()
