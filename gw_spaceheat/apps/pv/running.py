"""The PV process: takes readings, adds what panels give at that moment, and keeps both before it lets go of the readings."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gw_spaceheat.apps.pv.sites import Production
from gw_spaceheat.links.deliveries import Delivery, Source
from gw_spaceheat.plant.meter.reading import ReadingRefused, decode_reading
from gw_spaceheat.runtime.ending import Ending
from gw_spaceheat.stores.csv_daily import Added, CsvDaily, Row

MOST_AT_ONCE = 200
LOOK_S = 0.2
MOST_HOUSES = 10_000
"""Whoever is on the broker can name houses; each is a file a day."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


class Sorted(NamedTuple):
    """Deliveries, looked at: those that are readings with their keys and rows, and those that are not, with kind and reason."""

    good: list[Delivery]
    keys: list[str]
    rows: list[Row]
    bad: list[tuple[Delivery, str, str]]


def sort_out(deliveries: Sequence[Delivery], production: Production, houses: set[str]) -> Sorted:
    """Look at what came; nothing that comes can raise here.

    Args:
        deliveries: What came.
        production: What panels give.
        houses: Those that are known; new ones are added, up to `MOST_HOUSES`.
    """
    found = Sorted([], [], [], [])
    for delivery in deliveries:
        try:
            reading = decode_reading(delivery.payload)
        except ReadingRefused as refused:
            found.bad.append((delivery, refused.kind, str(refused)))
            continue
        if reading.house not in houses:
            if len(houses) >= MOST_HOUSES:
                found.bad.append((delivery, "house", f"{reading.house} is one house more than {MOST_HOUSES}"))
                continue
            houses.add(reading.house)
        found.good.append(delivery)
        found.keys.append(f"{reading.house}/{reading.taken_us}")
        power_w = production(reading.house, reading.taken_us)
        found.rows.append(Row(reading.house, reading.taken_us, reading.power_w, power_w))
    return found


class Keeper:
    """Keeps readings.

    Attributes:
        counts: `written`, `doubled` and `refused` readings, and the refused by kind.
    """

    def __init__(self, source: Source, store: CsvDaily, production: Production, log: logging.Logger) -> None:
        """Remember; source and store are opened and closed by whoever made them."""
        self.counts: Counter[str] = Counter(written=0, doubled=0, refused=0)
        self._source = source
        self._store = store
        self._production = production
        self._log = log
        self._houses: set[str] = set()

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        """Keep these, and let go of them when they are durable.

        Raises:
            CsvError: A file is not ours.
            OSError: They cannot be kept; they are not let go of, and it may be tried again.
        """
        found = sort_out(deliveries, self._production, self._houses)
        self.count(self._store.add(found.rows))
        self._source.settle(found.good, found.keys)
        for delivery, kind, reason in found.bad:
            self._source.refuse(delivery, kind, reason)
            self.counts["refused"] += 1
            self.counts[f"refused_{kind}"] += 1
            self._log.warning("not a reading, put aside: %s", reason[:200])

    def count(self, added: Added) -> None:
        """Add to the counts."""
        self.counts["written"] += added.written
        self.counts["doubled"] += added.doubled


def run_pv(
    source: Source,
    store: CsvDaily,
    production: Production,
    stop: Ending,
    log: logging.Logger,
    look: Callable[[Counter[str]], None] = lambda _counts: None,
) -> dict[str, int]:
    """Keep readings until it is stopped; a disk that is full or gone is waited for.

    Args:
        source: Where readings come from.
        store: Where they are kept; opened and closed here.
        production: What panels give.
        stop: Set by whoever wants it to end.
        log: Where to log.
        look: Shown the counts now and then.

    Raises:
        StoreBusyError: Another process keeps that folder.
        CsvError: A file in it is not ours.
        OSError: The folder cannot be made.
    """
    keeper = Keeper(source, store, production, log)
    keeper.count(store.open())
    source.open()
    waiting: list[Delivery] = []
    pause_s = 0.0
    try:
        while not stop.is_set():
            waiting = waiting or source.take(MOST_AT_ONCE, LOOK_S)
            if waiting:
                try:
                    if pause_s:
                        store.close()
                        keeper.count(store.open())
                    keeper.keep(waiting)
                except OSError as error:
                    if not pause_s:
                        log.error("readings cannot be kept: %s; they wait, and it is tried again", error)
                    pause_s = min(max(pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
                    stop.wait(pause_s)
                    continue
                if pause_s:
                    log.info("readings are kept again")
                waiting, pause_s = [], 0.0
            look(keeper.counts)
    finally:
        source.close()
        store.close()
    return dict(keeper.counts)
