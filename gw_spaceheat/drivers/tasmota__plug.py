"""A plug or relay with Tasmota, by MQTT over the house's broker.

A question goes to `cmnd/TOPIC/WORD`, its answer comes on `stat/TOPIC/...` (Tasmota documentation, Commands and MQTT): `STATUS
8` tells the meter, `STATUS 11` the relays, `STATUS 5` the MAC address, `POWERn ON|OFF` switches and answers with what is.
Nothing of what Tasmota says by itself is used, so that every reading is as fresh as its question. Tasmota's full topic must
be its default.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.mqtt import DEFAULT_HOST, DEFAULT_PORT, MqttBus, take_mqtt
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import (
    address_number,
    address_text,
    believable,
    check_identity,
    is_on,
    json_object,
    number,
    output_number,
    part,
    secret,
)
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

MAKE_MODEL = "Tasmota__Plug"
OUTPUTS = 8
ABOUT = About(
    device=MakeModel(frozenset({Kind.Relay, Kind.PowerMeter}), Bus.Mqtt, outputs=OUTPUTS, inputs=16, fastest_poll_s=1.0),
    title="Plugs and relays with Tasmota, MQTT",
    measures="Switches relays and reads them back; power [W], current [A], voltage [V], energy [Wh] of its meter.",
    span="1 MW, 10 kA, 100 kV at most.",
    source="Tasmota documentation: Commands, MQTT",
    recovers="Broker and plug are found again by themselves; what the relay does after a loss of supply is Tasmota's "
    "`PowerOnState`.",
    wiring=("Mains; in Tasmota, MQTT to the house's broker, full topic `%prefix%/%topic%/`",),
    address={"topic": "boost-plug", "host": "127.0.0.1", "port": 1883},
    registers={"(empty)": "the plug's meter; `1` to `3` for one phase of a meter with several"},
    options={"user, password_file": "for a broker that asks"},
    identity="Its MAC address as Tasmota gives it, such as `5C:CF:7F:00:00:01`; another one is refused when it is opened.",
)
_FIELDS = {
    TelemetryName.PowerW: ("Power", 1.0),
    TelemetryName.CurrentRmsMicroAmps: ("Current", 1.0),
    TelemetryName.VoltageRmsMilliVolts: ("Voltage", 1.0),
    TelemetryName.WattHours: ("Total", 1000.0),
}
"""Tasmota's names, and how many of our units one of theirs is: it counts energy in kWh."""


def meter_value(status: dict[str, Any], telemetry: TelemetryName, phase: str) -> float | None:
    """A quantity of the meter [SI unit], of the answer to STATUS 8; None if the plug has none."""
    name, factor = _FIELDS[telemetry]
    found = part(status, "StatusSNS", "ENERGY", name)
    if isinstance(found, list):
        found = part(found, int(phase or "1") - 1)
    value = number(found)
    return None if value is None else value * factor


def relay_state(status: dict[str, Any], output: int) -> float | None:
    """Whether a relay is on, of the answer to STATUS 11; None if that does not say. The only relay of a plug has no number."""
    for word in (f"POWER{output}", *(("POWER",) if output == 1 else ())):
        found = part(status, "StatusSTS", word)
        if found in ("ON", "OFF"):
            return float(found == "ON")
    return None


class _Tasmota:
    """What the relay and the meter share: the broker, and who it is."""

    def __init__(self, component: Component, topic: str, broker: tuple[str, int]) -> None:
        """Remember; `broker` is its host and port."""
        self._component = component
        self._topic = topic
        self._bus: Held[MqttBus] = Held(
            lambda: take_mqtt(*broker, str(component.options.get("user", "")), secret(component)),
        )

    def open(self) -> None:
        """Listen, and see that it is the plug of the house file; raises DeviceError."""
        self._bus.get().listen(f"stat/{self._topic}/#")
        check_identity(self._component, self.identify())

    def close(self) -> None:
        """Let the broker go; relays keep what they have."""
        self._bus.let_go()

    def identify(self) -> str:
        """Its MAC address; raises DeviceError."""
        mac = part(self._status(5), "StatusNET", "Mac")
        if not isinstance(mac, str) or not mac:
            raise DeviceError(f"{self._topic} tells no MAC address; is it Tasmota?")
        return mac

    def _status(self, which: int) -> dict[str, Any]:
        told = self._bus.get().ask(f"cmnd/{self._topic}/STATUS", str(which).encode(), f"stat/{self._topic}/STATUS{which}")
        return json_object(told, self._topic)


class TasmotaRelay(_Tasmota):
    """One relay of a plug."""

    def __init__(self, component: Component, topic: str, broker: tuple[str, int], output: int) -> None:
        """Remember; output counts from 1."""
        super().__init__(component, topic, broker)
        self._output = output

    def write(self, value: float) -> None:
        """Switch it on (1) or off (0) and wait for its answer; raises DeviceError."""
        word = b"ON" if is_on(value, self._topic) else b"OFF"
        self._bus.get().ask(f"cmnd/{self._topic}/POWER{self._output}", word, f"stat/{self._topic}/RESULT")

    def read_back(self) -> float | None:
        """Whether it is on; raises DeviceError."""
        state = relay_state(self._status(11), self._output)
        if state is None:
            raise DeviceError(f"{self._topic} tells nothing of relay {self._output}; has this plug so many?")
        return state


class TasmotaMeter(_Tasmota):
    """The meter of a plug."""

    reads_at_will = True

    def __init__(self, component: Component, topic: str, broker: tuple[str, int], channels: Sequence[Channel]) -> None:
        """Remember."""
        super().__init__(component, topic, broker)
        self._channels = tuple(channels)

    def read(self) -> Mapping[str, float | None]:
        """All channels; raises DeviceError."""
        status = self._status(8)
        return {
            channel.name: believable(channel, meter_value(status, channel.telemetry, channel.register))
            for channel in self._channels
        }


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> TasmotaRelay | TasmotaMeter:
    """Make the driver; DeviceError if the topic is not said or a channel asks for what the meter has not."""
    topic = address_text(node, component, "topic")
    broker = str(component.address.get("host", DEFAULT_HOST)), address_number(node, component, "port", DEFAULT_PORT)
    if node.actuator is not None:
        return TasmotaRelay(component, topic, broker, output_number(node, component, OUTPUTS))
    for channel in channels:
        if channel.register not in ("", "1", "2", "3") or channel.telemetry not in _FIELDS:
            raise DeviceError(f"channel {channel.name}: a {MAKE_MODEL} has no {channel.telemetry} of {channel.register!r}")
    return TasmotaMeter(component, topic, broker, channels)
