"""Who commands which actuator, and whether the command was obeyed.

One authority has the lease on the house at any time: local control, the AtomicTNode (*remote*), or a person (*human*).
Safety is above them: it takes single actuators for as long as its reason lasts. At a change of hands the new holder takes
every actuator as it is found, so nothing is switched by the change itself, and nothing twice.

What spares a compressor (minimum times on and off, starts per hour) holds against everyone but safety: a command that
would break it waits until it may be given.

A command must be answered within 15 s. What fails, is not answered, or is contradicted by the actuator's own state is
commanded again after 5, 10, 20 ... 300 s, and told once when it begins and once when it has been over for 10 minutes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gw_spaceheat.core.authority.minimum_times import MinimumTimeGuard
from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    Command,
    Event,
    HumanSets,
    Level,
    MinimumTime,
    Note,
    Obey,
    Outcome,
    Verdict,
)
from gw_spaceheat.house.model import House, MinimumTimes, Node
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

ANSWER_MS = 15 * SECOND_MS
FIRST_RETRY_MS = 5 * SECOND_MS
LAST_RETRY_MS = 5 * MINUTE_MS
MOST_DOUBLINGS = 6
TRUSTED_AGAIN_MS = 10 * MINUTE_MS
"""An actuator that failed is told to obey again when it has obeyed for so long; one that flaps stays in trouble."""
AS_FOUND = "as it was found"
SUPERSEDED = "it waited for a minimum time, and another command overtook it"

Wanted = tuple[float, str]
"""A value and the reason for it."""


@dataclass(slots=True)
class _Output:
    """What is known about one actuator.

    Attributes:
        wishes: What each authority wants; only safety and the holder of the lease have one.
        value: What was commanded last; None before the first time.
        commanded: The command that stands; None while it is to be given anew.
        held_until_mono_ms: A minimum time holds the holder's wish back until then.
        held_order: Identifier and value of the order that waits so; None if it is a wish.
    """

    node: Node
    guard: MinimumTimeGuard | None
    wishes: dict[Authority, Wanted] = field(default_factory=dict)
    value: float | None = None
    commanded: Command | None = None
    held_until_mono_ms: int | None = None
    held_order: tuple[str, float] | None = None
    waiting_until_mono_ms: int | None = None
    retry_mono_ms: int | None = None
    failures: int = 0
    trusted_mono_ms: int | None = None

    def times(self) -> Iterable[int]:
        """When something falls due for it [mono ms]."""
        for due_ms in (self.held_until_mono_ms, self.waiting_until_mono_ms, self.retry_mono_ms, self.trusted_mono_ms):
            if due_ms is not None:
                yield due_ms


class Arbiter:
    """Turns wishes and orders into commands, repeats what was not obeyed, and refuses with a reason.

    Attributes:
        holder: Who has the lease on the house.
        token: The fencing token of that lease; every command carries it.
    """

    def __init__(
        self, house: House, new_id: Callable[[], str], minimum_times: Mapping[str, MinimumTimes] | None = None
    ) -> None:
        """Learn the actuators of the house, and which of them must be spared; local control has all of them."""
        self._new_id = new_id
        spared = minimum_times or {}
        self._outputs = {
            alias: _Output(node, MinimumTimeGuard(spared[alias]) if alias in spared else None)
            for alias, node in house.nodes.items()
            if node.actuator is not None
        }
        self.holder = Authority.LOCAL
        self.token = 1
        self._deadline: int | None = None

    def begin(self, now: Moment) -> None:
        """The process starts: minimum times count from now."""
        for output in self._outputs.values():
            if output.guard is not None:
                output.guard.begin(now.mono_ms)

    def actuators(self) -> tuple[str, ...]:
        """Aliases of everything that can be commanded."""
        return tuple(self._outputs)

    def commander(self, node: str) -> Authority:
        """Who may command an actuator now."""
        return self._commander(self._outputs[node])

    def found(self) -> dict[str, float | None]:
        """What the holder of the lease has every actuator at, as he found or commanded it; None for one that never was.

        What safety overrides counts as it will be given back to him.
        """
        wanted = {alias: output.wishes.get(self.holder) for alias, output in self._outputs.items()}
        return {alias: output.value if (wish := wanted[alias]) is None else wish[0] for alias, output in self._outputs.items()}

    def hand_over(self, to: Authority, token: int) -> list[Event]:
        """The lease changes hands; nothing is commanded by that. The answer refuses the orders that still waited."""
        before = self.holder
        self.holder, self.token = to, token
        if to is before:
            return []
        events: list[Event] = []
        for output in self._outputs.values():
            events += _drop_held(output, f"it waited for a minimum time, and {to} commands now")
            left = output.wishes.pop(before, None)
            overridden = output.commanded is not None and output.commanded.by is Authority.SAFETY
            value = left[0] if overridden and left is not None else output.value
            if value is not None:
                output.wishes[to] = (value, AS_FOUND)
        self._find_deadline()
        return events

    def wish(self, by: Authority, node: str, value: float, reason: str, now: Moment) -> list[Event]:
        """Safety or local control wants this; it is commanded if that authority may, else it is forgotten."""
        output = self._outputs.get(node)
        if output is None:
            return [Note(Level.ERROR, f"{node} is wished for and is no actuator; mend the house file's heating section")]
        if by not in (Authority.SAFETY, self.holder):
            return []
        output.wishes[by] = (value, reason)
        return self._settle(output, now)

    def release(self, by: Authority, node: str, now: Moment) -> list[Event]:
        """The authority no longer cares about this actuator."""
        output = self._outputs.get(node)
        if output is None or output.wishes.pop(by, None) is None:
            return []
        return self._settle(output, now)

    def obey(self, order: Obey, now: Moment) -> list[Event]:
        """The AtomicTNode's order was found good; the answer is the command, or an `Outcome` that refuses with the reason."""
        if self.holder is not Authority.REMOTE or order.token != self.token:
            reason = f"given under lease {order.token}, which is over; now it is {self.token} ({self.holder})"
            return [Outcome(order.node, order.value, Verdict.REFUSED, reason, order.trigger, None)]
        reason = "commanded by the AtomicTNode"
        return self._order(order.node, order.value, reason, order.trigger, order.valid_until_mono_ms, now)

    def set_by_hand(self, event: HumanSets, now: Moment) -> list[Event]:
        """A person wants this; the answer is the command, or an `Outcome` that refuses with the reason."""
        if self.holder is not Authority.HUMAN:
            reason = f"{self.holder} commands; take the house first (gws take --for 30m)"
            return [Outcome(event.node, event.value, Verdict.REFUSED, reason, event.trigger, None)]
        return self._order(event.node, event.value, f"set by {event.who}", event.trigger, None, now)

    def outcome(self, event: Outcome, now: Moment) -> list[Event]:
        """A command ended."""
        output = self._outputs.get(event.node)
        if output is None or output.commanded is None or output.commanded.trigger != event.trigger:
            return []
        output.waiting_until_mono_ms = None
        events: list[Event] = []
        if event.verdict is Verdict.DONE:
            output.retry_mono_ms = None
            if output.failures:
                output.trusted_mono_ms = now.mono_ms + TRUSTED_AGAIN_MS
        else:
            events += self._fail(output, event.reason, now)
        self._find_deadline()
        return events

    def observe(self, node: str, value: float | None, now: Moment) -> list[Event]:
        """The actuator's own state was read; if it disagrees with what was commanded, it is commanded again."""
        output = self._outputs.get(node)
        if output is None or value is None or output.commanded is None:
            return []
        waits = output.waiting_until_mono_ms is not None or output.retry_mono_ms is not None
        if waits or value == output.commanded.value:
            return []
        events = self._fail(output, f"it reads {value:g} though {output.commanded.value:g} was commanded", now)
        self._find_deadline()
        return events

    def wake(self, now: Moment) -> list[Event]:
        """Minimum times are over, answers fail to come, retries fall due."""
        if self._deadline is None or now.mono_ms < self._deadline:
            return []
        events: list[Event] = []
        for output in self._outputs.values():
            if _due(output.held_until_mono_ms, now):
                events += self._command(output, "" if output.held_order is None else output.held_order[0], now)
            if _due(output.waiting_until_mono_ms, now):
                events += self._miss(output, now)
            if _due(output.retry_mono_ms, now):
                output.retry_mono_ms = None
                output.commanded = None
                events += self._settle(output, now)
            if _due(output.trusted_mono_ms, now):
                output.trusted_mono_ms = None
                output.failures = 0
                events.append(ActuatorTrouble(output.node.alias, "", back=True))
        self._find_deadline()
        return events

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        return self._deadline

    def _commander(self, output: _Output) -> Authority:
        return Authority.SAFETY if Authority.SAFETY in output.wishes else self.holder

    def _order(
        self, node: str, value: float, reason: str, trigger: str, valid_until_mono_ms: int | None, now: Moment
    ) -> list[Event]:
        """What the holder of the lease orders expressly is commanded even if it is so already: he wants an answer."""
        output = self._outputs.get(node)
        if output is None:
            text = f"{node} is no actuator of this house; there are {', '.join(self._outputs)}"
            return [Outcome(node, value, Verdict.REFUSED, text, trigger, None)]
        refusal = _refusal(output, value) or self._too_late(output, value, valid_until_mono_ms, now)
        if refusal is not None:
            return [Outcome(node, value, *refusal, trigger, None)]
        output.wishes[self.holder] = (value, reason)
        return self._command(output, trigger, now)

    def _too_late(
        self, output: _Output, value: float, valid_until_mono_ms: int | None, now: Moment
    ) -> tuple[Verdict, str] | None:
        from_mono_ms = now.mono_ms if output.guard is None else output.guard.may_be_set(value > 0.0, now.mono_ms)
        if valid_until_mono_ms is None or from_mono_ms <= valid_until_mono_ms:
            return None
        if from_mono_ms == now.mono_ms:
            return Verdict.REFUSED, f"too old by {(now.mono_ms - valid_until_mono_ms) / SECOND_MS:.1f} s"
        return Verdict.REFUSED, f"a minimum time holds it back for {(from_mono_ms - now.mono_ms) / SECOND_MS:.0f} s more"

    def _settle(self, output: _Output, now: Moment) -> list[Event]:
        """Command what its commander wants, if that is not what was commanded last."""
        wanted = output.wishes.get(self._commander(output))
        if wanted is None or (output.commanded is not None and output.commanded.value == wanted[0]):
            events = _drop_held(output, SUPERSEDED)
            self._find_deadline()
            return events
        held = output.held_order
        return self._command(output, held[0] if held is not None and held[1] == wanted[0] else "", now)

    def _command(self, output: _Output, trigger: str, now: Moment) -> list[Event]:
        """Command what its commander wants, or let it wait; without a trigger it is a wish and not an order."""
        held = output.held_order
        events = [] if held is not None and trigger == held[0] else _drop_held(output, SUPERSEDED)
        by = self._commander(output)
        value, reason = output.wishes[by]
        guard = output.guard
        if guard is not None:
            from_mono_ms = now.mono_ms if by is Authority.SAFETY else guard.may_be_set(value > 0.0, now.mono_ms)
            if from_mono_ms > now.mono_ms:
                output.held_until_mono_ms, output.held_order = from_mono_ms, (trigger, value) if trigger else None
                self._find_deadline()
                return [*events, MinimumTime(output.node.alias, from_mono_ms)]
            guard.set(value > 0.0, now.mono_ms)
        until_mono_ms = now.mono_ms + ANSWER_MS
        output.value = value
        output.commanded = Command(output.node.alias, value, by, reason, trigger or self._new_id(), until_mono_ms, self.token)
        output.held_until_mono_ms = output.held_order = None
        output.waiting_until_mono_ms = until_mono_ms
        output.retry_mono_ms = None
        self._find_deadline()
        return [*events, output.commanded]

    def _miss(self, output: _Output, now: Moment) -> list[Event]:
        """No answer came: whoever asked is told, as if the device had failed."""
        output.waiting_until_mono_ms = None
        command = output.commanded
        if command is None:
            return []
        reason = f"no answer within {ANSWER_MS / SECOND_MS:g} s; its actor may hang"
        failed = Outcome(command.node, command.value, Verdict.DEVICE_FAILED, reason, command.trigger, None)
        return [failed, *self._fail(output, reason, now)]

    def _fail(self, output: _Output, reason: str, now: Moment) -> list[Event]:
        """Schedule another try, ever later while it goes on failing; tell the first time only."""
        output.retry_mono_ms = now.mono_ms + min(FIRST_RETRY_MS << min(output.failures, MOST_DOUBLINGS), LAST_RETRY_MS)
        output.trusted_mono_ms = None
        output.failures += 1
        if output.failures > 1:
            return []
        return [ActuatorTrouble(output.node.alias, reason, back=False)]

    def _find_deadline(self) -> None:
        self._deadline = min((due_ms for output in self._outputs.values() for due_ms in output.times()), default=None)


def _refusal(output: _Output, value: float) -> tuple[Verdict, str] | None:
    limits, alias = output.node.actuator, output.node.alias
    if limits is not None and not limits.minimum <= value <= limits.maximum:
        return Verdict.OUT_OF_RANGE, f"{alias} takes {limits.minimum:g} to {limits.maximum:g}, not {value:g}"
    held = output.wishes.get(Authority.SAFETY)
    if held is not None and held[0] != value:
        return Verdict.REFUSED, f"safety holds {alias} at {held[0]:g}: {held[1]}"
    return None


def _drop_held(output: _Output, reason: str) -> list[Event]:
    """What waited for a minimum time is not done any more; if it was an order, whoever gave it is told."""
    order, output.held_until_mono_ms, output.held_order = output.held_order, None, None
    if order is None:
        return []
    trigger, value = order
    return [Outcome(output.node.alias, value, Verdict.REFUSED, reason, trigger, None)]


def _due(at_mono_ms: int | None, now: Moment) -> bool:
    return at_mono_ms is not None and now.mono_ms >= at_mono_ms
