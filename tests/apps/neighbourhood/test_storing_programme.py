"""The bound with batteries: by hand, beside the rule, and without batteries the bound of before."""

from dataclasses import replace

import numpy as np
import pytest

from gw_spaceheat.apps.neighbourhood.bound import most_local_kwh
from gw_spaceheat.apps.neighbourhood.storing_programme import most_local_with_batteries_wh, together
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.street import Battery
from gw_spaceheat.core.market.timetable import Timetable
from tests.core.market.streets import base, by_chance, job, street
from tests.core.market.test_storing import battery, with_batteries


def test_by_hand() -> None:
    """2 kWh of sun in the first hour, 1 kW taken in the second: 1.5 kWh fill it with 1.2; 1 can be used, at half of it 0.5."""
    of = replace(street([], [[2000.0, 0.0]]), base=(base("b", [0.0, 1000.0]),))
    for kw, kwh in ((1.5, 1.0), (0.5, 0.4)):
        held = replace(of, batteries=(battery("b", 9.0, kw=kw, efficiency=0.8),))
        assert most_local_kwh(Timetable(held)) == pytest.approx(kwh)
        assert settle(held, {}).local_kwh == pytest.approx(kwh)


def test_a_job_is_placed_so_that_the_battery_serves_base_load() -> None:
    """The job could take the battery's energy or the sun: with hindsight it takes the sun, and base load the battery's."""
    of = replace(street([job("a", 0.0, 1.0)], [[2000.0, 0.0]]), base=(base("b", [0.0, 1000.0]),))
    assert most_local_kwh(Timetable(replace(of, batteries=(battery("b", 5.0),)))) == pytest.approx(2.0)


def test_what_is_stored_at_the_beginning_counts() -> None:
    of = replace(street([], []), base=(base("b", [1000.0]),), batteries=(battery("b", 5.0, stored_kwh=0.7),))
    assert most_local_kwh(Timetable(of)) == pytest.approx(0.7) == settle(of, {}).local_kwh


@pytest.mark.parametrize("seed", range(4))
def test_with_batteries_that_hold_nothing_it_is_the_bound_of_before(seed: int) -> None:
    of = replace(by_chance(seed), base=(base("j1", [150.0] * 24),))
    nothing = replace(of, batteries=(battery("j1", 0.0),))
    assert most_local_kwh(Timetable(nothing)) == pytest.approx(most_local_kwh(Timetable(of)), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_rule_does_not_pass_it(seed: int) -> None:
    of, starts = with_batteries(seed)
    assert settle(of, starts).local_kwh <= most_local_kwh(Timetable(of)) + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_for_one_battery_and_nothing_to_place_the_rule_is_the_best_there_is(seed: int) -> None:
    """Whatever it could do with hindsight, it does without: in each hour it either takes or gives."""
    chance = np.random.default_rng(seed)
    of = street([], [chance.uniform(0.0, 3000.0, 24).tolist()])
    of = replace(of, base=(base("b", chance.uniform(0.0, 3000.0, 24).tolist()),), batteries=(battery("b", 4.0, 1.5, 0.85),))
    assert settle(of, {}).local_kwh == pytest.approx(most_local_with_batteries_wh(Timetable(of)) / 1000.0)


def test_batteries_that_are_alike_are_one() -> None:
    alike = [battery("a", 2.0, stored_kwh=1.0), battery("b", 2.0, stored_kwh=1.0), battery("c", 3.0)]
    assert together(alike) == [
        Battery(house="", capacity_wh=4000.0, charge_w=200_000.0, discharge_w=200_000.0, efficiency=1.0, stored_wh=2000.0),
        replace(alike[2], house=""),
    ]
