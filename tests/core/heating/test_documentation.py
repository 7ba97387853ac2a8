"""The page on heating shows what the code is."""

from pathlib import Path

import pytest

from gw_spaceheat.core.heating.hot_water import HOT_WATER
from gw_spaceheat.core.heating.hydraulics import TABLES as PATHS
from gw_spaceheat.core.heating.parameters import describe
from gw_spaceheat.core.heating.strategies.tou import Parameters
from gw_spaceheat.core.safety.guards import TABLES as GUARDS

PAGE = Path(__file__).parents[3] / "docs" / "systems" / "heating.md"
DIAGRAMS = {**PATHS, **GUARDS, "hot_water": HOT_WATER}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_the_diagrams_are_those_of_the_tables(name: str) -> None:
    assert f"```mermaid\n{DIAGRAMS[name].mermaid()}\n```" in PAGE.read_text()


def test_the_parameters_are_those_of_the_code() -> None:
    assert describe(Parameters) in PAGE.read_text()
