"""The guards' tables: every pair of state and input."""

import itertools

import pytest

from gw_spaceheat.core.safety.guards import SEVERITY, TABLES, Danger, Guard, Sight

D, S = Danger, Sight
LISTED = {
    "too_hot": {
        (D.Quiet, S.Hot): D.TankTooHot,
        (D.Quiet, S.Lost): D.TankUnseen,
        (D.TankTooHot, S.Fine): D.Quiet,
        (D.TankTooHot, S.Lost): D.TankUnseen,
        (D.TankUnseen, S.Back): D.Quiet,
        (D.TankUnseen, S.Hot): D.TankTooHot,
    },
    "too_cold": {
        (D.Quiet, S.Cold): D.TankTooCold,
        (D.TankTooCold, S.Fine): D.Quiet,
        (D.TankTooCold, S.StillCold): D.TankStillCold,
        (D.TankTooCold, S.Lost): D.Quiet,
        (D.TankStillCold, S.Fine): D.Quiet,
        (D.TankStillCold, S.Lost): D.Quiet,
    },
    "pipes": {
        (D.Quiet, S.Cold): D.PipeTooCold,
        (D.Quiet, S.Lost): D.PipeUnseen,
        (D.PipeTooCold, S.Fine): D.Quiet,
        (D.PipeTooCold, S.StillCold): D.PipeStillCold,
        (D.PipeTooCold, S.Lost): D.PipeUnseen,
        (D.PipeStillCold, S.Fine): D.Quiet,
        (D.PipeStillCold, S.Lost): D.PipeUnseen,
        (D.PipeUnseen, S.Back): D.Quiet,
        (D.PipeUnseen, S.Cold): D.PipeTooCold,
    },
}


@pytest.mark.parametrize(("name", "state", "given"), list(itertools.product(TABLES, Danger, Sight)))
def test_every_pair(name: str, state: Danger, given: Sight) -> None:
    guard = Guard(TABLES[name])
    guard.state = state
    expected = LISTED[name].get((state, given))
    assert guard.see(given, 5) is (expected is not None)
    assert guard.state is (expected or state)
    assert guard.since_mono_ms == (5 if expected else 0)


def test_every_state_has_its_place_among_the_dangers() -> None:
    assert set(SEVERITY) == set(Danger)
    assert SEVERITY[-1] is Danger.Quiet
