"""Processes are stopped, brokers come late, go and come back; nothing that matters is lost on the way."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.messages.gridworks_event_shutdown import GridworksEventShutdown
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import PacedClock, SystemClock
from gw_spaceheat.stores import query
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
            daemon.log.wait_for("uplink: connected; 1 messages are waiting")
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

                    listener.wait(made_since)
                    running.stop()
                    wait_until_it_has_heard(listening, listener)
                    listening.stop()
    sent = reports_sent(record)
    assert sum(dead_ms <= event.time_created_ms < back_ms for event in sent) >= 2
    assert len(sent) >= 4
    assert_kept_once(sent, folder, OAK)
