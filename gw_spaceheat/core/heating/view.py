"""What local heating sees at one moment, with whatever stands in for a sensor that is missing."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Event, Level, Note
from gw_spaceheat.core.heating.local_clock import LocalClock
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.house.model import Heating
from gw_spaceheat.vocabulary.climate import outdoor_by_clock_c
from gw_spaceheat.vocabulary.moment import Moment

NOTHING: tuple[Event, ...] = ()
ABSENT_C = -273.15
"""Temperature of a store that cannot be seen or is not there: it never helps."""


def fill_gaps(temperatures: Sequence[float | None]) -> list[float] | None:
    """Temperatures from top to bottom without gaps; None if every sensor is missing.

    A missing one takes the value of the next below, which is rather too cold than too warm, or else of the nearest above.
    """
    if None not in temperatures:
        return list(temperatures) or None  # type: ignore[arg-type]  # no None among them
    filled = list(temperatures)
    below: float | None = None
    for index in range(len(filled) - 1, -1, -1):
        if filled[index] is None:
            filled[index] = below
        below = filled[index]
    above: float | None = None
    for index, value in enumerate(filled):
        if value is None:
            filled[index] = above
        else:
            above = value
    known = [value for value in filled if value is not None]
    return known if known else None


class View:
    """Everything a strategy may go by; one object, refreshed at every pass.

    Attributes:
        outdoor_c: Outdoor temperature, measured, remembered or by the clock [degC].
        required_c: Supply temperature that the house needs [degC].
        buffer_known: Whether any sensor of the tank that feeds the distribution works; if not, its temperatures mean nothing.
        buffer_top_c, buffer_middle_c, buffer_low_c: Its temperatures [degC].
        buffer_hottest_c: The hottest of all its sensors [degC].
        store_known: Whether there is a store and any of its sensors works; if not, its top and upper part are ABSENT_C.
        store_top_c, store_upper_c, store_bottom_c: Its temperatures: top, a third of the way down, bottom [degC].
        reserve_c: Where it shows first that heat runs out: the upper store, or the lower part of the buffer [degC].
        last_c: What is heated last: the bottom of the store, or the lower part of the buffer [degC].
        rooms_wait: Whether a cold buffer is felt in the rooms; only where a plan uses the rooms as its store it need not be.
        spread_k: How much warmer than that the top of the same store or buffer is [K].
    """

    __slots__ = (
        "buffer_hottest_c",
        "buffer_known",
        "buffer_low_c",
        "buffer_middle_c",
        "buffer_top_c",
        "last_c",
        "outdoor_c",
        "required_c",
        "reserve_c",
        "rooms_wait",
        "spread_k",
        "store_bottom_c",
        "store_known",
        "store_top_c",
        "store_upper_c",
    )

    def __init__(self) -> None:
        """Nothing is known."""
        self.rooms_wait = True
        self.buffer_known = self.store_known = False
        self.outdoor_c = self.required_c = 0.0
        self.buffer_top_c = self.buffer_middle_c = self.buffer_low_c = self.buffer_hottest_c = 0.0
        self.store_top_c = self.store_upper_c = self.store_bottom_c = ABSENT_C
        self.reserve_c = self.last_c = self.spread_k = 0.0


class Senses:
    """Turns the latest values into a `View`, and tells once when a fallback begins or ends."""

    def __init__(self, heating: Heating, parameters: SharedParameters, clock: LocalClock) -> None:
        """Choose the sensors; a house without buffer sensors feeds its distribution from the store."""
        self.view = View()
        self._clock = clock
        self._curve = heating.curve
        self._memory_ms = round(parameters.outdoor_memory_s * 1000)
        self._climate_offset_k = parameters.climate_offset_k
        self._outdoor = heating.outdoor
        self._buffer = heating.buffer or heating.store
        self._store = heating.store if heating.buffer else ()
        count = len(self._buffer)
        self._middle = max(0, (count - 1) // 2)
        self._low = count - 2 if count > 3 else count - 1
        self._upper = max(0, (len(self._store) - 1) // 3)
        if self._store:
            self._store_top, self._store_upper, self._store_bottom = self._store[0], self._store[self._upper], self._store[-1]
        self._measured_c: float | None = None
        self._measured_mono_ms = 0
        self._missing: set[str] = set()

    def complete(self, values: dict[str, float | None]) -> bool:
        """Whether every sensor that heating goes by has a value."""
        names = [*self._buffer, *self._store, *([self._outdoor] if self._outdoor else [])]
        return all(values.get(name) is not None for name in names)

    def read(self, values: dict[str, float | None], now: Moment) -> Sequence[Event]:
        """Refresh the view; the answer is notes on fallbacks that began or ended."""
        notes: list[Event] | None = None
        view = self.view
        outdoor_c = values.get(self._outdoor)
        if outdoor_c is None or "outdoor" in self._missing:
            notes = self._look_outdoors(outdoor_c, now)
        else:
            self._measured_mono_ms = now.mono_ms
            if outdoor_c != self._measured_c:
                self._measured_c = view.outdoor_c = outdoor_c
                view.required_c = self._curve.required_c(outdoor_c)
        temperatures = [values.get(name) for name in self._buffer]
        if None in temperatures or not view.buffer_known:
            notes = self._look_into("buffer", fill_gaps(temperatures), notes)
        else:
            self._take_buffer(temperatures)  # type: ignore[arg-type]  # no None among them
        if self._store:
            top_c, upper_c, bottom_c = (
                values.get(self._store_top),
                values.get(self._store_upper),
                values.get(self._store_bottom),
            )
            if top_c is None or upper_c is None or bottom_c is None or not view.store_known:
                notes = self._look_into("store", fill_gaps([values.get(name) for name in self._store]), notes)
            else:
                self._take_store(top_c, upper_c, bottom_c)
        return notes or NOTHING

    def _take_buffer(self, temperatures: list[float]) -> None:
        view = self.view
        view.buffer_top_c = temperatures[0]
        view.buffer_middle_c = temperatures[self._middle]
        view.buffer_low_c = view.reserve_c = view.last_c = temperatures[self._low]
        view.buffer_hottest_c = max(temperatures)
        view.spread_k = temperatures[0] - temperatures[self._low]

    def _take_store(self, top_c: float, upper_c: float, bottom_c: float) -> None:
        """Reserve and last are the store's while it can be seen, so this comes after the buffer."""
        view = self.view
        view.store_top_c = top_c
        view.store_upper_c = view.reserve_c = upper_c
        view.store_bottom_c = view.last_c = bottom_c
        view.spread_k = top_c - bottom_c

    def _look_into(self, tank: str, temperatures: list[float] | None, notes: list[Event] | None) -> list[Event]:
        view = self.view
        known = temperatures is not None
        if tank == "buffer":
            view.buffer_known = known
            if temperatures is not None:
                self._take_buffer(temperatures)
        else:
            view.store_known = known
            if temperatures is not None:
                self._take_store(temperatures[0], temperatures[self._upper], temperatures[-1])
            else:
                view.store_top_c = view.store_upper_c = ABSENT_C
        return self._tell(tank, not known, notes)

    def _look_outdoors(self, outdoor_c: float | None, now: Moment) -> list[Event]:
        """The measured value if it is back, else the remembered one while it is fresh, else that of the clock."""
        view = self.view
        if outdoor_c is not None:
            self._measured_c = outdoor_c
            self._measured_mono_ms = now.mono_ms
        elif self._measured_c is not None and now.mono_ms - self._measured_mono_ms <= self._memory_ms:
            outdoor_c = self._measured_c
        missing = outdoor_c is None
        if outdoor_c is None:
            outdoor_c = outdoor_by_clock_c(self._clock.month, self._clock.hour, self._climate_offset_k)
        view.outdoor_c = outdoor_c
        view.required_c = self._curve.required_c(outdoor_c)
        return self._tell("outdoor", missing, None) if self._outdoor else []

    def _tell(self, what: str, missing: bool, notes: list[Event] | None) -> list[Event]:
        notes = [] if notes is None else notes
        if missing and what not in self._missing:
            self._missing.add(what)
            notes.append(Note(Level.WARNING, _LOST[what]))
        elif not missing and what in self._missing:
            self._missing.discard(what)
            notes.append(Note(Level.INFO, _BACK[what]))
        return notes


_LOST = {
    "outdoor": "no outdoor temperature: heating goes by month and hour; check the outdoor sensor",
    "buffer": "no buffer temperature: heating runs by schedule; check the sensors of the buffer tank",
    "store": "no store temperature: heating uses the buffer only; check the sensors of the store",
}
_BACK = {
    "outdoor": "outdoor temperature is back: heating goes by it again",
    "buffer": "buffer temperature is back: heating goes by it again",
    "store": "store temperature is back: heating uses the store again",
}
