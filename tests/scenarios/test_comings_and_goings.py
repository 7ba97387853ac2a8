"""Processes are stopped, brokers come late, go and come back; nothing that matters is lost on the way."""

import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.outboxes import open_outbox
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import PacedClock, SystemClock
from gw_spaceheat.stores import query
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.vocabulary.moment import MINUTE_MS
from tests.scenarios.recorded import assert_kept_once, reports_sent
from tests.scenarios.scene import (
    GARAGE,
    OAK,
    START_MS,
    Listener,
    Program,
    atn,
    ear,
    house,
    scada,
    settings_for,
    version_of,
    wait_until_it_has_heard,
)


def relay_channels() -> list[str]:
    oak = house(OAK)
    named = [oak.state_channel(alias) for alias, node in oak.nodes.items() if node.actuator is not None]
    return [channel.name for channel in named if channel is not None]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_a_signal_ends_the_daemon_with_its_relays_in_their_stop_state(
    number: signal.Signals, tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker
) -> None:
    words = [
        "--house",
        OAK,
        "--broker",
        broker.url,
        "--local-broker",
        local_broker.url,
        "--speed",
        "240",
        "--start",
        "2018-01-08",
    ]
    with (
        Listener(local_broker) as bus,
        Listener(broker) as uplink,
        Program(tmp_path, "run", *words, **version_of(broker)) as daemon,
    ):
        daemon.log.wait_for("local: connected")
        switched_on = bus.wait_for_any(relay_channels(), 1)
        before = bus.mark()
        daemon.send(number)
        assert daemon.ended() == 0
        bus.wait_for_value(switched_on, 0, since=before)
        assert {bus.values(name)[-1] for name in relay_channels()} == {0}
        uplink.heard(GridworksEventShutdown)
    assert daemon.log.having("did not stop in time") == []
    assert daemon.log.having("Traceback") == []


@pytest.mark.parametrize("end_it", [Program.press_ctrl_c, lambda demo: demo.send(signal.SIGTERM)], ids=["ctrl-c", "SIGTERM"])
def test_a_signal_ends_the_demonstration_in_order(end_it: Callable[[Program], None], tmp_path: Path) -> None:
    with Program(tmp_path, "run", "--demo") as demo:
        demo.log.wait_for("has started")
        end_it(demo)
        assert demo.ended() == 0
    assert demo.log.having("did not stop in time") == []
    assert demo.log.having("Traceback") == []
    assert demo.log.having("has ended with code") == []
    kept = {row.type_name for row in query.tail(tmp_path / "data" / "demo" / "ear", OAK, 1_000)}
    assert kept >= {"gridworks.event.startup", "layout.lite", "gridworks.event.shutdown"}


def test_a_broker_that_comes_late(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"mqtt://127.0.0.1:{port}"
    with Program(tmp_path, "run", "--house", GARAGE, "--broker", url, "--local-broker", "none") as daemon:
        daemon.log.wait_for("uplink: not connected")
        with start_broker(tmp_path / "broker", port=port) as broker, Listener(broker) as listener:
            daemon.log.wait_for("uplink: connected; 2 messages are waiting")
            listener.heard(GridworksPing)
            settings = settings_for(broker, tmp_path)
            with atn(house(GARAGE), broker.url, settings, SystemClock()):  # what is old waits for whom it is for
                daemon.log.wait_for("uplink: the peer (a) is heard")
                listener.heard(GridworksEventStartup)
            assert daemon.stop() == 0
    assert len(daemon.log.having("not connected")) == 1, "told once, however often it is tried"


def test_reports_made_while_the_broker_was_dead_arrive_once(tmp_path: Path, local_broker: RunningBroker) -> None:
    """Outbox or hold keeps them; only the AtomicTNode's own word lets them be forgotten, and here that one comes back last."""
    record, folder, oak = tmp_path / "a.s.record", tmp_path / "ear", house(OAK)
    first = start_broker(tmp_path / "broker")
    settings, clock = settings_for(first, tmp_path), PacedClock(240.0, START_MS)
    request = LocalRequest(house=oak, nodes=None, uplink_url=first.url, local_url=local_broker.url, record=record)

    def taken_since(moment_ms: int) -> None:
        def fits(event: Event) -> bool:
            message = event.message if isinstance(event, Received) else None
            return isinstance(message, SyncedReadings) and message.scada_read_time_unix_ms >= moment_ms

        bus.wait(fits)

    with first, Listener(local_broker) as bus, ear(folder, first.url, settings, clock) as listening:
        listening.log.wait_for("uplink: connected")
        with scada(request, settings, clock) as running:
            with atn(oak, first.url, settings, clock), Listener(first) as listener:
                listener.heard(ReportEvent)
                wait_until_it_has_heard(listening, listener)
                first.stop()
                running.log.wait_for("uplink: not connected")
            dead_ms = clock.now().wall_ms
            taken_since(dead_ms + 11 * MINUTE_MS)
            back_ms = clock.now().wall_ms
            before = listening.log.mark()
            with start_broker(tmp_path / "broker", first.kind, first.port) as second:
                listening.log.wait_for("uplink: connected", since=before)
                with Listener(second) as listener, atn(oak, second.url, settings, clock):
                    now_ms = clock.now().wall_ms

                    def made_since(event: Event) -> bool:
                        message = event.message if isinstance(event, Received) else None
                        return isinstance(message, ReportEvent) and message.time_created_ms >= now_ms

                    def made_meanwhile(event: Event) -> bool:
                        message = event.message if isinstance(event, Received) else None
                        return isinstance(message, ReportEvent) and dead_ms <= message.time_created_ms < back_ms

                    listener.wait(made_since)
                    came = {event.message.message_id for event in listener.wait(made_meanwhile, 2)}

                    def acknowledges_it(event: Event) -> bool:
                        message = event.message if isinstance(event, Received) else None
                        return isinstance(message, GridworksAck) and message.ack_message_id in came

                    listener.wait(acknowledges_it, len(came))
                    listener.heard(ReportEvent, count=2, since=listener.mark())  # by then the SCADA has heard that, too
                    running.stop()
                    wait_until_it_has_heard(listening, listener)
                    listening.stop()
    sent = reports_sent(record)
    with closing(open_outbox(oak, settings)) as outbox:  # a slot may have ended just before the stop
        waiting = {message.message_id for message in everything_in(outbox) if isinstance(message, ReportEvent)}
    assert len(came) >= 2, "of what was made meanwhile at least two reports are heard"
    assert len(sent) >= 4
    assert came <= {row.message_id for row in query.tail(folder, OAK, 1_000_000)}
    assert not came & waiting, "they were acknowledged"
    assert_kept_once(sent, folder, OAK, waiting)


def readings_of(event: Event) -> set[tuple[str, int]]:
    """Channel and time of every reading that an event on the house's own bus tells."""
    message = event.message if isinstance(event, Received) else None
    if not isinstance(message, SyncedReadings):
        return set()
    return {(name, message.scada_read_time_unix_ms) for name in message.channel_name_list}


def captured_on(bus: Listener, until: int) -> set[tuple[str, int]]:
    """All that the house's own bus has told so far."""
    return {reading for event in bus.all[:until] for reading in readings_of(event)}


def everything_in(outbox: SqliteOutbox) -> Iterator[Message]:
    """All that waits, oldest first; nobody has acknowledged anything."""
    entry = outbox.after(0)
    while entry is not None:
        yield entry.send.message
        entry = outbox.after(entry.sequence)


def reported_in(messages: Iterable[Message]) -> Counter[tuple[str, int]]:
    """How often each reading is in these reports, by channel and time."""
    reports = {message.message_id: message.report for message in messages if isinstance(message, ReportEvent)}
    parts = [part for report in reports.values() for part in report.channel_reading_list]
    return Counter((part.channel_name, taken_ms) for part in parts for taken_ms in part.scada_read_time_unix_ms_list)


def test_what_was_read_before_a_kill_is_in_a_report_once(
    tmp_path: Path, broker: RunningBroker, local_broker: RunningBroker
) -> None:
    """Killed in the middle of a slot, and again in the next process's first."""

    def begin(record: str) -> Program:
        words = ["--house", OAK, "--broker", broker.url, "--local-broker", local_broker.url, "--record", record]
        words += ["--speed", "30", "--start", "2018-01-08T05:04:00", "--origin", str(origin_s)]
        return Program(tmp_path, "run", *words, **version_of(broker))

    def read_on(daemon: Program) -> set[tuple[str, int]]:
        """What was heard of the daemon; the keeper has all of it when this returns, for later ones are heard too."""
        daemon.log.wait_for("local: connected")
        bus.heard(SyncedReadings, count=3, since=begun)
        before = captured_on(bus, bus.mark())
        latest_ms = max(taken_ms for _name, taken_ms in before)
        bus.wait(lambda event: any(taken_ms >= latest_ms + 10_000 for _name, taken_ms in readings_of(event)), since=begun)
        return before

    origin_s = time.time()
    with Listener(local_broker) as bus:
        begun = bus.mark()
        with begin("first") as daemon:
            bus.heard(ReportEvent)
            before = read_on(daemon)
            daemon.kill()
        told = [event.message for event in bus.heard(ReportEvent)]
        assert captured_on(bus, bus.mark()) - set(reported_in(told)), "no slot was open"
        begun = bus.mark()
        with begin("second") as daemon:
            before |= read_on(daemon)
            daemon.kill()
        begun = bus.mark()
        with begin("third") as daemon:
            before |= read_on(daemon)
            assert daemon.stop() == 0
    oak = house(OAK)
    with closing(open_outbox(oak, Settings(data_folder=tmp_path / "data"))) as waiting:
        counted = reported_in(everything_in(waiting))
    assert {reading: counted[reading] for reading in before} == dict.fromkeys(before, 1)
    assert set(counted.values()) == {1}
