"""Discovery messages: each channel's class, unit and topic, and a template that finds its number in a scan."""

import json
import re

from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.views.home_assistant import discovery
from tests.scenarios.scene import GARAGE, START_MS, house


def configs() -> dict[str, dict[str, object]]:
    return {topic: json.loads(text) for topic, text in discovery(house(GARAGE)).items()}


def test_every_channel_is_there_once_with_its_class_and_unit() -> None:
    found = configs()
    assert len({config["unique_id"] for config in found.values()}) == len(found) == len(house(GARAGE).channels)
    probe = found["homeassistant/sensor/dw1_isone_nh_orange_1/a_tank_temp0/config"]
    assert (probe["device_class"], probe["unit_of_measurement"], probe["expire_after"]) == ("temperature", "\u00b0C", 180)
    relay = found["homeassistant/binary_sensor/dw1_isone_nh_orange_1/a_elt1_relay/config"]
    assert "unit_of_measurement" not in relay
    assert "'ON' if" in str(relay["value_template"])


def test_the_template_brings_the_wires_number_into_the_unit() -> None:
    """The arithmetic of the template, done by hand for a channel in thousandths of a degree Fahrenheit."""
    probe = configs()["homeassistant/sensor/dw1_isone_nh_orange_1/a_tank_temp0/config"]
    found = re.search(r" - ([0-9.e+]+)\) / ([0-9.e+]+)\)", str(probe["value_template"]))
    assert found is not None
    channel = house(GARAGE).channels["a-tank-temp0"]
    wire = channel.telemetry.to_wire(40.0)
    assert (wire - float(found[1])) / float(found[2]) == 40.0
    assert "{{ this.state }}" in str(probe["value_template"])


def test_the_template_reads_what_the_bus_carries() -> None:
    """Topic and keys are those of the message itself."""
    message = SyncedReadings(channel_name_list=("a-tank-temp0",), value_list=(104_000,), scada_read_time_unix_ms=START_MS)
    topic, body = encode(message, src="a-tank-temp0", dst="s", message_id="")
    probe = configs()["homeassistant/sensor/dw1_isone_nh_orange_1/a_tank_temp0/config"]
    assert topic == probe["state_topic"]
    payload = json.loads(body)["Payload"]
    assert payload["ValueList"][payload["ChannelNameList"].index("a-tank-temp0")] == 104_000
    assert "value_json.Payload" in str(probe["value_template"])
