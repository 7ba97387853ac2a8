"""The house's discovery messages lie retained at a real broker."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gw_spaceheat.apps.home_assistant import announce, announcements
from gw_spaceheat.core.events import Event, LinkChanged
from gw_spaceheat.links.broker import BrokerError, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_settings import MqttSettings
from tests.scenarios.scene import GARAGE, house


@contextmanager
def hearing(port: int, topics: int, *, said_now: bool = False) -> Iterator[tuple[dict[str, Any], threading.Event]]:
    """What a listener that comes later finds retained, and whether that is all; or also what is said while it listens."""
    heard: dict[str, Any] = {}
    full = threading.Event()

    def hear(_client: object, _data: object, message: Any) -> None:
        assert message.retain or said_now
        heard[message.topic] = json.loads(message.payload)
        if len(heard) == topics:
            full.set()

    listener = Client(CallbackAPIVersion.VERSION2)
    listener.on_message = hear
    listener.on_connect = lambda client, *_: client.subscribe("homeassistant/#")
    listener.connect("127.0.0.1", port)
    listener.loop_start()
    try:
        yield heard, full
    finally:
        listener.disconnect()
        listener.loop_stop()


def test_whoever_comes_later_finds_the_house(tmp_path: Path) -> None:
    of = house(GARAGE)
    with start_broker(tmp_path / "broker") as broker:
        assert announce(of, "127.0.0.1", broker.port) == len(of.channels)
        with hearing(broker.port, len(of.channels)) as (heard, full):
            assert full.wait(30)
    probe = heard["homeassistant/sensor/dw1_isone_nh_orange_1/a_tank_temp0/config"]
    assert probe["state_topic"] == "gw/a-tank-temp0/to/s/synced-readings"


def test_a_connection_tells_it_again_after_a_restart_of_the_broker(tmp_path: Path) -> None:
    of = house(GARAGE)
    came_up = queue.Queue[None]()

    def post(event: Event) -> None:
        if isinstance(event, LinkChanged) and event.up:
            came_up.put(None)

    broker = start_broker(tmp_path / "broker")
    settings = MqttSettings(
        host="127.0.0.1",
        port=broker.port,
        client_id="scada",
        first_pause_s=0.05,
        announced=announcements(of),
    )
    connection = Mqtt(settings, "local", post)
    try:
        connection.open()
        came_up.get(timeout=30)
        broker.stop()
        broker = start_broker(tmp_path / "again", port=broker.port)
        came_up.get(timeout=30)
        with hearing(broker.port, len(of.channels), said_now=True) as (_, full):
            assert full.wait(30)
        with hearing(broker.port, len(of.channels)) as (heard, full):
            assert full.wait(30)
        assert len(heard) == len(of.channels)
    finally:
        connection.close()
        broker.stop()


def test_no_broker_is_said() -> None:
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:9 cannot be told"):
        announce(house(GARAGE), "127.0.0.1", 9)
