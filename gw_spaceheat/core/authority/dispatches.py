"""The AtomicTNode's dispatches as they come off the wire: what is asked of which actuator, or why it cannot be."""

from typing import NamedTuple

from gw_spaceheat.core.events import Outcome, Verdict
from gw_spaceheat.house.model import House, wire_name
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState, FsmEvent
from gw_spaceheat.vocabulary.moment import Moment
from gw_spaceheat.vocabulary.roles import Role

RELAY_VALUES = {ChangeRelayState.CloseRelay.value: 1.0, ChangeRelayState.OpenRelay.value: 0.0}


class Dispatch(NamedTuple):
    """A dispatch that may be tried: an actuator's alias, a value in SI, and the identifier under which it is answered."""

    node: str
    value: float
    trigger: str


class Dispatches:
    """Reads dispatches, refuses old, repeated and misdirected ones, and knows which still wait for their answer."""

    def __init__(self, house: House, freshness_ms: int) -> None:
        """Learn the house's actuators; a dispatch is fresh for freshness_ms [ms] after it was sent."""
        self._house = house
        self._freshness_ms = freshness_ms
        self._alias_of = {wire_name(node.alias): node.alias for node in house.nodes.values() if node.actuator is not None}
        self._seen: dict[str, int] = {}
        self._waiting: set[str] = set()

    def read(self, message: FsmEvent | AnalogDispatch, now: Moment) -> Dispatch | Outcome | None:
        """What is asked, the refusal to answer with, or None for one that was delivered before."""
        if isinstance(message, FsmEvent):
            name, sent_ms = message.to_handle.rpartition(".")[2], message.send_time_unix_ms
        else:
            name, sent_ms = message.about_name, message.unix_time_ms
        trigger = message.trigger_id
        if self._is_repeated(trigger, now):
            return None
        node = self._alias_of.get(name, name)
        value = self._value(node, message)
        age_ms = now.wall_ms - sent_ms
        if abs(age_ms) > self._freshness_ms:
            reason = f"sent {age_ms / 1000:.0f} s ago by the sender's clock; send it again, and check both clocks"
        elif isinstance(value, str):
            reason = value
        else:
            self._waiting.add(trigger)
            return Dispatch(node, value, trigger)
        return Outcome(node, 0.0, Verdict.REFUSED, reason, trigger, None)

    def ends(self, outcome: Outcome) -> bool:
        """Whether this outcome is the answer to a dispatch; from then on it is answered."""
        if outcome.trigger not in self._waiting:
            return False
        self._waiting.discard(outcome.trigger)
        return True

    def _is_repeated(self, trigger: str, now: Moment) -> bool:
        """Whether it came before. What is too old to be obeyed need not be remembered."""
        old = [seen for seen, until_ms in self._seen.items() if until_ms <= now.mono_ms]
        for seen in old:
            del self._seen[seen]
        repeated = trigger in self._seen
        self._seen[trigger] = now.mono_ms + 2 * self._freshness_ms
        return repeated

    def _value(self, node: str, message: FsmEvent | AnalogDispatch) -> float | str:
        """The value in SI; a text that says why there is none."""
        known = self._house.nodes.get(node)
        if known is None or known.actuator is None:
            return f"{node} is no actuator of this house; there are {', '.join(self._alias_of.values())}"
        is_analogue = known.role is Role.AnalogActuator
        if isinstance(message, AnalogDispatch):
            if not is_analogue:
                return f"{node} is a relay; send it an fsm.event with CloseRelay or OpenRelay"
            return self._house.dispatch_from_wire(node, message.value)
        if is_analogue:
            return f"{node} takes a value; send it an analog.dispatch"
        value = RELAY_VALUES.get(message.event_name)
        if message.event_type != CHANGE_RELAY_STATE or value is None:
            return (
                f"{message.event_type} {message.event_name} is not understood; use change.relay.state CloseRelay or OpenRelay"
            )
        return value
