"""All probes of a house's tanks that are not believed: what the watches of the tanks find, and what the rooms say."""

from typing import NamedTuple

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.core.heating.probe_watch import ProbeWatch
from gw_spaceheat.house.model import Heating
from gw_spaceheat.vocabulary.moment import HOUR_MS

ACCUSED_MS = 24 * HOUR_MS
"""A buffer whose probes say warm while no room gets warmer is not believed for so long [ms]."""


class Movement(NamedTuple):
    """To or from which tanks heat is moved now."""

    buffer: bool
    store: bool
    hot_water: bool


class Doubts:
    """Joins the watches of buffer, store and hot water.

    Attributes:
        channels: Every channel that is not believed now, as missing: to be laid over the latest values.
    """

    def __init__(self, heating: Heating) -> None:
        """Everything is believed."""
        self._buffer = ProbeWatch("buffer", heating.buffer)
        self._store = ProbeWatch("store", heating.store)
        self._hot_water = ProbeWatch("hot-water tank", heating.hot_water.temperatures if heating.hot_water else ())
        self._feeding = heating.buffer or heating.store
        self._accused_until_mono_ms: int | None = None
        self.channels: dict[str, None] = {}

    def look(self, values: dict[str, float | None], movement: Movement, mono_ms: int, out: list[Event]) -> None:
        """Look at all probes."""
        self._buffer.look(values, movement.buffer, mono_ms, out)
        self._store.look(values, movement.store, mono_ms, out)
        self._hot_water.look(values, movement.hot_water, mono_ms, out)
        if self._accused_until_mono_ms is not None and mono_ms >= self._accused_until_mono_ms:
            self._accused_until_mono_ms = None
            out.append(Note(Level.INFO, "the buffer's temperatures are believed again"))
        self._join()

    def accuse_buffer(self, mono_ms: int, out: list[Event]) -> None:
        """The rooms do not get warmer with water that is said to be warm."""
        if self._accused_until_mono_ms is None:
            text = "the buffer is said to be warm, but no room gets warmer: heating runs by schedule for a day; check its probes"
            out.append(Note(Level.ERROR, text + ", the pumps and the valves"))
        self._accused_until_mono_ms = mono_ms + ACCUSED_MS
        self._join()

    def _join(self) -> None:
        accused = self._feeding if self._accused_until_mono_ms is not None else ()
        doubted = (*self._buffer.doubted, *self._store.doubted, *self._hot_water.doubted, *accused)
        self.channels = dict.fromkeys(doubted)
