"""Houses and their statistics for the disk and for a server that takes over, and back."""

from collections.abc import Mapping

import msgspec

from gw_spaceheat.core.supervision.calibration import USUAL_DEAD_BAND_A, USUAL_POINTS, Calibration
from gw_spaceheat.core.supervision.devices import Consumer, Supplier
from gw_spaceheat.core.supervision.houses import USUAL_VOLTAGE_V, House, Neighbourhood, Town
from gw_spaceheat.core.supervision.statistics import KeptStatistics
from gw_spaceheat.core.supervision.switch import KeptSwitch
from gw_spaceheat.messages.supervision import Kind


class KeptConsumer(msgspec.Struct, frozen=True):
    """A consumer."""

    number: int
    name: str = ""
    points: tuple[tuple[float, float], ...] = USUAL_POINTS
    dead_band_a: float = USUAL_DEAD_BAND_A
    switch: KeptSwitch | None = None


class KeptSupplier(msgspec.Struct, frozen=True):
    """A supplier."""

    number: int
    name: str = ""
    switch: KeptSwitch | None = None


class KeptHouse(msgspec.Struct, frozen=True):
    """A house."""

    number: int
    next_consumer: int
    next_supplier: int
    name: str = ""
    alias: str = ""
    voltage_v: float = USUAL_VOLTAGE_V
    consumers: tuple[KeptConsumer, ...] = ()
    suppliers: tuple[KeptSupplier, ...] = ()


class KeptNeighbourhood(msgspec.Struct, frozen=True):
    """A neighbourhood."""

    number: int
    next_house: int
    houses: tuple[KeptHouse, ...] = ()


class KeptTown(msgspec.Struct, frozen=True):
    """All that persons have made; `version` rises with each change, by which the newer of two is known."""

    version: int = 0
    neighbourhoods: tuple[KeptNeighbourhood, ...] = ()


class KeptDevice(msgspec.Struct, frozen=True):
    """What was heard of a device."""

    server_ms: int | None
    device_ms: int | None
    out_of_range: int
    quantities: Mapping[str, KeptStatistics]


KeptHeard = dict[str, KeptDevice]
"""By neighbourhood, house, kind and number, as `0/1/Consumer/2`."""


def kept_town(town: Town, version: int) -> KeptTown:
    """All that persons have made."""
    return KeptTown(
        version,
        tuple(
            KeptNeighbourhood(each.number, each.next_house, tuple(map(_kept_house, each.houses.values())))
            for each in town.neighbourhoods.values()
        ),
    )


def restore_town(kept: KeptTown, into: Town) -> None:
    """Make it so; of devices that stay what was heard stays. Raises BadTable for a calibration that cannot be."""
    before = dict(into.neighbourhoods)
    into.neighbourhoods.clear()
    for each in kept.neighbourhoods:
        known = before.get(each.number, Neighbourhood(each.number))
        houses = {house.number: _house(house, known.houses.get(house.number, House(house.number))) for house in each.houses}
        into.neighbourhoods[each.number] = Neighbourhood(each.number, houses, each.next_house)


def kept_heard(town: Town) -> KeptHeard:
    """What was heard of every device."""
    found = KeptHeard()
    for place, device in _devices(town):
        quantities = {"current": device.current} if isinstance(device, Consumer) else device.quantities
        found[place] = KeptDevice(
            device.heard.server_ms,
            device.heard.device_ms,
            device.out_of_range if isinstance(device, Consumer) else 0,
            {name: quantity.kept() for name, quantity in quantities.items() if quantity.count},
        )
    return found


def restore_heard(kept: KeptHeard, into: Town) -> None:
    """Of the devices that are there."""
    for place, device in _devices(into):
        found = kept.get(place)
        if found is None:
            continue
        device.heard.server_ms, device.heard.device_ms = found.server_ms, found.device_ms
        if isinstance(device, Consumer):
            device.out_of_range = found.out_of_range
        for name, quantity in found.quantities.items():
            statistics = device.current if isinstance(device, Consumer) else device.quantity(name)
            statistics.restore(quantity)
        if not _complete(device):
            device.heard.server_ms = None


def _complete(device: Consumer | Supplier) -> bool:
    """Whether something was kept of what it said: a consumer that was heard has a current."""
    return isinstance(device, Supplier) or device.current.count > 0


def _devices(town: Town) -> "list[tuple[str, Consumer | Supplier]]":
    return [
        (f"{each.number}/{house.number}/{kind}/{device.number}", device)
        for each in town.neighbourhoods.values()
        for house in each.houses.values()
        for kind, device in (*house.devices(), (Kind.CONSUMER, house.whole))
    ]


def _kept_house(house: House) -> KeptHouse:
    return KeptHouse(
        number=house.number,
        next_consumer=house.next_consumer,
        next_supplier=house.next_supplier,
        name=house.name,
        alias=house.alias,
        voltage_v=house.voltage_v,
        consumers=tuple(
            KeptConsumer(each.number, each.name, each.calibration.points, each.calibration.dead_band_a, each.switch.kept())
            for each in house.consumers.values()
        ),
        suppliers=tuple(KeptSupplier(each.number, each.name, each.switch.kept()) for each in house.suppliers.values()),
    )


def _house(kept: KeptHouse, house: House) -> House:
    house.name, house.alias, house.voltage_v = kept.name, kept.alias, kept.voltage_v
    house.next_consumer, house.next_supplier = kept.next_consumer, kept.next_supplier
    consumers, suppliers = house.consumers, house.suppliers
    house.consumers = {
        each.number: consumers.get(each.number) or Consumer(each.number, heard=house.new_heard()) for each in kept.consumers
    }
    house.suppliers = {
        each.number: suppliers.get(each.number) or Supplier(each.number, heard=house.new_heard()) for each in kept.suppliers
    }
    for each in kept.consumers:
        consumer = house.consumers[each.number]
        consumer.name, consumer.calibration = each.name, Calibration(each.points, each.dead_band_a)
        _restore_switch(consumer, each.switch)
    for given in kept.suppliers:
        supplier = house.suppliers[given.number]
        supplier.name = given.name
        _restore_switch(supplier, given.switch)
    return house


def _restore_switch(device: Consumer | Supplier, kept: KeptSwitch | None) -> None:
    if kept is not None:
        device.switch.restore(kept)
