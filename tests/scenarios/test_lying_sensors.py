"""Sensors that are missing or show what cannot be: told once, and the house neither freezes nor cooks."""

from dataclasses import replace
from datetime import datetime

import pytest

from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.apps.simulate import SimulationOutcome, simulate
from gw_spaceheat.apps.simulation_run import SimulationRequest, prepare
from gw_spaceheat.core.events import Event, Persist
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.plant.faults import FaultKind, SensorFault
from gw_spaceheat.vocabulary.moment import DAY_MS

OAK, FIR = "hw1.isone.me.millinocket.oak", "hw1.isone.me.millinocket.fir"
DAYS = 4


def winter_days(alias: str, *faults: tuple[str, FaultKind, float]) -> tuple[SimulationOutcome, dict[str, list[float]]]:
    """A house in January, with sensors that lie from the second day on; and what its other channels showed."""
    house, _ = house_to_start(houses_file(), alias)
    what, _ = prepare(SimulationRequest(house=house, start=datetime(2018, 1, 8), days=DAYS))
    start_ms = what.drive.start_ms
    lies = tuple(
        SensorFault(channel, kind, start_ms + DAY_MS, start_ms + DAYS * DAY_MS, size) for channel, kind, size in faults
    )
    seen: dict[str, list[float]] = {}

    def keep(event: Event) -> None:
        if isinstance(event, Persist) and isinstance(event.message, SnapshotSpaceheat):
            for reading in event.message.latest_reading_list:
                seen.setdefault(reading.channel_name, []).append(reading.value / 1000)

    return simulate(replace(what, faults=lies), keep=keep), seen


@pytest.mark.parametrize(
    ("alias", "channel", "kind", "size"),
    [
        (OAK, "a-buffer-depth1", FaultKind.POWER_ON_85, 0.0),
        pytest.param(FIR, "a-buffer-depth1", FaultKind.POWER_ON_85, 0.0, marks=pytest.mark.slow),
        (FIR, "a-buffer-depth2", FaultKind.SPIKE, 200.0),
        pytest.param(OAK, "a-store-tank3-depth3", FaultKind.DROPOUT, 0.0, marks=pytest.mark.slow),
        pytest.param(OAK, "a-outdoors-temp", FaultKind.POWER_ON_85, 0.0, marks=pytest.mark.slow),
    ],
)
def test_one_probe_that_shows_nothing_believable_is_told_once_and_hardly_felt(
    alias: str, channel: str, kind: FaultKind, size: float
) -> None:
    outcome, seen = winter_days(alias, (channel, kind, size))
    assert outcome.messages["glitch"] == 1
    rooms = [celsius for name, values in seen.items() if name.endswith("-stat") for celsius in values]
    assert (min(rooms) > 18.5, max(rooms) < 24.0) == (True, True)
    assert outcome.totals.worst_k < 0.5
    assert outcome.totals.compressor_starts < 24 * DAYS


@pytest.mark.parametrize("alias", [OAK, pytest.param(FIR, marks=pytest.mark.slow)])
def test_without_any_thermostat_the_rooms_stay_warm_and_are_not_cooked(alias: str) -> None:
    house, _ = house_to_start(houses_file(), alias)
    rooms = [zone.temperature for zone in house.heating.zones]
    outcome, _ = winter_days(alias, *((room, FaultKind.DROPOUT, 0.0) for room in rooms))
    told = [note.text for _, _, note in outcome.notes if "has no temperature" in note.text]
    assert len(told) == len(rooms)
    assert outcome.totals.worst_k < 3.0
    needed_wh = winter_days(alias)[0].totals.delivered_wh
    assert outcome.totals.delivered_wh < 1.35 * needed_wh
