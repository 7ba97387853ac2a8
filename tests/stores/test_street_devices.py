"""Houses and devices beside a street: what is written is read again, and what is wrong is named."""

from pathlib import Path

import pytest

from gw_spaceheat.core.market.draft import Consumer, DraftHouse, Roof
from gw_spaceheat.stores.street_devices import read_devices, write_devices
from gw_spaceheat.stores.street_folder import StreetFileError
from tests.core.market.streets import steady


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    devices = (Consumer(id="1", name="Spülmaschine", template="89", load=steady(100.0, 2.0)), Consumer(id="2"), Roof(id="3"))
    write_devices([DraftHouse(id="30", devices=devices), DraftHouse(id="31")], tmp_path)
    first, second = read_devices(tmp_path)
    assert [(type(device), device.id, device.name, device.template) for device in first.devices] == [
        (type(device), device.id, device.name, device.template) for device in devices
    ]
    assert [None if each.load is None else each.load.wh.tolist() for each in first.consumers] == [[0.0, 200.0], None]
    assert (second.id, second.devices) == ("31", ())


def test_a_street_needs_none(tmp_path: Path) -> None:
    assert read_devices(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "devices.json"),
        ('{"format": "other", "houses": []}', "its format is 'other'"),
        ('{"format": "gws.devices.1", "houses": [{"id": "1", "devices": [{"id": "1", "type": "windmill"}]}]}', "windmill"),
        (
            '{"format": "gws.devices.1", "houses": [{"id": "1", "devices": '
            '[{"id": "1", "type": "consumer", "load": {"times_s": [0, 0], "wh": [0, 1]}}]}]}',
            "two rising times",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "devices.json").write_text(text)
    with pytest.raises(StreetFileError, match=says):
        read_devices(tmp_path)
