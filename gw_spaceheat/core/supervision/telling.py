"""Houses as data for programs: what the broker keeps for whoever comes later, and what the console gives with `--json`."""

from gw_spaceheat.core.supervision.devices import Consumer, Supplier
from gw_spaceheat.core.supervision.houses import House, Neighbourhood, Totals
from gw_spaceheat.core.supervision.statistics import Statistics
from gw_spaceheat.core.supervision.switch import Switch

Told = dict[str, object]
_DIGITS = 4
"""Behind the point; sensors are not better."""


def neighbourhood_told(neighbourhood: Neighbourhood, now_ms: int) -> Told:
    """The totals of a neighbourhood, and those of its houses."""
    return {
        "neighbourhood": neighbourhood.number,
        "time_ms": now_ms,
        "totals": totals_told(neighbourhood.totals(now_ms)),
        "houses": [house_in_brief(house, now_ms) for house in neighbourhood.houses.values()],
    }


def house_in_brief(house: House, now_ms: int) -> Told:
    """A house with its totals, without its devices."""
    return {
        "house": house.number,
        "name": house.name,
        "alias": house.alias,
        "consumers": len(house.consumers),
        "suppliers": len(house.suppliers),
        "totals": totals_told(house.totals(now_ms)),
    }


def house_told(neighbourhood: int, house: House, now_ms: int) -> Told:
    """All of a house."""
    told: Told = {
        "neighbourhood": neighbourhood,
        "house": house.number,
        "name": house.name,
        "alias": house.alias,
        "voltage_v": house.voltage_v,
        "time_ms": now_ms,
        "totals": totals_told(house.totals(now_ms)),
        "consumers": [consumer_told(each, house.voltage_v, now_ms) for each in house.consumers.values()],
        "suppliers": [supplier_told(each, now_ms) for each in house.suppliers.values()],
    }
    if house.whole.heard.server_ms is not None:
        told["whole"] = consumer_told(house.whole, house.voltage_v, now_ms)
    return told


def totals_told(totals: Totals) -> Told:
    """Sums in A and W; what flows in from the grid is `net_w`, without the batteries."""
    return {
        "current_a": _rounded(totals.current_a),
        "power_w": _rounded(totals.power_w),
        "pv_current_a": _rounded(totals.pv_current_a),
        "pv_w": _rounded(totals.pv_w),
        "load_w": _rounded(totals.load_w),
        "battery_w": _rounded(totals.battery_w),
        "net_w": _rounded(totals.power_w - totals.pv_w),
        "heard": totals.heard,
        "silent": totals.silent,
    }


def consumer_told(consumer: Consumer, voltage_v: float, now_ms: int) -> Told:
    """A consumer; what was never heard is null."""
    heard = consumer.heard
    current_a = consumer.current.last if consumer.current.count else None
    return {
        "number": consumer.number,
        "name": consumer.name,
        "current_a": _rounded(current_a),
        "power_w": None if current_a is None else _rounded(current_a * voltage_v),
        "on": consumer.on,
        "fresh": heard.fresh(now_ms),
        "raw": consumer.raw,
        "in_range": consumer.in_range,
        "out_of_range": consumer.out_of_range,
        "server_ms": heard.server_ms,
        "device_ms": heard.device_ms,
        "statistics": statistics_told(consumer.current, now_ms),
        "switch": switch_told(consumer.switch),
    }


def supplier_told(supplier: Supplier, now_ms: int) -> Told:
    """A supplier; each quantity under its name on the wire."""
    return {
        "number": supplier.number,
        "name": supplier.name,
        "pv_w": _rounded(supplier.power_w("pv")),
        "load_w": _rounded(supplier.power_w("l")),
        "battery_w": _rounded(supplier.power_w("b")),
        "remaining_percent": _rounded(supplier.last("bremaining")),
        "fresh": supplier.heard.fresh(now_ms),
        "server_ms": supplier.heard.server_ms,
        "device_ms": supplier.heard.device_ms,
        "quantities": {
            name: {"last": _rounded(found.last), **statistics_told(found, now_ms)}
            for name, found in supplier.quantities.items()
            if found.count
        },
        "switch": switch_told(supplier.switch),
    }


def statistics_told(statistics: Statistics, now_ms: int) -> Told:
    """How many, extremes and means; null where there are none."""
    if not statistics.count:
        return {"count": 0, "min": None, "max": None, "mean": None}
    means = {f"mean_{name}": _rounded(mean) for name, mean in statistics.means(now_ms).items()}
    return {
        "count": statistics.count,
        "min": _rounded(statistics.least),
        "max": _rounded(statistics.most),
        "mean": _rounded(statistics.mean),
        **means,
    }


def switch_told(switch: Switch) -> Told:
    """What is desired, where that stands, and what the device said."""
    return {
        "desired": switch.on,
        "standing": switch.standing,
        "since_ms": switch.since_ms or None,
        "told": switch.told,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
