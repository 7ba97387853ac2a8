"""Fakes at the seams of the buses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.drivers.buses import i2c, onewire
from tests.drivers.fakes.gpio import FakeGpio
from tests.drivers.fakes.i2c import FakeBus
from tests.drivers.fakes.onewire import FakeOneWire


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBus]:
    """An I2C bus of fake chips in the place of smbus2's; nobody waits for them."""
    monkeypatch.setattr(i2c.time, "sleep", lambda _seconds: None)
    with FakeBus().in_place() as bus:
        yield bus


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> FakeGpio:
    """RPi.GPIO's interface over pins that are not there."""
    fake = FakeGpio()
    fake.put_in_place(monkeypatch)
    return fake


@pytest.fixture
def one_wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeOneWire:
    """A tree as the kernel shows its probes in."""
    fake = FakeOneWire(tmp_path / "devices")
    monkeypatch.setattr(onewire, "DEVICES", fake.folder)
    return fake
