"""Atlas Scientific EZO-FLO: the totalizer of a flow meter, on I2C.

Commands and answers are text (EZO-FLO data sheet V 2.5, I2C mode): a command is written, 0.3 s later the answer is read: one
byte (1 done, 2 not understood, 254 not ready, 255 nothing to say), then text up to a zero byte. `i` asks who it is, `O,?`
which values `R` gives and in which order, `Frp,?` whether the rate is per second, minute or hour. Volumes are litres; one
litre of water is taken for one kilogram. If the rate is not among the values, it is switched on (`O,FR,1`), which the chip
then remembers.
"""

from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import REOPENED, About
from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses.i2c import I2cBus, take_i2c
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, address_text, believable, only_channel
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "Atlas__EzoFlo"
ABOUT = About(
    device=MakeModel(frozenset({Kind.FlowMeter}), Bus.I2c, inputs=1, fastest_poll_s=1.0),
    title="Atlas Scientific EZO-FLO: flow meter totalizer on I2C",
    measures="Flow [kg/s], from litres per second, minute or hour as the chip is set.",
    span="0 to 50 kg/s.",
    source="Atlas Scientific EZO-FLO data sheet V 2.5",
    recovers=REOPENED,
    wiring=(
        "SDA to GPIO 2, SCL to GPIO 3, 5 V, GND; the chip must be set to I2C (its green or blue light, not the UART one)",
        "The flow meter to the chip's terminals; its kind is set once by the maker's command `Set`",
    ),
    address={"bus": "i2c-1", "address": 104},
    recognised="That it is an EZO-FLO is checked when it is opened; it has no serial number.",
)
ANSWER_S = 0.3
LONGEST_ANSWER = 40
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
DONE, NOT_UNDERSTOOD, NOT_READY, NOTHING = 1, 2, 254, 255
_CODES = {NOT_UNDERSTOOD: "it does not understand", NOT_READY: "it was not ready", NOTHING: "it has nothing to say"}


def answer(data: bytes) -> str:
    """The text of an answer; DeviceError when its first byte says that there is none, or it is no text."""
    if not data or data[0] != DONE:
        what = _CODES.get(data[0], f"answer code {data[0]}") if data else "an empty answer"
        raise DeviceError(f"{MAKE_MODEL}: {what}; is it another chip at that address?")
    text = data[1:].split(b"\0", 1)[0]
    if not all(0x20 <= byte < 0x7F for byte in text):
        raise DeviceError(f"{MAKE_MODEL}: its answer is no text; look at the bus")
    return text.decode("ascii")


def flow_kg_s(text: str, order: Sequence[str], per_s: float) -> float | None:
    """The flow in an answer to `R` [kg/s]; None if it is no number or negative.

    DeviceError if it has not the values asked for.
    """
    values = text.split(",")
    if len(values) != len(order) or "FR" not in order:
        raise DeviceError(f"{MAKE_MODEL}: it gave {len(values)} values where {', '.join(order) or 'none'} were expected")
    try:
        flow = float(values[list(order).index("FR")]) / per_s
    except ValueError:
        return None
    return flow if flow >= 0.0 else None


class EzoFlo:
    """One chip."""

    reads_at_will = True

    def __init__(self, bus: str, address: int, channel: Channel) -> None:
        """Remember."""
        self._bus: Held[I2cBus] = Held(lambda: take_i2c(bus))
        self._address = address
        self._channel = channel
        self._order: tuple[str, ...] = ()
        self._per_s = 1.0

    def open(self) -> None:
        """See that it is a flow meter and how it is set; switch the rate on if it is not. Raises DeviceError."""
        who = self._ask("i").split(",")
        if who[:2] != ["?I", "FLO"]:
            raise DeviceError(f"{MAKE_MODEL}: address {self._address} answers as {','.join(who)}; correct the address")
        self._order = self._outputs()
        if "FR" not in self._order:
            self._ask("O,FR,1")
            self._order = self._outputs()
        per = self._ask("Frp,?").rpartition(",")[2].strip().lower()
        if per not in SECONDS:
            raise DeviceError(f"{MAKE_MODEL}: it gives its rate per {per!r}; set it by `Frp,s`")
        self._per_s = SECONDS[per]

    def close(self) -> None:
        """Let the bus go."""
        self._bus.let_go()

    def read(self) -> Mapping[str, float | None]:
        """The flow [kg/s]; raises DeviceError."""
        return {self._channel.name: believable(self._channel, flow_kg_s(self._ask("R"), self._order, self._per_s))}

    def _outputs(self) -> tuple[str, ...]:
        return tuple(word.strip().upper() for word in self._ask("O,?").split(",")[1:] if word.strip())

    def _ask(self, command: str) -> str:
        return answer(self._bus.get().ask_slowly(self._address, command.encode("ascii"), ANSWER_S, LONGEST_ANSWER))


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> EzoFlo:
    """Make the driver; DeviceError if bus or address are not said or it has not one channel."""
    bus, address = address_text(node, component, "bus"), address_number(node, component, "address")
    return EzoFlo(bus, address, only_channel(node, channels, component))
