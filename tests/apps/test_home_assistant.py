"""The house's discovery messages lie retained at a real broker."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gw_spaceheat.apps.home_assistant import announce
from gw_spaceheat.links.broker import BrokerError, start_broker
from tests.scenarios.scene import GARAGE, house


def test_whoever_comes_later_finds_the_house(tmp_path: Path) -> None:
    of = house(GARAGE)
    with start_broker(tmp_path / "broker") as broker:
        assert announce(of, "127.0.0.1", broker.port) == len(of.channels)
        heard: dict[str, Any] = {}
        full = threading.Event()

        def hear(_client: object, _data: object, message: Any) -> None:
            assert message.retain
            heard[message.topic] = json.loads(message.payload)
            if len(heard) == len(of.channels):
                full.set()

        listener = Client(CallbackAPIVersion.VERSION2)
        listener.on_message = hear
        listener.on_connect = lambda client, *_: client.subscribe("homeassistant/#")
        listener.connect("127.0.0.1", broker.port)
        listener.loop_start()
        assert full.wait(30)
        listener.disconnect()
        listener.loop_stop()
    probe = heard["homeassistant/sensor/dw1_isone_nh_orange_1/a_tank_temp0/config"]
    assert probe["state_topic"] == "gw/a-tank-temp0/to/s/synced-readings"


def test_no_broker_is_said() -> None:
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:9 cannot be told"):
        announce(house(GARAGE), "127.0.0.1", 9)
