"""A house in rows of plain text, as a terminal shows it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.views.ages import age_text, clock_text
from gw_spaceheat.views.command_facts import command_facts
from gw_spaceheat.views.house_values import Shown, meter_channel, shown_state, shown_value
from gw_spaceheat.vocabulary.moment import SECOND_MS

NEVER = "never"
AGE_STEP_MS = 10 * SECOND_MS
"""A screen is drawn less often than if it showed every second."""


class Row(NamedTuple):
    """One channel or actuator.

    Attributes:
        key: Its name, or alias.
        what: What it is, for a person.
        value: Its newest value, with its unit.
        age: How old that is; `never` if nothing was heard.
        is_stale: It is too old to be believed.
    """

    key: str
    what: str
    value: str
    age: str
    is_stale: bool


def channel_rows(house: House, now: HouseNow | None, wall_ms: int) -> list[Row]:
    """Every channel, in the order of the house file."""
    return [
        _row(name, house.nodes[channel.about].display_name or name, shown_value(house, now, name, wall_ms))
        for name, channel in house.channels.items()
    ]


def actuator_rows(house: House, now: HouseNow | None, wall_ms: int) -> list[Row]:
    """Every actuator, with what it says it is set to."""
    return [
        _row(node.alias, node.display_name or node.alias, shown_state(house, now, node.alias, wall_ms))
        for node in house.nodes.values()
        if node.actuator is not None
    ]


def _row(key: str, what: str, shown: Shown) -> Row:
    age = NEVER if shown.age_ms is None else age_text(shown.age_ms - shown.age_ms % AGE_STEP_MS)
    return Row(key, what, shown.text, age, shown.is_stale)


def head_line(house: House, now: HouseNow | None, trouble: str, wall_ms: int) -> str:
    """What keeps anything from coming, the time, power and outdoor temperature, and the house: what matters comes first."""
    parts = [f"NOT CONNECTED: {trouble}"] if trouble else []
    if now is None and not trouble:
        parts.append("nothing heard yet; does gws run run?")
    parts.append(clock_text(wall_ms, ZoneInfo(house.timezone)))
    power = shown_value(house, now, meter_channel(house), wall_ms)
    parts += [power.text] if power.value is not None else []
    if house.heating.outdoor:
        outdoor = shown_value(house, now, house.heating.outdoor, wall_ms)
        parts += [f"outdoors {outdoor.text}"] if outdoor.value is not None else []
    return "  ".join([*parts, house.display_name or house.alias])


def command_line(contracts: Mapping[str, Any] | None, now: HouseNow | None, zone: ZoneInfo, wall_ms: int) -> str:
    """Who commands, until when, and why, in one line."""
    facts = command_facts(contracts, now, zone, wall_ms)
    return "  ".join(f"{name}: {value}" for name, value in facts) or "who commands is not known yet"


def alarm_lines(now: HouseNow | None) -> dict[str, str]:
    """What is not as it should be, by node."""
    if now is None:
        return {}
    return {
        alarm.node: f"{alarm.node}: {alarm.summary}{f' ({alarm.details})' if alarm.details else ''}" for alarm in now.alarms
    }
