"""The parts of the page of a house that renew themselves, as HTML; what comes from files and from the wire is escaped."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from html import escape
from typing import Any

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.views.ages import ago_text
from gw_spaceheat.views.command_facts import command_facts
from gw_spaceheat.views.house_values import NO_VALUE, Shown, meter_channel, shown_value

WELL = '<p class="dim">No alarms.</p>'
BAD = ("Critical", "Error")


def figures_html(house: House, now: HouseNow | None, wall_ms: int) -> str:
    """The few figures that answer whether it is warm, what it takes, and how much heat there is."""
    heating = house.heating
    metered = shown_value(house, now, meter_channel(house), wall_ms)
    power = metered.text if now is None or now.power_w is None else f"{now.power_w:,} W"
    rooms = [shown_value(house, now, zone.temperature, wall_ms) for zone in heating.zones]
    warm = [room.value for room in rooms if room.value is not None]
    coldest = f"{min(warm):.1f} °C" if warm else NO_VALUE
    buffer = shown_value(house, now, heating.buffer[0], wall_ms) if heating.buffer else None
    stores = [shown_value(house, now, name, wall_ms).value for name in heating.store]
    known = [value for value in stores if value is not None]
    figures = [
        ("Power", power),
        ("Coldest room", coldest),
        ("Buffer, top", NO_VALUE if buffer is None else buffer.text),
    ]
    if heating.store:
        figures.append(("Store, mean", f"{sum(known) / len(known):.1f} °C" if known else NO_VALUE))
    if heating.outdoor:
        figures.append(("Outdoors", shown_value(house, now, heating.outdoor, wall_ms).text))
    return "".join(f'<div class="figure"><b>{escape(value)}</b><span>{escape(name)}</span></div>' for name, value in figures)


def command_html(contracts: Mapping[str, Any] | None, now: HouseNow | None, zone: tzinfo, wall_ms: int) -> str:
    """Who commands, until when, and why: from the SCADA's own store where that is here, else from what was overheard.

    Args:
        contracts: As `apps/contract_show.py` tells it; None if nothing is kept here.
        now: What was heard.
        zone: Time zone of the house.
        wall_ms: Now, UTC [ms].
    """
    facts = command_facts(contracts, now, zone, wall_ms)
    if not facts:
        return '<p class="dim">Nothing is known of it yet.</p>'
    rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in facts)
    return f"<table><tbody>{rows}</tbody></table>"


def alarms_html(now: HouseNow | None, trouble: str, wall_ms: int) -> str:
    """What is not as it should be, newest first.

    Args:
        now: What was heard.
        trouble: Why nothing new can come; empty if it can.
        wall_ms: Now, UTC [ms].
    """
    parts = [f'<p class="notice bad" role="alert">Not connected: {escape(trouble)}</p>'] if trouble else []
    if now is None:
        parts.append('<p class="notice warn">Nothing was heard of this house yet.</p>')
    for alarm in () if now is None else now.alarms:
        kind = "bad" if alarm.kind in BAD else "warn"
        more = f" ({alarm.details})" if alarm.details else ""
        since = ago_text(wall_ms - alarm.at_ms)
        text = f"<b>{escape(alarm.node)}</b>: {escape(alarm.summary)}{escape(more)} <small>{escape(since)}</small>"
        parts.append(f'<p class="notice {kind}">{text}</p>')
    return "".join(parts) or WELL


def channels_html(house: House, now: HouseNow | None, wall_ms: int) -> str:
    """Every channel with its value and age."""
    heads = "".join(f'<th scope="col"{kind}>{head}</th>' for head, kind in _HEADS)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(_rows(house, now, wall_ms))}</tbody></table>"


_HEADS = (("Channel", ""), ("Value", ' class="number"'), ("Taken", ' class="number"'))


def _rows(house: House, now: HouseNow | None, wall_ms: int) -> Iterator[str]:
    for name, channel in house.channels.items():
        value = shown_value(house, now, name, wall_ms)
        title = house.nodes[channel.about].display_name or channel.about
        age = "never" if value.age_ms is None else ago_text(value.age_ms)
        mark = f' <span class="tag warn">{_stale_word(value)}</span>' if value.is_stale else ""
        yield (
            f'<tr><th scope="row">{escape(title)}<small>{escape(name)}</small></th>'
            f'<td class="number">{escape(value.text)}{mark}</td><td class="number">{escape(age)}</td></tr>'
        )


def _stale_word(value: Shown) -> str:
    return "missing" if value.age_ms is None else "stale"
