"""Somebody looks at a running house: every device tells its scans, in its own process or not, and nothing more is captured."""

from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.web import Watch, watching
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_look import GwsLook
from gw_spaceheat.messages.gws_scan import GwsScan
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.views.house_values import shown_value
from tests.scenarios.scene import OAK, Gathered, Listener, Program, captured, house, scada, settings_for, version_of

OAK_HOUSE = house(OAK)
MOST_MS = 2000


def look(listener: Listener, for_s: int = 3600) -> None:
    ask = GwsLook(to_g_node_alias=OAK_HOUSE.scada_alias, every_s=1, for_s=for_s)
    listener.say(*encode(ask, src="human-test", dst="s", message_id=""))


def scans(events: list[Event]) -> list[GwsScan]:
    return [event.message for event in events if isinstance(event, Received) and isinstance(event.message, GwsScan)]


def channels_with(source: str) -> set[str]:
    return {channel.name for channel in OAK_HOUSE.channels.values() if channel.captured_by == source}


def test_every_channel_is_told_and_no_promise_is_longer_than_two_seconds(tmp_path: Path, broker: RunningBroker) -> None:
    request = LocalRequest(house=OAK_HOUSE, nodes=None, uplink_url=broker.url, local_url=broker.url)
    with Listener(broker) as listener, scada(request, settings_for(broker, tmp_path), SystemClock()):
        listener.wait(lambda event: bool(captured(event)), count=5)
        assert scans(listener.all) == [], "nobody looks"
        look(listener)
        everything = set(OAK_HOUSE.channels)
        told: set[str] = set()

        def is_last(event: Event) -> bool:
            told.update(name for scan in scans([event]) for name in scan.channel_name_list)
            return told >= everything

        listener.wait(is_last)
        since = listener.mark()
        listener.wait(lambda event: bool(scans([event])), count=20, since=since)
        told_now = scans(listener.all)
        assert max(scan.due_unix_ms - scan.scada_read_time_unix_ms for scan in told_now) <= MOST_MS
        assert not any(scan.missing_list for scan in told_now)


def test_a_meter_in_a_process_of_its_own_tells_too(tmp_path: Path, broker: RunningBroker) -> None:
    words = ["--house", OAK, "--broker", broker.url, "--local-broker", broker.url]
    here = ("a.s", "a.hp.relay")
    request = LocalRequest(house=OAK_HOUSE, nodes=here, uplink_url=broker.url, local_url=broker.url)
    with (
        Listener(broker) as listener,
        scada(request, settings_for(broker, tmp_path), SystemClock()),
        Program(tmp_path / "meter", "try", "--actors", "a.m", *words, **version_of(broker)) as meter,
    ):
        meter.log.wait_for("local: connected")
        listener.wait(lambda event: bool(captured(event)) and isinstance(event, Received) and event.src == "a-m")
        look(listener)
        listener.heard(GwsScan, "a-hp-relay")
        (first, *_) = listener.heard(GwsScan, "a-m", count=2)
        assert isinstance(first.message, GwsScan)
        assert set(first.message.channel_name_list) == channels_with("a.m")


def shown(watch: Watch, clock: SystemClock, channel: str) -> tuple[HouseNow | None, bool]:
    now = watch.house(OAK)
    return now, shown_value(OAK_HOUSE, now, channel, clock.now().wall_ms).is_stale


@pytest.mark.parametrize("channel", ["a-buffer-depth1"])
def test_whoever_watches_asks_and_sees_what_is_read(tmp_path: Path, broker: RunningBroker, channel: str) -> None:
    settings, clock = settings_for(broker, tmp_path), SystemClock()
    request = LocalRequest(house=OAK_HOUSE, nodes=None, uplink_url=broker.url, local_url=broker.url)
    with (
        Listener(broker) as listener,
        scada(request, settings, clock),
        watching(settings, None, broker.url, OAK, clock) as watch,
    ):
        listener.wait(lambda event: bool(captured(event)), count=5)
        times: Gathered[int] = Gathered()

        def sees(_event: Event) -> bool:
            """Looks again whenever anything comes, as a page does each second."""
            watch.look(OAK_HOUSE)
            now, is_stale = shown(watch, clock, channel)
            scan = None if now is None else now.scans.get(channel)
            if scan is not None and not is_stale and scan.at_ms not in times.all:
                times.add(scan.at_ms)
            return len(times.all) >= 3

        watch.look(OAK_HOUSE)
        listener.wait(sees)
        captures = {
            event.message.scada_read_time_unix_ms
            for event in listener.all
            if isinstance(event, Received) and isinstance(event.message, SyncedReadings) and channel in dict(captured(event))
        }
        assert len(captures) <= 2, "a channel that is captured each five minutes is not captured more often for being shown"
