"""A house with a metered relay, an output that is not metered, and a meter that has a serial number."""

from dataclasses import replace

from gw_spaceheat.house.model import Actuator, CaptureRule, Channel, Component, House, Node
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName
from tests.houses import bare_house

RELAY, OUTPUT, METER, POWER = "a.elt1.relay", "a.hp.lwt", "a.m", "a-elt1"
STEP_W, RESPONSE_S = 3600.0, 6.0
SERIAL = "35941_308"


def metered_house() -> House:
    nodes = [
        Node(alias="a.elt1", role=Role.BoostElement, nameplate_w=4500),
        Node(
            alias=RELAY,
            role=Role.BooleanActuator,
            actor=ActorClass.BooleanActuator,
            actuator=Actuator(expected_response_s=RESPONSE_S, smallest_step_w=STEP_W),
        ),
        Node(
            alias=OUTPUT,
            role=Role.AnalogActuator,
            actor=ActorClass.AnalogActuator,
            actuator=Actuator(minimum=25, maximum=70),
        ),
        Node(alias=METER, role=Role.PowerMeter, actor=ActorClass.PowerMeter, component="meter"),
    ]
    channel = Channel(
        name=POWER,
        about="a.elt1",
        captured_by=METER,
        telemetry=TelemetryName.PowerW,
        capture=CaptureRule(poll_s=1, period_s=300, delta=90),
        in_power_metering=True,
    )
    return replace(
        bare_house(),
        nodes={node.alias: node for node in nodes},
        channels={POWER: channel},
        components={"meter": Component(id="meter", make_model="GridWorks__SimPowerMeter", serial=SERIAL)},
    )
