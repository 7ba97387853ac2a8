"""Safety as a whole: stories of readings and leaps of time, and what is overridden."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Event, Latest, Level, Note, Release, Started, StateChanged, Stopping, Wish
from gw_spaceheat.core.safety import Safety, SafetyLimits, safety_machine
from gw_spaceheat.house.model import Heating, HotWater, House, Zone
from gw_spaceheat.vocabulary.moment import Moment
from tests.houses import bare_house

MINUTE = 60


def house(*, source: bool = True) -> House:
    """Heat pump or not, two elements, buffer, store, hot water, two pipes, two zones and a common pump."""
    zones = tuple(Zone(name=f"Zone {n}", temperature=f"z{n}", setpoint_c=20.0, circulator=f"c{n}") for n in (1, 2))
    heating = Heating(
        strategy="hysteresis",
        parameters={},
        curve=bare_house().heating.curve,
        outdoor="out",
        buffer=("b1", "b2"),
        store=("s1",),
        pipes=("p1", "p2"),
        heat_source="hp" if source else "",
        boost=("e1", "e2"),
        distribution_pump="dist",
        zones=zones,
        hot_water=HotWater(temperatures=("w1",), charge="charge", setpoint_c=50.0),
    )
    return replace(bare_house(), heating=heating)


def shows(**values: float | None) -> Latest:
    """All is well, but for what is given."""
    return Latest({"b1": 50.0, "b2": 40.0, "s1": 50.0, "w1": 50.0, "p1": 20.0, "p2": 20.0, "out": -10.0, **values})


class Setting:
    """A machine that started ten minutes ago, and what it holds."""

    def __init__(self, *, source: bool = True) -> None:
        self.machine: Safety = safety_machine(house(source=source))
        self.now = Moment(50_000_000, 1_515_000_000_000)
        self.held: dict[str, float] = {}
        self.told: list[Event] = []
        self.take(self.machine.handle(Started(), self.now))
        self.leap(10 * MINUTE, shows())

    def take(self, effects: object) -> None:
        assert isinstance(effects, list | tuple)
        for effect in effects:
            if isinstance(effect, Wish):
                assert self.held.get(effect.node) != effect.value, "only changes are wished"
                self.held[effect.node] = effect.value
            elif isinstance(effect, Release):
                del self.held[effect.node]
            else:
                self.told.append(effect)

    def leap(self, seconds: float, latest: Latest | None) -> dict[str, float]:
        """Time passes, with the machine woken when it asks; then readings come, if any; what is held."""
        self.told = []
        until_ms = self.now.mono_ms + round(seconds * 1000)
        due_ms = self.machine.deadline()
        while due_ms is not None and due_ms <= until_ms:
            self.now = self.now.later(due_ms - self.now.mono_ms)
            self.take(self.machine.wake(self.now))
            following_ms = self.machine.deadline()
            assert following_ms is not None
            assert following_ms > due_ms, "the deadline must move on"
            due_ms = following_ms
        self.now = self.now.later(until_ms - self.now.mono_ms)
        if latest is not None:
            self.take(self.machine.handle(latest, self.now))
        return self.held

    @property
    def states(self) -> list[str]:
        return [event.state for event in self.told if isinstance(event, StateChanged)]


OFF = {"hp": 0, "e1": 0, "e2": 0}
PUMPS = {"c1": 1, "c2": 1, "dist": 1}
NO_TANKS: dict[str, float | None] = {"b1": None, "b2": None, "s1": None, "w1": None}
COLD_TANK: dict[str, float | None] = {"b2": 9.9}
STORIES: dict[str, list[tuple[float, dict[str, float | None], dict[str, float], list[str]]]] = {
    # name: (leap [s], what is not well, what is held, states told)
    "too hot": [
        (MINUTE, {"b1": 90.0}, {}, []),
        (MINUTE, {"b1": 90.1}, OFF, ["TankTooHot"]),
        (MINUTE, {"b1": 85.0}, OFF, []),
        (MINUTE, {"b1": 84.9}, {}, ["Quiet"]),
    ],
    "hot water too hot": [(MINUTE, {"w1": 91.0}, OFF, ["TankTooHot"]), (MINUTE, {}, {}, ["Quiet"])],
    "too hot and then unseen": [
        (MINUTE, {"s1": 91.0}, OFF, ["TankTooHot"]),
        (MINUTE, NO_TANKS, {"e1": 0, "e2": 0}, ["TankUnseen"]),
        (MINUTE, {}, {}, ["Quiet"]),
    ],
    "unseen and then too hot": [
        (MINUTE, NO_TANKS, {"e1": 0, "e2": 0}, ["TankUnseen"]),
        (MINUTE, {"b1": 95.0}, OFF, ["TankTooHot"]),
    ],
    "a tank too cold": [
        (MINUTE, {"b2": 10.0}, {}, []),
        (MINUTE, COLD_TANK, {"hp": 1}, ["TankTooCold"]),
        (44 * MINUTE, COLD_TANK, {"hp": 1}, []),
        (MINUTE, COLD_TANK, {"hp": 1, "e1": 1, "e2": 1}, ["TankStillCold"]),
        (MINUTE, {"b2": 14.9}, {"hp": 1, "e1": 1, "e2": 1}, []),
        (MINUTE, {"b2": 15.0}, {}, ["Quiet"]),
    ],
    "hot water is fed with cold water": [(MINUTE, {"w1": 8.0}, {}, [])],
    "a cold tank that can no longer be seen": [
        (MINUTE, COLD_TANK, {"hp": 1}, ["TankTooCold"]),
        (MINUTE, NO_TANKS, {"e1": 0, "e2": 0}, ["TankUnseen"]),
    ],
    "too cold and too hot": [
        (MINUTE, COLD_TANK, {"hp": 1}, ["TankTooCold"]),
        (MINUTE, {"b2": 9.9, "b1": 91.0}, OFF, ["TankTooHot"]),
    ],
    "a pipe too cold": [
        (MINUTE, {"p2": 7.0}, {}, []),
        (MINUTE, {"p2": 6.9}, PUMPS, ["PipeTooCold"]),
        (2 * MINUTE, {"p2": 12.0}, PUMPS, []),
        (MINUTE, {"p2": 12.0}, {}, ["Quiet"]),
    ],
    "a pipe that pumps do not warm": [
        (MINUTE, {"p1": 5.0}, PUMPS, ["PipeTooCold"]),
        (14 * MINUTE, {"p1": 5.0}, PUMPS, []),
        (MINUTE, {"p1": 9.9}, {**PUMPS, "hp": 1}, ["PipeStillCold"]),
        (3 * MINUTE, {"p1": 10.0}, {}, ["Quiet"]),
    ],
    "pipes unseen in frost": [
        (MINUTE, {"p1": None, "p2": None}, PUMPS, ["PipeUnseen"]),
        (4 * MINUTE, {"p1": None, "p2": None}, PUMPS, []),
        (MINUTE, {"p1": None, "p2": None}, {}, []),
        (24 * MINUTE, {"p1": None, "p2": None}, {}, []),
        (MINUTE, {"p1": None, "p2": None}, PUMPS, []),
        (MINUTE, {"p1": None, "p2": 20.0}, {}, ["Quiet"]),
    ],
    "pipes unseen and the weather unknown": [(MINUTE, {"p1": None, "p2": None, "out": None}, PUMPS, ["PipeUnseen"])],
    "pipes unseen in mild weather": [(MINUTE, {"p1": None, "p2": None, "out": 5.0}, {}, ["PipeUnseen"])],
    "one pipe unseen": [(MINUTE, {"p1": None}, {}, [])],
    "one tank sensor left": [(MINUTE, {**NO_TANKS, "b2": 40.0}, {}, [])],
}


@pytest.mark.parametrize("name", STORIES)
def test_stories(name: str) -> None:
    setting = Setting()
    before = shows()
    for step, (leap_s, unwell, held, states) in enumerate(STORIES[name]):
        told: list[str] = []
        while leap_s > MINUTE:
            setting.leap(MINUTE, before)
            told += setting.states
            leap_s -= MINUTE  # noqa: PLW2901
        before = shows(**unwell)
        assert setting.leap(leap_s, before) == held, step
        assert told + setting.states == states, step


def test_started_tells_that_all_is_quiet() -> None:
    machine = safety_machine(house())
    assert machine.handle(Started(), Moment(0, 0)) == [StateChanged("safety", "Quiet")]
    assert machine.handle(Stopping(), Moment(0, 0)) == ()


def test_every_change_of_state_is_noted_for_a_person() -> None:
    setting = Setting()
    setting.leap(MINUTE, shows(b1=91.0))
    assert [note.level for note in setting.told if isinstance(note, Note)] == [Level.ERROR]
    setting.leap(MINUTE, shows())
    assert [note.level for note in setting.told if isinstance(note, Note)] == [Level.INFO]


def test_without_a_heat_source_the_elements_heat_a_cold_tank() -> None:
    setting = Setting(source=False)
    assert setting.leap(MINUTE, shows(b2=5.0)) == {"e1": 1, "e2": 1}


def test_elements_that_are_the_only_source_are_limited_while_no_tank_can_be_seen() -> None:
    setting = Setting(source=False)
    unseen = shows(**NO_TANKS)
    held = 0
    for _ in range(110):
        setting.leap(MINUTE, unseen)
        held += setting.held == {"e1": 0, "e2": 0}
        assert setting.held in ({}, {"e1": 0, "e2": 0})
    assert held == pytest.approx(55, abs=5)


def test_the_limit_falls_in_with_no_schedule() -> None:
    """Elements that heat in the first or the last half of each hour give heat in about half of that."""
    for half in (0, 30):
        setting = Setting(source=False)
        free = 0
        for minute in range(24 * 60):
            setting.leap(MINUTE, shows(**NO_TANKS))
            free += half <= minute % 60 < half + 30 and not setting.held
        assert 0.4 < free / (12 * 60) < 0.6


def test_sensors_may_take_two_minutes_to_come() -> None:
    machine = safety_machine(house())
    start = Moment(50_000_000, 1_515_000_000_000)
    machine.handle(Started(), start)
    nothing = Latest(dict.fromkeys(("b1", "b2", "s1", "w1", "p1", "p2")))
    assert machine.handle(nothing, start.later(119_000)) == ()
    assert StateChanged("safety", "TankUnseen") in machine.handle(nothing, start.later(120_000))


def test_without_started_the_first_readings_begin_the_patience() -> None:
    machine = safety_machine(house())
    nothing = Latest({})
    assert machine.handle(nothing, Moment(0, 0)) == ()
    assert machine.handle(nothing, Moment(121_000, 121_000)) != ()


def test_silence_counts_as_missing_sensors() -> None:
    setting = Setting()
    setting.leap(9 * MINUTE, None)
    assert setting.held == {}
    setting.leap(2 * MINUTE, None)
    assert setting.held == {"e1": 0, "e2": 0, **PUMPS}
    setting.leap(MINUTE, shows())
    assert setting.held == {}


def test_other_limits_can_be_given() -> None:
    machine = safety_machine(house(), SafetyLimits(cooled_k=1.0))
    machine.handle(Started(), Moment(0, 0))
    machine.handle(shows(b1=91.0), Moment(200_000, 0))
    assert Release("hp") in machine.handle(shows(b1=88.5), Moment(260_000, 0))


TEMPERATURE = st.one_of(st.none(), st.floats(-30.0, 120.0))
SCAN = st.tuples(
    st.integers(1, 3_600_000), st.fixed_dictionaries(dict.fromkeys(("b1", "b2", "s1", "w1", "p1", "p2", "out"), TEMPERATURE))
)


@settings(max_examples=150, deadline=None)
@given(scans=st.lists(SCAN, min_size=1, max_size=30), source=st.booleans())
def test_whatever_the_sensors_show(scans: list[tuple[int, dict[str, float | None]]], source: bool) -> None:
    setting = Setting(source=source)
    for leap_ms, values in scans:
        setting.leap(leap_ms / 1000, Latest(values))
        heated = [values[name] for name in ("b1", "b2", "s1", "w1")]
        known = [value for value in heated if value is not None]
        heats = ["e1", "e2"] + (["hp"] if source else [])
        if known and max(known) > 90.0:
            assert all(setting.held.get(node) == 0.0 for node in heats)
        tanks = [value for value in heated[:3] if value is not None]
        if tanks and min(tanks) < 10.0 and max(known) < 85.0:  # colder than where heat is given back
            assert setting.held.get("hp" if source else "e1") == 1.0
        pipes = [value for value in (values["p1"], values["p2"]) if value is not None]
        if pipes and min(pipes) < 7.0:
            assert all(setting.held.get(pump) == 1.0 for pump in ("c1", "c2", "dist"))
    for _ in range(5):
        setting.leap(MINUTE, shows())
    assert setting.held == {}, "when all is well again, everything is given back"
