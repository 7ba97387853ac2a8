"""Zones: thermostats, circulators with overrun, fans, the common pump, and the schedule without a sensor."""

import pytest

from gw_spaceheat.core.events import Event, Note
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.schedule import DutySchedule
from gw_spaceheat.core.heating.zones import Zones
from gw_spaceheat.house.model import House
from tests.core.heating.houses import elements_house, of, store_house, wishes, zones_house

PARAMETERS = SharedParameters()
PERIOD = 3600


class Setting:
    def __init__(self, house: House) -> None:
        self.zones = Zones(house, PARAMETERS, DutySchedule(PARAMETERS))
        self.mono_s = 10 * PERIOD
        self.out: list[Event] = []
        self.zones.begin(self.out)

    def leap(self, seconds: float, outdoor_c: float = -4.0, **temperatures: float | None) -> list[Event]:
        """So much time passes, then readings come; what is put out."""
        self.out = []
        self.mono_s += seconds
        self.zones.read(dict(temperatures), outdoor_c, round(self.mono_s * 1000), self.out)
        self.zones.wake(round(self.mono_s * 1000), self.out)
        return self.out


def test_at_first_everything_is_off() -> None:
    assert wishes(Setting(zones_house()).out) == {"c1": 0, "c2": 0, "dist": 0}


STORY = [
    # leap [s], ground floor, upper floor, expected wishes
    (60, 20.0, 19.0, {}),
    (60, 19.9, 19.0, {"c1": 1, "dist": 1}),
    (60, 20.2, 19.0, {}),
    (60, 20.2, 18.8, {"c2": 1}),
    (60, 20.3, 18.8, {}),
    (60, 20.3, 18.8, {}),
    (60, 20.3, 18.8, {"c1": 0}),
    (60, 20.3, 19.3, {}),
    (60, 19.8, 19.3, {"c1": 1}),
    (60, 20.4, 19.3, {"c2": 0}),
    (119, 20.4, 19.3, {}),
    (1, 20.4, 19.3, {"c1": 0, "dist": 0}),
]


def test_thermostats_circulators_and_the_common_pump() -> None:
    setting = Setting(zones_house())
    for step, (leap_s, ground_c, upper_c, expected) in enumerate(STORY):
        assert wishes(setting.leap(leap_s, z1=ground_c, z2=upper_c)) == expected, step


def test_a_zone_that_calls_within_its_overrun_keeps_its_circulator() -> None:
    setting = Setting(zones_house())
    setting.leap(60, z1=19.0, z2=19.0)
    setting.leap(60, z1=21.0, z2=19.0)
    due = setting.zones.due_mono_ms()
    assert due == round(setting.mono_s * 1000) + 120_000
    assert wishes(setting.leap(60, z1=19.0, z2=19.0)) == {}
    assert setting.zones.due_mono_ms() is None


def test_a_fan_does_not_overrun() -> None:
    setting = Setting(elements_house())
    assert wishes(setting.out) == {"c1": 0, "f1": 0}
    assert wishes(setting.leap(60, z1=15.0)) == {"c1": 1, "f1": 1}
    assert wishes(setting.leap(60, z1=17.0)) == {"f1": 0}
    assert wishes(setting.leap(120, z1=17.0)) == {"c1": 0}


def test_without_zones_the_pump_runs() -> None:
    setting = Setting(store_house())
    assert wishes(setting.out) == {"dist": 1}
    assert setting.leap(60) == []


@pytest.mark.parametrize(
    ("outdoor_c", "minute", "calls"),
    [(-4.0, 5, True), (-4.0, 10, True), (-4.0, 12, False), (17.0, 5, False), (-30.0, 20, True), (-30.0, 22, False)],
)
def test_a_zone_without_sensor_is_heated_by_outdoor_temperature(outdoor_c: float, minute: float, calls: bool) -> None:
    setting = Setting(zones_house())
    out = setting.leap(minute * 60, outdoor_c, z1=None, z2=25.0)
    assert wishes(out) == ({"c1": 1, "dist": 1} if calls else {})


def test_a_lost_zone_sensor_is_told_once_and_once_when_it_is_back() -> None:
    setting = Setting(zones_house())
    assert len(of(Note, setting.leap(60, z1=None, z2=19.0))) == 1
    assert of(Note, setting.leap(1, z1=None, z2=19.0)) == []
    assert len(of(Note, setting.leap(1, z1=20.0, z2=19.0))) == 1
    assert of(Note, setting.leap(1, z1=20.0, z2=19.0)) == []


def test_a_zone_whose_sensor_comes_back_warm_is_satisfied() -> None:
    setting = Setting(zones_house())
    assert wishes(setting.leap(60, -30.0, z1=None, z2=None)) == {"c1": 1, "c2": 1, "dist": 1}
    setting.leap(60, z1=25.0, z2=25.0)
    assert wishes(setting.leap(600, z1=25.0, z2=25.0)) == {"c1": 0, "c2": 0, "dist": 0}
