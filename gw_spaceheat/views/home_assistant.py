"""A house as Home Assistant discovers it over MQTT: one retained message per channel that says where its readings are.

The readings themselves are those that go over the house's own broker anyway (`gw/<node>/to/s/synced-readings`), so that nothing
has to be said twice: a template takes a channel's number out of the scan and brings it into the unit. A scan holds only the
channels that were captured then; for one that is not in it the state stays as it was. Form: Home Assistant, MQTT integration,
discovery messages. Nothing can be commanded this way.
"""

import json
from collections.abc import Iterator

from gw_spaceheat.house.model import Channel, House, wire_name
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

PREFIX = "homeassistant"
_CLASSES: dict[str, tuple[str, str, str]] = {
    "degC": ("temperature", "\u00b0C", "measurement"),
    "W": ("power", "W", "measurement"),
    "Wh": ("energy", "Wh", "total_increasing"),
    "A": ("current", "A", "measurement"),
    "V": ("voltage", "V", "measurement"),
    "kg/s": ("", "kg/s", "measurement"),
}
"""By our unit: Home Assistant's class of device, its unit, and what kind of number it is."""


def discovery(house: House) -> dict[str, str]:
    """The discovery messages of a house by topic; each is to be retained."""
    stem = wire_name(house.alias).replace("-", "_")
    return {
        f"{PREFIX}/{_platform(channel)}/{stem}/{channel.name.replace('-', '_')}/config": json.dumps(
            _config(house, stem, channel)
        )
        for channel in _captured(house)
    }


def _captured(house: House) -> Iterator[Channel]:
    return (channel for channel in house.channels.values() if channel.captured_by in house.nodes)


def _platform(channel: Channel) -> str:
    return "binary_sensor" if channel.telemetry is TelemetryName.RelayState else "sensor"


def _config(house: House, stem: str, channel: Channel) -> dict[str, object]:
    scale = channel.telemetry.scale
    number = f"p.ValueList[p.ChannelNameList.index('{channel.name}')]"
    value = f"(({number} - {scale.offset:g}) / {scale.slope!r}) | round({max(scale.decimals, 0)})"
    if _platform(channel) == "binary_sensor":
        value = f"'ON' if {number} == 1 else 'OFF'"
    template = (
        "{% set p = value_json.Payload %}"
        f"{{% if '{channel.name}' in p.ChannelNameList %}}{{{{ {value} }}}}{{% else %}}{{{{ this.state }}}}{{% endif %}}"
    )
    config: dict[str, object] = {
        "name": house.nodes[channel.about].display_name or channel.name,
        "unique_id": f"{stem}_{channel.name.replace('-', '_')}",
        "state_topic": f"gw/{wire_name(channel.captured_by)}/to/s/synced-readings",
        "value_template": template,
        "expire_after": max(60, round(3 * channel.capture.period_s)),
        "device": {"identifiers": [stem], "name": house.display_name, "manufacturer": "GridWorks", "model": "SCADA"},
    }
    if _platform(channel) == "sensor":
        device_class, unit, state_class = _CLASSES[scale.si_unit]
        config |= {"unit_of_measurement": unit, "state_class": state_class}
        config |= {"device_class": device_class} if device_class else {}
    return config
