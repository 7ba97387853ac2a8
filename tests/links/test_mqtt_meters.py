"""Readings over MQTT: who is told what, and what is put aside."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.links import mqtt_meters
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.links.deliveries import Delivery, Parcel
from gw_spaceheat.links.mqtt_meters import DeadLetterFile, MqttSink, MqttSource
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion

PATIENCE_S = 20.0


@contextmanager
def both(folder: Path) -> Iterator[tuple[MqttSink, MqttSource]]:
    """A sink and a source on a broker of their own, connected."""
    with start_broker(folder / "broker") as broker:
        settings = MqttSettings.from_url(broker.url, client_id="sink", version=MqttVersion.V311)
        ups = [threading.Event(), threading.Event()]
        sink = MqttSink(settings, lambda up, _text: ups[0].set() if up else None)
        source = MqttSource(
            replace(settings, client_id="source"), folder / "dead.jsonl", lambda up, _text: ups[1].set() if up else None
        )
        sink.open()
        source.open()
        try:
            assert all(up.wait(PATIENCE_S) for up in ups)
            yield sink, source
        finally:
            sink.close()
            source.close()


def arrived(sink: MqttSink, count: int) -> list[str]:
    keys: list[str] = []
    until_s = time.monotonic() + PATIENCE_S
    while len(keys) < count and time.monotonic() < until_s:
        keys += sink.arrived()
        time.sleep(0.005)
    return keys


def test_a_sender_is_told_what_is_kept_and_nothing_else(tmp_path: Path) -> None:
    with both(tmp_path) as (sink, source):
        sink.send([Parcel(f"h/{number}", "h", str(number).encode()) for number in range(3)])
        taken: list[Delivery] = []
        while len(taken) < 3:
            taken += source.take(10, PATIENCE_S)
        assert [delivery.payload for delivery in taken] == [b"0", b"1", b"2"]
        assert sink.arrived() == []
        source.settle(taken[1:], ["h/1", "h/2", "of somebody else/9"])
        assert arrived(sink, 2) == ["h/1", "h/2"]


def test_what_is_not_told_to_be_kept_in_time_is_to_be_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with both(tmp_path) as (sink, _):
        before = sink.connection
        sink.send([Parcel("h/1", "h", b"1")])
        assert sink.arrived() == []
        assert sink.connection == before
        monkeypatch.setattr(mqtt_meters, "LONGEST_WAIT_S", 0.0)
        sink.arrived()
        assert sink.connection not in {0, before}, "another number: whatever has not arrived goes out again"


def test_dead_letters_have_their_reason_and_do_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_meters, "MOST_DEAD_BYTES", 1000)
    path = tmp_path / "inner" / "dead.jsonl"
    dead = DeadLetterFile(path)
    for number in range(100):
        dead.add(b"\xff" + str(number).encode(), "json", "no JSON")
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < 2200
    last = msgspec.json.decode((path if path.exists() else path.with_suffix(".older")).read_bytes().splitlines()[-1])
    assert last == {"kind": "json", "reason": "no JSON", "payload": "\ufffd99"}
