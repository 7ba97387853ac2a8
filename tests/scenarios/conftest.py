"""A broker for each story: mosquitto where it is installed, else the embedded one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.links.broker import RunningBroker, start_broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    with start_broker(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def local_broker(tmp_path: Path) -> Iterator[RunningBroker]:
    """The house's own."""
    with start_broker(tmp_path / "local-broker") as running:
        yield running
