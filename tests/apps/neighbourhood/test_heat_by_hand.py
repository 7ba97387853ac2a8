"""Houses of a draft that are to be heated, as somebody asks for them by hand."""

import numpy as np
import pytest

from gw_spaceheat.apps.neighbourhood.heat_by_hand import WantedHeat, heated_by_hand
from gw_spaceheat.apps.neighbourhood.simulated import BEYOND_DAYS, DAY_H
from gw_spaceheat.core.market.draft import AskedJob, Draft, DraftError
from tests.core.market.test_draft import NOON_S, small

OAK = "hw1.isone.me.millinocket.oak"


def wanted(house: str = "3", **more: float | int) -> WantedHeat:
    return WantedHeat(house=house, model=OAK, **more)  # type: ignore[arg-type]


def test_a_house_needs_what_it_loses_to_the_weather_of_the_street() -> None:
    draft = small()
    street = heated_by_hand(draft, wanted(loss_w_per_k=200.0, levels=3, stored_share=0.5)).street()
    (heated,) = street.heated
    assert (heated.house, heated.model, heated.levels, heated.stored_share) == ("3", OAK, 3, 0.5)
    assert len(street.outdoor_c) == (street.days + BEYOND_DAYS) * DAY_H
    hours_w = np.diff(heated.need.wh)
    assert len(hours_w) == len(street.outdoor_c)
    mean_c = float(np.mean(street.outdoor_c))
    assert hours_w.mean() == pytest.approx(200.0 * (17.0 - mean_c), rel=0.15), "an April, without sun through windows"
    twice = heated_by_hand(draft, wanted(loss_w_per_k=400.0)).street().heated[0]
    assert twice.need.wh[-1] == pytest.approx(2.0 * heated.need.wh[-1], rel=1e-3)


def test_all_houses_are_in_one_weather_and_the_same_again_is_the_same() -> None:
    draft = small().with_house("9")
    both = heated_by_hand(heated_by_hand(draft, wanted()), wanted("9"))
    assert both.outdoor_c == heated_by_hand(draft, wanted()).outdoor_c
    assert [each.house for each in both.street().heated] == ["3", "9"]
    again = heated_by_hand(both, wanted())
    assert again.street().heated[0].need.wh.tolist() == both.street().heated[0].need.wh.tolist()
    without = both.without_heat("3").without_heat("9")
    assert without.outdoor_c == ()
    assert without.street().heated == ()


def test_a_street_that_lasts_longer_later_says_so() -> None:
    draft = heated_by_hand(small(), wanted())
    longer = draft.lasting(20)
    with pytest.raises(DraftError, match=r"outdoor_c has 72 hours; houses are heated for 480"):
        longer.street()
    with pytest.raises(DraftError, match="known for 72 hours and it lasts for 480"):
        heated_by_hand(longer, wanted())
    assert heated_by_hand(longer.without_heat("3"), wanted()).street().days == 20


def test_an_event_before_the_first_one_says_so() -> None:
    draft = heated_by_hand(small(), wanted())
    early_s = draft.begins_s - 7200.0
    with pytest.raises(DraftError, match="An event comes 7200 s before the street's first"):
        draft.with_job(AskedJob("3", "1", early_s, NOON_S, NOON_S)).street()


def test_what_cannot_be() -> None:
    with pytest.raises(DraftError, match="There is no house"):
        heated_by_hand(small(), wanted("77"))
    with pytest.raises(DraftError, match="they say when the street's days begin"):
        heated_by_hand(Draft().with_house("3"), wanted())
    for loss in (0.0, 5000.0, float("nan")):
        with pytest.raises(DraftError, match="loses 10 to 2000 W/K"):
            heated_by_hand(small(), wanted(loss_w_per_k=loss))
    with pytest.raises(ValueError, match="levels of house 3 are 0"):
        heated_by_hand(small(), wanted(levels=0))
    with pytest.raises(ValueError, match=r"stored_share of house 3 is 1\.5"):
        heated_by_hand(small(), wanted(stored_share=1.5))
