"""A house as a drawing: heat source, stores with their layers, pumps, valves and zones, from the house file and what is heard.

The drawing is SVG; its colours for light and dark are those of the page, by class. What comes from files and from the wire is
escaped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.views.ages import age_text
from gw_spaceheat.views.house_values import NO_VALUE, Shown, power_channel, shown_state, shown_value

COLD_C, HOT_C = 15.0, 80.0
COLD_HUE, HOT_HUE = 215.0, 0.0
TANK_WIDTH, TANK_HEIGHT, TANK_GAP = 74, 150, 10
ZONE_WIDTH, ZONE_HEIGHT, ZONE_GAP = 196, 54, 12
SOURCE_WIDTH, SOURCE_HEIGHT = 150, 116


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things stand, upper left corners [px]."""

    width: int
    height: int
    source: tuple[int, int]
    store: tuple[int, int]
    buffer: tuple[int, int]
    hot_water: tuple[int, int]
    zones: tuple[tuple[int, int], ...]


class _Drawing:
    """What all parts of one drawing need."""

    def __init__(self, house: House, now: HouseNow | None, wall_ms: int, why: Callable[[str], str]) -> None:
        self.house = house
        self.now = now
        self.wall_ms = wall_ms
        self.why = why

    def value(self, channel: str) -> Shown:
        return shown_value(self.house, self.now, channel, self.wall_ms)

    def state(self, actuator: str) -> Shown:
        return shown_state(self.house, self.now, actuator, self.wall_ms)

    def is_on(self, actuator: str) -> bool:
        return bool(actuator) and bool(self.state(actuator).value)

    def link(self, actuator: str, inner: str, label: str = "") -> str:
        """What leads to why an actuator is as it is; label names it for a screen reader where no text stands within."""
        named = f' aria-label="{escape(label)}: why?"' if label else ""
        return f'<a href="{escape(self.why(actuator))}"{named}>{inner}</a>'


def schematic(house: House, now: HouseNow | None, wall_ms: int, why: Callable[[str], str], *, narrow: bool = False) -> str:
    """The drawing.

    Args:
        house: As its file describes it.
        now: What was heard of it; None for nothing.
        wall_ms: When it is looked at, UTC [ms].
        why: Gives the address that tells why an actuator is as it is.
        narrow: For a screen as wide as a phone's.
    """
    drawing = _Drawing(house, now, wall_ms, why)
    tanks = _tanks(house.heating.store)
    places = _narrow(house, len(tanks)) if narrow else _wide(house, len(tanks))
    parts = [
        *_pipes(drawing, places, len(tanks)),
        *_source(drawing, places.source),
        *(_tank_row(drawing, tanks, places.store, "Store", "") if tanks else ()),
        *_tank_row(drawing, [house.heating.buffer], places.buffer, "Buffer", ""),
        *_boost(drawing, places.buffer),
        *_zones(drawing, places.zones),
        *_hot_water(drawing, places.hot_water),
    ]
    body = "".join(parts)
    title = escape(f"Schematic of {house.display_name}")
    kind = "narrow" if narrow else "wide"
    box = f"0 0 {places.width} {places.height}"
    return f'<svg class="schematic {kind}" viewBox="{box}" role="group" aria-label="{title}">{body}</svg>'


def temperature_colour(value_c: float | None) -> str:
    """From blue (15 degC and less) to red (80 degC and more); grey for no value."""
    if value_c is None:
        return "#adb5bd"
    share = min(max((value_c - COLD_C) / (HOT_C - COLD_C), 0.0), 1.0)
    return f"hsl({COLD_HUE + (HOT_HUE - COLD_HUE) * share:.0f} 68% 48%)"


def _tanks(channels: Sequence[str]) -> list[tuple[str, ...]]:
    """The channels of a store by tank: those that have all but the last word in common."""
    tanks: dict[str, list[str]] = {}
    for name in channels:
        tanks.setdefault(name.rpartition("-")[0], []).append(name)
    return [tuple(names) for names in tanks.values()]


def _wide(house: House, tanks: int) -> _Places:
    store_x = 20 + SOURCE_WIDTH + 70
    buffer_x = store_x + (tanks * (TANK_WIDTH + TANK_GAP) + 70 if tanks else 0)
    zones_x = buffer_x + TANK_WIDTH + 90
    count = len(house.heating.zones)
    needed = count * (ZONE_HEIGHT + ZONE_GAP)
    height = max(300, needed + 40) + (80 if house.heating.hot_water else 0)
    top = max((height - needed) // 2, 14)
    zones = tuple((zones_x, top + index * (ZONE_HEIGHT + ZONE_GAP)) for index in range(count))
    middle = max((max(300, needed + 40) - TANK_HEIGHT) // 2, 30)
    hot_water = (store_x, middle + TANK_HEIGHT + 64)
    return _Places(
        zones_x + ZONE_WIDTH + 20, height, (20, middle + 20), (store_x, middle), (buffer_x, middle), hot_water, zones
    )


def _narrow(house: House, tanks: int) -> _Places:
    has_water = house.heating.hot_water is not None
    store_y = 250
    zones_y = store_y + (TANK_HEIGHT + 60 if tanks or has_water else 0)
    count = len(house.heating.zones)
    zones = tuple(
        (12 + (index % 2) * (ZONE_WIDTH + 14), zones_y + (index // 2) * (ZONE_HEIGHT + ZONE_GAP)) for index in range(count)
    )
    height = zones_y + ((count + 1) // 2) * (ZONE_HEIGHT + ZONE_GAP) + 8
    hot_water = (12 + (tanks * (TANK_WIDTH + TANK_GAP) + 20 if tanks else 0), store_y)
    return _Places(426, height, (12, 50), (12, store_y), (290, 36), hot_water, zones)


def _pipes(drawing: _Drawing, places: _Places, tanks: int) -> Iterator[str]:
    """Which way the heat goes; a pipe through which water flows is drawn so."""
    heating = drawing.house.heating
    source_is_on = not heating.heat_source or drawing.is_on(heating.heat_source)
    charges = drawing.is_on(heating.store_valve)
    if heating.heat_source:
        yield _to_buffer(places, tanks, is_on=source_is_on and not charges)
    if tanks:
        yield from _to_store(drawing, places, is_on=source_is_on and charges)
        yield from _from_store(drawing, places, tanks)
    start = (places.buffer[0] + TANK_WIDTH, places.buffer[1] + TANK_HEIGHT // 2)
    for zone, at in zip(heating.zones, places.zones, strict=True):
        if at[0] > start[0]:
            bend, end_y = start[0] + 36, at[1] + ZONE_HEIGHT // 2
            yield _pipe([start, (bend, start[1]), (bend, end_y), (at[0], end_y)], is_on=drawing.is_on(zone.circulator))


def _out_of(source: tuple[int, int]) -> tuple[int, int]:
    return source[0] + SOURCE_WIDTH, source[1] + SOURCE_HEIGHT // 2


def _to_buffer(places: _Places, tanks: int, *, is_on: bool) -> str:
    """From the heat source over the store's tanks to the buffer's top."""
    out, into = _out_of(places.source), (places.buffer[0], places.buffer[1] + 22)
    high = min(places.store[1], places.buffer[1], places.source[1]) - 26 if tanks else into[1]
    first, last = out[0] + 28, into[0] - 22
    return _pipe([out, (first, out[1]), (first, high), (last, high), (last, into[1]), into], is_on=is_on)


def _to_store(drawing: _Drawing, places: _Places, *, is_on: bool) -> Iterator[str]:
    """From the heat source through the charging valve to the hottest tank: beside it, or below it on a narrow drawing."""
    out, valve = _out_of(places.source), drawing.house.heating.store_valve
    entry = (places.store[0], places.store[1] + 30)
    if entry[0] > out[0]:
        yield _pipe([out, (out[0] + 28, out[1]), (out[0] + 28, entry[1]), entry], is_on=is_on)
        yield _valve(drawing, valve, out[0] + 48, entry[1])
    else:
        x = places.store[0] + TANK_WIDTH // 2
        top = places.source[1] + SOURCE_HEIGHT
        yield _pipe([(x, top), (x, places.store[1])], is_on=is_on)
        yield _valve(drawing, valve, x, (top + places.store[1]) // 2 - 6)


def _from_store(drawing: _Drawing, places: _Places, tanks: int) -> Iterator[str]:
    """From the store through its pump to the buffer: beside it, or above it on a narrow drawing."""
    pump = drawing.house.heating.store_pump
    is_on = drawing.is_on(pump)
    end = places.store[0] + tanks * (TANK_WIDTH + TANK_GAP) - TANK_GAP
    low = places.store[1] + TANK_HEIGHT - 24
    if places.buffer[1] == places.store[1]:
        yield _pipe([(end, low), (places.buffer[0], low)], is_on=is_on)
        yield _pump(drawing, pump, (end + places.buffer[0]) // 2, low, "Store pump")
    else:
        x = end - TANK_WIDTH // 2
        bottom, below = places.buffer[1] + TANK_HEIGHT - 30, places.store[1]
        yield _pipe([(x, below), (x, bottom), (places.buffer[0], bottom)], is_on=is_on)
        yield _pump(drawing, pump, x, below - 34, "Store pump")


def _source(drawing: _Drawing, at: tuple[int, int]) -> Iterator[str]:
    """The heat source with its power and supply, and the weather above it."""
    house = drawing.house
    outdoor = drawing.value(house.heating.outdoor)
    if house.heating.outdoor:
        yield _text(at[0], at[1] - 16, f"Outdoors {outdoor.text}", "stale" if outdoor.is_stale else "")
    relay = house.heating.heat_source
    if not relay:
        return
    state = drawing.state(relay)
    power = drawing.value(power_channel(house, relay))
    about = house.nodes[relay].parent
    supply = next((name for name in house.channels if name.startswith(about.replace(".", "-") + "-out-temp")), "")
    name = house.nodes[about].display_name or about
    inner = _box(at, SOURCE_WIDTH, SOURCE_HEIGHT)
    inner += _lamp(at[0] + 18, at[1] + 22, is_on=bool(state.value))
    inner += _text(at[0] + 32, at[1] + 27, name)
    inner += _text(at[0] + 14, at[1] + 58, power.text, "big" + (" stale" if power.is_stale else ""))
    inner += _text(at[0] + 14, at[1] + 80, f"Supply {drawing.value(supply).text}", "small")
    inner += _text(
        at[0] + 14, at[1] + 100, "released" if state.value else "off" if state.value is not None else "unknown", "small"
    )
    yield drawing.link(relay, inner)


def _tank_row(drawing: _Drawing, tanks: Sequence[Sequence[str]], at: tuple[int, int], label: str, title: str) -> Iterator[str]:
    for index, channels in enumerate(tanks):
        x = at[0] + index * (TANK_WIDTH + TANK_GAP)
        yield from _tank(drawing, channels, (x, at[1]), f"{label} {index + 1}" if len(tanks) > 1 else label + title)


def _tank(drawing: _Drawing, channels: Sequence[str], at: tuple[int, int], label: str) -> Iterator[str]:
    """A tank with its layers from the top, coloured by temperature."""
    if not channels:
        return
    x, y = at
    height = TANK_HEIGHT / len(channels)
    clip = f"tank-{x}-{y}"
    yield f'<clipPath id="{clip}"><rect x="{x}" y="{y}" width="{TANK_WIDTH}" height="{TANK_HEIGHT}" rx="14"/></clipPath>'
    yield f'<g clip-path="url(#{clip})">'
    for index, channel in enumerate(channels):
        value = drawing.value(channel)
        top = y + index * height
        told = "no value" if value.age_ms is None else f"{value.text}, {age_text(value.age_ms)} old"
        dim = ' opacity="0.45"' if value.is_stale else ""
        yield (
            f'<rect class="layer" x="{x}" y="{top:.1f}" width="{TANK_WIDTH}" height="{height:.1f}" '
            f'fill="{temperature_colour(value.value)}"{dim}><title>{escape(f"{channel}: {told}")}</title></rect>'
        )
    yield "</g>"
    for index, channel in enumerate(channels):
        value = drawing.value(channel)
        text = NO_VALUE if value.value is None else f"{value.value:.1f}" + ("?" if value.is_stale else "")
        yield _text(x + TANK_WIDTH // 2, round(y + (index + 0.5) * height + 4), text, "inlayer", "middle")
    yield _text(x + TANK_WIDTH // 2, y - 7, label, "small", "middle")


def _boost(drawing: _Drawing, buffer: tuple[int, int]) -> Iterator[str]:
    """The resistive elements below their tank."""
    for index, relay in enumerate(drawing.house.heating.boost):
        x, y = buffer[0] + index * 26 + 2, buffer[1] + TANK_HEIGHT + 8
        kind = "on-fill" if drawing.is_on(relay) else "off-fill"
        name = drawing.house.nodes[relay].display_name or relay
        bolt = f'<path class="{kind}" d="M{x + 11} {y} l-9 13 h6 l-3 11 l10 -14 h-6 z"><title>{escape(name)}</title></path>'
        yield drawing.link(relay, f'<rect x="{x}" y="{y - 2}" width="24" height="28" fill="transparent"/>{bolt}', name)
    if drawing.house.heating.boost:
        yield _text(buffer[0] + 2, buffer[1] + TANK_HEIGHT + 48, "Boost", "small")


def _zones(drawing: _Drawing, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    for zone, at in zip(drawing.house.heating.zones, places, strict=True):
        air = drawing.value(zone.temperature)
        inner = _box(at, ZONE_WIDTH, ZONE_HEIGHT)
        inner += _lamp(at[0] + 16, at[1] + 20, is_on=drawing.is_on(zone.circulator))
        inner += _text(at[0] + 28, at[1] + 24, zone.name)
        inner += _text(at[0] + 28, at[1] + 42, f"wanted {zone.setpoint_c:g} °C", "small")
        kind = "big" + (" stale" if air.is_stale else "")
        inner += _text(at[0] + ZONE_WIDTH - 12, at[1] + 33, air.text, kind, "end")
        yield drawing.link(zone.circulator, inner) if zone.circulator else inner


def _hot_water(drawing: _Drawing, at: tuple[int, int]) -> Iterator[str]:
    water = drawing.house.heating.hot_water
    if water is None:
        return
    top = drawing.value(water.temperatures[0]) if water.temperatures else drawing.value("")
    inner = _box(at, ZONE_WIDTH, ZONE_HEIGHT)
    inner += _lamp(at[0] + 16, at[1] + 20, is_on=drawing.is_on(water.charge))
    inner += _text(at[0] + 28, at[1] + 24, "Hot water")
    inner += _text(at[0] + 28, at[1] + 42, f"wanted {water.setpoint_c:g} °C", "small")
    inner += _text(at[0] + ZONE_WIDTH - 12, at[1] + 33, top.text, "big" + (" stale" if top.is_stale else ""), "end")
    yield drawing.link(water.charge, inner)


def _valve(drawing: _Drawing, actuator: str, x: int, y: int) -> str:
    if not actuator:
        return ""
    kind = "on-fill" if drawing.is_on(actuator) else "off-fill"
    shape = f'<path class="{kind}" d="M{x - 11} {y - 11} h22 l-22 22 h22 z"><title>Charging valve</title></path>'
    return drawing.link(actuator, shape, "Charging valve")


def _pump(drawing: _Drawing, actuator: str, x: int, y: int, name: str) -> str:
    if not actuator:
        return ""
    kind = "on-fill" if drawing.is_on(actuator) else "off-fill"
    shape = f'<circle class="{kind}" cx="{x}" cy="{y}" r="13"/><path d="M{x - 5} {y - 7} l12 7 l-12 7 z" fill="#fff"/>'
    return drawing.link(actuator, shape + f"<title>{escape(name)}</title>", name)


def _pipe(points: Sequence[tuple[int, int]], *, is_on: bool) -> str:
    path = "M" + " L".join(f"{x} {y}" for x, y in points)
    return f'<path class="pipe{" on" if is_on else ""}" d="{path}"/>'


def _box(at: tuple[int, int], width: int, height: int) -> str:
    return f'<rect class="box" x="{at[0]}" y="{at[1]}" width="{width}" height="{height}" rx="10"/>'


def _text(x: int, y: int, text: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _lamp(x: int, y: int, *, is_on: bool) -> str:
    return f'<circle cx="{x}" cy="{y}" r="6" class="{"on-fill" if is_on else "off-fill"}"/>'
