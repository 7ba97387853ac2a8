"""A flow meter that gives pulses, on a pin of the Pi.

Its K-factor says how many pulses a litre gives; one litre of water is taken for one kilogram. The flow is the number of pulses
since the last scan over the time between the last pulse of then and the last pulse of now, so that it does not depend on where
between two pulses a scan falls. Without a new pulse it can be no more than one pulse in the time that has passed, and after
`still_s` it is none.
"""

from collections.abc import Mapping, Sequence

from gw_spaceheat.drivers.about import About
from gw_spaceheat.drivers.buses.gpio import PULLS, Gpio, Pulses, take_gpio
from gw_spaceheat.drivers.buses.shared import Held
from gw_spaceheat.drivers.parts import address_number, believable, only_channel, option_number, option_word
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Channel, Component, Node
from gw_spaceheat.vocabulary.make_model import Bus, Kind, MakeModel

MAKE_MODEL = "GridWorks__PulseFlowMeter"
ABOUT = About(
    device=MakeModel(frozenset({Kind.FlowMeter}), Bus.Gpio, inputs=1, fastest_poll_s=1.0),
    title="A flow meter with pulses on a pin of the Pi",
    measures="Flow [kg/s] from pulses of up to 200 per second; falling edges are counted.",
    span="0 to 50 kg/s. The first scan after opening has no flow yet, and is missing.",
    source="Hall-effect turbine meters such as the YF-B series: pulses per litre on their label",
    recovers="A meter that is unplugged gives no pulses, which cannot be told from no flow.",
    wiring=("Signal to the pin, at 3.3 V and no more; open-collector outputs with the Pi's own pull-up (`pull: up`)",),
    address={"pin": 27},
    options={
        "pulses_per_litre": "the meter's K-factor; must be given",
        "debounce_ms": "pulses sooner than this after a counted one are bounce [ms] (default 2)",
        "pull": "`up` (default), `down` or `none`",
        "still_s": "after so long without a pulse there is no flow [s] (default 10)",
    },
)


def flow_kg_s(before: Pulses, after: Pulses, pulses_per_litre: float, still_s: float) -> float | None:
    """The flow between two looks [kg/s]; None when there was no pulse to count from yet and it may still be any.

    Args:
        before: The earlier look.
        after: The later one.
        pulses_per_litre: The meter's K-factor.
        still_s: After so long without a pulse there is no flow [s].
    """
    new = after.number - before.number
    if new > 0 and before.number > 0 and after.last_s > before.last_s:
        return new / (after.last_s - before.last_s) / pulses_per_litre
    if new > 1 and after.last_s > before.now_s:
        return new / (after.last_s - before.now_s) / pulses_per_litre
    quiet_s = after.now_s - (after.last_s if after.number else before.now_s)
    if quiet_s >= still_s:
        return 0.0
    if new > 0 or after.number == 0:
        return None
    return 1.0 / quiet_s / pulses_per_litre if quiet_s > 0.0 else None


class Looks:
    """The flow from look to look, of whoever looks at the count in turns of his own."""

    def __init__(self, first: Pulses, pulses_per_litre: float, still_s: float) -> None:
        """Begin at a look."""
        self.seen = first
        self._pulses_per_litre, self._still_s = pulses_per_litre, still_s
        self._flow_kg_s: float | None = None

    def flow_kg_s(self, now: Pulses) -> float | None:
        """The flow since the last look that saw a pulse [kg/s]; without a new one it can only fall; None: not known yet."""
        flow = flow_kg_s(self.seen, now, self._pulses_per_litre, self._still_s)
        if now.number == self.seen.number and flow is not None and self._flow_kg_s is not None:
            return min(flow, self._flow_kg_s)
        self._flow_kg_s = flow
        if now.number != self.seen.number:
            self.seen = now
        return flow


class PulseFlowMeter:
    """One meter on one pin."""

    def __init__(
        self, pin: int, channel: Channel, pulses_per_litre: float, debounce_s: float, pull: str, still_s: float
    ) -> None:
        """Remember."""
        self._gpio: Held[Gpio] = Held(take_gpio)
        self._pin, self._channel = pin, channel
        self._pulses_per_litre, self._debounce_s, self._pull, self._still_s = pulses_per_litre, debounce_s, pull, still_s
        self._scans: Looks | None = None
        self._glances: Looks | None = None

    def open(self) -> None:
        """Begin to count; raises DeviceError."""
        self._gpio.get().count(self._pin, self._pull, self._debounce_s)
        first = self._gpio.get().pulses(self._pin)
        self._scans, self._glances = self._looks(first), self._looks(first)

    def close(self) -> None:
        """Count no more."""
        if self._scans is not None:
            self._scans = self._glances = None
            self._gpio.get().stop_counting(self._pin)
        self._gpio.let_go()

    def read(self) -> Mapping[str, float | None]:
        """The flow since the last scan that saw a pulse [kg/s]; raises DeviceError."""
        return self._flow_since(self._scans)

    def glance(self) -> Mapping[str, float | None]:
        """The flow since the last glance that saw a pulse, or the last scan if that was later [kg/s]; raises DeviceError."""
        if self._scans is not None and self._glances is not None and self._scans.seen.now_s > self._glances.seen.now_s:
            self._glances = self._looks(self._scans.seen)
        return self._flow_since(self._glances)

    def _flow_since(self, looks: Looks | None) -> Mapping[str, float | None]:
        now = self._gpio.get().pulses(self._pin)
        flow = (looks or self._looks(now)).flow_kg_s(now)
        return {self._channel.name: believable(self._channel, flow)}

    def _looks(self, first: Pulses) -> Looks:
        return Looks(first, self._pulses_per_litre, self._still_s)


def build(
    node: Node,
    channels: Sequence[Channel],
    component: Component,
    site: SimulatedSite | None,  # noqa: ARG001 - only simulated devices need it
) -> PulseFlowMeter:
    """Make the driver; DeviceError if pin or K-factor are not said or it has not one channel."""
    return PulseFlowMeter(
        address_number(node, component, "pin"),
        only_channel(node, channels, component),
        option_number(node, component, "pulses_per_litre", None, 0.01, 100_000),
        option_number(node, component, "debounce_ms", 2.0, 0, 1000) / 1000.0,
        option_word(node, component, "pull", PULLS, "up"),
        option_number(node, component, "still_s", 10.0, 0.1, 3600),
    )
