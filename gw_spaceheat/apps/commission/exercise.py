"""Switches a relay over and back, and watches what follows: its read-back, and the meter of what it drives."""

from collections.abc import Callable
from contextlib import ExitStack

from gw_spaceheat.apps.commission.reading import NotReadableError, device_node, opened_actuator, opened_sensor
from gw_spaceheat.drivers.base import ActuatorDriver, SensorDriver
from gw_spaceheat.drivers.simulated import SimulatedSite
from gw_spaceheat.house.model import Actuator, Channel, House
from gw_spaceheat.views.devices_text import Exercise, Step
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

LOOK_EVERY_S = 1.0


def meter_of(house: House, alias: str) -> Channel | None:
    """The channel of electric power of what a relay drives; None if it is not metered."""
    parent = house.nodes[alias].parent
    channels = (each for each in house.channels.values() if each.about == parent and each.telemetry is TelemetryName.PowerW)
    return next((each for each in channels if each.captured_by != alias), None)


def exercise(house: House, alias: str, site: SimulatedSite | None, wait_s: Callable[[float], None]) -> Exercise:
    """Switch a relay over and back.

    Whatever happens in between, the relay is set back to what it had, or to off if that cannot be said.

    Args:
        house: The house.
        alias: The relay's node.
        site: The simulated house, if there is one.
        wait_s: Waits for so long [s].

    Raises:
        NotReadableError: The node is no relay.
        DeviceError: The relay or the meter does not answer, or the relay cannot be set back.
    """
    node = device_node(house, alias)
    if node.actor is not ActorClass.BooleanActuator or node.actuator is None:
        raise NotReadableError(f"{alias} is no relay; only relays are exercised")
    channel = meter_of(house, alias)
    with ExitStack() as stack:
        relay = stack.enter_context(opened_actuator(house, alias, site))
        meter = None if channel is None else stack.enter_context(opened_sensor(house, channel.captured_by, site))
        trial = _Trial(node.actuator, relay, channel, meter, wait_s)
        before = trial.look("before", None)
        had = 0.0 if before.read_back is None else before.read_back
        steps = [before]
        try:
            steps.append(trial.set("switched", 1.0 - had, before, moved=True))
        finally:
            steps.append(trial.set("back", had, before, moved=False))
    problems = [
        f"{step.what}: it was set to {step.commanded:g} and reads {step.read_back:g}; look at the relay and its wiring"
        for step in steps
        if step.commanded is not None and step.read_back is not None and step.read_back != step.commanded
    ]
    return Exercise(alias, tuple(steps), (*problems, *_power_problems(house, alias, channel, steps)))


class _Trial:
    """One relay, and the meter of what it drives."""

    def __init__(
        self,
        actuator: Actuator,
        relay: ActuatorDriver,
        channel: Channel | None,
        meter: SensorDriver | None,
        wait_s: Callable[[float], None],
    ) -> None:
        self._actuator = actuator
        self._relay = relay
        self._channel = channel
        self._meter = meter
        self._wait_s = wait_s

    def look(self, what: str, commanded: float | None) -> Step:
        """What relay and meter show now."""
        power_w = None
        if self._meter is not None and self._channel is not None:
            power_w = self._meter.read().get(self._channel.name)
        return Step(what, commanded, self._relay.read_back(), power_w)

    def set(self, what: str, value: float, before: Step, *, moved: bool) -> Step:
        """Switch, and look until relay and meter have followed, or the expected time is over."""
        self._relay.write(value)
        waited_s = 0.0
        while True:
            step = self.look(what, value)
            followed = step.read_back in (None, value) and self._has_moved(before, step) in (None, moved)
            if followed or waited_s >= self._actuator.expected_response_s:
                return step
            self._wait_s(LOOK_EVERY_S)
            waited_s += LOOK_EVERY_S

    def _has_moved(self, before: Step, step: Step) -> bool | None:
        """Whether the metered power has moved by what it must; None if nobody can say."""
        least_w = self._actuator.smallest_step_w
        if least_w is None or before.power_w is None or step.power_w is None:
            return None
        return abs(step.power_w - before.power_w) >= least_w


def _power_problems(house: House, alias: str, channel: Channel | None, steps: list[Step]) -> list[str]:
    actuator = house.nodes[alias].actuator
    least_w = None if actuator is None else actuator.smallest_step_w
    if least_w is None:
        return []
    if channel is None:
        return [f"the house file says that it moves {least_w:g} W, but nothing meters {house.nodes[alias].parent}"]
    before_w, switched_w, back_w = (step.power_w for step in steps)
    if before_w is None or switched_w is None or back_w is None:
        return [f"{channel.name} shows nothing; look at the meter"]
    if abs(switched_w - before_w) < least_w:
        text = f"the meter went from {before_w:.0f} W to {switched_w:.0f} W, less than the {least_w:g} W of the house file"
        return [f"{text}; is the load switched off elsewhere, the relay wired to it, and the right circuit metered?"]
    if abs(back_w - before_w) >= least_w:
        return [f"it was set back, but the meter shows {back_w:.0f} W where it had {before_w:.0f} W; look whether it is off"]
    return []
