"""An actuator as local heating sees it: the last wish, so that only changes are put out."""

from collections.abc import Mapping

from gw_spaceheat.core.events import Event, Wish
from gw_spaceheat.house.model import Actuator, House


class Output:
    """One actuator, or none where the house has no such thing; then nothing is ever wished.

    Attributes:
        node: Alias of the actuator; empty for none.
        value: The last wish; None before the first.
        minimum, maximum: Bounds of what can be wished.
    """

    __slots__ = ("_start", "_when_blind", "maximum", "minimum", "node", "value")

    def __init__(self, house: House, alias: str) -> None:
        """Learn bounds and defined states from the house."""
        known = house.nodes.get(alias)
        actuator = known.actuator if known is not None and known.actuator is not None else Actuator()
        self.node = alias
        self.value: float | None = None
        self.minimum, self.maximum = actuator.minimum, actuator.maximum
        self._start = actuator.fail_states.process_start
        self._when_blind = actuator.fail_states.sensor_missing

    def start(self, out: list[Event]) -> None:
        """Wish the state defined for the start of the process, if one is."""
        if self._start is not None:
            self.set(self._start, "the process starts", out)

    def adopt(self, states: Mapping[str, float | None]) -> None:
        """Take the actuator as it is, as if that had been the last wish."""
        self.value = states.get(self.node)

    def set(self, value: float, reason: str, out: list[Event]) -> None:
        """Wish a value, within bounds, if it is not the last wish already."""
        if value != self.value and self.node:
            value = min(max(value, self.minimum), self.maximum)
            if value != self.value:
                self.value = value
                out.append(Wish(self.node, value, reason))

    def without_sensors(self, reason: str, out: list[Event]) -> None:
        """Wish the state defined for missing sensors, if one is; else it keeps what it has."""
        if self._when_blind is not None:
            self.set(self._when_blind, reason, out)
