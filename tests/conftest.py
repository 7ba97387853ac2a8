"""All tests run the sources: coverage does not see into compiled modules, and what is tested is what stands there."""

import os

os.environ["GWS_COMPILED"] = "0"  # before any test, and for the processes that tests start

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gw_spaceheat.drivers.buses import shared

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # no test fails because a machine is slow

WHOLE = tuple(Path(__file__).parent / name for name in ("scenarios", "faults"))
"""Folders of tests in which whole houses and processes run: what they are made of has tests of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those are not watched for coverage, which would make a day of a house five times as long."""
    for item in items:
        if any(folder in item.path.parents for folder in WHOLE):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def _no_line_is_left() -> Iterator[None]:
    """A device's line that a test took and did not give back would be the next one's."""
    yield
    for bus in list(shared._buses.values()):
        bus.users = 1
        shared.give_back(bus)
