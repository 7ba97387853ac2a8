"""A house, and what is wrong with house files, as text."""

from collections.abc import Iterable, Iterator, Sequence

from gw_spaceheat.house.faults import Fault
from gw_spaceheat.house.model import CaptureRule, Channel, Component, House, Node


def house_text(house: House) -> str:
    """A house for a person: where it is, its hardware, its nodes as a tree, its channels, and how it is heated."""
    return "\n\n".join(
        (
            "\n".join(_head(house)),
            _table("components", ("id", "make and model", "address", "serial"), map(_component_row, house.components.values())),
            _table("nodes", ("alias", "role", "actor", "component", "what"), map(_node_row, house.nodes.values())),
            _table(
                "channels",
                ("name", "measures", "read by", "every", "kept", "or change"),
                map(_channel_row, house.channels.values()),
            ),
            "\n".join(_heating(house)),
        )
    )


def faults_text(houses: Sequence[str], faults: Sequence[Fault]) -> str:
    """The outcome of a check: every error, then every warning, a line each, and a line that counts them."""
    errors = [f"error: {fault}" for fault in faults if not fault.is_warning]
    warnings = [f"warning: {fault}" for fault in faults if fault.is_warning]
    count = f"{_counted(len(houses), 'house')} checked: {_counted(len(errors), 'error')}, {_counted(len(warnings), 'warning')}"
    return "\n".join([*errors, *warnings, count])


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _head(house: House) -> Iterator[str]:
    yield f"{house.alias}: {house.display_name}"
    north, east = house.latitude_deg, house.longitude_deg
    place = f"{abs(north):g} {'N' if north >= 0 else 'S'}, {abs(east):g} {'E' if east >= 0 else 'W'}"
    yield f"at {place}, {house.timezone}, standard time UTC{house.utc_offset_standard_h:+g} h"
    twin = "with a simulated twin" if house.plant is not None else "real hardware only"
    yield f"{len(house.nodes)} nodes, {len(house.components)} components, {len(house.channels)} channels, {twin}"


def _component_row(component: Component) -> tuple[str, ...]:
    address = " ".join(f"{key}={value}" for key, value in component.address.items())
    return component.id, component.make_model, address or "-", component.serial or "-"


def _node_row(node: Node) -> tuple[str, ...]:
    depth = node.alias.count(".")
    component = f"{node.component}:{node.output}" if node.output else node.component
    rated = f", {node.nameplate_w:g} W" if node.nameplate_w else ""
    actor = node.actor if node.actor != "NoActor" else "-"
    return f"{'  ' * depth}{node.alias}", node.role, actor, component or "-", f"{node.display_name}{rated}"


def _channel_row(channel: Channel) -> tuple[str, ...]:
    mark = " (in power metering)" if channel.in_power_metering else ""
    return channel.name, f"{channel.telemetry}{mark}", channel.captured_by, *_rule_words(channel)


def _rule_words(channel: Channel) -> tuple[str, str, str]:
    rule: CaptureRule = channel.capture
    change = "-" if rule.delta is None else f"{rule.delta:g} {channel.telemetry.scale.si_unit}".strip()
    return f"{rule.poll_s:g} s", f"{rule.period_s:g} s", change


def _heating(house: House) -> Iterator[str]:
    heating, curve, tariff = house.heating, house.heating.curve, house.tariff
    given = ", ".join(f"{name} {value:g}" for name, value in heating.parameters.items())
    yield f"heating: {heating.strategy}{f' ({given})' if given else ''}"
    formula = f"{curve.base_c:g} + {curve.slope:g} x ({curve.reference_c:g} - outdoor)"
    yield f"  supply required: {formula}, within {curve.minimum_c:g} to {curve.maximum_c:g} degC"
    for name, alias in (
        ("heat source", heating.heat_source),
        ("store valve", heating.store_valve),
        ("store pump", heating.store_pump),
    ):
        if alias:
            yield f"  {name}: {alias}"
    if heating.boost:
        yield f"  boost: {', '.join(heating.boost)}"
    for zone in heating.zones:
        fan = f", fan {zone.fan}" if zone.fan else ""
        yield f"  zone {zone.name}: {zone.setpoint_c:g} degC by {zone.temperature}, circulator {zone.circulator}{fan}"
    if heating.hot_water is not None:
        water = heating.hot_water
        yield f"  hot water: {water.setpoint_c:g} degC, once a week {water.legionella_c:g} degC, charged by {water.charge}"
    windows = ", ".join(f"{window.start_hour:02}-{window.end_hour:02}" for window in tariff.on_peak)
    prices = f"{tariff.on_peak_usd_per_kwh:g} on peak ({windows}), {tariff.off_peak_usd_per_kwh:g} off peak"
    yield f"tariff {tariff.name}: {prices} USD/kWh"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their widest entry, under a title."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    body = ("  ".join(entry.ljust(width) for entry, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join([title, *(f"  {line}" for line in body)])
