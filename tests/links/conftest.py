"""Brokers for the tests of links: the real mosquitto, and the embedded default."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.links.broker import BrokerKind, RunningBroker, find_mosquitto, start_broker


def require_mosquitto() -> None:
    """Skip where the real broker is missing, and say which package has it."""
    if find_mosquitto() is None:
        pytest.skip("needs the Debian package mosquitto")


@pytest.fixture(params=list(BrokerKind), ids=str)
def kind(request: pytest.FixtureRequest) -> BrokerKind:
    """Each kind of broker in turn."""
    if request.param is BrokerKind.MOSQUITTO:
        require_mosquitto()
    return BrokerKind(request.param)


@pytest.fixture
def broker(kind: BrokerKind, tmp_path: Path) -> Iterator[RunningBroker]:
    """A running broker of each kind in turn."""
    with start_broker(tmp_path / "broker", kind) as running:
        yield running
