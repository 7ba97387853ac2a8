"""Meters at work, on a transport that a test plays."""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gw_spaceheat.apps.meter.running import MeterRun, run_meters
from gw_spaceheat.apps.meter.street import StreetRequest
from gw_spaceheat.links.deliveries import Parcel
from gw_spaceheat.links.memory_queue import MemoryQueue
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.ending import Ending

NOON_MS = 1_782_043_200_000
LOG = logging.getLogger("test")
STREET = StreetRequest(houses=2)


class Playing(MemoryQueue):
    """Loses every third parcel, and then begins a new connection; ends the run after so many."""

    def __init__(self, stop: Ending, most: int | None = None) -> None:
        super().__init__()
        self.got: list[str] = []
        self._stop = stop
        self._most = most
        self._number = 1
        self._lost = 0

    @property
    def connection(self) -> int:
        return self._number

    def send(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            if self._most is not None and len(self.got) >= self._most:
                self._stop.set()
                return
            if self._lost < 3 and len(self.got) == 5 * (self._lost + 1):
                self._lost += 1
                self._number += 1
                return
            self.got.append(parcel.key)
            self.settle([], [parcel.key])


def hour(stop: Ending, sink: Playing, memory: Path | None = None) -> dict[str, object]:
    run = MeterRun(street=STREET, start_ms=NOON_MS, end_ms=NOON_MS + 600_000, memory=memory, at_once=True)
    return run_meters(run, sink, PacedClock(1.0, NOON_MS), stop, LOG)


def test_all_arrive_though_connections_break() -> None:
    stop = Ending()
    sink = Playing(stop)
    told = hour(stop, sink)
    assert (told["kept"], told["waiting"]) == (120, 0)
    assert len(set(sink.got)) == 120


def test_who_is_started_again_goes_on_and_nothing_is_missing(tmp_path: Path) -> None:
    memory = tmp_path / "meter.json"
    first, second = Playing(Ending(), most=31), Playing(Ending())
    hour(first._stop, first, memory)
    kept = msgspec.json.decode(memory.read_bytes())
    assert kept["tick"] == NOON_MS // 10_000 + 15
    hour(second._stop, second, memory)
    assert len(set(first.got) | set(second.got)) == 120
    assert len(set(first.got) & set(second.got)) <= 1, "at most what was on its way at the end"


def test_another_street_does_not_go_on(tmp_path: Path) -> None:
    memory = tmp_path / "meter.json"
    memory.write_bytes(msgspec.json.encode({"fingerprint": "of another", "tick": 5, "energy": {}}))
    sink = Playing(Ending())
    assert hour(sink._stop, sink, memory)["kept"] == 120


def test_readings_wait_for_their_time() -> None:
    stop = Ending()
    sink = Playing(stop, most=6)
    run = MeterRun(street=STREET, start_ms=NOON_MS)
    run_meters(run, sink, PacedClock(1000.0, NOON_MS), stop, LOG)
    assert sink.got[:2] == [f"house-00{number}/{NOON_MS * 1000}" for number in (1, 2)]
    assert len(sink.got) == 6
