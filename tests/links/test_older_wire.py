"""Today's wire and the one of 2022, over one connection."""

from pathlib import Path

import pytest

from gw_spaceheat.core.events import Garbled, Received
from gw_spaceheat.links.broker import BrokerKind, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.older_wire import decode_any
from gw_spaceheat.messages.codec import Refusal, encode
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.legacy_types import Power
from gw_spaceheat.messages.power_watts import PowerWatts
from tests.links.conftest import require_mosquitto
from tests.links.mailbox import Mailbox, fast

PING_2023 = (
    b'{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.ping", "MessageId": "17f",'
    b' "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "17f", "TypeName": "gridworks.ping"},'
    b' "TypeName": "gw"}'
)


def test_todays_messages_are_read_as_ever() -> None:
    envelope = decode_any(*encode(PowerWatts(watts=1), src="x.ta.scada", dst="a", message_id="1"))
    assert (envelope.src, envelope.dst, envelope.message_id) == ("x.ta.scada", "a", "1")


@pytest.mark.parametrize(
    "topic", ["gw/hw1-isone-me-demo-ta-scada/gridworks-ping", "hw1-isone-me-demo-ta-scada/gw/gridworks-ping"]
)
def test_envelopes_of_the_winter_after_are_read(topic: str) -> None:
    envelope = decode_any(topic, PING_2023)
    assert envelope.src == "hw1-isone-me-demo-ta-scada"
    assert envelope.message == GridworksPing(message_id="17f")
    assert not envelope.ack_required


@pytest.mark.parametrize("topic", ["", "a", "a/b/c/d/e", "/////", "gw/"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(Refusal):
        decode_any(topic, b"{}")


def test_two_bytes_of_2022_come_through_a_broker(tmp_path: Path) -> None:
    require_mosquitto()
    mailbox = Mailbox()
    with start_broker(tmp_path, BrokerKind.MOSQUITTO) as broker:
        transport = Mqtt(fast(broker.url, "atn", "#"), "uplink", mailbox.post, decoder=decode_any)
        sender_mailbox = Mailbox()
        sender = Mqtt(fast(broker.url, "old"), "uplink", sender_mailbox.post)
        transport.open()
        sender.open()
        try:
            mailbox.expect_link(up=True)
            sender_mailbox.expect_link(up=True)
            sender.publish("x.ta.scada/p", b"\x94\x11\x00", 0)
            sender.publish("x.ta.scada/p", b"\x94\x11", 0)
            received = mailbox.expect(Received)
        finally:
            transport.close()
            sender.close()
    assert received.src == "x.ta.scada"
    assert received.message == Power(watts=4500)
    assert [event.kind for event in mailbox.seen if isinstance(event, Garbled)] == ["wrong-fields"]
