"""Neighbourhoods of houses with their devices. Whatever has a number keeps it; no number is given twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from gw_spaceheat.core.supervision.devices import OWN_STALE_AFTER_MS, STALE_AFTER_MS, Consumer, Heard, Supplier
from gw_spaceheat.messages.supervision import WHOLE_HOUSE, Kind

USUAL_VOLTAGE_V = 230.0
MOST_HOUSES = 2_000
MOST_DEVICES = 200
"""In a house, of a kind."""
MOST_NEIGHBOURHOODS = 100
MOST_NAME = 60


class Unknown(LookupError):
    """There is no such thing; the text says which there are."""


class TooMany(ValueError):
    """More than the server keeps; the text says how many it does."""


class Totals(NamedTuple):
    """What a house or a neighbourhood draws and gives, of the devices that are heard.

    Attributes:
        current_a: Drawn by all consumers [A].
        power_w: The same [W], at the house's voltage.
        pv_current_a, pv_w: Given by panels [A], [W].
        load_w: Fed by suppliers to their loads [W].
        battery_w: At the batteries [W], as the devices sign it.
        heard: How many devices are heard.
        silent: How many are not, and are missing from the sums.
    """

    current_a: float = 0.0
    power_w: float = 0.0
    pv_current_a: float = 0.0
    pv_w: float = 0.0
    load_w: float = 0.0
    battery_w: float = 0.0
    heard: int = 0
    silent: int = 0

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(
            self.current_a + other.current_a,
            self.power_w + other.power_w,
            self.pv_current_a + other.pv_current_a,
            self.pv_w + other.pv_w,
            self.load_w + other.load_w,
            self.battery_w + other.battery_w,
            self.heard + other.heard,
            self.silent + other.silent,
        )


@dataclass(slots=True)
class House:
    """A house.

    Attributes:
        number: Its number in its neighbourhood.
        name: For people.
        alias: Of one that has its own SCADA; empty for others.
        voltage_v: By which currents are turned into power [V].
        consumers, suppliers: By their numbers.
        next_consumer, next_supplier: The numbers that are given next.
        whole: What the house's own meter shows, as consumer 0; it counts only where no consumer is registered.
    """

    number: int
    name: str = ""
    alias: str = ""
    voltage_v: float = USUAL_VOLTAGE_V
    consumers: dict[int, Consumer] = field(default_factory=dict)
    suppliers: dict[int, Supplier] = field(default_factory=dict)
    next_consumer: int = 1
    next_supplier: int = 1
    whole: Consumer = field(default_factory=lambda: Consumer(WHOLE_HOUSE, "whole house"))

    def add_consumer(self, name: str) -> Consumer:
        """A new consumer; raises TooMany."""
        _require_room(len(self.consumers), MOST_DEVICES, "consumers in a house")
        made = self.consumers[self.next_consumer] = Consumer(self.next_consumer, name, heard=self.new_heard())
        self.next_consumer += 1
        return made

    def add_supplier(self, name: str) -> Supplier:
        """A new supplier; raises TooMany."""
        _require_room(len(self.suppliers), MOST_DEVICES, "suppliers in a house")
        made = self.suppliers[self.next_supplier] = Supplier(self.next_supplier, name, heard=self.new_heard())
        self.next_supplier += 1
        return made

    def new_heard(self) -> Heard:
        """For a device that was never heard, with the patience for one of this house."""
        return Heard(patience_ms=OWN_STALE_AFTER_MS if self.alias else STALE_AFTER_MS)

    def device(self, kind: Kind, number: int) -> Consumer | Supplier:
        """A device of this house; raises Unknown."""
        devices: dict[int, Consumer] | dict[int, Supplier] = self.consumers if kind is Kind.CONSUMER else self.suppliers
        found = devices.get(number)
        if found is None:
            raise Unknown(f"house {self.number} has no {kind.lower()} {number}; {_those(devices, f'{kind.lower()}s')}")
        return found

    def devices(self) -> Iterator[tuple[Kind, Consumer | Supplier]]:
        """All of them."""
        yield from ((Kind.CONSUMER, consumer) for consumer in self.consumers.values())
        yield from ((Kind.SUPPLIER, supplier) for supplier in self.suppliers.values())

    def totals(self, now_ms: int) -> Totals:
        """What it draws and gives at a time, UTC [ms]; what is not heard is not zero, but missing."""
        current_a = pv_a = pv_w = load_w = battery_w = 0.0
        heard = silent = 0
        for consumer in self.consumers.values():
            if not consumer.heard.fresh(now_ms):
                silent += 1
                continue
            heard += 1
            current_a += consumer.current.last
        if not self.consumers and self.whole.heard.fresh(now_ms):
            heard += 1
            current_a = self.whole.current.last
        for supplier in self.suppliers.values():
            if not supplier.heard.fresh(now_ms):
                silent += 1
                continue
            heard += 1
            pv_a += supplier.last("pvcurrent") or 0.0
            pv_w += supplier.power_w("pv") or 0.0
            load_w += supplier.power_w("l") or 0.0
            battery_w += supplier.power_w("b") or 0.0
        return Totals(current_a, current_a * self.voltage_v, pv_a, pv_w, load_w, battery_w, heard, silent)


@dataclass(slots=True)
class Neighbourhood:
    """Houses.

    Attributes:
        number: Its number.
        houses: By their numbers.
        next_house: The number that is given next.
    """

    number: int
    houses: dict[int, House] = field(default_factory=dict)
    next_house: int = 1

    def add_house(self, name: str = "", alias: str = "") -> House:
        """A new house; raises TooMany."""
        _require_room(len(self.houses), MOST_HOUSES, "houses in a neighbourhood")
        made = self.houses[self.next_house] = House(self.next_house, name, alias)
        self.next_house += 1
        return made

    def own_house(self, alias: str) -> House | None:
        """The house of a SCADA; None if it is not there."""
        return next((house for house in self.houses.values() if house.alias == alias), None)

    def house(self, number: int) -> House:
        """A house; raises Unknown."""
        found = self.houses.get(number)
        if found is None:
            raise Unknown(f"neighbourhood {self.number} has no house {number}; {_those(self.houses, 'houses')}")
        return found

    def totals(self, now_ms: int) -> Totals:
        """What all of them draw and give."""
        total = Totals()
        for house in self.houses.values():
            total = total.plus(house.totals(now_ms))
        return total


@dataclass(slots=True)
class Town:
    """All neighbourhoods of a server."""

    neighbourhoods: dict[int, Neighbourhood] = field(default_factory=dict)

    def house(self, neighbourhood: int, house: int) -> House:
        """A house; raises Unknown."""
        found = self.neighbourhoods.get(neighbourhood)
        if found is None:
            raise Unknown(f"there is no neighbourhood {neighbourhood}; {_those(self.neighbourhoods, 'neighbourhoods')}")
        return found.house(house)

    def neighbourhood(self, number: int) -> Neighbourhood:
        """A neighbourhood, which is made if it is not there; raises TooMany."""
        found = self.neighbourhoods.get(number)
        if found is None:
            _require_room(len(self.neighbourhoods), MOST_NEIGHBOURHOODS, "neighbourhoods")
            found = self.neighbourhoods[number] = Neighbourhood(number)
        return found


def _require_room(count: int, most: int, what: str) -> None:
    if count >= most:
        raise TooMany(f"there may be {most} {what}, and they are there")


def _those(numbered: dict[int, House] | dict[int, Consumer] | dict[int, Supplier] | dict[int, Neighbourhood], what: str) -> str:
    """Which there are, in words; of many only the first and the last."""
    numbers = sorted(numbered)
    if not numbers:
        return f"there are no {what}"
    if len(numbers) > 12:
        return f"{what} go from {numbers[0]} to {numbers[-1]}"
    return f"{what} are {', '.join(map(str, numbers))}"
