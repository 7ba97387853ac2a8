"""Days of a street in one process, as fast as they can be made: meters, panels, and the files of both."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from gw_spaceheat.apps.meter.street import StreetRequest, fleet_of, zone_of
from gw_spaceheat.apps.pv.running import MOST_AT_ONCE, Keeper
from gw_spaceheat.apps.pv.sites import Production
from gw_spaceheat.core.meter.sending import Sending, key_of
from gw_spaceheat.links.deliveries import Parcel
from gw_spaceheat.links.memory_queue import MemoryQueue
from gw_spaceheat.plant.meter.reading import encode_reading
from gw_spaceheat.stores.csv_daily import CsvDaily, Layout

LARGE = 20 * MOST_AT_ONCE
"""So many readings at once: here nobody waits for their acknowledgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What is asked for: a street, from when to when [ms, UTC], and where the files go.

    Attributes:
        street: Whose meters.
        start_ms: First readings at or after this [ms, UTC].
        end_ms: Readings before this [ms, UTC].
        folder: Where the files go.
        layout: How they are written.
        utc_days: Days of UTC in place of local ones.
    """

    street: StreetRequest
    start_ms: int
    end_ms: int
    folder: Path
    layout: Layout = Layout.NET
    utc_days: bool = False


def simulate(days: Days, production: Production, log: logging.Logger) -> dict[str, object]:
    """Make them.

    Returns:
        `rows, doubled, refused, wall_s` and `files`.

    Raises:
        BadStreetError, BadFault: The street cannot be.
        StoreBusyError, CsvError, OSError: The files cannot be written.
    """
    began_s = time.monotonic()
    fleet = fleet_of(days.street)
    queue = MemoryQueue()
    zone = ZoneInfo("UTC") if days.utc_days else zone_of(days.street.zone)
    store = CsvDaily(days.folder, zone, days.layout)
    keeper = Keeper(queue, store, production, log)
    sending = Sending(fleet, fleet.first_tick(days.start_ms), fleet.first_tick(days.end_ms))
    keeper.count(store.open())
    try:
        while not sending.is_over:
            readings = sending.next(days.end_ms, queue.connection, LARGE)
            queue.send([Parcel(key_of(reading), reading.house, encode_reading(reading)) for reading in readings])
            keeper.keep(queue.take(LARGE, 0.0))
            sending.arrived(queue.arrived())
    finally:
        store.close()
    return {
        "rows": keeper.counts["written"],
        "doubled": keeper.counts["doubled"],
        "refused": keeper.counts["refused"],
        "wall_s": round(time.monotonic() - began_s, 3),
        "files": len(list(days.folder.glob("*.csv"))),
    }
