"""Session and transport together, over real brokers that are killed and come back."""

from pathlib import Path

from gw_spaceheat.core.events import Event, Gate, Level, LinkChanged, Note, Received, Send, Started, Stopping, Urgency
from gw_spaceheat.core.link.acknowledge import acknowledgement
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings, State
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_link import REST_MS, MqttLink
from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.gridworks_ping import GridworksPing
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.vocabulary.moment import Moment
from tests.links.mailbox import Host, fast, now

ATN, SCADA = "x", "x.ta.scada"


class Two:
    """The SCADA's and the AtomicTNode's end of an uplink. The AtomicTNode acknowledges whatever wants it."""

    def __init__(self, broker: RunningBroker, ack_timeout_ms: int = 300) -> None:
        self.host = Host()
        self.at_atn: list[int] = []
        self.at_scada: list[Event] = []
        self.scada = self._link("scada", SCADA, "a", f"gw/{ATN}/to/s/#", broker, ack_timeout_ms)
        self.atn = self._link("atn", ATN, "s", "gw/x-ta-scada/to/a/#", broker, ack_timeout_ms)
        self.host.add("scada", self.scada, self.at_scada.append)
        self.host.add("atn", self.atn, self._atn)

    def _link(self, name: str, alias: str, peer: str, topics: str, broker: RunningBroker, ack_timeout_ms: int) -> MqttLink:
        settings = SessionSettings(link="uplink", alias=alias, peer=peer, ack_timeout_ms=ack_timeout_ms)
        transport = Mqtt(
            fast(broker.url, name, topics, version=broker.version), "uplink", lambda event: self.host.post(name, event)
        )
        return MqttLink(Session(settings, MemoryOutbox()), transport)

    def _atn(self, event: Event) -> None:
        if isinstance(event, Received):
            if isinstance(event.message, PowerWatts):
                self.at_atn.append(event.message.watts)
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
        two.host.run_until(lambda: two.both(State.UP))
        two.events(1, 50)
        two.host.run_until(lambda: len(two.at_atn) >= 50 and two.scada.session.waiting == 0)
        assert sorted(set(two.at_atn)) == list(range(1, 51))
        assert LinkChanged("uplink", up=True, reason="") in two.at_scada


def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(kind: BrokerKind, tmp_path: Path) -> None:
    broker = start_broker(tmp_path / "0", kind)
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.UP))
        last = 0
        for restart in range(1, 4):
            two.events(last + 1, last + 20)
            two.host.run_until(lambda: len(two.at_atn) > last)  # noqa: B023 (called before the loop goes on)
            broker.stop()
            two.events(last + 21, last + 40)
            last += 40
            two.host.run_until(lambda: two.both(State.DOWN))
            broker = start_broker(tmp_path / str(restart), kind, broker.port)
            two.host.run_until(lambda: two.both(State.UP))
        two.host.run_until(lambda: two.scada.session.waiting == 0)
        assert set(two.at_atn) == set(range(1, last + 1))
    broker.stop()


def test_what_is_not_to_be_kept_is_not_replayed(kind: BrokerKind, tmp_path: Path) -> None:
    broker = start_broker(tmp_path / "0", kind)
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.UP))
        broker.stop()
        two.host.run_until(lambda: two.both(State.DOWN))
        two.send(PowerWatts(watts=1), Urgency.NOW)
        two.send(PowerWatts(watts=2), Urgency.PLAIN)
        with start_broker(tmp_path / "1", kind, broker.port):
            two.host.run_until(lambda: two.both(State.UP))
            two.events(3, 3)
            two.host.run_until(lambda: bool(two.at_atn) and two.scada.session.waiting == 0)
    assert set(two.at_atn) == {3}
    assert two.scada.session.counts == {"dropped while down": 2}


def test_a_ping_is_answered_by_the_session(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.UP))
        two.send(GridworksPing(message_id="ping-1"), Urgency.PLAIN)
        two.host.run_until(lambda: two.scada.session.counts.get("acknowledged twice") == 1)
        assert two.at_atn == []


class Impossible(PowerWatts, frozen=True, kw_only=True, tag="power.watts"):
    """A message that the other side would refuse."""

    def check(self) -> None:
        raise Malformed("cannot be true")


def test_what_the_peer_would_refuse_every_time_is_given_up_and_told(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.UP))
        two.send(Impossible(watts=1), Urgency.EVENT, "id-1")
        two.events(2, 2)
        two.host.run_until(lambda: two.at_atn == [2] and two.scada.session.waiting == 0)
        assert "uplink: cannot be sent: power.watts: cannot be true; given up" in two.host.notes


def test_a_peer_that_is_not_there_costs_nothing_but_memory(broker: RunningBroker) -> None:
    with Two(broker) as two:
        two.host.run_until(lambda: two.both(State.UP))
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
    link = MqttLink(session, transport, keeper)
    link.handle(LinkChanged("uplink", up=True, reason=""), Moment(0, 0))
    link.handle(Send("uplink", "a", PowerWatts(watts=1), Urgency.EVENT, "id-1"), Moment(0, 0))
    assert session.deadline() == 300 == link.deadline()
    link.wake(Moment(REST_MS, 0))
    assert keeper.rests == 8
