"""The values of a house as they are shown: in SI, with their age, and whether they are too old to be believed."""

from dataclasses import dataclass

from gw_spaceheat.core.telemetry.presence import patience_ms
from gw_spaceheat.core.watching import HouseNow, Scan
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.vocabulary.moment import SECOND_MS
from gw_spaceheat.vocabulary.roles import Role

UNITS = {"degC": "°C"}
"""How a unit is written for a person."""


MARGIN_MS = 3 * SECOND_MS
"""A scan may be late by this, and by as much as there is between two of them [ms]."""
NO_VALUE = "\N{EM DASH}"
"""In the place of a value that is not there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value for a person.

    Attributes:
        value: In SI; None if nothing was heard.
        text: With its unit.
        age_ms: How old it is [ms]; None if nothing was heard.
        is_stale: It is older than its device may be silent, its device gives none any more, or it was never heard.
    """

    value: float | None
    text: str
    age_ms: int | None
    is_stale: bool


NOTHING = Shown(None, NO_VALUE, None, is_stale=True)


def shown_value(house: House, now: HouseNow | None, channel: str, wall_ms: int) -> Shown:
    """The newest value of a channel at a time, UTC [ms]."""
    about = house.channels.get(channel)
    found = None if now is None else now.values.get(channel)
    if about is None or found is None:
        return NOTHING
    scale = about.telemetry.scale
    value = about.telemetry.from_wire(found[0])
    unit = UNITS.get(scale.si_unit, scale.si_unit)
    decimals = 1 if scale.si_unit == "degC" else scale.decimals
    text = ("on" if value else "off") if not unit else f"{value:,.{decimals}f} {unit}"
    age_ms = max(wall_ms - found[1], 0)
    scan = None if now is None else now.scans.get(channel)
    if scan is not None and scan.due_ms >= found[1]:
        is_lost = not scan.has_value and scan.at_ms >= found[1]
        return Shown(value, text, age_ms, is_stale=is_lost or _is_late(scan, wall_ms))
    return Shown(value, text, age_ms, is_stale=age_ms > patience_ms(house.channels, [channel]))


def _is_late(scan: Scan, wall_ms: int) -> bool:
    return wall_ms > scan.due_ms + (scan.due_ms - scan.at_ms) + MARGIN_MS


def shown_state(house: House, now: HouseNow | None, actuator: str, wall_ms: int) -> Shown:
    """What an actuator says it is set to."""
    channel = house.state_channel(actuator)
    return NOTHING if channel is None else shown_value(house, now, channel.name, wall_ms)


def power_channel(house: House, actuator: str) -> str:
    """The channel of the power of what an actuator switches; empty if it is not metered."""
    about = house.nodes[actuator].parent
    name = wire_name(about)
    channel = house.channels.get(name)
    return name if channel is not None and channel.telemetry.scale.si_unit == "W" else ""


def meter_channel(house: House) -> str:
    """The channel of the meter of the whole house; empty if it has none."""
    return next(
        (
            channel.name
            for channel in house.channels.values()
            if house.nodes[channel.about].role is Role.PowerMeter and channel.telemetry.scale.si_unit == "W"
        ),
        "",
    )
