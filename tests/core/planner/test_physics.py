"""What source and store do in a step, as tables; in NumPy's words, which are Numba's too."""

import numpy as np
import pytest

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.physics import NEVER_KW


def row(*values: float) -> physics.Values:
    return np.array(values)


@pytest.mark.parametrize(
    ("wanted_kw", "minimum_kw", "power_kw"),
    [
        (4.0, 1.0, NEVER_KW),  # the lower level's heat: the pair below it gives that
        (5.0, 1.0, 2.5),  # half way from level to level
        (6.0, 1.0, 3.0),  # the higher level's
        (6.1, 1.0, NEVER_KW),  # more than it gives
        (5.0, 2.6, NEVER_KW),  # less than its smallest load
    ],
)
def test_between_two_levels_heat_and_power_are_mixed_alike(wanted_kw: float, minimum_kw: float, power_kw: float) -> None:
    found = physics.between_levels(row(wanted_kw), row(4.0), row(2.0), row(6.0), row(3.0), minimum_kw)
    assert found == pytest.approx([power_kw])


def test_just_the_wanted_heat_leaves_what_is_needed_and_nothing_for_the_boost() -> None:
    rested_kwh, least_kwh, starting_h, step_h = row(20.0, 18.0), 21.0, 0.1, 0.25
    wanted_kw = physics.wanted_kw(least_kwh, rested_kwh, step_h - starting_h)
    ended_kwh, bought_kwh = physics.charged(rested_kwh, wanted_kw, wanted_kw / 2.0, starting_h, step_h, 80.0, 1.0, 0.06)
    ended_kwh, paid_kwh, _ = physics.supplied(ended_kwh, bought_kwh, least_kwh, 9.0, 20.0, step_h, 0.1, 20.0, 50.0)
    assert ended_kwh == pytest.approx([least_kwh, least_kwh])
    assert paid_kwh.tolist() == bought_kwh.tolist()
    assert bought_kwh == pytest.approx([0.5 + 0.06 * 0.15 + 0.1, 1.5 + 0.06 * 0.15 + 0.1])


def test_a_source_that_defrosts_gives_less_and_takes_a_little_less() -> None:
    heat_kw, power_kw = physics.defrosted(np.array([0.0, 15.0]), np.array([0.0, 10.0]), 1.0 / 15.0, 4.0)
    assert heat_kw.tolist() == pytest.approx([0.0, 14.0 - 4.0 / 15.0])
    assert power_kw.tolist() == pytest.approx([0.0, 10.0 - 10.0 / 30.0])
