"""Is what is measured well told: names the wire takes, readers that can read it, periods that device and report allow."""

import re
from collections.abc import Iterator

from gw_spaceheat.house.faults import Fault, nearest
from gw_spaceheat.house.model import Channel, House, Node, wire_name
from gw_spaceheat.vocabulary.make_model import TELEMETRY, Devices, MakeModel
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

CHANNEL_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_NAME = 64
LONGEST_PERIOD_S = 3600.0
_READERS = frozenset(
    {
        ActorClass.SimpleSensor,
        ActorClass.MultiSensor,
        ActorClass.PowerMeter,
        ActorClass.PipeFlowSensor,
        ActorClass.BooleanActuator,
        ActorClass.AnalogActuator,
    }
)


def check_channels(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults in each channel: its name, whom it tells of, who reads it, and when it is kept."""
    wire_names = {wire_name(alias): alias for alias in house.nodes}
    for channel in house.channels.values():
        yield from _check_name(house, channel, wire_names.get(channel.name, channel.about))
        if channel.about not in house.nodes:
            text = f"there is no such node to tell of; {nearest(channel.about, house.nodes)}"
            yield _fault(house, channel, "about", channel.about, text)
        yield from _check_reader(house, devices, channel)
        yield from _check_capture(house, channel)
        if channel.in_power_metering:
            yield from _check_metering(house, channel)


def _fault(house: House, channel: Channel, field: str, value: object, text: str) -> Fault:
    return Fault(house.alias, channel.about, f"channels.{channel.name}.{field}", str(value), text)


def _check_name(house: House, channel: Channel, namesake: str) -> Iterator[Fault]:
    if not CHANNEL_NAME.fullmatch(channel.name) or len(channel.name) > LONGEST_NAME:
        text = f"must be lower-case words with dashes, beginning with a letter, of at most {LONGEST_NAME} characters"
        yield _fault(house, channel, "name", channel.name, text)
    if namesake != channel.about:
        text = f"is the wire name of {namesake}, but the channel tells of {channel.about}; give it another name"
        yield _fault(house, channel, "name", channel.name, text)


def _device_of(house: House, devices: Devices, node: Node) -> MakeModel | None:
    component = house.components.get(node.component)
    return devices.get(component.make_model) if component else None


def _check_reader(house: House, devices: Devices, channel: Channel) -> Iterator[Fault]:
    reader = house.nodes.get(channel.captured_by)
    if reader is None:
        text = f"there is no such node to read it; {nearest(channel.captured_by, house.nodes)}"
        yield _fault(house, channel, "captured_by", channel.captured_by, text)
        return
    if reader.actor not in _READERS:
        text = f"its actor is {reader.actor}, which reads nothing; name a sensor, meter or actuator with a component"
        yield _fault(house, channel, "captured_by", channel.captured_by, text)
        return
    device = _device_of(house, devices, reader)
    if device is None:
        return
    known = frozenset().union(*(TELEMETRY[kind] for kind in device.kinds))
    if channel.telemetry not in known:
        text = f"{reader.component} cannot measure it; it can measure {', '.join(sorted(known))}"
        yield _fault(house, channel, "telemetry", channel.telemetry, text)
    if 0.0 < channel.capture.poll_s < device.fastest_poll_s:
        text = f"{reader.component} cannot be read more often than every {device.fastest_poll_s:g} s"
        yield _fault(house, channel, "capture.poll_s", f"{channel.capture.poll_s:g}", text)


def _check_capture(house: House, channel: Channel) -> Iterator[Fault]:
    rule = channel.capture
    if not 0.0 < rule.poll_s <= LONGEST_PERIOD_S:
        text = f"must be more than 0 s and at most {LONGEST_PERIOD_S:g} s"
        yield _fault(house, channel, "capture.poll_s", f"{rule.poll_s:g}", text)
        return
    if not rule.poll_s <= rule.period_s <= LONGEST_PERIOD_S:
        text = f"must be at least poll_s ({rule.poll_s:g} s) and at most {LONGEST_PERIOD_S:g} s"
        yield _fault(house, channel, "capture.period_s", f"{rule.period_s:g}", text)
    elif abs(rule.period_s / rule.poll_s - round(rule.period_s / rule.poll_s)) > 1e-6:
        text = f"must be a multiple of poll_s ({rule.poll_s:g} s)"
        yield _fault(house, channel, "capture.period_s", f"{rule.period_s:g}", text)
    if rule.delta is not None and rule.delta <= 0.0:
        text = "must be positive, or null for a channel that is kept by period only"
        yield _fault(house, channel, "capture.delta", f"{rule.delta:g}", text)


def _check_metering(house: House, channel: Channel) -> Iterator[Fault]:
    if channel.telemetry is not TelemetryName.PowerW:
        text = "only a PowerW channel can be part of the house's power; remove it"
        yield _fault(house, channel, "in_power_metering", "true", text)
    about = house.nodes.get(channel.about)
    if about is not None and about.nameplate_w <= 0.0:
        text = (
            "counts in the house's power, so its rated power must be known [W]: a change is told when it passes a share of that"
        )
        yield Fault(house.alias, channel.about, "nameplate_w", f"{about.nameplate_w:g}", text)


def check_readers(house: House, devices: Devices) -> Iterator[Fault]:
    """Faults in what each reading actor has to read: nothing, more than its device gives, or at several paces."""
    for alias, node in house.nodes.items():
        if node.actor not in _READERS:
            continue
        channels = [channel for channel in house.channels.values() if channel.captured_by == alias]
        if not channels:
            text = "captures no channel; add one, so that what it reads or does is told"
            yield Fault(house.alias, alias, "actor", node.actor, text)
            continue
        device = _device_of(house, devices, node)
        if device is not None and device.inputs and not node.actuator and len(channels) > device.inputs:
            text = f"captures {len(channels)} channels, but {node.component} gives {device.inputs}; read the rest with another"
            yield Fault(house.alias, alias, "component", node.component, text)
        paces = sorted({channel.capture.poll_s for channel in channels})
        if len(paces) > 1:
            shown = ", ".join(f"{pace:g}" for pace in paces)
            text = "one device is read at one pace; give all its channels the same poll_s and tell them apart by period_s"
            yield Fault(house.alias, alias, "capture.poll_s", shown, text)
        yield from _check_registers(house, node, channels)


def _check_registers(house: House, node: Node, channels: list[Channel]) -> Iterator[Fault]:
    holders: dict[str, str] = {}
    for channel in channels:
        other = holders.setdefault(channel.register, channel.name) if channel.register else channel.name
        if other != channel.name:
            yield _fault(house, channel, "register", channel.register, f"{other} reads it from {node.component} already")
