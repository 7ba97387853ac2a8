"""Jobs and sun in slots."""

import pytest

from gw_spaceheat.core.market.timetable import SLOT_S, Timetable
from tests.core.market.streets import HOUR_S, job, street

PER_HOUR = int(HOUR_S // SLOT_S)


def test_a_job_may_start_with_every_slot_of_its_window() -> None:
    (slots,) = Timetable(street([job("a", 1.02, 2.0)], [])).jobs
    assert slots.starts.tolist() == list(range(PER_HOUR + 1, 2 * PER_HOUR + 1))
    assert slots.exact_s is None
    assert slots.start_s(13) == 13 * SLOT_S
    assert slots.wh.sum() == pytest.approx(1000.0)


def test_a_window_between_slots_keeps_its_own_time() -> None:
    at_h = 1.0 + 100.0 / HOUR_S
    (slots,) = Timetable(street([job("a", at_h, at_h + 20.0 / HOUR_S)], [])).jobs
    assert slots.starts.tolist() == [PER_HOUR]
    assert slots.start_s(PER_HOUR) == pytest.approx(at_h * HOUR_S)
    assert slots.wh[0] == pytest.approx(1000.0 * 200.0 / HOUR_S)
    assert slots.wh.sum() == pytest.approx(1000.0)


def test_the_sun_of_all_roofs_within_the_days() -> None:
    timetable = Timetable(street([job("a", 30.0, 40.0)], [[100.0] * 48, [50.0] * 48], days=1))
    assert timetable.all_known_wh.sum() == pytest.approx(150.0 * 24)
    assert timetable.forecast_wh(0.0) == pytest.approx(timetable.all_known_wh)
    assert not timetable.forecast_wh(-1.0).any()
