"""A record of a real run: the garage's SCADA with all its threads, for some hours of a faster life."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.vocabulary.moment import HOUR_MS
from tests.scenarios.scene import OAK, START_MS, Listener, house, scada, settings_for

FROM_MS, HOURS = START_MS + 6 * HOUR_MS, 3
"""From six in the morning, so that the dear hours of the tariff begin on the way."""
SPEED = 1_800.0


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    path = folder / "a.s.record"
    with start_broker(folder / "broker") as broker, Listener(broker) as bus:
        wanted = LocalRequest(house=house(OAK), nodes=None, uplink_url=broker.url, local_url=broker.url, record=path)

        def is_late(event: Event) -> bool:
            message = event.message if isinstance(event, Received) else None
            return isinstance(message, SyncedReadings) and message.scada_read_time_unix_ms >= FROM_MS + HOURS * HOUR_MS

        with scada(wanted, settings_for(broker, folder), PacedClock(SPEED, FROM_MS)):
            bus.wait(is_late)
    return path
