"""Asking the own house from the browser: the answer in lines, and a reason whenever there is none."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.actors.human_door import Request
from gw_spaceheat.apps.human import SET, TAKE, CannotAskError, request_of
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_human_set import GwsHumanSet
from gw_spaceheat.web.commanding import ask
from gw_spaceheat.web.site import Site
from tests.scenarios.scene import PATIENCE_S, Listener, settings_for
from tests.web.site import OAK, make_site

OTHER = "dw1.isone.nh.orange.1"


def house_of(site: Site, alias: str = OAK) -> House:
    house = site.files.house(alias)
    assert house is not None
    return house


def take(house: House) -> Request:
    return request_of(house, TAKE, "anna", 10, None, None)


@pytest.mark.parametrize(("local_url", "alias"), [(None, OAK), ("mqtt://127.0.0.1:9", OTHER)])
def test_only_the_own_house_whose_broker_is_here(tmp_path: Path, local_url: str | None, alias: str) -> None:
    site = replace(make_site(tmp_path), local_url=local_url)
    house = house_of(site, alias)
    with pytest.raises(CannotAskError, match="only the one whose own broker is here"):
        ask(site, house, take(house))


@pytest.mark.parametrize("url", ["mqtt://127.0.0.1:9", "somewhere"])
def test_without_a_broker_the_reason_is_told(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.human.CONNECTED_WITHIN_S", 0.2)
    site = replace(make_site(tmp_path), local_url=url)
    with pytest.raises(CannotAskError, match="broker"):
        ask(site, house_of(site), take(house_of(site)))


def test_an_answer_comes_in_lines(tmp_path: Path) -> None:
    with start_broker(tmp_path / "broker") as broker, Listener(broker) as listener:
        site = replace(make_site(tmp_path), local_url=broker.url, settings=settings_for(broker, tmp_path))
        house = house_of(site)
        relay = next(node.alias for node in house.nodes.values() if node.actuator is not None)

        def answer() -> None:
            (heard,) = listener.heard(GwsHumanSet)
            assert isinstance(heard.message, GwsHumanSet)
            said = GwsHumanAnswer(
                from_g_node_alias=house.scada_alias,
                trigger_id=heard.message.trigger_id,
                verdict="Refused",
                reason="freeze protection has it",
                answer_unix_ms=10**12,
            )
            listener.say(*encode(said, src="s", dst=heard.src, message_id=""))

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            lines = ask(site, house, request_of(house, SET, "anna", None, relay, "on"))
        finally:
            thread.join(PATIENCE_S)
    assert "freeze protection has it" in "\n".join(lines)
