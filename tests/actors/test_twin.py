"""The twin follows what actuators of other processes report."""

from pathlib import Path

import pytest

from gw_spaceheat.actors.twin import Twin
from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.live_plant import live_site
from gw_spaceheat.core.events import Event, Note, Readings, Started
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.vocabulary.moment import Moment

HOUSE = find_house(Path(__file__).parents[2] / "input_data" / "houses.json", "dw1.isone.nh.orange.1")
NOW = Moment(0, 1_515_387_600_000)
RELAY = "a.elt1.relay"


def site() -> SimulatedSite:
    return live_site(HOUSE, 1, lambda: NOW.wall_ms)


def readings(channel: str, value: float | None) -> Readings:
    return Readings("x", NOW.wall_ms, (channel,), (value,))


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (readings("a-elt1-relay", 1.0), 1.0),
        (readings("a-elt1-relay", None), 0.0),
        (readings("a-tank-temp0", 1.0), 0.0),
        (readings("nothing", 1.0), 0.0),
        (Started(), 0.0),
    ],
)
def test_only_a_reported_state_moves_it(event: Event, state: float) -> None:
    simulated = site()
    twin = Twin(HOUSE, simulated)
    assert list(twin.handle(event, NOW)) == []
    assert simulated.state(RELAY) == state
    assert twin.wake(NOW) == ()
    assert twin.deadline() is None


def test_what_the_twin_cannot_follow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = site()

    def refuse(node: str, _value: float) -> None:
        raise DeviceError(f"{node} moves nothing")

    monkeypatch.setattr(simulated, "write", refuse)
    (note,) = Twin(HOUSE, simulated).handle(readings("a-elt1-relay", 1.0), NOW)
    assert isinstance(note, Note)
    assert RELAY in note.text
