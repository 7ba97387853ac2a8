"""What drivers share: taking what they need out of a component with a clear word when it is missing, and judging values."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gw_spaceheat.core.telemetry.plausible import RANGES
from gw_spaceheat.drivers.base import DeviceError, WrongDeviceError
from gw_spaceheat.house.model import Channel, Component, Node

LONGEST_ANSWER = 65_536
"""No device of ours answers with more [bytes]; what is longer is not looked at."""


def address_text(node: Node, component: Component, key: str) -> str:
    """A text of the component's address; DeviceError if it is not there."""
    value = component.address.get(key)
    if not isinstance(value, str):
        raise _missing(node, component, "address", key, "a text")
    return value


def address_number(node: Node, component: Component, key: str, default: int | None = None) -> int:
    """A whole number of the component's address; DeviceError if it is not there and there is no default."""
    value = component.address.get(key, default)
    if not isinstance(value, int):
        raise _missing(node, component, "address", key, "a whole number")
    return value


def option_number(
    node: Node, component: Component, key: str, default: float | None = None, least: float = -math.inf, most: float = math.inf
) -> float:
    """A number of the component's options, within limits; DeviceError if it is none, or is missing without a default."""
    value = component.options.get(key, default)
    if not isinstance(value, int | float) or not least <= value <= most:
        wanted = f"a number from {least:g} to {most:g}" if math.isfinite(least) and math.isfinite(most) else "a number"
        raise _missing(node, component, "options", key, wanted)
    return float(value)


def option_word(node: Node, component: Component, key: str, allowed: Sequence[str], default: str) -> str:
    """One of some words in the component's options; DeviceError if it is another."""
    value = component.options.get(key, default)
    if value not in allowed:
        raise _missing(node, component, "options", key, f"one of {', '.join(allowed)}")
    return str(value)


def _missing(node: Node, component: Component, where: str, key: str, wanted: str) -> DeviceError:
    return DeviceError(
        f"node {node.alias}: component {component.id} ({component.make_model}) needs {wanted} as `{key}` in its {where}"
    )


def secret(component: Component, key: str = "password_file") -> str:
    """What stands in the file that an option names, so that no secret stands in a house file; empty without the option.

    Raises:
        DeviceError: The file cannot be read; says which.
    """
    name = component.options.get(key)
    if name is None:
        return ""
    try:
        return Path(str(name)).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        text = f"component {component.id}: {key} {name} cannot be read: {error}; make it readable for the service only"
        raise DeviceError(text) from error


def only_channel(node: Node, channels: Sequence[Channel], component: Component) -> Channel:
    """The channel of a device that has one value; DeviceError if there is not exactly one."""
    if len(channels) != 1:
        raise DeviceError(f"node {node.alias}: a {component.make_model} has one channel, not {len(channels)}")
    return channels[0]


def output_number(node: Node, component: Component, outputs: int) -> int:
    """Which output of the component this node is, counted from 1; DeviceError if there is no such one."""
    output = node.output or (1 if outputs == 1 else 0)
    if not 1 <= output <= outputs:
        text = f"node {node.alias}: a {component.make_model} has the outputs 1 to {outputs}; say which one this is"
        raise DeviceError(text)
    return output


def is_on(value: float, where: str) -> bool:
    """A relay's command as a truth; DeviceError if it is neither 0 nor 1."""
    if value not in (0.0, 1.0):
        raise DeviceError(f"{where}: a relay takes 0 or 1, not {value:g}")
    return value == 1.0


def check_identity(component: Component, found: str) -> None:
    """Refuse a device that is not the one of the house file; one without a serial number there may be any.

    Raises:
        WrongDeviceError: Names both serial numbers.
    """
    if component.serial and component.serial != found:
        text = (
            f"{component.id}: the house file says serial number {component.serial}, the device answers {found}; "
            "it is another device: put the right one in its place, or correct the house file"
        )
        raise WrongDeviceError(text, found)


def believable(channel: Channel, value: float | None) -> float | None:
    """The value, or None where a quantity of that kind cannot be so in any house."""
    least, most = RANGES[channel.telemetry]
    return value if value is not None and least <= value <= most else None  # NaN is in no range


def json_object(body: bytes | str, where: str) -> dict[str, Any]:
    """A JSON object out of a device's answer; DeviceError if it is none."""
    try:
        found = json.loads(body) if len(body) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DeviceError(f"{where} answered with something that is no JSON object; is it the right device?")
    return found


def part(tree: object, *path: str | int) -> object:
    """What stands in a tree of JSON at the end of a path of keys and indices; None if the path does not lead there."""
    for step in path:
        if isinstance(tree, Mapping) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def number(value: object) -> float | None:
    """A JSON value as a finite number; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
