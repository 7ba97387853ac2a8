"""The actor of simulated devices: each second they say on the broker what real ones would, and obey their switches."""

from collections.abc import Sequence

import msgspec

from gw_spaceheat.core.events import DemoHouse, DemoHouses, Event, PlainReceived, Started, Stopping
from gw_spaceheat.core.supervision.calibration import USUAL
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.messages.supervision import ROOT, TIME_KEY, Kind, Rejected, set_topic, switch_state
from gw_spaceheat.plant.demo_house import DemoHome
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

SAY_EVERY_MS = SECOND_MS
SWITCH_TOPICS = (f"{ROOT}/+/House/+/Consumer/+/set", f"{ROOT}/+/House/+/Supplier/+/booleanLoad")


class DemoDevices:
    """Lives through the days of the houses that it was told of."""

    def __init__(self, transport: Mqtt) -> None:
        """Remember the devices' own connection; it is opened with the first house and closed at the stop."""
        self._transport = transport
        self._houses: dict[tuple[int, int], tuple[DemoHouse, DemoHome]] = {}
        self._due_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Which houses there are; and switches."""
        if isinstance(event, DemoHouses):
            self._become(event, now)
        elif isinstance(event, PlainReceived):
            self._switch(event)
        elif isinstance(event, Stopping):
            self._transport.close()
        elif isinstance(event, Started):
            self._due_mono_ms = None
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """Say what is drawn and given now."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        self._due_mono_ms = now.mono_ms + SAY_EVERY_MS
        for place, (house, home) in self._houses.items():
            home.step(now.wall_ms)
            time_s = now.wall_ms / 1000.0
            root = f"{ROOT}/{place[0]}/House/{place[1]}"
            shown = {str(number): USUAL.shown(home.current_a(number)) for number, _ in house.consumers}
            self._say(f"{root}/{Kind.CONSUMER}", {**shown, TIME_KEY: time_s})
            self._say(f"{root}/{Kind.SUPPLIER}", {**{str(each): home.supplier() for each in house.suppliers}, TIME_KEY: time_s})
        return ()

    def deadline(self) -> int | None:
        """When it speaks next [mono ms]."""
        return self._due_mono_ms

    def _become(self, told: DemoHouses, now: Moment) -> None:
        before = self._houses
        self._houses = {}
        for house in told.houses:
            place = (house.neighbourhood, house.house)
            home = before[place][1] if place in before else DemoHome(seed=house.neighbourhood * 10_007 + house.house)
            home.names = dict(house.consumers)
            self._houses[place] = (house, home)
        if self._houses:
            self._transport.open()
        self._due_mono_ms = now.mono_ms if self._houses else None

    def _switch(self, event: PlainReceived) -> None:
        """Obey, and tell the new state; what was kept by the broker is too old to be obeyed."""
        try:
            on = switch_state(event.payload)
        except Rejected:
            return
        for place, (house, home) in self._houses.items():
            for number, _ in house.consumers:
                if event.topic == set_topic(*place, Kind.CONSUMER, number) and not event.kept:
                    home.on[number] = on
                    self._echo(event.topic, on=on)
            for number in house.suppliers:
                if event.topic == set_topic(*place, Kind.SUPPLIER, number) and not event.kept:
                    home.supplier_on = on
                    self._echo(event.topic, on=on)

    def _echo(self, topic: str, *, on: bool) -> None:
        self._transport.publish(f"{topic.rpartition('/')[0]}/state", b"1" if on else b"0", 1)

    def _say(self, topic: str, what: object) -> None:
        self._transport.publish(topic, msgspec.json.encode(what), 0)
