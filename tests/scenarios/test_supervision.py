"""A house with a SCADA among the houses of a neighbourhood."""

from pathlib import Path

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.runtime.clock import SystemClock
from tests.apps.supervise.people import guest, server
from tests.scenarios.scene import OAK, house, scada, settings_for

STATE = "Neighborhood/1/House/1/State"


def test_it_appears_with_what_it_meters_when_its_scada_begins(tmp_path: Path, broker: RunningBroker) -> None:
    settings = settings_for(broker, tmp_path / "house")
    request = LocalRequest(house=house(OAK), nodes=None, uplink_url=broker.url, local_url=broker.url)
    with (
        server(tmp_path / "data", broker, houses_file(), atn_alias=OAK, local_url=broker.url) as running,
        guest(broker, "viewer", STATE) as viewer,
    ):
        with scada(request, settings, SystemClock()):
            state = viewer.hear_state(STATE, lambda state: state["totals"]["heard"] >= 5)
        assert state["alias"] == OAK
        assert {"a-hp", "a-elt1", "a-pumps"} <= {each["name"] for each in state["consumers"]}
        assert state["totals"]["silent"] == 0
        assert running.intake.rejected == {}
