"""A house complains over a real broker, and a person is told in several ways; one of them hangs at first."""

import json
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gw_spaceheat.actors import alert_sink, alert_watch
from gw_spaceheat.actors.alert_sink import CannotTellError
from gw_spaceheat.apps.alerts.rules_file import AlertRules
from gw_spaceheat.apps.alerts.running import alerts_runtime
from gw_spaceheat.apps.alerts.sinks import sinks_of
from gw_spaceheat.apps.settings import Settings, houses_file
from gw_spaceheat.apps.web import HouseFiles, watching
from gw_spaceheat.core.alerts.alerts import Rule, Side
from gw_spaceheat.core.events import AlertTold
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.glitch import Glitch
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.vocabulary.moment import MINUTE_MS
from tests.scenarios.scene import OAK, house, new_life

PROBLEM = Rule("problem", "problem_min", Side.ABOVE, 5, 0)


@contextmanager
def client(broker: RunningBroker, topic: str) -> Iterator[tuple[Client, "queue.Queue[dict[str, object]]"]]:
    """Somebody at the broker, and what he hears on a topic."""
    heard: queue.Queue[dict[str, object]] = queue.Queue()
    ready = queue.Queue[None]()
    made = Client(CallbackAPIVersion.VERSION2)
    made.on_message = lambda _client, _data, message: heard.put(json.loads(message.payload))
    made.on_connect = lambda one, *_: one.subscribe(topic)
    made.on_subscribe = lambda *_: ready.put(None)
    made.connect("127.0.0.1", broker.port)
    made.loop_start()
    ready.get(timeout=30)
    try:
        yield made, heard
    finally:
        made.disconnect()
        made.loop_stop()


def glitch(kind: str, created_ms: int) -> tuple[str, bytes]:
    said = Glitch(
        from_g_node_alias=house(OAK).scada_alias,
        node="a-temps",
        type=kind,
        summary="a-buffer-depth1: missing",
        details="no answer",
        created_ms=created_ms,
    )
    return encode(said, src=house(OAK).scada_alias, dst="a", message_id="")


def test_told_once_and_once_that_it_is_over(tmp_path: Path, broker: RunningBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_watch, "LOOK_MS", 50)
    monkeypatch.setattr(alert_sink, "FIRST_PAUSE_MS", 50)
    settings = Settings(data_folder=tmp_path, uplink_url=broker.url, local_url=None, atn_alias=OAK, alerts_mqtt="on")
    clock, life = SystemClock(), new_life()[0]
    told: queue.Queue[AlertTold] = queue.Queue()
    failures = [CannotTellError("nobody there")]

    def person(alert: AlertTold) -> None:
        if failures:
            raise failures.pop()
        told.put(alert)

    with client(broker, "gw-alerts/#") as (mqtt, heard), watching(settings, broker.url, None, OAK, clock) as watch:

        def publish(topic: str, payload: bytes) -> bool:
            mqtt.publish(topic, payload, qos=1)
            return True

        sinks = {**sinks_of(settings, publish), "person": person}
        runtime = alerts_runtime(AlertRules((PROBLEM,)), settings, watch, HouseFiles(houses_file()), clock, life, sinks)
        runtime.start()
        try:
            now_ms = clock.now().wall_ms
            mqtt.publish(*glitch("Warning", now_ms - 10 * MINUTE_MS))
            first = told.get(timeout=30)
            assert (first.rule, first.subject, first.over) == ("problem", f"{OAK} a-temps", False)
            mqtt.publish(*glitch("Info", now_ms))
            assert told.get(timeout=30).over
            said = [heard.get(timeout=30) for _ in range(2)]
            assert [(one["rule"], one["over"]) for one in said] == [("problem", False), ("problem", True)]
        finally:
            assert runtime.stop((("alerts",), tuple(sinks)), 10.0) == []
    assert told.empty()
