"""All tests run the sources: what is tested, and watched for coverage, is what stands there."""

import os

os.environ["GWS_COMPILED"] = "0"  # before any test, and for the processes that tests start

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from gw_spaceheat.drivers.buses import shared

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # no test fails because a machine is slow


@pytest.fixture(autouse=True)
def _no_line_is_left() -> Iterator[None]:
    """A device's line that a test took and did not give back would be the next one's."""
    yield
    for bus in list(shared._buses.values()):
        bus.users = 1
        shared.give_back(bus)
