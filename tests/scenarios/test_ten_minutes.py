"""Ten minutes of a house against a real broker: what was sent is what was kept, and the record replayed does the same."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.replay import replay_record
from gw_spaceheat.core.events import Readings, Send
from gw_spaceheat.links.broker import BrokerKind, find_mosquitto, start_broker
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.record_lines import Call, decode_event, decode_line
from gw_spaceheat.stores import query
from gw_spaceheat.stores.readings import MESSAGES, day_folders, read_day
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS
from tests.scenarios.scene import HOUSES, OAK, START_MS, Listener, atn, ear, house, scada, settings_for

SLOTS = 2
"""Ten minutes."""
EVER_MS = 1 << 50


def calls(record: Path) -> Iterator[Call]:
    for text in record.read_bytes().splitlines():
        line = decode_line(text)
        if isinstance(line, Call):
            yield line


def reports_sent(record: Path) -> list[ReportEvent]:
    """Every report that the SCADA put out, by its own record."""
    reports = []
    for call in calls(record):
        for raw in msgspec.json.decode(bytes(call.effects)):
            if raw["type"] == "Send" and raw["message"]["TypeName"] == "report.event":
                effect = decode_event(msgspec.json.encode(raw), decode_bare)
                assert isinstance(effect, Send)
                assert isinstance(effect.message, ReportEvent)
                reports.append(effect.message)
    return reports


def readings_captured(record: Path, before_ms: int) -> Counter[tuple[str, int]]:
    """Every reading that a device gave the SCADA before a time, by channel and time."""
    causes = [decode_event(bytes(call.cause), decode_bare) for call in calls(record) if isinstance(call.cause, msgspec.Raw)]
    return Counter(
        (name, cause.taken_ms)
        for cause in causes
        if isinstance(cause, Readings) and cause.taken_ms < before_ms
        for name, value in zip(cause.channels, cause.values, strict=True)
        if value is not None
    )


@pytest.mark.parametrize(("kind", "speed"), [(BrokerKind.MOSQUITTO, 60.0), (BrokerKind.AMQTT, 120.0)], ids=str)
def test_every_report_and_reading_is_kept_once_and_the_record_replays(kind: BrokerKind, speed: float, tmp_path: Path) -> None:
    if kind is BrokerKind.MOSQUITTO and find_mosquitto() is None:
        pytest.skip("needs the Debian package mosquitto")
    record, folder, oak = tmp_path / "a.s.record", tmp_path / "ear", house(OAK)
    with start_broker(tmp_path / "broker", kind) as broker, start_broker(tmp_path / "local", kind) as local:
        settings, clock = settings_for(broker, tmp_path), PacedClock(speed, START_MS)
        request = LocalRequest(house=oak, nodes=None, uplink_url=broker.url, local_url=local.url, record=record)
        with ear(folder, broker.url, settings, clock) as listening:
            listening.log.wait_for("uplink: connected")
            with atn(oak, broker.url, settings, clock) as cloud:
                cloud.log.wait_for("uplink: connected")
                with Listener(broker) as listener, scada(request, settings, clock) as running:
                    listener.heard(ReportEvent, count=SLOTS)
                    assert (running.restarts(), running.dead()) == (0, [])
                view = cloud.view()

    sent = reports_sent(record)
    starts_ms = [event.report.slot_start_unix_s * 1000 for event in sent]
    assert starts_ms == [START_MS + number * REPORT_SLOT_MS for number in range(len(sent))]
    assert len(sent) >= SLOTS
    assert len({event.message_id for event in sent}) == len(sent)
    assert view.reports == len(sent)

    kept = [row for row in query.tail(folder, OAK, 100_000) if row.type_name == "report.event"]
    assert {row.message_id: decode_bare("report.event", row.payload.encode()) for row in kept} == {
        event.message_id: event for event in sent
    }
    assert len(kept) == len(sent)

    told = {
        (readings.channel_name, taken_ms): number
        for event in sent
        for readings in event.report.channel_reading_list
        for taken_ms, number in zip(readings.scada_read_time_unix_ms_list, readings.value_list, strict=True)
    }
    captured = readings_captured(record, starts_ms[-1] + REPORT_SLOT_MS)
    assert captured == Counter(told.keys())
    rows = query.export(folder, OAK, 0, EVER_MS)
    telemetry = {name: channel.telemetry for name, channel in oak.channels.items()}
    assert Counter((row.channel, row.taken_ms, row.value) for row in rows) == Counter(
        (name, taken_ms, telemetry[name].from_wire(number)) for (name, taken_ms), number in told.items()
    )
    assert {row.channel for row in rows} == set(oak.channels)

    replayed = replay_record(record, HOUSES, {})
    assert replayed["equal"], replayed["first_difference"]
    assert (replayed["machines"], replayed["torn"]) == (1, [])
    assert replayed["causes"] == len(list(calls(record)))


def test_the_ear_hears_both_sides_and_all_kinds(tmp_path: Path) -> None:
    """Snapshots, layout, power, events, dispatch questions and acknowledgements lie in the files, as they were said."""
    oak, folder = house(OAK), tmp_path / "ear"
    with start_broker(tmp_path / "broker") as broker:
        settings, clock = settings_for(broker, tmp_path), PacedClock(60.0, START_MS)
        request = LocalRequest(house=oak, nodes=None, uplink_url=broker.url, local_url=None)
        with ear(folder, broker.url, settings, clock) as listening:
            listening.log.wait_for("uplink: connected")
            with Listener(broker) as listener, atn(oak, broker.url, settings, clock) as cloud:
                cloud.log.wait_for("uplink: connected")
                with scada(request, settings, clock):
                    cloud.log.wait_for("has started")
                    listener.heard(SnapshotSpaceheat)
                listener.heard(GridworksEventShutdown)
                cloud.view()
    (day,) = day_folders(folder, OAK)
    table = read_day(day, MESSAGES)
    by_source = {(src, name) for src, name in zip(*(table[key].to_pylist() for key in ("src", "type_name")), strict=True)}
    assert by_source >= {
        (oak.scada_alias, "gridworks.event.startup"),
        (oak.scada_alias, "gridworks.event.shutdown"),
        (oak.scada_alias, "layout.lite"),
        (oak.scada_alias, "snapshot.spaceheat"),
        (oak.alias, "send.snap"),
        (oak.alias, "gridworks.ack"),
    }
