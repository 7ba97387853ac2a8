"""A person's question over the house's own bus: a broker that leaves, and answers that are for others."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.apps import human
from gw_spaceheat.apps.human import NoLocalBrokerError, NoScadaError, ask_house, new_request_id
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Received
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_human_answer import GwsHumanAnswer
from gw_spaceheat.messages.gws_human_release import GwsHumanRelease
from tests.scenarios.scene import PATIENCE_S, Listener, settings_for

SCADA = "d1.test.house.ta.scada"
Answering = Callable[[Listener, Received], None]


def request_() -> GwsHumanRelease:
    return GwsHumanRelease(to_g_node_alias=SCADA, who="anna", trigger_id=new_request_id())


def answer_to(trigger_id: str) -> GwsHumanAnswer:
    return GwsHumanAnswer(from_g_node_alias=SCADA, trigger_id=trigger_id, verdict="Done", reason="", answer_unix_ms=10**12)


def say(listener: Listener, heard: Received, message: GwsHumanAnswer) -> None:
    listener.say(*encode(message, src="s", dst=heard.src, message_id=""))


def asked(tmp_path: Path, react: Answering) -> GwsHumanAnswer:
    """What comes back when somebody on the broker reacts to the request."""
    with start_broker(tmp_path / "broker") as broker, Listener(broker) as listener:

        def wait_and_react() -> None:
            (heard,) = listener.heard(GwsHumanRelease)
            if react is leave:
                broker.stop()
            else:
                react(listener, heard)

        thread = threading.Thread(target=wait_and_react)
        thread.start()
        try:
            return ask_house(request_(), broker.url, settings_for(broker, tmp_path))
        finally:
            thread.join(PATIENCE_S)


def leave(_listener: Listener, _heard: Received) -> None:
    """The broker goes away."""


def test_an_answer_to_another_request_is_not_taken(tmp_path: Path) -> None:
    def react(listener: Listener, heard: Received) -> None:
        assert isinstance(heard.message, GwsHumanRelease)
        say(listener, heard, answer_to(new_request_id()))
        listener.say(f"gw/s/to/{heard.src}/gws-human-answer", b"{")
        say(listener, heard, answer_to(heard.message.trigger_id))

    assert asked(tmp_path, react).verdict == "Done"


def test_a_broker_that_leaves_before_the_answer_comes(tmp_path: Path) -> None:
    with pytest.raises(NoLocalBrokerError, match="may or may not have been done"):
        asked(tmp_path, leave)


def test_a_broker_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(human, "CONNECTED_WITHIN_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(NoLocalBrokerError, match=r"not answer within 0\.1 s"):
        ask_house(request_(), f"mqtt://127.0.0.1:{mute.getsockname()[1]}", Settings(data_folder=tmp_path))


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(human, "ANSWERED_WITHIN_S", 0.0)
    with start_broker(tmp_path / "broker") as broker, pytest.raises(NoScadaError, match=f"no answer of {SCADA}"):
        ask_house(request_(), broker.url, settings_for(broker, tmp_path))


def test_a_wrong_url() -> None:
    with pytest.raises(BadUrl):
        ask_house(request_(), "localhost", Settings())


def test_every_request_has_its_own_identifier() -> None:
    assert len({new_request_id() for _ in range(100)}) == 100
