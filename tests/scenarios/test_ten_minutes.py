"""Ten minutes of a house against a real broker: what was sent is what was kept, and the record replayed does the same."""

from collections import Counter
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.replay import replay_record
from gw_spaceheat.links.broker import BrokerKind, find_mosquitto, start_broker
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.stores import query
from gw_spaceheat.stores.readings import MESSAGES, reading_house
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS
from tests.scenarios.recorded import assert_kept_once, calls, readings_captured, reports_sent
from tests.scenarios.scene import HOUSES, OAK, START_MS, Listener, atn, ear, house, scada, settings_for, wait_until_it_has_heard

SLOTS = 2
"""Ten minutes."""
EVER_MS = 1 << 50


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
                with Listener(broker) as listener:
                    with scada(request, settings, clock) as running:
                        listener.heard(ReportEvent, count=SLOTS)
                        assert (running.restarts(), running.dead()) == (0, [])
                    listener.heard(GridworksEventShutdown)
                    wait_until_it_has_heard(listening, listener)
                view = cloud.view()

    sent = reports_sent(record)
    assert len(sent) >= SLOTS
    assert sent[0].report.slot_start_unix_s * 1000 == START_MS
    assert view.reports == len(sent)
    assert_kept_once(sent, folder, OAK)

    told = {
        (readings.channel_name, taken_ms): number
        for event in sent
        for readings in event.report.channel_reading_list
        for taken_ms, number in zip(readings.scada_read_time_unix_ms_list, readings.value_list, strict=True)
    }
    assert readings_captured(record, START_MS + len(sent) * REPORT_SLOT_MS) == Counter(told.keys())
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
    """Snapshots, layout, power, events, questions and acknowledgements lie in the files, as they were said."""
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
                listener.heard(GridworksAck)
                wait_until_it_has_heard(listening, listener)
    with reading_house(folder, OAK) as reader:
        (day,) = reader.days
        table = reader.read(day, MESSAGES)
    by_source = set(zip(*(table[key].to_pylist() for key in ("src", "type_name")), strict=True))
    assert by_source >= {
        (oak.scada_alias, "gridworks.event.startup"),
        (oak.scada_alias, "gridworks.event.shutdown"),
        (oak.scada_alias, "layout.lite"),
        (oak.scada_alias, "snapshot.spaceheat"),
        (oak.alias, "send.snap"),
        (oak.alias, "gridworks.ack"),
    }
