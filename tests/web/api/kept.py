"""What an Ear keeps for the tests of the API."""

from pathlib import Path

from gw_spaceheat.core.events import Persist
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, layout, report_event, uuid


def keep_ten_minutes(folder: Path) -> None:
    """One channel of one house, a reading each minute."""
    store = ReadingsStore(folder)
    store.open()
    messages = [
        layout({"tank": TelemetryName.WaterTempCTimes1000}),
        report_event(1, {"tank": [(MIDNIGHT_MS + at * 60_000, 50_000 + at) for at in range(10)]}),
    ]
    for number, message in enumerate(messages):
        store.keep(Persist(HOUSE, MIDNIGHT_MS, SCADA, "a", uuid(number), message))
    store.close()
