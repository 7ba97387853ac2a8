"""The heat's path: every pair of state and input of every table, and which turns the readings call for."""

import itertools

import pytest

from gw_spaceheat.core.events import Event
from gw_spaceheat.core.heating.compressor import Compressor
from gw_spaceheat.core.heating.hydraulics import SOURCE_ON, TABLES, VALVE_OPEN, Path, Pathfinder, Turn
from gw_spaceheat.core.heating.parameters import SharedParameters
from gw_spaceheat.core.heating.view import View
from gw_spaceheat.house.model import House
from tests.core.heating.houses import buffer_house, elements_house, store_house

P = Path
T = Turn
LISTED = {
    "with_store": {
        (P.Initializing, T.Call): P.HpOnStoreCharge,
        (P.Initializing, T.Satisfied): P.HpOffStoreOff,
        (P.HpOffStoreOff, T.Call): P.HpOnStoreCharge,
        (P.HpOffStoreOff, T.Draw): P.HpOffStoreDischarge,
        (P.HpOffStoreDischarge, T.Call): P.HpOnStoreCharge,
        (P.HpOffStoreDischarge, T.Filled): P.HpOffStoreOff,
        (P.HpOnStoreCharge, T.Satisfied): P.HpOffStoreOff,
        (P.HpOnStoreCharge, T.Starve): P.HpOnStoreOff,
        (P.HpOnStoreOff, T.Satisfied): P.HpOffStoreOff,
        (P.HpOnStoreOff, T.Spill): P.HpOnStoreCharge,
        (P.HpOnStoreOff, T.Chill): P.HpOnStoreCharge,
    },
    "buffer_only": {
        (P.Initializing, T.Call): P.HpOn,
        (P.Initializing, T.Satisfied): P.HpOff,
        (P.HpOff, T.Call): P.HpOn,
        (P.HpOn, T.Satisfied): P.HpOff,
    },
    "elements_only": {
        (P.Initializing, T.Call): P.ElementsOn,
        (P.Initializing, T.Satisfied): P.ElementsOff,
        (P.ElementsOff, T.Call): P.ElementsOn,
        (P.ElementsOn, T.Satisfied): P.ElementsOff,
    },
}
HOT, WARM, TEPID, COLD = 50.0, 47.0, 42.0, 34.0
"""Against a required supply of 40 degC."""


@pytest.mark.parametrize(("name", "state", "given"), list(itertools.product(TABLES, Path, Turn)))
def test_every_pair(name: str, state: Path, given: Turn) -> None:
    assert TABLES[name].after(state, given) is LISTED[name].get((state, given))


def test_the_source_never_starts_into_a_shut_valve() -> None:
    starts = [target for row in TABLES["with_store"].rows.values() for given, target in row.items() if given is Turn.Call]
    assert set(starts) <= VALVE_OPEN & SOURCE_ON


class Setting:
    """A pathfinder in a house, with a compressor that has long been at rest or, if running, has long been on."""

    def __init__(self, house: House, path: Path, *, running: bool = False, for_s: float = 3600.0) -> None:
        parameters = SharedParameters()
        self.finder = Pathfinder(house.heating, parameters)
        self.finder.path = path
        self.compressor = Compressor(parameters)
        self.mono_ms = 100_000_000
        if running:
            self.compressor.started(self.mono_ms - round(for_s * 1000))

    def see(
        self,
        buffer: tuple[float, float, float],
        store_top_c: float | None,
        *,
        wanted: bool = False,
        outdoor_c: float = -20,
        reserve_c: float = HOT,
    ) -> Path:
        view = View()
        view.outdoor_c, view.required_c = outdoor_c, 40.0
        view.buffer_known = True
        view.buffer_top_c, view.buffer_middle_c, view.buffer_low_c = buffer
        if store_top_c is not None:
            view.store_known, view.store_top_c, view.reserve_c = True, store_top_c, min(reserve_c, store_top_c)
        out: list[Event] = []
        return self.finder.find(view, wanted, self.compressor, self.mono_ms, out)


@pytest.mark.parametrize(
    ("path", "buffer", "store_top_c", "wanted", "expected"),
    [
        # off: the store feeds the buffer when that is cold and the store is warm
        (P.HpOffStoreOff, (HOT, HOT, HOT), HOT, False, P.HpOffStoreOff),
        (P.HpOffStoreOff, (HOT, COLD, COLD), HOT, False, P.HpOffStoreDischarge),
        (P.HpOffStoreOff, (COLD, COLD, COLD), TEPID, False, P.HpOffStoreOff),
        (P.HpOffStoreOff, (HOT, COLD, COLD), None, False, P.HpOffStoreOff),
        (P.HpOffStoreDischarge, (HOT, HOT, HOT), HOT, False, P.HpOffStoreOff),
        (P.HpOffStoreDischarge, (HOT, COLD, COLD), COLD, False, P.HpOffStoreOff),
        # the source is called, into the store
        (P.HpOffStoreOff, (HOT, HOT, HOT), TEPID, True, P.HpOnStoreCharge),
        (P.HpOffStoreDischarge, (HOT, COLD, COLD), HOT, True, P.HpOnStoreCharge),
        # the store cannot help and the buffer is cold: the source feeds it alone
        (P.HpOnStoreCharge, (HOT, COLD, COLD), TEPID, True, P.HpOnStoreOff),
        (P.HpOnStoreCharge, (HOT, HOT, COLD), TEPID, True, P.HpOnStoreCharge),
        (P.HpOnStoreCharge, (HOT, COLD, COLD), HOT, True, P.HpOnStoreCharge),
        (P.HpOnStoreCharge, (HOT, HOT, COLD), None, True, P.HpOnStoreOff),
        # the buffer is full again: the rest goes to the store
        (P.HpOnStoreOff, (HOT, HOT, HOT), COLD, True, P.HpOnStoreCharge),
        (P.HpOnStoreOff, (HOT, HOT, TEPID), COLD, True, P.HpOnStoreOff),
        (P.HpOnStoreOff, (HOT, HOT, HOT), None, True, P.HpOnStoreOff),
        # no longer wanted
        (P.HpOnStoreOff, (HOT, HOT, TEPID), COLD, False, P.HpOffStoreOff),
        (P.HpOnStoreCharge, (HOT, HOT, HOT), HOT, False, P.HpOffStoreOff),
        (P.HpOnStoreCharge, (HOT, COLD, COLD), HOT, False, P.HpOffStoreDischarge),
    ],
)
def test_turns(path: Path, buffer: tuple[float, float, float], store_top_c: float | None, wanted: bool, expected: Path) -> None:
    assert Setting(store_house(), path, running=path in SOURCE_ON).see(buffer, store_top_c, wanted=wanted) is expected


@pytest.mark.parametrize(
    ("path", "buffer", "was_drawing", "draws"),
    [
        # from the store alone: when the middle is cold, until that is hot, whatever is below
        (P.HpOffStoreOff, (HOT, TEPID, COLD), False, False),
        (P.HpOffStoreOff, (HOT, 39.9, COLD), False, True),
        (P.HpOffStoreDischarge, (HOT, 46.9, COLD), True, True),
        (P.HpOffStoreDischarge, (HOT, WARM, COLD), True, False),
        # or when the top gets cold, as long as the store is hotter
        (P.HpOffStoreOff, (43.9, 43.9, COLD), False, True),
        (P.HpOffStoreOff, (44.1, 44.1, COLD), False, False),
        # while the source runs it is kept full to its lower part
        (P.HpOnStoreCharge, (HOT, HOT, 45.1), False, False),
        (P.HpOnStoreCharge, (HOT, HOT, 44.9), False, True),
        (P.HpOnStoreCharge, (HOT, HOT, 46.9), True, True),
        (P.HpOnStoreCharge, (HOT, HOT, WARM), True, False),
    ],
)
def test_the_buffer_is_filled_no_further_than_is_of_use(
    path: Path, buffer: tuple[float, float, float], was_drawing: bool, draws: bool
) -> None:
    setting = Setting(store_house(), path, running=path in SOURCE_ON)
    setting.finder.drawing = was_drawing
    setting.see(buffer, HOT, wanted=path in SOURCE_ON)
    assert setting.finder.drawing is draws


@pytest.mark.parametrize(("reserve_c", "draws"), [(44.1, False), (43.9, True)])
def test_from_a_store_that_is_nearly_spent_all_is_taken(reserve_c: float, draws: bool) -> None:
    setting = Setting(store_house(), P.HpOffStoreOff)
    setting.see((HOT, WARM, COLD), HOT, reserve_c=reserve_c)
    assert setting.finder.drawing is draws


def test_a_source_in_its_start_up_is_not_yet_given_the_buffer_alone() -> None:
    cold = (HOT, COLD, COLD)
    assert Setting(store_house(), P.HpOnStoreCharge, running=True, for_s=600).see(cold, TEPID, wanted=True) is P.HpOnStoreCharge
    assert Setting(store_house(), P.HpOnStoreCharge, running=True, for_s=721).see(cold, TEPID, wanted=True) is P.HpOnStoreOff


def test_in_frost_a_defrost_is_waited_for_as_well() -> None:
    cold = (HOT, COLD, COLD)
    setting = Setting(store_house(), P.HpOnStoreCharge, running=True, for_s=900)
    assert setting.see(cold, TEPID, wanted=True, outdoor_c=0.0) is P.HpOnStoreCharge
    assert (
        Setting(store_house(), P.HpOnStoreCharge, running=True, for_s=1021).see(cold, TEPID, wanted=True, outdoor_c=0.0)
        is P.HpOnStoreOff
    )


def test_the_compressor_may_delay_start_and_stop() -> None:
    resting = Setting(store_house(), P.HpOffStoreOff)
    resting.compressor.stopped(resting.mono_ms - 60_000)
    assert resting.see((HOT, HOT, HOT), TEPID, wanted=True) is P.HpOffStoreOff
    running = Setting(store_house(), P.HpOnStoreCharge, running=True, for_s=60)
    assert running.see((HOT, HOT, HOT), HOT) is P.HpOnStoreCharge


def test_cold_water_from_a_defrost_goes_to_the_store() -> None:
    setting = Setting(store_house(), P.HpOnStoreOff, running=True)
    assert setting.see((HOT, HOT, TEPID), COLD, wanted=True, outdoor_c=0.0) is P.HpOnStoreOff
    setting.mono_ms += 60_000
    assert setting.see((HOT - 2.0, HOT, TEPID), COLD, wanted=True, outdoor_c=0.0) is P.HpOnStoreCharge
    assert setting.finder.chilled
    setting.mono_ms += 299_000
    assert setting.see((HOT - 2.0, TEPID, COLD), HOT, wanted=True, outdoor_c=0.0) is P.HpOnStoreCharge
    assert not setting.finder.drawing, "the store's pump would bring the cold water to the buffer"
    setting.mono_ms += 2_000
    setting.see((HOT - 2.0, TEPID, COLD), HOT, wanted=True, outdoor_c=0.0)
    assert setting.finder.drawing


def test_where_it_is_too_cold_for_a_defrost_a_falling_top_is_need() -> None:
    setting = Setting(store_house(), P.HpOnStoreOff, running=True)
    setting.see((HOT, HOT, TEPID), COLD, wanted=True)
    setting.mono_ms += 60_000
    assert setting.see((HOT - 4.0, TEPID, TEPID), COLD, wanted=True) is P.HpOnStoreOff
    assert not setting.finder.chilled


def test_a_buffer_that_nobody_feeds_gets_cold_by_need_and_not_by_a_defrost() -> None:
    setting = Setting(store_house(), P.HpOnStoreCharge, running=True)
    assert setting.see((HOT, WARM, COLD), COLD, wanted=True, outdoor_c=0.0) is P.HpOnStoreCharge
    setting.mono_ms += 60_000
    setting.see((HOT - 4.0, TEPID, COLD), HOT, wanted=True, outdoor_c=0.0)
    assert not setting.finder.chilled
    assert setting.finder.drawing, "the store has become hot and must help at once"


def test_a_store_that_helps_does_so_until_it_is_spent() -> None:
    setting = Setting(store_house(), P.HpOffStoreOff)
    for top_c, gives in [(43.9, False), (44.1, True), (43.1, True), (42.9, False), (43.9, False)]:
        setting.see((HOT, HOT, HOT), top_c)
        assert setting.finder.store_gives is gives, top_c


def test_houses_without_a_store_walk_their_own_tables() -> None:
    hot = (HOT, HOT, HOT)
    boiler = Setting(buffer_house(), P.Initializing)
    assert boiler.see(hot, None) is P.HpOff
    assert boiler.see(hot, None, wanted=True) is P.HpOn
    boiler.compressor.started(boiler.mono_ms - 3_600_000)
    assert boiler.see(hot, None) is P.HpOff
    elements = Setting(elements_house(), P.Initializing)
    elements.compressor.stopped(elements.mono_ms)
    assert elements.see(hot, None, wanted=True) is P.ElementsOn, "elements need no rest"
    assert elements.see(hot, None) is P.ElementsOff


def test_contradicting_readings_end_in_some_path() -> None:
    setting = Setting(store_house(), P.HpOnStoreOff, running=True)
    assert setting.see((COLD, COLD, HOT), COLD, wanted=True) in {P.HpOnStoreOff, P.HpOnStoreCharge}
