"""A SCADA reduced to its uplink: numbers its reports, sends them, and sends them again until they are acknowledged."""

from dataclasses import replace

from gw_spaceheat.core.events import Event, Gate, Received, Send, Urgency
from gw_spaceheat.core.link.outbox import MemoryOutbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.links.broker import RunningBroker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_link import MqttLink
from gw_spaceheat.links.mqtt_settings import MqttSettings
from gw_spaceheat.messages.gridworks_ack import GridworksAck
from gw_spaceheat.runtime.clock import PacedClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment
from tests.heard import MIDNIGHT_MS, report_event, uuid
from tests.scenarios.scene import Gathered

STREAM = "5ca1ab1e"
SPEED = 50.0
"""Its clock runs so much faster: what is not acknowledged is sent again after a tenth of a second."""
LINK = "uplink"


class NamedOutbox(MemoryOutbox):
    """One whose numbers are told."""

    stream = STREAM


class _Watched:
    """The link's actor, and what its peer has acknowledged."""

    def __init__(self, link: MqttLink) -> None:
        self._link = link
        self._kept: set[str] = set()
        self.acknowledged: Gathered[str] = Gathered()

    def handle(self, event: Event, now: Moment) -> list[Event]:
        if isinstance(event, Send):
            self._kept.add(event.message_id)
        effects = self._link.handle(event, now)
        if isinstance(event, Received) and isinstance(event.message, GridworksAck):
            message_id = event.message.ack_message_id
            if message_id in self._kept:  # else it answers the link's question whether its peer is there
                self.acknowledged.add(message_id)
        return effects

    def wake(self, now: Moment) -> list[Event]:
        return self._link.wake(now)

    def deadline(self) -> int | None:
        return self._link.deadline()


class NumberedScada:
    """Runs in this process, in a context."""

    def __init__(self, broker: RunningBroker, house: str, in_flight: int = 50) -> None:
        alias = f"{house}.ta.scada"
        dashed = alias.replace(".", "-")
        transport = MqttSettings.from_url(
            broker.url,
            client_id=dashed,
            subscriptions=(f"gw/{house.replace('.', '-')}/to/s/#",),
            version=broker.version,
        )
        transport = replace(transport, first_pause_s=0.02, longest_pause_s=0.2)
        outbox = NamedOutbox(most_entries=100_000)
        settings = SessionSettings(link=LINK, alias=alias, peer="a", in_flight=in_flight)
        link = MqttLink(Session(settings, outbox), Mqtt(transport, LINK, lambda event: self._runtime.post(LINK, event)))
        self._watched = _Watched(link)
        clock = PacedClock(SPEED, MIDNIGHT_MS)
        self._runtime = ThreadedRuntime(clock, lambda _source, _event: (), [Hosted(LINK, self._watched)])
        self._last = 0
        self._mark = 0

    def __enter__(self) -> "NumberedScada":
        self._runtime.start()
        self._runtime.post(LINK, Gate(LINK, is_open=True))
        return self

    def __exit__(self, *_: object) -> None:
        self._runtime.stop()

    @property
    def sent(self) -> int:
        return self._last

    def send(self, count: int) -> None:
        """So many more reports; number n has a reading of channel "a", taken n seconds after midnight, with value n."""
        self._mark = self._watched.acknowledged.mark()
        for number in range(self._last + 1, self._last + count + 1):
            message = report_event(number, {"a": [(MIDNIGHT_MS + 1000 * number, number)]})
            self._runtime.post(LINK, Send(LINK, "a", message, Urgency.EVENT, uuid(number)))
        self._last += count

    @property
    def acknowledged(self) -> set[str]:
        """Identifiers of what was acknowledged so far."""
        return set(self._watched.acknowledged.all)

    def wait_for_acknowledgements(self, count: int) -> None:
        """Until so many came since `send` was last called."""
        self._watched.acknowledged.wait(lambda _identifier: True, count, since=self._mark)

    def wait_until_all_are_acknowledged(self) -> None:
        expected = {uuid(number) for number in range(1, self._last + 1)}
        seen: set[str] = set()

        def is_the_last(identifier: str) -> bool:
            seen.add(identifier)
            return seen >= expected

        self._watched.acknowledged.wait(is_the_last)
