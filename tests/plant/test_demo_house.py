"""A house for demonstrations."""

import pytest

from gw_spaceheat.plant.demo_house import OTHER_W, RATED_W, DemoHome
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS

JUNE_MS = 1_782_000_000_000 - 1_782_000_000_000 % DAY_MS
NAMES = {1: "heater", 2: "fridge", 3: "lamp", 4: "relay"}


def day(home: DemoHome) -> list[tuple[float, ...]]:
    found = []
    for minute in range(1_440):
        home.step(JUNE_MS + minute * MINUTE_MS)
        found.append((*(home.current_a(number) for number in NAMES), home.panel_w()))
    return found


def test_a_day() -> None:
    found = day(DemoHome(1, dict(NAMES)))
    heater, fridge, lamp, relay, panels = zip(*found, strict=True)
    assert set(heater) == {0.0, RATED_W["heater"] / 230.0}
    assert 0.1 < sum(map(bool, heater)) / 1_440 < 0.6
    assert 0.1 < sum(map(bool, fridge)) / 1_440 < 0.7
    assert sum(map(bool, lamp)) == 6 * 60
    assert not any(relay)
    assert panels[0] == 0.0
    assert 300.0 < max(panels) <= 400.0


def test_the_same_seed_lives_the_same_day() -> None:
    assert day(DemoHome(5, dict(NAMES))) == day(DemoHome(5, dict(NAMES)))
    assert day(DemoHome(5, dict(NAMES))) != day(DemoHome(6, dict(NAMES)))


def test_switches() -> None:
    home = DemoHome(1, dict(NAMES))
    home.step(JUNE_MS)
    home.step(JUNE_MS + MINUTE_MS)
    assert home.current_a(1) > 0.0
    home.on[1], home.on[4] = False, True
    assert (home.current_a(1), home.current_a(4)) == (0.0, OTHER_W / 230.0)
    assert home.supplier()["lcurrent"] > 0.0
    home.supplier_on = False
    assert home.supplier()["lcurrent"] == 0.0


@pytest.mark.parametrize("pause_ms", [0, -DAY_MS, 30 * DAY_MS])
def test_steps_of_the_clock_are_lived_through(pause_ms: int) -> None:
    home = DemoHome(1, dict(NAMES))
    home.step(JUNE_MS)
    home.step(JUNE_MS + pause_ms)
    assert 5.0 <= home.supplier()["bremaining"] <= 100.0
