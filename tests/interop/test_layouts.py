"""The layout of every house in the house file is one that the peer accepts."""

from pathlib import Path

import pytest

from gw_spaceheat.core.telemetry.layout import layout_of
from gw_spaceheat.drivers.registry import devices
from gw_spaceheat.house.check import load_checked_houses
from gw_spaceheat.house.model import House
from gw_spaceheat.messages import codec
from tests.interop.peer import judges

HOUSE_FILE = Path(__file__).parents[2] / "input_data" / "houses.json"
HOUSES, _ = load_checked_houses(HOUSE_FILE.read_text(), HOUSE_FILE.name, devices())
IDENTIFIER = "0384ef21-648b-4455-b917-58a1172d7fc1"


@pytest.mark.parametrize("house", HOUSES.values(), ids=list(HOUSES))
def test_the_peer_reads_the_layout_of(house: House) -> None:
    layout = layout_of(house, IDENTIFIER, 1_656_945_000_123)
    for judge in judges("layout.lite"):
        seen = judge.model_validate_json(codec.encode_bare(layout))
        assert len(seen.DataChannels) == len(house.channels)  # type: ignore[attr-defined]
        assert len(seen.ShNodes) == len(house.nodes)  # type: ignore[attr-defined]
