"""What waits for the AtomicTNode is there when the SCADA is started again, and is sent then."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.apps.local import LocalRequest
from gw_spaceheat.apps.outboxes import open_outbox
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gridworks_event_startup import GridworksEventStartup
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from tests.scenarios.scene import OAK, START_MS, Listener, atn, house, scada, settings_for
from tests.stores.sends import NOW_MS, send, walked


def acknowledges(event: Event, message_id: str) -> bool:
    """Whether it is the acknowledgement of this message."""
    return isinstance(event, Received) and getattr(event.message, "ack_message_id", "") == message_id


def test_each_house_has_its_own(tmp_path: Path) -> None:
    settings, oak = Settings(data_folder=tmp_path), house(OAK)
    other = replace(oak, alias="dw1.other")
    with closing(open_outbox(oak, settings)) as outbox, closing(open_outbox(other, settings)):
        assert outbox.folder == tmp_path / "outbox" / OAK
        assert (outbox.folder / "outbox.db").exists()
        with pytest.raises(StoreBusyError, match="stop it first"):
            open_outbox(oak, settings)


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no alias"):
        open_outbox(replace(house(OAK), alias="../x"), Settings(data_folder=tmp_path))


def test_the_settings_say_how_much_may_wait(tmp_path: Path) -> None:
    with closing(open_outbox(house(OAK), Settings(data_folder=tmp_path, outbox_mb=1))) as outbox:
        given_up = [gone for number in range(11) for gone in outbox.put(send(number, length=99_000), NOW_MS)]
        assert [gone.message_id for gone in given_up] == ["id-0"]


def test_what_waited_is_sent_by_the_next_process(tmp_path: Path) -> None:
    oak, clock = house(OAK), PacedClock(60.0, START_MS)
    with start_broker(tmp_path / "broker") as broker:
        settings = settings_for(broker, tmp_path)
        alone = LocalRequest(house=oak, nodes=None, uplink_url="mqtt://127.0.0.1:9", local_url=None)
        with scada(alone, settings, clock) as running:
            running.log.wait_for("uplink: not connected")
        with closing(open_outbox(oak, settings)) as outbox:
            waiting = walked(outbox)
            first = outbox.after(0)
            assert first is not None
            assert isinstance(first.send.message, GridworksEventStartup)
            stream = outbox.stream
        with Listener(broker) as listener, atn(oak, broker.url, settings, clock) as cloud:
            cloud.log.wait_for("uplink: connected")
            with scada(replace(alone, uplink_url=broker.url), settings, clock) as running:
                (again,) = listener.wait(lambda event: isinstance(event, Received) and event.message_id == waiting[0])[:1]
                assert isinstance(again, Received)
                assert (again.stream, again.sequence) == (stream, first.sequence)
                assert "waiting to be sent" in running.log.wait_for("uplink: connected")[0]
                listener.wait(lambda event: acknowledges(event, waiting[0]))
                ping = GridworksPing(message_id="ping")
                listener.say(*encode(ping, src=oak.alias, dst="s", message_id="ping"))
                listener.wait(lambda event: acknowledges(event, "ping"))  # so it has heard the acknowledgement as well
        with closing(open_outbox(oak, settings)) as outbox:
            assert outbox.find(waiting[0]) is None
