"""Hot water: priority up to a time limit, and the weekly cycle."""

import itertools

import pytest

from gw_spaceheat.core.events import Event, Note, StateChanged
from gw_spaceheat.core.heating.hot_water import HOT_WATER, Charge, Draw, HotWaterControl
from gw_spaceheat.core.heating.local_clock import LocalClock, local_time_in
from gw_spaceheat.core.heating.parameters import SharedParameters
from tests.core.heating.houses import NEW_YORK, WEDNESDAY_NOON, hot_water_house, of, wall

C, D = Charge, Draw
LISTED = {
    (C.HotWaterIdle, D.Cold): C.HotWaterCharging,
    (C.HotWaterCharging, D.Hot): C.HotWaterIdle,
    (C.HotWaterCharging, D.TimeUp): C.HotWaterPaused,
    (C.HotWaterCharging, D.Lost): C.HotWaterIdle,
    (C.HotWaterPaused, D.Rested): C.HotWaterIdle,
    (C.HotWaterPaused, D.Lost): C.HotWaterIdle,
}
SUNDAY_TWO = wall("2018-01-14T07:00")
"""02:00 local."""
LIMIT_S = 2700


@pytest.mark.parametrize(("state", "given"), list(itertools.product(Charge, Draw)))
def test_every_pair(state: Charge, given: Draw) -> None:
    assert HOT_WATER.after(state, given) is LISTED.get((state, given))


class Setting:
    def __init__(self, start_ms: int = WEDNESDAY_NOON) -> None:
        hot_water = hot_water_house().heating.hot_water
        assert hot_water is not None
        self.clock = LocalClock(local_time_in(NEW_YORK))
        self.control = HotWaterControl(hot_water, SharedParameters(), self.clock)
        self.mono_s = 5_000.0
        self.wall_ms = start_ms

    def leap(self, seconds: float, *temperatures: float | None, wanted: bool = False) -> list[Event]:
        self.mono_s += seconds
        self.wall_ms += round(seconds * 1000)
        self.clock.look(self.wall_ms)
        out: list[Event] = []
        values = dict(zip(("w1", "w2", "w3"), temperatures, strict=True))
        self.control.read(values, wanted, round(self.mono_s * 1000), out)
        return out


STORY = [
    # leap [s], temperatures, heating waits, state after
    (0, (50, 48, 40), False, C.HotWaterIdle),
    (60, (45.1, 40, 30), False, C.HotWaterIdle),
    (60, (44.9, 40, 30), False, C.HotWaterCharging),
    (600, (50, 47, 40), False, C.HotWaterCharging),
    (600, (50, 47.5, 40), False, C.HotWaterIdle),
    (60, (40, 40, 30), True, C.HotWaterCharging),
    (LIMIT_S - 1, (45, 40, 30), True, C.HotWaterCharging),
    (1, (45, 40, 30), True, C.HotWaterPaused),
    (LIMIT_S - 1, (45, 40, 30), True, C.HotWaterPaused),
    (1, (44, 40, 30), True, C.HotWaterIdle),
    (1, (44, 40, 30), False, C.HotWaterCharging),
    (2 * LIMIT_S - 1, (44, 40, 30), False, C.HotWaterCharging),
    (1, (44, 40, 30), False, C.HotWaterPaused),
]


def test_priority_up_to_a_time_limit() -> None:
    setting = Setting()
    for step, (leap_s, temperatures, wanted, expected) in enumerate(STORY):
        setting.leap(leap_s, *temperatures, wanted=wanted)
        assert setting.control.state is expected, step


def test_changes_are_told() -> None:
    setting = Setting()
    assert setting.leap(0, 40, 40, 40) == [StateChanged("hot_water", "HotWaterCharging")]
    assert setting.leap(60, 41, 41, 41) == []


def test_the_weekly_cycle_heats_the_whole_tank_and_holds_it() -> None:
    setting = Setting(SUNDAY_TWO - 60_000)
    setting.leap(0, 55, 55, 55)
    assert not setting.control.charging
    told = setting.leap(60, 55, 55, 55)
    assert setting.control.charging
    assert setting.control.target_c == 60.0
    assert len(of(Note, told)) == 1
    setting.leap(1200, 62, 61, 59.9)
    setting.leap(60, 62, 61, 60.0)
    setting.leap(599, 62, 61, 60.0)
    assert setting.control.charging
    told = setting.leap(1, 62, 61, 60.0)
    assert not setting.control.charging
    assert setting.control.target_c == 50.0
    assert "done" in told[0].text  # type: ignore[attr-defined]
    setting.leap(60, 62, 61, 60.0)
    assert not setting.control.charging, "once a week"


def test_a_cycle_that_cannot_be_ended_is_given_up_and_told() -> None:
    setting = Setting(SUNDAY_TWO)
    setting.leap(0, 55, 55, 55)
    notes: list[Event] = []
    for _ in range(60 * 5):
        notes += of(Note, setting.leap(60, 58, 57, 55.5))
    texts = [note.text for note in notes if isinstance(note, Note)]
    assert len(texts) == 1
    assert "55.5 of 60" in texts[0]
    assert setting.control.target_c == 50.0


def test_without_sensors_it_is_not_charged() -> None:
    setting = Setting()
    setting.leap(0, 40, 40, 40)
    assert setting.control.charging
    told = setting.leap(60, None, None, None)
    assert not setting.control.charging
    assert len(of(Note, told)) == 1
    assert setting.leap(60, None, None, None) == []
    told = setting.leap(60, 40, None, None)
    assert setting.control.charging
    assert len(of(Note, told)) == 1
