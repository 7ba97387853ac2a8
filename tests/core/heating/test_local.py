"""Local heating as a whole: stories of readings and leaps of time, and what is wished."""

import pytest

from gw_spaceheat.core.events import ClockStepped, Event, Latest, Level, Note, Started, StateChanged, Wish
from gw_spaceheat.core.heating import heating_machine
from gw_spaceheat.core.heating.local import LocalHeating
from gw_spaceheat.house.model import House
from tests.core.heating.houses import (
    REQUIRED_C,
    at,
    buffer_house,
    elements_house,
    hot_water_house,
    of,
    shows,
    store_house,
    tanks,
    wishes,
)

MINUTE = 60
HOUR = 3600
NO_TANKS = dict.fromkeys(("b1", "b2", "b3", "b4", "s1", "s2", "s3", "s4"))
NO_BUFFER = dict.fromkeys(("b1", "b2", "b3", "b4"))


class Setting:
    """A machine and its clock, started ten minutes ago with warm tanks."""

    def __init__(self, house: House, warm: Latest | None = None) -> None:
        self.machine: LocalHeating = heating_machine(house)
        self.seconds = 0.0
        self.started = self.machine.handle(Started(), at(0))
        self.wished = wishes(self.started)
        self.last = warm or shows()
        self.first = self.leap(10 * MINUTE, self.last)

    def leap(self, seconds: float, latest: Latest) -> list[Event]:
        """So much time passes, with the readings as they were every minute; then these come."""
        out: list[Event] = []
        while seconds > MINUTE:
            out += self.sleep(MINUTE)
            out += self.machine.handle(self.last, at(self.seconds))
            seconds -= MINUTE
        out += self.sleep(seconds)
        self.last = latest
        out += self.machine.handle(latest, at(self.seconds))
        self.wished |= wishes(out)
        return out

    def sleep(self, seconds: float) -> list[Event]:
        """So much time passes without readings."""
        out: list[Event] = []
        until_ms = at(self.seconds + seconds).mono_ms
        while True:
            due_ms = self.machine.deadline()
            if due_ms is None or due_ms > until_ms:
                break
            self.seconds += (due_ms - at(self.seconds).mono_ms) / 1000
            out += self.machine.wake(at(self.seconds))
            new_ms = self.machine.deadline()
            assert new_ms is None or new_ms > due_ms, "the deadline must move on"
        self.seconds += (until_ms - at(self.seconds).mono_ms) / 1000
        return out


def test_started_gives_every_actuator_its_start_value() -> None:
    setting = Setting(store_house())
    assert wishes(setting.started) == {"hp": 0, "e1": 0, "e2": 0, "valve": 0, "pump": 0, "dist": 0}
    assert of(StateChanged, setting.started) == [
        StateChanged("local_control", "Initializing"),
        StateChanged("heating", "Initializing"),
    ]


def test_the_first_readings_give_path_and_mode() -> None:
    setting = Setting(store_house())
    assert wishes(setting.first) == {"dist": 1}
    assert of(StateChanged, setting.first) == [
        StateChanged("local_control", "Normal"),
        StateChanged("heating", "HpOffStoreOff"),
    ]


def test_without_started_the_first_readings_give_everything() -> None:
    machine = heating_machine(store_house())
    out = machine.handle(shows(), at(0))
    assert wishes(out) == {"hp": 0, "valve": 0, "pump": 0, "e1": 0, "e2": 0, "dist": 1}


def test_sensors_may_take_two_minutes_to_come() -> None:
    machine = heating_machine(store_house())
    machine.handle(Started(), at(0))
    assert machine.handle(shows(b1=None), at(60)) == []
    assert machine.deadline() == at(120).mono_ms
    out = machine.handle(shows(b1=None), at(120))
    assert StateChanged("local_control", "Normal") in out


def test_without_any_readings_the_schedule_begins_after_two_minutes() -> None:
    machine = heating_machine(store_house())
    machine.handle(Started(), at(0))
    assert machine.wake(at(119)) == ()
    out = machine.wake(at(120))
    assert StateChanged("local_control", "ScadaBlind") in out


STORE_STORY: list[tuple[float, Latest, dict[str, float]]] = [
    # leap [s], readings, expected wishes
    (MINUTE, tanks(6, 6), {}),
    # the reserve gets low: valve first, then the source
    (MINUTE, tanks(5, {"s1": 5, "s2": 3.9, "s3": 0, "s4": -8}), {"valve": 1}),
    (15, tanks(5, {"s1": 5, "s2": 3.9, "s3": 0, "s4": -8}), {"hp": 1}),
    # the buffer's lower part gets cold: the store feeds it though the source does not give heat yet
    (MINUTE, tanks({"b1": 5, "b2": 1, "b3": -5, "b4": -9}, {"s1": 5, "s2": 3, "s3": 0, "s4": -8}), {"pump": 1}),
    # until that is nearly as hot as the store
    (MINUTE, tanks({"b1": 5, "b2": 4.5, "b3": 1.9, "b4": -5}, {"s1": 5, "s2": 3, "s3": 0, "s4": -8}), {}),
    (MINUTE, tanks(4.5, {"s1": 5, "s2": 3, "s3": 0, "s4": -8}), {"pump": 0}),
    # store spent, buffer cold: after the start-up and a possible defrost the source feeds the buffer alone
    (10 * MINUTE, tanks({"b1": 5, "b2": 3, "b3": -5, "b4": -9}, 2.5), {}),
    (5 * MINUTE, tanks({"b1": 5, "b2": 3, "b3": -5, "b4": -9}, 2.5), {"valve": 0}),
    # the buffer is full again
    (20 * MINUTE, tanks(7, 2.5), {"valve": 1}),
    # the store too: off, and the valve stays as it is
    (4 * HOUR, tanks(10, 9.5), {"hp": 0}),
    # within the minimum rest nothing starts
    (2 * MINUTE, tanks(6, 2), {}),
    (3 * MINUTE, tanks(6, 2), {}),
    (15, tanks(6, 2), {"hp": 1}),
    # within the minimum run nothing stops
    (5 * MINUTE, tanks(10, 9.5), {}),
    (5 * MINUTE, tanks(10, 9.5), {"hp": 0}),
]


def test_a_story_of_store_and_buffer() -> None:
    setting = Setting(store_house())
    for step, (leap_s, latest, expected) in enumerate(STORE_STORY):
        assert wishes(setting.leap(leap_s, latest)) == expected, step


def test_every_state_is_told_once() -> None:
    setting = Setting(store_house())
    told: list[Event] = []
    for leap_s, latest, _ in STORE_STORY:
        told += of(StateChanged, setting.leap(leap_s, latest))
    assert [state.state for state in told if isinstance(state, StateChanged)] == [
        "HpOnStoreCharge",
        "HpOnStoreOff",
        "HpOnStoreCharge",
        "HpOffStoreOff",
        "HpOnStoreCharge",
        "HpOffStoreOff",
    ]


def test_a_wake_that_comes_late_or_twice_does_no_harm() -> None:
    machine = heating_machine(store_house())
    machine.handle(Started(), at(0))
    machine.handle(shows(), at(600))
    machine.handle(tanks(5, 3), at(660))
    assert machine.deadline() == at(675).mono_ms
    assert machine.wake(at(674)) == ()
    assert wishes(machine.wake(at(690))) == {"hp": 1}
    assert wishes(machine.wake(at(690))) == {}
    assert wishes(machine.wake(at(691))) == {}


def test_boost_comes_one_by_one_before_the_supply_gets_too_cold_and_goes_again() -> None:
    setting = Setting(store_house())
    spent = {"s1": -8.0, "s2": -9.0, "s3": -9.0, "s4": -9.0}
    story = [
        (MINUTE, {"b1": 5.0, "b2": 4.0, "b3": -5.0, "b4": -9.0}, {"valve": 1}),
        (MINUTE, {"b1": 5.0, "b2": 1.9, "b3": -6.0, "b4": -9.0}, {"hp": 1, "e1": 1}),
        (MINUTE, {"b1": 4.8, "b2": 1.0, "b3": -7.0, "b4": -9.0}, {}),
        (MINUTE, {"b1": 4.4, "b2": 0.5, "b3": -8.0, "b4": -9.0}, {"e2": 1}),
        (MINUTE, {"b1": 4.8, "b2": 4.8, "b3": -5.0, "b4": -9.0}, {}),
        (5 * MINUTE, {"b1": 5.1, "b2": 5.1, "b3": -3.0, "b4": -9.0}, {"e2": 0}),
        (MINUTE, {"b1": 5.1, "b2": 5.1, "b3": -3.0, "b4": -9.0}, {}),
        (4 * MINUTE, {"b1": 5.1, "b2": 5.1, "b3": -3.0, "b4": -9.0}, {"e1": 0}),
    ]
    for step, (leap_s, buffer, expected) in enumerate(story):
        assert wishes(setting.leap(leap_s, tanks(buffer, spent))) == expected, step


def test_no_boost_while_the_store_can_help_and_the_top_is_warm() -> None:
    setting = Setting(store_house())
    out = setting.leap(MINUTE, tanks({"b1": 5, "b2": -5, "b3": -9, "b4": -9}, 8))
    assert wishes(out) == {"pump": 1, "valve": 1}


def test_no_element_heats_near_the_tanks_limit() -> None:
    setting = Setting(elements_house())
    assert wishes(setting.leap(MINUTE, shows(b1=84.0, b2=30.0, b3=30.0, z1=16.0)))["e1"] == 1
    assert wishes(setting.leap(MINUTE, shows(b1=85.1, b2=30.0, b3=30.0, z1=16.0))) == {"e1": 0}


def test_elements_as_the_only_source() -> None:
    setting = Setting(elements_house(), shows(z1=16.0))
    story = [
        (MINUTE, 3.9, {"e1": 1}),
        (2 * MINUTE, 3.8, {"e2": 1}),
        (20 * MINUTE, 8.9, {}),
        (MINUTE, 9.1, {"e1": 0, "e2": 0}),
        (MINUTE, 5.0, {}),
    ]
    for step, (leap_s, above_k, expected) in enumerate(story):
        warm = REQUIRED_C + above_k
        assert wishes(setting.leap(leap_s, shows(b1=warm, b2=warm, b3=warm, z1=16.0))) == expected, step


def test_a_boiler_needs_no_valve_and_starts_at_once() -> None:
    setting = Setting(buffer_house(start_up_s=60))
    assert wishes(setting.leap(MINUTE, tanks(3, 0))) == {"hp": 1}
    assert wishes(setting.leap(20 * MINUTE, tanks(10, 0))) == {"hp": 0}


# fallbacks --------------------------------------------------------------------------------------------


def duty(setting: Setting, node: str, latest: Latest, hours: int = 4) -> float:
    """Part of so many hours for which a node is wished on."""
    on = 0
    for _ in range(hours * 60):
        setting.leap(MINUTE, latest)
        on += setting.wished[node] > 0
    return on / (hours * 60)


@pytest.mark.parametrize(
    ("outdoor_c", "source", "boost"), [(17.0, 0.0, 0.0), (-4.0, 0.5, 0.0), (-25.0, 1.0, 0.5), (-35.0, 1.0, 0.5)]
)
def test_without_the_buffer_a_schedule_by_outdoor_temperature(outdoor_c: float, source: float, boost: float) -> None:
    setting = Setting(store_house(), shows(out=outdoor_c, **dict.fromkeys(NO_TANKS, 75.0)))
    blind = shows(out=outdoor_c, **NO_BUFFER)
    told = setting.leap(MINUTE, blind)
    assert [note.level for note in told if isinstance(note, Note)] == [Level.WARNING]
    assert StateChanged("local_control", "ScadaBlind") in told
    setting.leap(HOUR, blind)
    assert duty(setting, "hp", blind) == pytest.approx(source, abs=0.03)
    assert duty(setting, "e1", blind) == pytest.approx(boost, abs=0.03)
    assert setting.wished["valve"] == 0.0, "what the source gives goes to the buffer"
    back = setting.leap(MINUTE, shows(out=outdoor_c))
    assert StateChanged("local_control", "Normal") in back
    assert [note.level for note in back if isinstance(note, Note)] == [Level.INFO]


def test_without_buffer_and_outdoor_a_schedule_by_the_clock() -> None:
    setting = Setting(store_house())
    blind = shows(out=None, **NO_TANKS)
    setting.leap(3 * HOUR, blind)
    assert 0.5 < duty(setting, "hp", blind) < 1.0


def test_elements_without_a_tank_sensor_are_on_for_no_more_than_the_safe_duty() -> None:
    setting = Setting(elements_house())
    blind = shows(out=-35.0, z1=15.0, **NO_TANKS)
    setting.leap(HOUR, blind)
    assert duty(setting, "e1", blind) == pytest.approx(0.5, abs=0.02)


def test_without_the_store_the_buffer_is_heated_alone() -> None:
    setting = Setting(store_house())
    blind = {"s1": None, "s2": None, "s3": None, "s4": None}
    low = {"b1": REQUIRED_C + 5, "b2": REQUIRED_C + 4, "b3": REQUIRED_C + 3, "b4": REQUIRED_C - 8}
    out = setting.leap(MINUTE, shows(**low, **blind))
    out += setting.leap(15, shows(**low, **blind))
    assert wishes(out) == {"hp": 1}, "the valve stays shut"
    high = dict.fromkeys(low, REQUIRED_C + 10.0)
    assert wishes(setting.leap(20 * MINUTE, shows(**high, **blind))) == {"hp": 0}


def test_silence_is_blindness() -> None:
    setting = Setting(store_house())
    assert setting.sleep(599) == []
    out = setting.sleep(2)
    assert StateChanged("local_control", "ScadaBlind") in out
    later = setting.sleep(3 * HOUR)
    switched = [wish.value for wish in later if isinstance(wish, Wish) and wish.node == "hp"]
    assert 0.0 in switched
    assert 1.0 in switched
    assert StateChanged("local_control", "Normal") in setting.leap(1, shows())


# hot water --------------------------------------------------------------------------------------------


def test_hot_water_has_the_source_first_and_asks_for_its_own_supply() -> None:
    full = dict.fromkeys(NO_TANKS, REQUIRED_C + 10.0)
    setting = Setting(hot_water_house(), shows(**full))
    assert wishes(setting.first)["lwt"] == REQUIRED_C + 11.0
    cold = shows(**full, w1=40.0, w2=40.0, w3=40.0)
    assert wishes(setting.leap(MINUTE, cold)) == {"lwt": 57.0, "charge": 1, "valve": 1}
    assert wishes(setting.leap(15, cold)) == {"hp": 1}
    out = wishes(setting.leap(30 * MINUTE, shows(**full, w1=51.0, w2=50.0, w3=49.0)))
    assert out == {"lwt": 55.0, "charge": 0, "hp": 0}


def test_a_hot_water_tank_without_sensors_is_not_charged() -> None:
    setting = Setting(hot_water_house())
    setting.leap(MINUTE, shows(w1=40.0, w2=40.0, w3=40.0))
    out = setting.leap(30 * MINUTE, shows(w1=None, w2=None, w3=None))
    assert wishes(out)["charge"] == 0
    assert [note.level for note in out if isinstance(note, Note)] == [Level.WARNING]


def test_a_melting_store_is_charged_with_its_own_supply() -> None:
    setting = Setting(hot_water_house(charge_supply_c=66.0))
    setting.leap(MINUTE, tanks(5, 3))
    assert setting.wished["lwt"] == 66.0


def test_the_supply_follows_the_weather_in_steps() -> None:
    setting = Setting(hot_water_house())
    changes = [wishes(setting.leap(MINUTE, shows(out=-1.0 - step * 0.1))).get("lwt") for step in range(14)]
    told = [change for change in changes if change is not None]
    assert len(told) == 1
    assert told[0] == pytest.approx(55.0 + 0.525)


def test_other_events_are_not_heatings_affair() -> None:
    assert heating_machine(store_house()).handle(ClockStepped(1000), at(0)) == ()


def test_a_step_of_the_wall_clock_breaks_no_minimum_time() -> None:
    machine = heating_machine(store_house())
    machine.handle(Started(), at(0))
    machine.handle(shows(), at(600))
    machine.handle(tanks(5, 3), at(660))
    machine.wake(at(675))
    stepped = at(700)._replace(wall_ms=at(700).wall_ms + 86_400_000)
    assert wishes(machine.handle(tanks(10, 10), stepped)) == {}
