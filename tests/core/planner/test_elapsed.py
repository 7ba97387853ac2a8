import pytest

from gw_spaceheat.core.planner.elapsed import elapsed_modes
from gw_spaceheat.core.planner.figures import Level, SourceFigures

MINUTES = 1 / 60


def source(start_up_min: float, on_min: float, off_min: float) -> SourceFigures:
    return SourceFigures(
        levels=(Level(power_kw=10.0, offset_k=11.0),),
        minimum_kw=3.0,
        cop_a=0.682,
        cop_b=0.00331,
        cop_c=-0.00393,
        start_up_h=start_up_min * MINUTES,
        minimum_on_h=on_min * MINUTES,
        minimum_off_h=off_min * MINUTES,
    )


@pytest.mark.parametrize(
    ("start_up_min", "on_min", "off_min", "quantum_min", "expected"),
    [
        (12, 10, 5, 5, (3, 1, 1)),
        (12, 60, 30, 15, (4, 2, 3)),
        (0, 0, 0, 15, (1, 1, 0)),
        (0, 15, 15, 15, (1, 1, 0)),
    ],
    ids=["oak", "an hour", "free", "one quantum"],
)
def test_there_are_as_many_modes_as_the_times_need(
    start_up_min: float, on_min: float, off_min: float, quantum_min: float, expected: tuple[int, int, int]
) -> None:
    elapsed = elapsed_modes(source(start_up_min, on_min, off_min), quantum_min * MINUTES)
    assert (elapsed.on, elapsed.off, elapsed.stoppable) == expected


def test_minimum_times_are_minutes_whatever_the_steps() -> None:
    elapsed = elapsed_modes(source(12, 10, 5), 5 * MINUTES)
    just_started = elapsed.mode_of(running=True, for_h=0.0)
    assert not elapsed.may_rest(just_started)
    assert elapsed.may_rest(elapsed.following(just_started, runs=True, step_h=5 * MINUTES))
    assert elapsed.may_rest(elapsed.following(elapsed.rested, runs=True, step_h=1.0))
    just_stopped = elapsed.following(elapsed.on - 1, runs=False, step_h=5 * MINUTES)
    assert elapsed.may_start(just_stopped), "it has rested for its five minutes"


@pytest.mark.parametrize(
    ("from_rest", "step_min", "expected_min"), [(True, 5, 5), (True, 60, 12), (False, 5, 2), (False, 60, 2)]
)
def test_starting_up_takes_its_share_of_a_step(from_rest: bool, step_min: float, expected_min: float) -> None:
    elapsed = elapsed_modes(source(12, 10, 5), 5 * MINUTES)
    mode = elapsed.rested if from_rest else elapsed.mode_of(running=True, for_h=10 * MINUTES)
    assert elapsed.starting_h(mode, 12 * MINUTES, step_min * MINUTES) == pytest.approx(expected_min * MINUTES)
