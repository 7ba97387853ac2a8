"""The text of a house file into houses, or into one list of all that does not fit.

A file holds either several houses, keyed by the alias of their AtomicTNode, or one house that names its `alias` itself.
Inside a house the keys are the fields of `model.House`; nodes, components and channels are objects keyed by alias, identifier
and name. To keep a file readable, some things may be left out because another place already tells them:

- a channel's `about`, when the channel has its node's name (`a-tank-temp0` tells of `a.tank.temp0`);
- a channel's `captured_by`, when the node it tells of has an actor of its own;
- parts of a channel's `capture`, which then come from the `capture` of the component that reads it, then from the house's
  `capture` for its telemetry name;
- the sensor of a simulated actuator's own state (`state.element.0` for what is driven by `element.0`);
- a thermal edge is written as a pair `["a.hp", "a.buffer"]`, and the number of an I2C address may be text such as `"0x20"`.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from gw_spaceheat.house.faults import Fault, HouseFileError, nearest
from gw_spaceheat.house.model import CaptureRule, Channel, Component, House, Node, ThermalEdge, wire_name
from gw_spaceheat.house.shape import (
    BROKEN,
    Complaint,
    Complaints,
    Path,
    altered,
    json_object,
    read_fields,
    read_object,
    shown,
    unique_keys,
)
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

LARGEST_FILE = 16 * 1024 * 1024
"""A house file is some ten kilobytes per house; what is larger than this [characters] is something else."""


def load_houses(text: str, where: str) -> dict[str, House]:
    """All houses of a file.

    Args:
        text: The file's content.
        where: Its name, for the error.

    Returns:
        The houses by alias, in the file's order.

    Raises:
        HouseFileError: With every fault of form in the file. Whether a house makes sense is for `check.check_house` to say.
    """
    return _built(*_sections(text, where), where)


def load_house(text: str, where: str, alias: str = "") -> House:
    """One house of a file; the others are not looked at.

    Args:
        text: The file's content.
        where: Its name, for the error.
        alias: Which house (see `house_called`); may be left empty when the file holds only one.

    Raises:
        HouseFileError: The house is not there, or does not fit the form.
    """
    sections, faults = _sections(text, where)
    wanted = house_called(alias, sections)
    if wanted is None:
        advice = "no such house in this file" if alias else "the file has several houses: say which"
        raise HouseFileError(where, (Fault(alias, "", "alias", "", f"{advice}; {nearest(alias, sections)}"),))
    return _built({wanted: sections[wanted]}, [fault for fault in faults if fault.house == wanted], where)[wanted]


def house_called(name: str, aliases: Collection[str]) -> str | None:
    """The alias that a person means: it, or the only one that ends in these words, or the only one if he names none.

    None if there is none, or more than one.
    """
    if name in aliases:
        return name
    fitting = [alias for alias in aliases if not name or alias.endswith(f".{name}")]
    return fitting[0] if len(fitting) == 1 else None


def house_aliases(text: str, where: str) -> tuple[str, ...]:
    """The aliases of a file's houses, without reading the houses; raises HouseFileError when it holds none."""
    return tuple(_sections(text, where)[0])


def house_names(text: str, where: str) -> dict[str, str]:
    """What people call a file's houses, by alias, without reading the houses; raises HouseFileError when it holds none."""
    sections = _sections(text, where)[0]
    return {alias: str(entry.get("display_name", "")) if isinstance(entry, dict) else "" for alias, entry in sections.items()}


def _sections(text: str, where: str) -> tuple[dict[str, Any], list[Fault]]:
    """The file as JSON: what stands under each alias, and which stand twice; raises HouseFileError if it is none."""
    if len(text) > LARGEST_FILE:
        raise _unreadable(where, "", f"is {len(text)} characters long; a house file has at most {LARGEST_FILE}")
    try:
        top = json.loads(text, object_pairs_hook=unique_keys, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1].strip() if error.lineno <= len(text.splitlines()) else ""
        place = f"line {error.lineno} column {error.colno}"
        fault = Fault("", "", place, shown(line), f"is not JSON: {error.msg}; mend it there or just before")
        raise HouseFileError(where, (fault,)) from error
    except RecursionError as error:
        raise _unreadable(where, "", "is nested too deep for a house file") from error
    except ValueError as error:
        raise _unreadable(where, "", f"holds a number that cannot be read: {error}") from error
    complaints: Complaints = []
    entries = json_object(top, (), complaints)
    if entries is None:
        raise _unreadable(where, shown(top), "must hold an object: houses keyed by alias, or one house with its alias")
    if isinstance(entries.get("alias"), str):
        return {entries["alias"]: top}, []
    if not entries:
        raise _unreadable(where, "{}", "holds no house; add one, keyed by the alias of its AtomicTNode")
    return entries, [Fault(complaint.path[0], "", "alias", complaint.path[0], complaint.text) for complaint in complaints]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON knows")


def _unreadable(where: str, value: str, text: str) -> HouseFileError:
    return HouseFileError(where, (Fault("", "", "", value, text),))


def _built(sections: Mapping[str, object], faults: list[Fault], where: str) -> dict[str, House]:
    houses: dict[str, House] = {}
    broken: dict[str, frozenset[str]] = {}
    for alias, section in sections.items():
        complaints: Complaints = []
        house, names = _read_house(alias, section, complaints)
        faults.extend(_fault(alias, complaint, house.channels if house else {}) for complaint in complaints)
        if house is not None:
            houses[alias] = house
            broken[alias] = names
    if faults:
        raise HouseFileError(where, tuple(faults), houses, broken)
    return houses


def _fault(house: str, complaint: Complaint, channels: Mapping[str, Channel]) -> Fault:
    """A complaint in the words of a house: whose node it concerns, and where in it."""
    match complaint.path:
        case ("nodes", alias, *rest):
            return Fault(house, alias, ".".join(rest), complaint.value, complaint.text)
        case ("channels", name, *_) if name in channels:
            return Fault(house, channels[name].about, ".".join(complaint.path), complaint.value, complaint.text)
        case _:
            return Fault(house, "", ".".join(complaint.path), complaint.value, complaint.text)


# one house ----------------------------------------------------------------------------------------------


class _Defaults(NamedTuple):
    """Capture rules, in parts, that channels fall back on, and the components that could have had one."""

    by_telemetry: Mapping[str, Mapping[str, Any]]
    by_component: Mapping[str, Mapping[str, Any]]
    components: Mapping[str, Component]


_RULE_OF_NO_DEVICE = CaptureRule(poll_s=60.0, period_s=60.0, delta=None)
"""For a channel that nobody could read: that is told by the check, and what its rule lacks only follows from it."""


def _read_house(alias: str, section: object, complaints: Complaints) -> tuple[House | None, frozenset[str]]:
    """The house as far as it can be read, and the names in it that cannot."""
    entries = json_object(section, (), complaints)
    if entries is None:
        return None, frozenset()
    rest = {
        key: raw for key, raw in entries.items() if key not in ("nodes", "components", "channels", "thermal_edges", "capture")
    }
    nodes = _keyed(Node, "alias", entries.get("nodes", {}), ("nodes",), complaints)
    components, component_rules = _read_components(entries.get("components", {}), complaints)
    defaults = _Defaults(_read_rules(entries.get("capture", {}), complaints), component_rules, components)
    channels = _read_channels(entries.get("channels", {}), nodes, defaults, complaints)
    given = {
        "alias": alias,
        "nodes": nodes,
        "components": components,
        "channels": channels,
        "thermal_edges": _read_edges(entries.get("thermal_edges", []), complaints),
    }
    for key in ("nodes", "channels", "components"):
        if key not in entries:
            complaints.append(Complaint((key,), "", "is missing; add it"))
    if isinstance(rest.get("plant"), dict):
        rest["plant"] = _with_states(rest["plant"], channels)
    house = read_object(House, rest, (), complaints, given)
    written: set[str] = set()
    for key in ("nodes", "components", "channels"):
        if isinstance(entries.get(key), dict):
            written |= entries[key].keys()
    names = written - nodes.keys() - components.keys() - channels.keys()
    if house is not BROKEN and house.plant is None and entries.get("plant") is not None:
        names.add("plant")
    return (None if house is BROKEN else house), frozenset(names)


def _keyed(model: type[Any], key_field: str, value: object, path: Path, complaints: Complaints) -> dict[str, Any]:
    """Objects keyed by what is also a field of theirs."""
    entries = json_object(value, path, complaints) or {}
    found = {name: read_object(model, raw, (*path, name), complaints, {key_field: name}) for name, raw in entries.items()}
    return {name: each for name, each in found.items() if each is not BROKEN}


def _read_components(value: object, complaints: Complaints) -> tuple[dict[str, Component], dict[str, Mapping[str, Any]]]:
    """The components, and the capture rules that stand with them."""
    rules: dict[str, Mapping[str, Any]] = {}
    plain: dict[str, object] = {}
    for name, raw in (json_object(value, ("components",), complaints) or {}).items():
        plain[name] = raw
        if isinstance(raw, dict):
            own = altered(raw, {key: part for key, part in raw.items() if key != "capture"})
            if "capture" in raw:
                rules[name] = _read_rule(raw["capture"], ("components", name, "capture"), complaints)
            if isinstance(own.get("address"), dict):
                own["address"] = _with_hexadecimal(own["address"])
            plain[name] = own
    return _keyed(Component, "id", plain, ("components",), complaints), rules


def _with_hexadecimal(address: dict[str, Any]) -> dict[str, Any]:
    """An address whose number may be written as data sheets do, `"0x20"`."""
    written = address.get("address")
    if isinstance(written, str) and written.lower().startswith("0x"):
        try:
            return altered(address, {**address, "address": int(written, 16)})
        except ValueError:
            return address
    return address


def _read_rules(value: object, complaints: Complaints) -> dict[str, Mapping[str, Any]]:
    rules: dict[str, Mapping[str, Any]] = {}
    for name, raw in (json_object(value, ("capture",), complaints) or {}).items():
        if name in TelemetryName.__members__:
            rules[name] = _read_rule(raw, ("capture", name), complaints)
        else:
            hint = nearest(name, TelemetryName.__members__)
            complaints.append(Complaint(("capture", name), shown(raw), f"unknown telemetry name; {hint}"))
    return rules


def _read_rule(value: object, path: Path, complaints: Complaints) -> Mapping[str, Any]:
    """The parts of a capture rule that are there."""
    entries = json_object(value, path, complaints)
    return {} if entries is None else read_fields(CaptureRule, entries, path, complaints, {})


def _read_channels(value: object, nodes: Mapping[str, Node], defaults: _Defaults, complaints: Complaints) -> dict[str, Channel]:
    by_wire_name = {wire_name(alias): alias for alias in nodes}
    channels: dict[str, Channel] = {}
    for name, raw in (json_object(value, ("channels",), complaints) or {}).items():
        path = ("channels", name)
        entries = json_object(raw, path, complaints)
        if entries is None:
            continue
        own = {key: part for key, part in entries.items() if key != "capture"}
        if "about" not in own and name in by_wire_name:
            own["about"] = by_wire_name[name]
        about = nodes.get(str(own.get("about")))
        if "captured_by" not in own and about is not None and about.actor is not ActorClass.NoActor:
            own["captured_by"] = about.alias
        rule = _capture_rule(entries, own, nodes, defaults, complaints, path)
        channel = read_object(Channel, own, path, complaints, {"name": name, "capture": rule})
        if channel is not BROKEN and rule is not None:
            channels[name] = channel
    return channels


def _capture_rule(
    entries: Mapping[str, Any],
    own: Mapping[str, Any],
    nodes: Mapping[str, Node],
    defaults: _Defaults,
    complaints: Complaints,
    path: Path,
) -> CaptureRule | None:
    """A channel's capture rule, each part from the nearest place that tells it; None, with complaints, if no place does."""
    reader = nodes.get(str(own.get("captured_by")))
    parts = {
        "delta": None,
        **defaults.by_telemetry.get(str(own.get("telemetry")), {}),
        **(defaults.by_component.get(reader.component, {}) if reader else {}),
        **(_read_rule(entries["capture"], (*path, "capture"), complaints) if "capture" in entries else {}),
    }
    missing = [key for key in ("poll_s", "period_s") if key not in parts]
    if missing and (reader is None or reader.component not in defaults.components):
        return _RULE_OF_NO_DEVICE
    for key in missing:
        text = "is missing; add it here, to the component's capture or to the house's capture of this telemetry name"
        complaints.append(Complaint((*path, "capture", key), "", text))
    return None if missing else CaptureRule(**parts)


def _read_edges(value: object, complaints: Complaints) -> tuple[ThermalEdge, ...]:
    if not isinstance(value, list):
        complaints.append(Complaint(("thermal_edges",), shown(value), "must be a list of pairs of aliases"))
        return ()
    edges = []
    for index, pair in enumerate(value):
        match pair:
            case [str(from_node), str(to_node)]:
                edges.append(ThermalEdge(from_node=from_node, to_node=to_node))
            case _:
                text = 'must be a pair of aliases, such as ["a.hp", "a.buffer"]'
                complaints.append(Complaint(("thermal_edges", str(index)), shown(pair), text))
    return tuple(edges)


def _with_states(plant: dict[str, Any], channels: Mapping[str, Channel]) -> dict[str, Any]:
    """A plant whose sensors include the own state of each actuator that has a channel for it."""
    sensors, actuators = plant.get("sensors", {}), plant.get("actuators", {})
    if not isinstance(sensors, dict) or not isinstance(actuators, dict):
        return plant
    states = {
        name: {"point": f"state.{actuators[channel.about]}"}
        for name, channel in channels.items()
        if channel.about == channel.captured_by and isinstance(actuators.get(channel.about), str)
    }
    return altered(plant, {**plant, "sensors": altered(sensors, {**states, **sensors})})
