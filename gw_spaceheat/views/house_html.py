"""The parts of the page of a house that renew themselves, as HTML; what comes from files and from the wire is escaped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape
from statistics import fmean
from typing import Any

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.views.ages import ago_text
from gw_spaceheat.views.command_facts import command_facts
from gw_spaceheat.views.house_values import NO_VALUE, Shown, meter_channel, shown_value

WELL = '<p class="dim">No alarms.</p>'
BAD = ("Critical", "Error")


def as_of_html(now: HouseNow | None, zone: tzinfo, wall_ms: int) -> str:
    """How new what is shown is: live while the house tells its scans, else the time of the newest value that it sent."""
    if now is None or not now.values:
        return ""
    if now.scans:
        return f'<span class="tag good">live</span> {_time_text(wall_ms, zone)}'
    newest_ms = max(taken_ms for _, taken_ms in now.values.values())
    ago = ago_text(max(wall_ms - newest_ms, 0))
    return f"As of {_time_text(newest_ms, zone)} ({escape(ago)}): what the house sent last."


def _time_text(at_ms: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%a %d %b %H:%M:%S}"


def figures_html(house: House, now: HouseNow | None, wall_ms: int) -> str:
    """The few figures that answer whether it is warm, what it takes, and how much heat there is; stale ones are marked."""
    heating = house.heating
    rooms = [shown_value(house, now, zone.temperature, wall_ms) for zone in heating.zones]
    figures = [("Power", *_power(house, now, wall_ms)), ("Coldest room", *_one_of(rooms, min))]
    if heating.buffer:
        figures.append(("Buffer, top", *_one_of([shown_value(house, now, heating.buffer[0], wall_ms)], min)))
    if heating.store:
        figures.append(("Store, mean", *_one_of([shown_value(house, now, name, wall_ms) for name in heating.store], fmean)))
    if heating.outdoor:
        figures.append(("Outdoors", *_one_of([shown_value(house, now, heating.outdoor, wall_ms)], min)))
    return "".join(_figure(name, text, is_stale) for name, text, is_stale in figures)


def _figure(name: str, text: str, is_stale: bool) -> str:
    number = f'<b class="stale" title="too old to be believed">{escape(text)}?</b>' if is_stale else f"<b>{escape(text)}</b>"
    return f'<div class="figure">{number}<span>{escape(name)}</span></div>'


def _power(house: House, now: HouseNow | None, wall_ms: int) -> tuple[str, bool]:
    """What the meter was read to show, or what the house said of its power since."""
    channel = meter_channel(house)
    metered = shown_value(house, now, channel, wall_ms)
    read_ms = 0 if now is None or metered.value is None else now.values[channel][1]
    if now is not None and now.power_w is not None and (now.power_ms or 0) > read_ms:
        return f"{now.power_w:,} W", False
    return metered.text, metered.is_stale and metered.value is not None


def _one_of(shown: Sequence[Shown], of: Callable[[Iterable[float]], float]) -> tuple[str, bool]:
    """One temperature for some, by those that have a value, and whether one of these is stale."""
    known = [(one.value, one.is_stale) for one in shown if one.value is not None]
    if not known:
        return NO_VALUE, False
    return f"{of(value for value, _ in known):.1f} °C", any(is_stale for _, is_stale in known)


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
