"""The Ear's composition: who gets whose mail, and that its folder is let go of, whatever happens."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.ear import EAR, STORE, _route, run_ear
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Commit, Committed, Event, Garbled, Level, Note, Persist, Received
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.readings import ReadingsStore
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power
from tests.scenarios.scene import new_life

NOWHERE = "mqtt://127.0.0.1:9"


@pytest.mark.parametrize(
    ("source", "event", "expected"),
    [
        (UPLINK, Received(UPLINK, SCADA, "", ack_required=False, message=power(1), arrived_ms=MIDNIGHT_MS), (EAR,)),
        (UPLINK, Garbled(UPLINK, "t", "not-json", "odd"), (EAR,)),
        (EAR, Persist(HOUSE, MIDNIGHT_MS, SCADA, "a", "", power(1)), (STORE,)),
        (EAR, Commit(), (STORE,)),
        (STORE, Committed(7), (UPLINK,)),
        (EAR, Note(Level.INFO, "x"), ()),
        (STORE, Note(Level.INFO, "x"), ()),
    ],
)
def test_who_gets_whose_mail(source: str, event: Event, expected: tuple[str, ...]) -> None:
    assert _route(source, event) == expected


def run(folder: Path, url: str = NOWHERE) -> int:
    return run_ear(folder, url, Settings(data_folder=folder), SystemClock(), new_life()[0], seconds=0.0)


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    assert run(tmp_path) == 0
    with pytest.raises(BadUrl):
        run(tmp_path, "somewhere")
    assert run(tmp_path) == 0


def test_a_folder_that_is_in_use(tmp_path: Path) -> None:
    other = ReadingsStore(tmp_path)
    other.open()
    with pytest.raises(StoreBusyError):
        run(tmp_path)
    other.close()
