"""What must hold whatever the sensors show: no exception, no broken minimum time, no boost in a hot tank, no standstill."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Event, Latest, Note, Started, StateChanged, Wish
from gw_spaceheat.core.heating import heating_machine
from gw_spaceheat.core.heating.hydraulics import SOURCE_ON
from gw_spaceheat.house.model import House
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment
from tests.core.heating.houses import (
    WEDNESDAY_NOON,
    buffer_house,
    elements_house,
    hot_water_house,
    store_house,
    zones_house,
)

HOUSES: dict[str, Callable[[], House]] = {
    "store": store_house,
    "tou": lambda: store_house("tou"),
    "buffer": buffer_house,
    "elements": elements_house,
    "zones": zones_house,
    "hot water": hot_water_house,
}
CHANNELS = ("out", "b1", "b2", "b3", "b4", "s1", "s2", "s3", "s4", "z1", "z2", "w1", "w2", "w3")
TEMPERATURE = st.one_of(st.none(), st.floats(-40.0, 110.0), st.floats(35.0, 65.0))
SCAN = st.tuples(st.integers(1, 3_600_000), st.fixed_dictionaries(dict.fromkeys(CHANNELS, TEMPERATURE)), st.booleans())
SCANS = st.lists(SCAN, min_size=1, max_size=40)


class Watcher:
    """Drives a machine, keeps what is wished, and checks what must always hold."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.machine = heating_machine(house)
        self.now = Moment(50_000_000, WEDNESDAY_NOON)
        self.wished: dict[str, float] = {}
        self.switched_ms = self.now.mono_ms
        self.starts_ms: list[int] = []
        self.states: dict[str, str] = {}
        self.take(self.machine.handle(Started(), self.now))

    def take(self, effects: object) -> None:
        assert isinstance(effects, list | tuple)
        for effect in effects:
            assert isinstance(effect, Event)
            if isinstance(effect, Wish):
                assert self.wished.get(effect.node) != effect.value, "only changes are wished"
                if effect.node == self.house.heating.heat_source and effect.node in self.wished:
                    self.check_source(on=effect.value > 0)
                self.wished[effect.node] = effect.value
            elif isinstance(effect, StateChanged):
                assert self.states.get(effect.machine) != effect.state, "only changes are told"
                self.states[effect.machine] = effect.state

    def check_source(self, *, on: bool) -> None:
        now_ms = self.now.mono_ms
        lasted_ms = now_ms - self.switched_ms
        assert lasted_ms >= (300_000 if on else 600_000)
        self.switched_ms = now_ms
        if on:
            self.starts_ms.append(now_ms)
            assert len(self.starts_ms) < 5 or now_ms - self.starts_ms[-5] >= HOUR_MS

    def sleep_until(self, until_ms: int) -> None:
        due_ms = self.machine.deadline()
        assert due_ms is not None, "it always has something to wait for, if only silence"
        while due_ms is not None and due_ms <= until_ms:
            step_ms = max(due_ms - self.now.mono_ms, 0)
            self.now = self.now.later(step_ms)
            self.take(self.machine.wake(self.now))
            following_ms = self.machine.deadline()
            assert following_ms is not None
            assert following_ms > self.now.mono_ms
            due_ms = following_ms
        self.now = self.now.later(until_ms - self.now.mono_ms)

    def see(self, leap_ms: int, values: dict[str, float | None], woken: bool) -> None:
        if woken:
            self.sleep_until(self.now.mono_ms + leap_ms)
        else:
            self.now = self.now.later(leap_ms)  # a machine that is not woken must do no harm either
        before = dict(values)
        self.take(self.machine.handle(Latest(values), self.now))
        assert values == before
        self.check_boost(values)

    def check_boost(self, values: dict[str, float | None]) -> None:
        heating = self.house.heating
        shown = [values[name] for name in heating.buffer]
        known = [value for value in shown if value is not None]
        if known and max(known) > heating.maximum_tank_c - 5.0 and self.states["local_control"] != "Initializing":
            assert not any(self.wished.get(element) for element in heating.boost)


@pytest.mark.parametrize("name", HOUSES)
@settings(max_examples=60, deadline=None)
@given(scans=SCANS)
def test_whatever_the_sensors_show(name: str, scans: list[tuple[int, dict[str, float | None], bool]]) -> None:
    watcher = Watcher(HOUSES[name]())
    for leap_ms, values, woken in scans:
        watcher.see(leap_ms, values, woken)


@pytest.mark.parametrize("name", HOUSES)
@settings(max_examples=20, deadline=None)
@given(scans=SCANS, back=st.booleans())
def test_it_is_never_stuck(name: str, scans: list[tuple[int, dict[str, float | None], bool]], back: bool) -> None:
    """After anything at all, cold tanks get heat within the hour, and hot ones get none; without sensors the schedule heats."""
    watcher = Watcher(HOUSES[name]())
    for leap_ms, values, woken in scans:
        watcher.see(leap_ms, values, woken)
    cold: dict[str, float | None] = dict.fromkeys(CHANNELS, 30.0 if back else None) | {"out": -20.0}
    heated = 0
    for _ in range(130):
        watcher.see(60_000, dict(cold), True)
        heats = (watcher.house.heating.heat_source, *watcher.house.heating.boost)
        heated += any(watcher.wished.get(node) for node in heats if node)
    assert heated >= 30
    hot: dict[str, float | None] = dict.fromkeys(CHANNELS, 75.0) | {"out": -20.0}
    for _ in range(30):
        watcher.see(60_000, dict(hot), True)
    assert not any(watcher.wished.get(element) for element in watcher.house.heating.boost)
    assert watcher.states["heating"] not in SOURCE_ON


@settings(max_examples=30, deadline=None)
@given(scans=SCANS)
def test_a_fallback_is_told_once_when_it_begins_and_once_when_it_ends(
    scans: list[tuple[int, dict[str, float | None], bool]],
) -> None:
    watcher = Watcher(store_house())
    told: list[str] = []
    for leap_ms, values, _ in scans:
        watcher.now = watcher.now.later(leap_ms)
        told += [note.text for note in watcher.machine.handle(Latest(values), watcher.now) if isinstance(note, Note)]
    for word in ("buffer", "store", "outdoor"):
        about = [text for text in told if f"no {word} temperature" in text or text.startswith(f"{word} temperature is back")]
        assert all(text.startswith("no ") is (index % 2 == 0) for index, text in enumerate(about)), about


@settings(max_examples=30, deadline=None)
@given(scans=SCANS)
def test_the_same_causes_have_the_same_effects(scans: list[tuple[int, dict[str, float | None], bool]]) -> None:
    runs = []
    for _ in range(2):
        machine = heating_machine(hot_water_house())
        now = Moment(50_000_000, WEDNESDAY_NOON)
        effects = list(machine.handle(Started(), now))
        for leap_ms, values, woken in scans:
            now = now.later(leap_ms)
            effects += machine.wake(now) if woken else ()
            effects += machine.handle(Latest(dict(values)), now)
        runs.append(effects)
    assert runs[0] == runs[1]
