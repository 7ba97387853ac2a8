"""Of the plans that were told, what held when."""

from pathlib import Path

import numpy as np

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.gws_plan import GwsPlan
from gw_spaceheat.stores.plans import OLDEST_MS, held_plan, newest_plan
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.heard import HOUSE, MIDNIGHT_MS, uuid

DAY = (MIDNIGHT_MS, MIDNIGHT_MS + 24 * HOUR_MS)


def plan(made_min: int, *power_w: int, begins_h: int = 0) -> GwsPlan:
    """A plan with an hour for each power, made so many minutes after midnight."""
    steps = len(power_w)
    return GwsPlan(
        message_id=uuid(made_min),
        src=HOUSE,
        made_ms=MIDNIGHT_MS + made_min * MINUTE_MS,
        edges_s=[(MIDNIGHT_MS + (begins_h + hour) * HOUR_MS) // 1000 for hour in range(steps + 1)],
        power_w_list=power_w,
        stored_wh_list=[1000 * number for number in range(steps + 1)],
        price_x1000_list=[100_000 + number for number in range(steps)],
    )


def kept(folder: Path, *plans: GwsPlan) -> Path:
    store = ReadingsStore(folder)
    store.open()
    for each in plans:
        store.keep(Persist(HOUSE, each.made_ms + 50, HOUSE, "ear", each.message_id, each))
    store.close()
    return folder


def held(folder: Path, span: tuple[int, int] = DAY) -> list[tuple[float, float | None]]:
    """Minutes after midnight, and the power from then on."""
    found = held_plan(folder, HOUSE, *span)
    assert found is not None
    minutes = (found.times_ms - MIDNIGHT_MS) / MINUTE_MS
    return [
        (at, None if np.isnan(power) else power) for at, power in zip(minutes.tolist(), found.power_w.tolist(), strict=True)
    ]


def test_each_plan_holds_from_when_it_was_made_until_the_next(tmp_path: Path) -> None:
    kept(tmp_path, plan(0, 1000, 2000, 3000), plan(90, 500, 0, begins_h=1))
    assert held(tmp_path) == [(0, 1000), (60, 2000), (90, 500), (120, 0), (180, None)]


def test_where_no_plan_holds_there_is_nothing(tmp_path: Path) -> None:
    kept(tmp_path, plan(0, 1000), plan(180, 2000, begins_h=3))
    assert held(tmp_path) == [(0, 1000), (60, None), (180, 2000), (240, None)]


def test_only_the_stretch_that_is_wanted(tmp_path: Path) -> None:
    kept(tmp_path, plan(0, 1000, 2000, 3000, 4000))
    assert held(tmp_path, (MIDNIGHT_MS + 90 * MINUTE_MS, MIDNIGHT_MS + 150 * MINUTE_MS)) == [(90, 2000), (120, 3000)]


def test_prices_and_heat_go_with_it(tmp_path: Path) -> None:
    found = held_plan(kept(tmp_path, plan(0, 1000, 2000)), HOUSE, *DAY)
    assert found is not None
    assert found.usd_per_kwh[:2].tolist() == [0.1, 0.100001]
    assert found.stored_kwh[:2].tolist() == [0, 1]


def test_nobody_planned(tmp_path: Path) -> None:
    kept(tmp_path, plan(0, 1000))
    assert held_plan(tmp_path, HOUSE, DAY[0] + 48 * HOUR_MS, DAY[1] + 48 * HOUR_MS) is None
    assert held_plan(tmp_path, "d1.test.other", *DAY) is None


def test_the_newest_plan_is_that_which_holds_now(tmp_path: Path) -> None:
    plans = [plan(minutes, *[1000] * 48) for minutes in (0, 55, 120)]
    kept(tmp_path, *plans)
    newest = [newest_plan(tmp_path, HOUSE, MIDNIGHT_MS + minutes * MINUTE_MS) for minutes in (-1, 0, 90, 130)]
    assert [found and found.message_id for found in newest] == [None, *(each.message_id for each in plans)]
    assert newest_plan(tmp_path, HOUSE, MIDNIGHT_MS + 121 * MINUTE_MS + OLDEST_MS) is None, "its maker plans no more"


def test_a_plan_that_is_over_is_none(tmp_path: Path) -> None:
    kept(tmp_path, plan(0, 1000))
    assert newest_plan(tmp_path, HOUSE, MIDNIGHT_MS + 61 * MINUTE_MS) is None
