"""Which houses have figures to plan with; what plans make of them is told beside the plans."""

import pytest

from gw_spaceheat.core.planner.figures import can_be_planned
from tests.scenarios.scene import GARAGE, OAK, house


@pytest.mark.parametrize(("alias", "can"), [(OAK, True), (GARAGE, False)])
def test_which_houses_can_be_planned(alias: str, can: bool) -> None:
    assert can_be_planned(house(alias)) is can
