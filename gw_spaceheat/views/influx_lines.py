"""Points of a net balance in InfluxDB's line protocol, with times in milliseconds.

Source of the protocol: InfluxDB 1.8 and 2.7 documentation, "Line protocol". `published` has the measurement and the fields of
the manager of 2022; a value that is missing has no field, and a point without fields is no line.
"""

from collections.abc import Mapping

from gw_spaceheat.core.netbalance.live_events import BalancePoint

PUBLISHED = "hysteresis"
"""The name of the measurement of 2022, whatever the algorithm."""
_ESCAPED = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", "\n": r"\ "})


def tagged_lines(point: BalancePoint, site: str) -> list[str]:
    """A line for the house and one for each load, tagged with the site and the load's name."""
    tags = f"site={site.translate(_ESCAPED)}"
    house = {
        "production_w": _float(point.production_w),
        "consumption_w": _float(point.consumption_w),
        "balance_wh": _float(point.balance_wh),
        "produced_wh": _float(point.produced_wh),
        "partial": str(point.partial).lower(),
    }
    lines = [_line(f"net_balance,{tags}", house, point.wall_ms)]
    for load in point.loads:
        of_load = {
            "power_w": _float(load.power_w),
            "on": None if load.on is None else str(load.on).lower(),
            "change": f"{load.change}i",
        }
        lines.append(_line(f"net_balance_load,{tags},load={load.name.translate(_ESCAPED)}", of_load, point.wall_ms))
    return lines


def published_lines(point: BalancePoint) -> list[str]:
    """One line as in 2022."""
    fields = {
        "powerP": _float(point.production_w),
        "powerC": _float(point.consumption_w),
        "energyB": _float(point.balance_wh),
        "energyP": _float(point.produced_wh),
    }
    for number, load in enumerate(point.loads, start=1):
        fields[f"powerL{number}"] = _float(load.power_w)
        fields[f"on_offL{number}"] = f"{load.change}i"
    return [_line(PUBLISHED, fields, point.wall_ms)]


def _line(head: str, fields: Mapping[str, str | None], wall_ms: int) -> str:
    told = ",".join(f"{name}={value}" for name, value in fields.items() if value is not None)
    return f"{head} {told} {wall_ms}"


def _float(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"
