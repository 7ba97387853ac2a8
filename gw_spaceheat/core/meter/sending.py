"""Which readings go out, and up to where all have arrived.

Meters that are simulated can say again whatever they said, so that nothing has to be kept while a broker is away: readings that
wait are a place in time, not a heap. Only a bounded number is on its way. When the connection has become another one, what was
on its way is sent again; whoever keeps readings knows them by house and time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gw_spaceheat.plant.meter.fleet import Fleet
from gw_spaceheat.plant.meter.reading import MeterReading
from gw_spaceheat.plant.meter.registers import Energy


class Progress(NamedTuple):
    """Up to where all has arrived: the first tick of which something has not, and the meters' registers before its hour."""

    tick: int
    energy: Mapping[str, Energy]


def key_of(reading: MeterReading) -> str:
    """By what a reading is known on its way."""
    return f"{reading.house}/{reading.taken_us}"


class Sending:
    """What is to be sent, for one street."""

    def __init__(self, fleet: Fleet, first_tick: int, end_tick: int | None = None) -> None:
        """Remember.

        Args:
            fleet: The meters.
            first_tick: Where to begin.
            end_tick: Where to end, itself not sent; None to go on for ever.
        """
        self._fleet = fleet
        self._next = first_tick
        self._end = end_tick
        self._at_hand: list[MeterReading] = []
        self._waiting: OrderedDict[str, tuple[int, MeterReading]] = OrderedDict()
        self._again: list[str] = []
        self._connection = 0
        self.sent = 0
        """Readings sent, each time they were."""
        self.kept = 0
        """Readings that have arrived."""

    @property
    def waiting(self) -> int:
        """So many are on their way."""
        return len(self._waiting)

    @property
    def is_over(self) -> bool:
        """All up to the end has arrived."""
        return self._end is not None and self._next >= self._end and not self._at_hand and not self._waiting

    @property
    def due_ms(self) -> int | None:
        """When the next readings are taken [ms, UTC]; None when there are none any more."""
        if self._end is not None and self._next >= self._end:
            return None
        return self._fleet.latest_ms(self._next)

    def next(self, now_ms: int, connection: int, room: int) -> list[MeterReading]:
        """What to send now.

        Args:
            now_ms: The time [ms, UTC].
            connection: Number of the connection there is; 0 for none, and then nothing is to be sent.
            room: So many may be on their way.
        """
        if connection != self._connection:
            self._connection = connection
            self._again = list(self._waiting)
        if not connection:
            return []
        readings = [self._waiting[key][1] for key in self._again if key in self._waiting]
        self._again = []
        while len(self._waiting) < room:
            if not self._at_hand and not self._take_tick(now_ms):
                break
            reading = self._at_hand.pop(0)
            self._waiting[key_of(reading)] = (self._next - 1, reading)
            readings.append(reading)
        self.sent += len(readings)
        return readings

    def arrived(self, keys: Iterable[str]) -> None:
        """These are safe where they were sent."""
        for key in keys:
            if self._waiting.pop(key, None) is not None:
                self.kept += 1

    def progress(self) -> Progress:
        """From where on whoever follows us must begin."""
        ticks = [tick for tick, _ in self._waiting.values()]
        if self._at_hand:
            ticks.append(self._next - 1)
        tick = min(ticks, default=self._next)
        return Progress(tick, self._fleet.energy_before(tick))

    def _take_tick(self, now_ms: int) -> bool:
        """Take the readings of the next tick at hand, if its time has come; ticks at which nobody is heard are passed over."""
        while not self._at_hand:
            due_ms = self.due_ms
            if due_ms is None or due_ms > now_ms:
                return False
            self._at_hand = self._fleet.readings(self._next)
            self._next += 1
        return True
