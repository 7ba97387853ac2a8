"""Is the house itself well named, placed and put together: aliases, identities, parents, thermal edges, tariff."""

import re
from collections.abc import Iterator

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import House, PeakWindow, PowerLimit
from gw_spaceheat.vocabulary.roles import Role

_ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")
_NODE_ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*")
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*")

_THERMAL_ROLES = frozenset(
    {
        Role.HeatPump,
        Role.BoostElement,
        Role.ElectricBoiler,
        Role.DedicatedThermalStore,
        Role.PhaseChangeStore,
        Role.BufferTank,
        Role.HotWaterTank,
        Role.HydronicPipe,
        Role.BaseboardRadiator,
        Role.HeatedSpace,
        Role.Outdoors,
    }
)
_ONE_OF_A_KIND = (Role.AtomicTNode, Role.Scada, Role.HomeAlone)


def check_site(house: House) -> Iterator[Fault]:
    """Faults in what the house is called and where it is."""
    if not _ALIAS.fullmatch(house.alias):
        yield Fault(
            house.alias, "", "alias", house.alias, "must be lower-case words and numbers with dots, beginning with a letter"
        )
    for name in ("scada_instance_id", "atn_instance_id"):
        value = str(getattr(house, name))
        if not _UUID4.fullmatch(value):
            yield Fault(house.alias, "", name, value, "must be a random UUID (version 4) in lower case; make one with uuid4")
    if house.scada_instance_id == house.atn_instance_id:
        text = "is the AtomicTNode's too; make another one with uuid4"
        yield Fault(house.alias, "", "scada_instance_id", house.scada_instance_id, text)
    if not _ZONE.fullmatch(house.timezone):
        yield Fault(house.alias, "", "timezone", house.timezone, "must be an IANA name such as America/New_York")
    for name, low, high in (
        ("utc_offset_standard_h", -12.0, 14.0),
        ("latitude_deg", -90.0, 90.0),
        ("longitude_deg", -180.0, 180.0),
    ):
        number = getattr(house, name)
        if not low <= number <= high:
            yield Fault(house.alias, "", name, f"{number:g}", f"must lie between {low:g} and {high:g}")


def check_tree(house: House) -> Iterator[Fault]:
    """Faults in the tree of nodes: names, parents, and the nodes that every house has once."""
    for alias, node in house.nodes.items():
        if not _NODE_ALIAS.fullmatch(alias):
            text = "must be words of lower-case letters and digits with dots between them, each beginning with a letter"
            yield Fault(house.alias, alias, "alias", alias, text)
        if node.parent and node.parent not in house.nodes:
            text = f"has no parent; add a node {node.parent} or rename this one ({nearest(node.parent, house.nodes)})"
            yield Fault(house.alias, alias, "alias", alias, text)
    roots = [alias for alias, node in house.nodes.items() if not node.parent]
    for alias in roots:
        if house.nodes[alias].role is not Role.AtomicTNode:
            role = house.nodes[alias].role
            yield Fault(house.alias, alias, "role", role, "only the AtomicTNode has no parent; put this node under it")
    for role in _ONE_OF_A_KIND:
        holders = [alias for alias, node in house.nodes.items() if node.role is role]
        if not holders:
            yield Fault(house.alias, "", "nodes", "", f"no node has the role {role}; a house has exactly one: add it")
        for alias in holders[1:]:
            yield Fault(house.alias, alias, "role", role, f"{holders[0]} is the {role} already; a house has exactly one")


def check_edges(house: House) -> Iterator[Fault]:
    """Faults in the thermal edges: ends that are not there or hold no heat, edges that lead nowhere new."""
    seen: set[tuple[str, str]] = set()
    for index, edge in enumerate(house.thermal_edges):
        field = f"thermal_edges.{index}"
        for alias in (edge.from_node, edge.to_node):
            node = house.nodes.get(alias)
            if node is None:
                yield Fault(house.alias, alias, field, alias, f"dangles: there is no such node; {nearest(alias, house.nodes)}")
            elif node.role not in _THERMAL_ROLES:
                yield Fault(
                    house.alias, alias, field, alias, f"a {node.role} holds no heat; name the tank, pipe or space it belongs to"
                )
        if edge.from_node == edge.to_node:
            yield Fault(house.alias, edge.from_node, field, edge.from_node, "leads from a node to itself; remove it")
        if (edge.from_node, edge.to_node) in seen:
            yield Fault(house.alias, edge.from_node, field, edge.to_node, "this edge stands twice; remove one")
        seen.add((edge.from_node, edge.to_node))


def check_tariff(house: House) -> Iterator[Fault]:
    """Faults in the tariff: hours and weekdays that no clock shows, prices beyond belief."""
    for name in ("on_peak_usd_per_kwh", "off_peak_usd_per_kwh"):
        price = getattr(house.tariff, name)
        if not 0.0 <= price <= 10.0:
            yield Fault(house.alias, "", f"tariff.{name}", f"{price:g}", "must be a price in USD/kWh between 0 and 10")
    if not 0.0 <= house.tariff.peak_usd_per_kw <= 1000.0:
        price = house.tariff.peak_usd_per_kw
        yield Fault(house.alias, "", "tariff.peak_usd_per_kw", f"{price:g}", "must be a price in USD/kW between 0 and 1000")
    for index, window in enumerate(house.tariff.on_peak):
        yield from _window_faults(house, f"tariff.on_peak.{index}", window)
    for index, limit in enumerate(house.tariff.power_limits):
        field = f"tariff.power_limits.{index}"
        yield from _window_faults(house, field, limit)
        if not 0.0 <= limit.limit_kw <= 1000.0:
            yield Fault(house.alias, "", f"{field}.limit_kw", f"{limit.limit_kw:g}", "must be a power in kW between 0 and 1000")


def _window_faults(house: House, field: str, window: PeakWindow | PowerLimit) -> Iterator[Fault]:
    """Faults in hours and weekdays of a window."""
    if not 0 <= window.start_hour < window.end_hour <= 24:
        hours = f"{window.start_hour}-{window.end_hour}"
        yield Fault(house.alias, "", field, hours, "must begin before it ends, within 0 to 24; split a window at midnight")
    for day in window.weekdays:
        if not 0 <= day <= 6:
            yield Fault(house.alias, "", f"{field}.weekdays", str(day), "must be 0 (Monday) to 6 (Sunday)")
