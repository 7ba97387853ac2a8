"""What is measured was kept: all three ways hold every reading."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.bench import ear as module
from gw_spaceheat.apps.bench.ear import CHANNELS, POLL_S, SLOT_S, measure
from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores import query


def test_what_is_measured(tmp_path: Path) -> None:
    figures = measure(houses=2, slots=3, rounds=1, folder=tmp_path)
    assert figures["messages"] == 6
    assert figures["readings"] == 6 * CHANNELS * SLOT_S // POLL_S
    sizes = [figures[f"{name}_bytes_per_reading"] for name in ("ear", "lines", "rows")]
    assert all(isinstance(size, float) and size > 0 for size in sizes)
    assert list(tmp_path.iterdir()) == []


def test_the_ear_holds_every_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Persist] = []
    ways = module._ear

    def look(groups: list[list[Persist]], folder: Path) -> dict[str, float]:
        took = ways(groups, folder)
        kept.extend(event for group in groups for event in group)
        for house in query.houses(folder):
            rows = {(row.channel, row.taken_ms, round(row.value)) for row in query.export(folder, house, 0, 2**62)}
            assert rows == {reading[1:] for event in kept if event.house == house for reading in module._readings(event)}
        return took

    monkeypatch.setattr(module, "_ear", look)
    measure(houses=2, slots=2, rounds=1, folder=tmp_path)
    assert len(kept) == 4
