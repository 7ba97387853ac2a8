"""All tests run the sources: coverage does not see into compiled modules, and what is tested is what stands there."""

import os

os.environ["GWS_COMPILED"] = "0"  # before any test, and for the processes that tests start

from collections.abc import Iterator

import pytest

from gw_spaceheat.drivers.buses import shared


@pytest.fixture(autouse=True)
def _no_line_is_left() -> Iterator[None]:
    """A device's line that a test took and did not give back would be the next one's."""
    yield
    for bus in list(shared._buses.values()):
        bus.users = 1
        shared.give_back(bus)
