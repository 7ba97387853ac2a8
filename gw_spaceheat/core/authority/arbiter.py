"""Who commands which actuator, and whether the command was obeyed.

Each actuator has exactly one commander at any time: safety, for as long as its reason lasts; else the AtomicTNode, for as long
as the lease of its last dispatch to this actuator runs; else local control. Whoever may not command may wish; wishes are kept,
and the moment an actuator changes hands the new commander's wish is commanded. Every change of hands raises the fencing token.

A command must be answered within 15 s. What fails, is not answered, or is contradicted by the actuator's own state is
commanded again after 5, 10, 20 ... 300 s, and told once when it begins and once when it has been over for 10 minutes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gw_spaceheat.core.events import (
    ActuatorTrouble,
    Authority,
    Command,
    Event,
    Level,
    Note,
    Outcome,
    Verdict,
)
from gw_spaceheat.house.model import House, Node
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

REMOTE_LEASE_MS = 10 * MINUTE_MS
ANSWER_MS = 15 * SECOND_MS
FIRST_RETRY_MS = 5 * SECOND_MS
LAST_RETRY_MS = 5 * MINUTE_MS
MOST_DOUBLINGS = 6
TRUSTED_AGAIN_MS = 10 * MINUTE_MS
"""An actuator that failed is told to obey again when it has obeyed for so long; one that flaps stays in trouble."""

Wanted = tuple[float, str]
"""A value and the reason for it."""


@dataclass(slots=True)
class _Output:
    """What is known about one actuator."""

    node: Node
    wishes: dict[Authority, Wanted] = field(default_factory=dict)
    lease_until_mono_ms: int | None = None
    by: Authority = Authority.LOCAL
    commanded: Command | None = None
    waiting_until_mono_ms: int | None = None
    retry_mono_ms: int | None = None
    failures: int = 0
    trusted_mono_ms: int | None = None

    def commander(self) -> Authority:
        """Who may command it now."""
        if Authority.SAFETY in self.wishes:
            return Authority.SAFETY
        return Authority.LOCAL if self.lease_until_mono_ms is None else Authority.REMOTE

    def times(self) -> Iterable[int]:
        """When something falls due for it [mono ms]."""
        for due_ms in (self.lease_until_mono_ms, self.waiting_until_mono_ms, self.retry_mono_ms, self.trusted_mono_ms):
            if due_ms is not None:
                yield due_ms


class Arbiter:
    """Turns wishes and dispatches into commands, repeats what was not obeyed, and refuses with a reason."""

    def __init__(self, house: House, new_id: Callable[[], str], remote_lease_ms: int = REMOTE_LEASE_MS) -> None:
        """Learn the actuators of the house; local control has all of them."""
        self._new_id = new_id
        self._remote_lease_ms = remote_lease_ms
        self._outputs = {alias: _Output(node) for alias, node in house.nodes.items() if node.actuator is not None}
        self.token = 1
        self._deadline: int | None = None

    def actuators(self) -> tuple[str, ...]:
        """Aliases of everything that can be commanded."""
        return tuple(self._outputs)

    def commander(self, node: str) -> Authority:
        """Who may command an actuator now."""
        return self._outputs[node].commander()

    def wish(self, by: Authority, node: str, value: float, reason: str, now: Moment) -> list[Event]:
        """Safety or local control wants this; it is commanded if that authority may."""
        output = self._outputs.get(node)
        if output is None:
            return [Note(Level.ERROR, f"{node} is wished for and is no actuator; mend the house file's heating section")]
        output.wishes[by] = (value, reason)
        return self._settle(output, now)

    def release(self, by: Authority, node: str, now: Moment) -> list[Event]:
        """The authority no longer cares about this actuator."""
        output = self._outputs.get(node)
        if output is None or output.wishes.pop(by, None) is None:
            return []
        return self._settle(output, now)

    def dispatch(self, node: str, value: float, trigger: str, now: Moment) -> list[Event]:
        """The AtomicTNode asks for this; the answer is the command, or an `Outcome` that refuses with the reason."""
        output = self._outputs.get(node)
        if output is None:
            reason = f"{node} is no actuator of this house; there are {', '.join(self._outputs)}"
            return [Outcome(node, value, Verdict.REFUSED, reason, trigger, None)]
        refusal = _refusal(output, value)
        if refusal is not None:
            return [Outcome(node, value, *refusal, trigger, None)]
        output.lease_until_mono_ms = now.mono_ms + self._remote_lease_ms
        output.wishes[Authority.REMOTE] = (value, "dispatched by the AtomicTNode")
        return self._command(output, trigger, now)

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
        """Leases end, answers fail to come, retries fall due."""
        if self._deadline is None or now.mono_ms < self._deadline:
            return []
        events: list[Event] = []
        for output in self._outputs.values():
            if _due(output.lease_until_mono_ms, now):
                output.lease_until_mono_ms = None
                output.wishes.pop(Authority.REMOTE, None)
                events += self._settle(output, now)
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

    def _settle(self, output: _Output, now: Moment) -> list[Event]:
        """Command what its commander wants, if that is not what was commanded last."""
        by = output.commander()
        wanted = output.wishes.get(by)
        if wanted is None or (output.commanded is not None and output.commanded.value == wanted[0]):
            output.by = by
            self._find_deadline()
            return []
        return self._command(output, self._new_id(), now)

    def _command(self, output: _Output, trigger: str, now: Moment) -> list[Event]:
        by = output.commander()
        if by is not output.by:
            output.by = by
            self.token += 1
        value, reason = output.wishes[by]
        until_mono_ms = now.mono_ms + ANSWER_MS
        output.commanded = Command(output.node.alias, value, by, reason, trigger, until_mono_ms)
        output.waiting_until_mono_ms = until_mono_ms
        output.retry_mono_ms = None
        self._find_deadline()
        return [output.commanded]

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


def _due(at_mono_ms: int | None, now: Moment) -> bool:
    return at_mono_ms is not None and now.mono_ms >= at_mono_ms
