"""Which way the heat goes: source, store and buffer as a table of states, named as on the GridWorks wire."""

from enum import StrEnum

from gw_spaceheat.core.events import Event, StateChanged
from gw_spaceheat.core.heating.compressor import Compressor
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.core.table import Table
from gw_spaceheat.house.model import Heating
from gw_spaceheat.vocabulary.moment import MINUTE_MS

MACHINE = "heating"


class Path(StrEnum):
    """Where heat comes from and goes to."""

    Initializing = "Initializing"
    """Nothing has been decided; every output has its start value."""
    HpOffStoreOff = "HpOffStoreOff"
    """Nothing runs; the buffer feeds the house."""
    HpOffStoreDischarge = "HpOffStoreDischarge"
    """The store feeds the buffer."""
    HpOnStoreOff = "HpOnStoreOff"
    """The source feeds the buffer alone; the store's valve is shut."""
    HpOnStoreCharge = "HpOnStoreCharge"
    """The source feeds the store, and by way of the store's pump the buffer."""
    HpOff = "HpOff"
    """No store; the source is off."""
    HpOn = "HpOn"
    """No store; the source feeds the buffer."""
    ElementsOff = "ElementsOff"
    """No source but the elements; they are off."""
    ElementsOn = "ElementsOn"
    """No source but the elements; they heat."""


class Turn(StrEnum):
    """What makes the path change."""

    Call = "Call"
    """The source is wanted and may start."""
    Satisfied = "Satisfied"
    """The source is no longer wanted and may stop."""
    Draw = "Draw"
    """The buffer needs heat and the store can give it."""
    Filled = "Filled"
    """The buffer is full, or the store cannot give."""
    Starve = "Starve"
    """The buffer needs heat that the store cannot give: the source must feed it alone."""
    Spill = "Spill"
    """The buffer is full: the source's heat can go to the store."""
    Chill = "Chill"
    """The source brings cold water, because it defrosts: let the store have it."""


WITH_STORE: Table[Path, Turn] = Table(
    Path.Initializing,
    {
        Path.Initializing: {Turn.Call: Path.HpOnStoreCharge, Turn.Satisfied: Path.HpOffStoreOff},
        Path.HpOffStoreOff: {Turn.Call: Path.HpOnStoreCharge, Turn.Draw: Path.HpOffStoreDischarge},
        Path.HpOffStoreDischarge: {Turn.Call: Path.HpOnStoreCharge, Turn.Filled: Path.HpOffStoreOff},
        Path.HpOnStoreOff: {
            Turn.Satisfied: Path.HpOffStoreOff,
            Turn.Spill: Path.HpOnStoreCharge,
            Turn.Chill: Path.HpOnStoreCharge,
        },
        Path.HpOnStoreCharge: {Turn.Satisfied: Path.HpOffStoreOff, Turn.Starve: Path.HpOnStoreOff},
    },
)
"""A source and a store. The source starts with the valve open, so that what it moves before it is hot goes to the store."""

BUFFER_ONLY: Table[Path, Turn] = Table(
    Path.Initializing,
    {
        Path.Initializing: {Turn.Call: Path.HpOn, Turn.Satisfied: Path.HpOff},
        Path.HpOff: {Turn.Call: Path.HpOn},
        Path.HpOn: {Turn.Satisfied: Path.HpOff},
    },
)
"""A source and a buffer, no store."""

ELEMENTS_ONLY: Table[Path, Turn] = Table(
    Path.Initializing,
    {
        Path.Initializing: {Turn.Call: Path.ElementsOn, Turn.Satisfied: Path.ElementsOff},
        Path.ElementsOff: {Turn.Call: Path.ElementsOn},
        Path.ElementsOn: {Turn.Satisfied: Path.ElementsOff},
    },
)
"""A tank with elements and nothing else."""

TABLES = {"with_store": WITH_STORE, "buffer_only": BUFFER_ONLY, "elements_only": ELEMENTS_ONLY}

SOURCE_ON = frozenset({Path.HpOnStoreOff, Path.HpOnStoreCharge, Path.HpOn, Path.ElementsOn})
"""Paths in which the source runs (or is about to, while its valve moves)."""

VALVE_OPEN = frozenset({Path.HpOnStoreCharge, Path.HpOffStoreDischarge})
"""Paths in which water goes through the store, one way or the other."""

WARMER_K = 0.5
"""A buffer whose top gets cold draws from a store that is so much hotter [K]."""

MOST_TURNS = 2
"""Turns in one pass: one of the source and one of the store. More would only go in circles, on readings that contradict."""


class Pathfinder:
    """Walks the table that fits the house.

    Attributes:
        path: Where heat goes now.
        drawing: Whether the buffer is to be filled from the store, or from the header that the source feeds beside it.
        store_gives: Whether the store is warm enough to feed the buffer.
        chilled: Whether the source has just sent cold water, and neither it nor the store may feed the buffer.
    """

    def __init__(self, heating: Heating, parameters: SharedParameters) -> None:
        """Choose the table by what the house has."""
        if not heating.heat_source:
            self._table = ELEMENTS_ONLY
        elif heating.store and heating.buffer:
            self._table = WITH_STORE
        else:
            self._table = BUFFER_ONLY
        self._with_store = self._table is WITH_STORE
        self._protected = bool(heating.heat_source)
        self.path = self._table.initial
        self.drawing = False
        self.store_gives = False
        self._on_since_mono_ms: int | None = None
        self._on_below_k = parameters.on_below_k
        self._usable_k = parameters.usable_k
        self._spent_k = parameters.spent_k
        self._draw_gap_k = parameters.draw_gap_k
        self._filled_gap_k = parameters.filled_gap_k
        self._spill_k = parameters.spill_k
        self._start_up_ms = round(parameters.start_up_s * 1000)
        self._chill_k = parameters.chill_k
        self._chill_rest_ms = round(parameters.chill_rest_s * 1000)
        self._frost_from_c, self._frost_to_c = parameters.frost_from_c, parameters.frost_to_c
        self._chilled_until_mono_ms = 0
        self.chilled = False
        self._top_was_c = 0.0
        self._top_was_mono_ms = 0

    def restart(self) -> None:
        """Somebody else has commanded meanwhile: find the path anew."""
        self.path = self._table.initial
        self.drawing = self.store_gives = self.chilled = False
        self._on_since_mono_ms = None

    def source_on_ms(self, mono_ms: int) -> int | None:
        """For how long the source has been on [ms]; None if it is off."""
        return None if self._on_since_mono_ms is None else mono_ms - self._on_since_mono_ms

    def find(self, view: View, wanted: bool, compressor: Compressor, mono_ms: int, out: list[Event]) -> Path:
        """Take all turns that the view calls for; the compressor may delay the source's."""
        if self._with_store:
            self._watch_for_chill(view, compressor, mono_ms)
            self._look_at_store(view)
        for _ in range(MOST_TURNS):
            turn = self._turn(view, wanted, compressor, mono_ms)
            if turn is None or not self._take(turn, mono_ms, out):
                break
        return self.path

    def _watch_for_chill(self, view: View, compressor: Compressor, mono_ms: int) -> None:
        """Notice a defrost by the buffer's top: for some minutes the source sends on, unheated, what comes back to it.

        Only while it feeds the buffer: one that is fed by nobody gets cold by the house's own need.
        """
        top_c = view.buffer_top_c
        feeding = self.path is Path.HpOnStoreOff or (self.path is Path.HpOnStoreCharge and self.drawing)
        if (
            feeding
            and compressor.running
            and top_c < self._top_was_c - self._chill_k
            and self._frost_from_c < view.outdoor_c < self._frost_to_c
        ):
            self._chilled_until_mono_ms = mono_ms + self._chill_rest_ms
        self.chilled = view.buffer_known and mono_ms < self._chilled_until_mono_ms
        if mono_ms - self._top_was_mono_ms >= MINUTE_MS or top_c > self._top_was_c:
            self._top_was_c = top_c
            self._top_was_mono_ms = mono_ms

    def _look_at_store(self, view: View) -> None:
        """Whether the store can give, and whether the buffer is to be filled.

        From the store alone the buffer is filled no further than to its middle, and only once that is cold: what fills it
        drives what is at its bottom into that of the store, where warm water is heat that supplies nobody any more. While the
        source runs it is kept full to its lower part: it stores too, and a defrost takes heat out of it. So it is when the
        store is nearly spent, because a source takes its time to start.
        """
        store_c, required_c = view.store_top_c, view.required_c
        if not (view.buffer_known and store_c > required_c + (self._spent_k if self.store_gives else self._usable_k)):
            self.store_gives = self.drawing = False
            return
        self.store_gives = True
        if self.chilled:
            self.drawing = False
            return
        if self.path in SOURCE_ON or view.reserve_c < required_c + self._usable_k:
            level_c, cold_c = view.buffer_low_c, store_c - self._draw_gap_k
        else:
            level_c, cold_c = view.buffer_middle_c, min(store_c - self._draw_gap_k, required_c)
        if self.drawing:
            self.drawing = level_c < store_c - self._filled_gap_k
        else:
            gets_cold = view.buffer_top_c < min(required_c + self._on_below_k, store_c - WARMER_K)
            self.drawing = gets_cold or level_c < cold_c

    def _turn(self, view: View, wanted: bool, compressor: Compressor, mono_ms: int) -> Turn | None:
        path = self.path
        if path in SOURCE_ON:
            if not wanted:
                return Turn.Satisfied if self._may_stop(compressor, mono_ms) else None
            if path is Path.HpOnStoreCharge:
                return Turn.Starve if self._starves(view, compressor, mono_ms) else None
            if path is Path.HpOnStoreOff:
                return Turn.Chill if self.chilled else Turn.Spill if self._spills(view) else None
            return None
        if path is Path.Initializing and compressor.running:  # taken over as it runs
            return Turn.Call if wanted or not compressor.may_stop(mono_ms) else Turn.Satisfied
        if wanted and (not self._protected or compressor.may_start(mono_ms)):
            return Turn.Call
        if path is Path.Initializing:
            return Turn.Satisfied
        if path is Path.HpOffStoreOff:
            return Turn.Draw if self.drawing else None
        if path is Path.HpOffStoreDischarge:
            return None if self.drawing else Turn.Filled
        return None

    def _may_stop(self, compressor: Compressor, mono_ms: int) -> bool:
        return not compressor.running or compressor.may_stop(mono_ms)

    def _starves(self, view: View, compressor: Compressor, mono_ms: int) -> bool:
        """Whether store and source leave the buffer cold, though the source is past its start-up, and a defrost after it."""
        if self.store_gives or self.chilled:
            return False
        if not view.buffer_known or not view.store_known:
            return True
        frost = self._frost_from_c < view.outdoor_c < self._frost_to_c
        patience_ms = self._start_up_ms + self._chill_rest_ms if frost else self._start_up_ms
        return compressor.ran_for(mono_ms) >= patience_ms and view.buffer_middle_c < view.required_c + self._spill_k

    def _spills(self, view: View) -> bool:
        return view.buffer_known and view.store_known and view.buffer_low_c > view.required_c + self._spill_k

    def _take(self, turn: Turn, mono_ms: int, out: list[Event]) -> bool:
        following = self._table.after(self.path, turn)
        if following is None:
            return False
        self.path = following
        if following not in SOURCE_ON:
            self._on_since_mono_ms = None
        elif self._on_since_mono_ms is None:
            self._on_since_mono_ms = mono_ms
        out.append(StateChanged(MACHINE, following.value))
        return True
