"""Session and transport together, over real brokers that are killed and come back."""

from dataclasses import replace
from pathlib import Path

from gw_spaceheat.apps.chaos.proxy import Proxy
from gw_spaceheat.core.events import (
    Event,
    Gate,
    Level,
    LinkChanged,
    LinkConnected,
    Note,
    Received,
    Send,
    Started,
    Stopping,
    Urgency,
)
from gw_spaceheat.core.link.acknowledge import acknowledgement
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.states import State
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_link import REST_MS, MqttLink
from gw_spaceheat.links.mqtt_settings import MqttVersion
from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from tests.links.conftest import require_mosquitto
from tests.links.mailbox import Host, fast, now

ATN, SCADA = "x", "x.ta.scada"


class Two:
    """The SCADA's and the AtomicTNode's end of an uplink. The AtomicTNode acknowledges whatever wants it."""

    def __init__(
        self, broker: RunningBroker, ack_timeout_ms: int = 300, silence_ms: int = MINUTE_MS, scada_url: str = ""
    ) -> None:
        self.silence_ms = silence_ms
        self.host = Host()
        self.at_atn: list[int] = []
        self.events_at_atn: list[str] = []
        self.at_scada: list[Event] = []
        settings = SessionSettings(
            link="uplink", alias=SCADA, peer="a", ack_timeout_ms=ack_timeout_ms, silence_ms=silence_ms, tells_peer=True
        )
        self.scada = self._link("scada", settings, f"gw/{ATN}/to/s/#", scada_url or broker.url, broker.version)
        settings = replace(settings, alias=ATN, peer="s", tells_peer=False)
        self.atn = self._link("atn", settings, "gw/x-ta-scada/to/a/#", broker.url, broker.version)
        self.host.add("scada", self.scada, self.at_scada.append)
        self.host.add("atn", self.atn, self._atn)

    def _link(self, name: str, settings: SessionSettings, topics: str, url: str, version: MqttVersion) -> MqttLink:
        how = replace(fast(url, name, topics, version=version), answer_timeout_s=0.5, setup_timeout_s=0.5)
        transport = Mqtt(how, "uplink", lambda event: self.host.post(name, event))
        return MqttLink(Session(settings, MemoryOutbox(), IdSource(name.encode())), transport)

    def _atn(self, event: Event) -> None:
        if isinstance(event, Received):
            if isinstance(event.message, PowerWatts):
                self.at_atn.append(event.message.watts)
            else:
                self.events_at_atn.append(event.message.type_name().removeprefix("gridworks.event.comm."))
            if event.ack_required:
                self.host.post("atn", acknowledgement(event, "s"))

    def __enter__(self) -> "Two":
        for name in ("scada", "atn"):
            self.host.post(name, Started())
        return self

    def __exit__(self, *_: object) -> None:
        for link in (self.scada, self.atn):
            link.handle(Stopping(), now())

    def send(self, message: Message, urgency: Urgency, message_id: str = "") -> None:
        self.host.post("scada", Send("uplink", "a", message, urgency, message_id))

    def events(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.send(PowerWatts(watts=number), Urgency.EVENT, f"id-{number}")

    def both(self, state: State) -> bool:
        return self.scada.session.state is state and self.atn.session.state is state


def test_events_travel_and_are_acknowledged(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        two.events(1, 50)
        two.host.run_until(lambda: len(two.at_atn) >= 50 and two.scada.session.waiting == 0)
        assert sorted(set(two.at_atn)) == list(range(1, 51))
        assert LinkChanged("uplink", up=True, reason="") in two.at_scada


def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(kind: BrokerKind, tmp_path: Path) -> None:
    broker = start_broker(tmp_path / "0", kind)
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        last = 0
        for restart in range(1, 4):
            two.events(last + 1, last + 20)
            two.host.run_until(lambda: len(two.at_atn) > last)  # noqa: B023 (called before the loop goes on)
            broker.stop()
            two.events(last + 21, last + 40)
            last += 40
            two.host.run_until(lambda: two.both(State.CONNECTING))
            broker = start_broker(tmp_path / str(restart), kind, broker.port)
            two.host.run_until(lambda: two.both(State.ACTIVE))
        two.host.run_until(lambda: two.scada.session.waiting == 0)
        assert set(two.at_atn) == set(range(1, last + 1))
    broker.stop()


def test_what_is_not_to_be_kept_is_not_replayed(kind: BrokerKind, tmp_path: Path) -> None:
    broker = start_broker(tmp_path / "0", kind)
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        broker.stop()
        two.host.run_until(lambda: two.both(State.CONNECTING))
        two.send(PowerWatts(watts=1), Urgency.NOW)
        two.send(PowerWatts(watts=2), Urgency.PLAIN)
        with start_broker(tmp_path / "1", kind, broker.port):
            two.host.run_until(lambda: two.both(State.ACTIVE))
            two.events(3, 3)
            two.host.run_until(lambda: bool(two.at_atn) and two.scada.session.waiting == 0)
    assert set(two.at_atn) == {3}
    assert two.scada.session.counts == {"dropped while down": 2}


def test_a_ping_is_answered_by_the_session(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        two.send(GridworksPing(message_id="ping-1"), Urgency.PLAIN)
        two.host.run_until(lambda: two.scada.session.counts.get("acknowledged twice") == 1)
        assert two.at_atn == []


def test_a_line_that_has_died_silently_is_found_on_both_sides_and_the_link_comes_back(tmp_path: Path) -> None:
    require_mosquitto()
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as broker, Proxy(broker.port) as proxy:
        two = Two(broker, silence_ms=400, scada_url=f"mqtt://127.0.0.1:{proxy.port}")
        with two:
            two.host.run_until(lambda: two.both(State.ACTIVE))
            two.events(1, 1)
            two.host.run_until(lambda: two.scada.session.waiting == 0)
            two.at_scada.clear()
            proxy.swallow(new_ones=True)
            two.host.run_until(lambda: two.atn.session.state is State.AWAITING_PEER)
            two.host.run_until(lambda: two.scada.session.state is State.CONNECTING)
            assert [event.up for event in two.at_scada if isinstance(event, LinkChanged)] == [False]
            two.events(2, 2)
            proxy.heal()
            two.host.run_until(lambda: two.both(State.ACTIVE) and two.scada.session.waiting == 0)
    assert set(two.at_atn) == {1, 2}
    assert {"mqtt.connect", "mqtt.fully.subscribed", "peer.active", "mqtt.disconnect"} <= set(two.events_at_atn)


class Impossible(PowerWatts, frozen=True, kw_only=True, tag="power.watts"):
    """A message that the other side would refuse."""

    def check(self) -> None:
        raise Malformed("cannot be true")


def test_what_the_peer_would_refuse_every_time_is_given_up_and_told(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        two.send(Impossible(watts=1), Urgency.EVENT, "id-1")
        two.events(2, 2)
        two.host.run_until(lambda: two.at_atn == [2] and two.scada.session.waiting == 0)
        assert "uplink: cannot be sent: power.watts: cannot be true; given up" in two.host.notes


def test_a_peer_that_is_not_there_costs_nothing_but_memory(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.ACTIVE))
        two.host.post("atn", Stopping())
        two.events(1, 3)
        two.host.run_until(lambda: two.scada.session.waiting == 3)
        assert two.scada.session.counts == {}
        assert two.scada.deadline() is not None


class Failing:
    """An outbox whose disk fails for some rests."""

    def __init__(self, rests: int) -> None:
        self.rests = rests
        self.said = ["the disk is full"]

    @property
    def wants_rest(self) -> bool:
        return self.rests > 0

    def rest(self) -> None:
        self.rests -= 1
        if not self.rests:
            self.said.append("there is room again")

    def troubles(self) -> list[str]:
        said, self.said = self.said, []
        return said


def test_what_becomes_of_the_outbox_is_told_and_it_is_let_rest_now_and_then() -> None:
    keeper = Failing(2)
    transport = Mqtt(fast("mqtt://127.0.0.1:9", "x", "gw/#"), "uplink", lambda _event: None)
    link = MqttLink(Session(SessionSettings(link="uplink", alias=SCADA), MemoryOutbox()), transport, keeper)
    assert link.deadline() is None
    told = link.handle(Gate("uplink", is_open=True), Moment(1000, 0))
    assert told == [Note(Level.WARNING, "uplink: the disk is full")]
    assert link.deadline() == 1000 + REST_MS
    assert link.wake(Moment(1000 + REST_MS - 1, 0)) == []
    assert keeper.rests == 2
    assert link.wake(Moment(1000 + REST_MS, 0)) == []
    assert (keeper.rests, link.deadline()) == (1, 1000 + 2 * REST_MS)
    assert link.wake(Moment(1000 + 2 * REST_MS, 0)) == [Note(Level.WARNING, "uplink: there is room again")]
    assert link.deadline() is None


def test_a_rest_does_not_hide_that_something_is_to_be_sent_again() -> None:
    keeper = Failing(9)
    transport = Mqtt(fast("mqtt://127.0.0.1:9", "x", "gw/#"), "uplink", lambda _event: None)
    session = Session(SessionSettings(link="uplink", alias=SCADA, ack_timeout_ms=300), MemoryOutbox())
    session.handle(Started(), Moment(0, 0))  # not by the link, which would connect
    link = MqttLink(session, transport, keeper)
    link.handle(LinkConnected("uplink"), Moment(0, 0))
    link.handle(LinkChanged("uplink", up=True, reason=""), Moment(0, 0))
    link.handle(Send("uplink", "a", PowerWatts(watts=1), Urgency.EVENT, "id-1"), Moment(0, 0))
    assert session.deadline() == 300 == link.deadline()
    link.wake(Moment(REST_MS, 0))
    assert keeper.rests == 8
