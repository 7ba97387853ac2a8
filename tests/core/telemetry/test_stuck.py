"""A probe that shows exactly the same for hours is doubted, where that cannot be; and believed again when it moves."""

import pytest

from gw_spaceheat.core.telemetry.stuck import LOOK_MS, TANK_LOOKS, StuckProbes
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from tests.scenarios.scene import OAK, house

TOP, BOTTOM, ROOM = "a-buffer-depth1", "a-buffer-depth4", "a-zone1-stat"
EVERY_MS = 5 * MINUTE_MS
LONG_MS = (TANK_LOOKS + 2) * LOOK_MS


def after(shown: dict[str, list[float | None]], for_ms: int = LONG_MS) -> dict[str, float | None]:
    """What is believed last, of probes that go on showing these values in turn."""
    watch = StuckProbes(house(OAK))
    names = tuple(shown)
    believed: tuple[float | None, ...] = ()
    for turn, at_ms in enumerate(range(0, for_ms, EVERY_MS)):
        values = tuple(series[turn % len(series)] for series in shown.values())
        believed = watch.judge(names, values, Moment(mono_ms=at_ms, wall_ms=at_ms))
    return dict(zip(names, believed, strict=True))


@pytest.mark.parametrize(
    ("shown", "stuck"),
    [
        ({TOP: [50.0], BOTTOM: [30.0, 41.0]}, {TOP}),
        ({TOP: [50.0], BOTTOM: [30.0, 39.0]}, set()),
        ({TOP: [50.0], BOTTOM: [30.0]}, set()),
        ({TOP: [50.0, 50.0625], BOTTOM: [30.0, 41.0]}, set()),
        ({TOP: [50.0], BOTTOM: [30.0, 41.0], "a-buffer-depth2": [45.0]}, {TOP, "a-buffer-depth2"}),
        ({TOP: [50.0], "a-store-tank1-depth1": [30.0, 60.0]}, set()),
        ({TOP: [50.0], "a-outdoors-temp": [-10.0, 10.0]}, set()),
    ],
)
def test_a_tank_probe_is_doubted_if_another_of_its_tank_has_moved(
    shown: dict[str, list[float | None]], stuck: set[str]
) -> None:
    believed = after(shown)
    assert {name for name, value in believed.items() if value is None} == stuck


def test_not_before_six_hours() -> None:
    shown: dict[str, list[float | None]] = {TOP: [50.0], BOTTOM: [30.0, 41.0]}
    assert after(shown, (TANK_LOOKS + 1) * LOOK_MS)[TOP] == 50.0


@pytest.mark.parametrize(("step_k", "believed"), [(0.0625, None), (0.5, 20.0)])
def test_a_room_is_doubted_if_its_probe_shows_small_steps(step_k: float, believed: float | None) -> None:
    watch = StuckProbes(house(OAK))
    seen: tuple[float | None, ...] = ()
    for at_ms in range(0, LONG_MS + 6 * LOOK_MS, EVERY_MS):
        shown = 20.0 if at_ms > LOOK_MS else 20.0 + step_k * (at_ms // EVERY_MS % 2)
        seen = watch.judge((ROOM,), (shown,), Moment(mono_ms=at_ms, wall_ms=at_ms))
    assert seen == (believed,)


def test_what_is_doubted_is_told_with_its_value_and_over_when_it_moves() -> None:
    watch = StuckProbes(house(OAK))
    names = (TOP, BOTTOM)
    for at_ms in range(0, LONG_MS, EVERY_MS):
        watch.judge(names, (50.0, 30.0 + at_ms // EVERY_MS % 20), Moment(mono_ms=at_ms, wall_ms=at_ms))
    assert watch.reason(names) == (
        "stuck: it has shown exactly the same for hours (a-buffer-depth1 50 degC); is the probe in its place?"
    )
    now = Moment(mono_ms=LONG_MS, wall_ms=LONG_MS)
    assert watch.judge(names, (50.0625, 30.0), now) == (50.0625, 30.0)
    assert not watch.reason(names)


def test_a_silent_probe_is_not_stuck_when_it_comes_back() -> None:
    watch = StuckProbes(house(OAK))
    for at_ms in range(0, 2 * LONG_MS, EVERY_MS):
        there = at_ms < LOOK_MS or at_ms > 2 * LONG_MS - LOOK_MS
        values = (50.0 if there else None, 30.0 + at_ms // EVERY_MS % 20)
        seen = watch.judge((TOP, BOTTOM), values, Moment(mono_ms=at_ms, wall_ms=at_ms))
    assert seen[0] == 50.0
