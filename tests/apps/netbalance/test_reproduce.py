"""The published cases, where their files are."""

import os
from pathlib import Path

import pytest

from gw_spaceheat.apps.netbalance.reproduce import reproduce


@pytest.fixture
def folder() -> Path:
    named = os.environ.get("GWS_TEST_DATA")
    if not named or not (Path(named) / "netbalance").is_dir():
        pytest.skip("GWS_TEST_DATA is not set: the folder with the published cases is not there")
    return Path(named) / "netbalance"


def test_all_equal(folder: Path) -> None:
    equal, different, _ = reproduce(folder / "cases.json", folder / "reference_totals.csv", folder / "reference_switches.json")
    assert (equal, different) == (88, 0)


def test_a_changed_figure_is_found(folder: Path, tmp_path: Path) -> None:
    totals = (folder / "reference_totals.csv").read_text().splitlines()
    few = tmp_path / "totals.csv"
    few.write_text("\n".join([totals[0], totals[2].replace("16290.871", "16290.971")]))
    equal, different, found = reproduce(folder / "cases.json", few, folder / "reference_switches.json")
    assert (equal, different, [each.name for each in found]) == (0, 1, ["energyP"])
