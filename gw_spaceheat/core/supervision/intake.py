"""Takes in what devices say; whatever cannot be taken is counted by its reason, and harms nothing."""

from collections import Counter

from gw_spaceheat.core.supervision.devices import Consumer, Supplier
from gw_spaceheat.core.supervision.houses import House, Town
from gw_spaceheat.messages.supervision import (
    WHOLE_HOUSE,
    Kind,
    Reason,
    Rejected,
    consumer_report,
    device_topic,
    supplier_report,
    switch_state,
)

Place = tuple[int, int]
"""Numbers of a neighbourhood and of a house in it."""


class Intake:
    """Between the wire and the houses.

    A message of the right form is taken in whole, but for devices that nobody has registered, and for those whose word is older
    than what is known of them; of any other nothing is taken in.

    Attributes:
        town: Where it goes.
        changed: Houses of which something came since somebody emptied this.
        confirmed: Devices whose switch has changed its standing, likewise.
        taken: How many readings of devices were taken in.
        rejected: How many messages, or readings of one device, were not, by reason.
    """

    def __init__(self, town: Town) -> None:
        """Nothing came yet."""
        self.town = town
        self.changed: set[Place] = set()
        self.confirmed: list[tuple[Place, Kind, Consumer | Supplier]] = []
        self.taken = 0
        self.rejected: Counter[Reason] = Counter()

    def take(self, topic: str, payload: bytes, now_ms: int, *, kept: bool = False) -> Reason | None:
        """Take a message in.

        Args:
            topic: Where it came from.
            payload: What it says.
            now_ms: Time of the server, UTC [ms].
            kept: The broker had kept it; without the device's own time nobody knows how old it is, and it is not taken.

        Returns:
            Why it was rejected as a whole; None if it was taken.
        """
        try:
            self._take(topic, payload, now_ms, kept=kept)
        except Rejected as rejected:
            self.rejected[rejected.reason] += 1
            return rejected.reason
        return None

    def _take(self, topic: str, payload: bytes, now_ms: int, *, kept: bool) -> None:
        where = device_topic(topic)
        neighbourhood = self.town.neighbourhoods.get(where.neighbourhood)
        house = None if neighbourhood is None else neighbourhood.houses.get(where.house)
        if house is None:
            raise Rejected(Reason.UNKNOWN_HOUSE)
        place = (where.neighbourhood, where.house)
        if where.device is not None:
            self._echo(place, house, where.kind, where.device, switch_state(payload), kept=kept)
        elif where.kind is Kind.CONSUMER:
            self._consumers(place, house, payload, now_ms, kept=kept)
        else:
            self._suppliers(place, house, payload, now_ms, kept=kept)

    def _consumers(self, place: Place, house: House, payload: bytes, now_ms: int, *, kept: bool) -> None:
        readings, device_ms = consumer_report(payload)
        taken_ms = _taken_ms(now_ms, device_ms, kept=kept)
        self.changed.add(place)
        for number, raw in readings.items():
            consumer = house.whole if number == WHOLE_HOUSE else house.consumers.get(number)
            if consumer is None:
                self.rejected[Reason.UNKNOWN_DEVICE] += 1
            elif not consumer.heard.accept(taken_ms, device_ms):
                self.rejected[Reason.OLD] += 1
            else:
                consumer.take(raw, taken_ms)
                self.taken += 1
                if consumer.switch.see(consumer.current.last != 0.0):
                    self.confirmed.append((place, Kind.CONSUMER, consumer))

    def _suppliers(self, place: Place, house: House, payload: bytes, now_ms: int, *, kept: bool) -> None:
        readings, device_ms = supplier_report(payload)
        taken_ms = _taken_ms(now_ms, device_ms, kept=kept)
        self.changed.add(place)
        for number, reading in readings.items():
            supplier = house.suppliers.get(number)
            if supplier is None:
                self.rejected[Reason.UNKNOWN_DEVICE] += 1
            elif not supplier.heard.accept(taken_ms, device_ms):
                self.rejected[Reason.OLD] += 1
            else:
                supplier.take(reading, taken_ms)
                self.taken += 1
                if reading.lcurrent is not None and supplier.switch.see(reading.lcurrent != 0.0):
                    self.confirmed.append((place, Kind.SUPPLIER, supplier))

    def _echo(self, place: Place, house: House, kind: Kind, number: int, on: bool, *, kept: bool) -> None:
        devices: dict[int, Consumer] | dict[int, Supplier] = house.consumers if kind is Kind.CONSUMER else house.suppliers
        device = devices.get(number)
        if device is None:
            raise Rejected(Reason.UNKNOWN_DEVICE)
        self.changed.add(place)
        if kept:  # it may be older than the command
            device.switch.told = on
        elif device.switch.hear(on):
            self.confirmed.append((place, kind, device))


def _taken_ms(now_ms: int, device_ms: int | None, *, kept: bool) -> int:
    """As of when a reading counts, by the server's clock, UTC [ms]; raises Rejected."""
    if not kept:
        return now_ms
    if device_ms is None:
        raise Rejected(Reason.OLD, "the broker kept it for us; it may be of any age")
    return min(now_ms, device_ms)
