"""A street as a drawing: its houses along the road, with what flows where, and its figures as tables. SVG and HTML, escaped."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from gw_spaceheat.messages.supervision_state import Device, HouseInBrief, Street
from gw_spaceheat.views.ages import ago_text

COLUMNS = 6
CELL, HOUSE, ROAD = 150, 92, 70
TOP, EDGE = 20, 16
LEAST_W = 5.0
"""Less does not flow [W]."""
WIDEST_W = 5_000.0
"""From this on a flow is drawn no wider [W]."""
STALE_MS = 10_000
NO_VALUE = "-"


def street_html(street: Street, wall_ms: int, to_house: Callable[[int], str]) -> str:
    """A street: its sums, its drawing, its houses as a table.

    Args:
        street: The street.
        wall_ms: Now, UTC [ms].
        to_house: Address of a house's page by its number.
    """
    age_ms = wall_ms - street.time_ms
    told = (
        ""
        if age_ms < STALE_MS
        else f'<p class="notice warn">Told {escape(ago_text(age_ms))}: is the supervision server there?</p>'
    )
    totals = street.totals
    numbers = (
        (_watts(totals.power_w), "drawn"),
        (_watts(totals.pv_w), "from the sun"),
        (_watts(abs(totals.net_w)), "from the grid" if totals.net_w >= 0 else "into the grid"),
        (str(totals.silent), "devices silent"),
    )
    figures = "".join(f'<div class="figure"><b>{value}</b><span>{name}</span></div>' for value, name in numbers)
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(to_house(one.house))}">{escape(_title(one))}</a></th>'
        f'<td class="number">{_watts(one.totals.power_w)}</td><td class="number">{_watts(one.totals.pv_w)}</td>'
        f'<td class="number">{_watts(one.totals.net_w)}</td><td class="number">{one.totals.silent}</td></tr>'
        for one in street.houses
    )
    numbers_of = ("drawn", "from the sun", "from the grid", "silent")
    heads = '<th scope="col">house</th>' + "".join(f'<th scope="col" class="number">{head}</th>' for head in numbers_of)
    return (
        f'<section class="card"><h2>Neighbourhood {street.neighbourhood}</h2>{told}<div class="figures">{figures}</div>'
        f"{street_svg(street, to_house)}"
        f"{_table(heads, rows)}</section>"
    )


def street_svg(street: Street, to_house: Callable[[int], str]) -> str:
    """The houses in rows above their road; a line to the road is as wide as what flows, and runs the way in which it does."""
    houses = street.houses
    rows = max(-(-len(houses) // COLUMNS), 1)
    columns = min(max(len(houses), 1), COLUMNS)
    width, height = 2 * EDGE + columns * CELL, TOP + rows * (HOUSE + ROAD)
    label = f"Neighbourhood {street.neighbourhood} with {len(houses)} houses"
    parts = [
        f'<svg class="schematic street" viewBox="0 0 {width} {height}" role="img" aria-label="{label}" '
        f'style="max-width:{width}px" xmlns="http://www.w3.org/2000/svg">'
    ]
    for row in range(rows):
        y = TOP + row * (HOUSE + ROAD) + HOUSE + 44
        parts.append(f'<path class="pipe" d="M{EDGE} {y}H{width - EDGE}"/>')
    for place, house in enumerate(houses):
        parts += _house(house, EDGE + place % COLUMNS * CELL, TOP + place // COLUMNS * (HOUSE + ROAD), to_house(house.house))
    return "".join([*parts, "</svg>"])


def _house(house: HouseInBrief, x: int, y: int, address: str) -> Iterator[str]:
    totals = house.totals
    middle, floor = x + CELL // 2, y + HOUSE
    net_w = totals.net_w
    if abs(net_w) >= LEAST_W:
        wide = 2 + round(6 * min(abs(net_w) / WIDEST_W, 1.0))
        ends = (floor, floor + 44) if net_w < 0 else (floor + 44, floor)
        kind = "out" if net_w < 0 else "in"
        yield f'<path class="pipe on flow-{kind}" style="stroke-width:{wide}px" d="M{middle} {ends[0]}V{ends[1]}"/>'
    else:
        yield f'<path class="pipe" d="M{middle} {floor}V{floor + 44}"/>'
    roof = f"M{x + 14} {y + 34}L{middle} {y}L{x + CELL - 14} {y + 34}Z"
    yield f'<a href="{escape(address)}" aria-label="{escape(_title(house))}">'
    yield f'<path class="box{" sunny" if totals.pv_w >= LEAST_W else ""}" d="{roof}"/>'
    yield f'<rect class="box" x="{x + 22}" y="{y + 34}" width="{CELL - 44}" height="{HOUSE - 34}"/>'
    yield f'<text x="{middle}" y="{y + 52}" text-anchor="middle">{escape(_short(_title(house)))}</text>'
    yield f'<text class="small" x="{middle}" y="{y + 69}" text-anchor="middle">draws {_watts(totals.power_w)}</text>'
    sun = f"sun {_watts(totals.pv_w)}" if totals.pv_w >= LEAST_W else f"{totals.silent} silent" if totals.silent else ""
    yield f'<text class="small" x="{middle}" y="{y + 84}" text-anchor="middle">{sun}</text></a>'
    yield f'<text class="small" x="{middle + 8}" y="{floor + 28}">{_watts(abs(net_w)) if abs(net_w) >= LEAST_W else ""}</text>'


def devices_html(consumers: Sequence[Device], suppliers: Sequence[Device]) -> str:
    """The devices of a house as a table."""
    rows = [_device("consumer", each, each.power_w) for each in consumers]
    rows += [_device("supplier", each, each.pv_w) for each in suppliers]
    if not rows:
        return '<p class="dim">It has no devices.</p>'
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("device", "name", "power", "battery", "switch", "heard"))
    return _table(heads, "".join(rows))


def _device(kind: str, device: Device, watts: float | None) -> str:
    desired = device.switch.desired
    switch = NO_VALUE if desired is None else f"{'on' if desired else 'off'}, {device.switch.standing}"
    heard = '<span class="tag good">lately</span>' if device.fresh else '<span class="tag off">silent</span>'
    return (
        f'<tr><th scope="row">{kind} {device.number}</th><td>{escape(device.name)}</td><td class="number">{_known(watts)}</td>'
        f'<td class="number">{_known(device.battery_w)}</td><td>{escape(switch)}</td><td>{heard}</td></tr>'
    )


def _table(heads: str, rows: str) -> str:
    table = f'<table class="wide"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _title(house: HouseInBrief) -> str:
    told = house.name or house.alias
    return f"{house.house} {told}" if told else f"House {house.house}"


def _short(title: str) -> str:
    return title if len(title) <= 14 else f"{title[:13]}…"


def _known(watts: float | None) -> str:
    return NO_VALUE if watts is None else _watts(watts)


def _watts(watts: float) -> str:
    return f"{watts / 1000:.2f} kW" if abs(watts) >= 1000 else f"{watts:.0f} W"
