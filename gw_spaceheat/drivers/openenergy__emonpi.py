"""OpenEnergyMonitor emonPi: what it says over MQTT, each value on a topic of its own (`emon/emonpi/power1`), every 5 s.

The values are plain numbers: powers [W], mains voltage [V], temperatures [degC] (300 for a probe that is not there). A value
that the broker had kept from earlier, or that is older than `oldest_s`, is missing.
"""

from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.mqtt import DEFAULT_HOST, DEFAULT_PORT, MqttBus, Said, take_mqtt
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, number, option_number, secret
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "OpenEnergy__EmonPi"
ABOUT = About(
    device=MakeModel(frozenset({Kind.PowerMeter, Kind.Temperature}), Bus.Mqtt, inputs=32, fastest_poll_s=1.0),
    title="OpenEnergyMonitor emonPi: power and temperatures, MQTT",
    measures="Power [W] of two circuits and their sum, mains voltage [V], up to six temperatures [degC]; every 5 s.",
    span="1 MW at most; temperatures as water or air can have them (a missing probe says 300).",
    source="OpenEnergyMonitor guide, emonPi MQTT service",
    recovers="A broker that was lost is found again by itself; an emonPi that is silent for `oldest_s` is lost until it "
    "speaks.",
    wiring=("In the house's network; its emonhub publishes to a broker that we can reach too",),
    address={"topic": "emon/emonpi", "host": "192.168.1.44", "port": 1883},
    registers={"power1, power2, power1pluspower2, vrms, t1 to t6": "the last word of the topic"},
    options={
        "oldest_s": "after so long a value is missing [s] (default 30)",
        "user, password_file": "for a broker that asks; the emonPi's own has the user emonpi",
    },
)


def value_of(payload: bytes) -> float | None:
    """The number in a message; None if it is none."""
    try:
        return number(float(payload))
    except ValueError:
        return None


class EmonPi:
    """One emonPi."""

    reads_at_will = True

    def __init__(
        self, component: Component, channels: Sequence[Channel], bus: tuple[str, int], topic: str, oldest_s: float
    ) -> None:
        """Remember; `bus` is the broker's host and port."""
        self._component = component
        self._channels = tuple(channels)
        self._topic = topic
        self._oldest_s = oldest_s
        self._bus: Held[MqttBus] = Held(
            lambda: take_mqtt(*bus, str(component.options.get("user", "")), secret(component)),
        )

    def open(self) -> None:
        """Listen; raises DeviceError."""
        self._bus.get().listen(f"{self._topic}/#")

    def close(self) -> None:
        """Let the broker go."""
        self._bus.let_go()

    def read(self) -> Mapping[str, float | None]:
        """What was said last on each topic, if it is young enough; DeviceError when nothing is."""
        said = {channel: self._bus.get().last(f"{self._topic}/{channel.register}") for channel in self._channels}
        values = {channel.name: believable(channel, self._value(last)) for channel, last in said.items()}
        if not any(last is not None and self._is_young(last) for last in said.values()):
            text = f"{self._component.id} has said nothing under {self._topic} for {self._oldest_s:g} s; is the emonPi on?"
            raise DeviceError(text)
        return values

    def _value(self, said: Said | None) -> float | None:
        return value_of(said.payload) if said is not None and self._is_young(said) else None

    def _is_young(self, said: Said) -> bool:
        return not said.retained and said.age_s <= self._oldest_s


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> EmonPi:
    """Make the driver; DeviceError if the topic is not said or a channel names no value."""
    for channel in channels:
        if not channel.register or set(channel.register) & set("/#+"):
            raise DeviceError(f"channel {channel.name}: its register must be a value of the emonPi such as power1")
    host = str(component.address.get("host", DEFAULT_HOST))
    bus = host, address_number(node, component, "port", DEFAULT_PORT)
    oldest_s = option_number(node, component, "oldest_s", 30.0, 1, 3600)
    return EmonPi(component, channels, bus, address_text(node, component, "topic"), oldest_s)
