"""Who commands which actuator, and whether the command was obeyed.

At any time exactly one authority holds the house: the AtomicTNode for as long as the lease of its last dispatch runs, else
local control. Safety stands above both, actuator by actuator. Whoever does not hold the house may wish; the wishes are kept,
and the moment the house changes hands the new holder's wishes are commanded. Every change of holder raises the fencing token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gw_spaceheat.core.events import Authority, Command, Event, Level, Note, Outcome, Verdict
from gw_spaceheat.house.model import House, Node
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

REMOTE_LEASE_MS = 10 * MINUTE_MS
ANSWER_MARGIN_MS = 10 * SECOND_MS
FIRST_RETRY_MS = 5 * SECOND_MS
LAST_RETRY_MS = 5 * MINUTE_MS


@dataclass(slots=True)
class _Output:
    """What is known about one actuator."""

    node: Node
    patience_ms: int
    commanded: Command | None = None
    waiting_until_mono_ms: int | None = None
    confirmed: float | None = None
    retry_mono_ms: int | None = None
    failures: int = 0


class Arbiter:
    """Turns wishes and dispatches into commands, repeats what was not obeyed, and refuses with a reason."""

    def __init__(self, house: House, new_id: Callable[[], str], remote_lease_ms: int = REMOTE_LEASE_MS) -> None:
        """Learn the actuators of the house; local control holds it."""
        self._new_id = new_id
        self._remote_lease_ms = remote_lease_ms
        self._outputs = {
            alias: _Output(node, round(node.actuator.expected_response_s * 1000) + ANSWER_MARGIN_MS)
            for alias, node in house.nodes.items()
            if node.actuator is not None
        }
        self._wishes: dict[Authority, dict[str, tuple[float, str]]] = {who: {} for who in Authority}
        self.holder = Authority.LOCAL
        self.token = 1
        self._lease_until_mono_ms: int | None = None
        self._deadline: int | None = None

    def actuators(self) -> tuple[str, ...]:
        """Aliases of everything that can be commanded."""
        return tuple(self._outputs)

    def wish(self, by: Authority, node: str, value: float, reason: str, now: Moment) -> list[Event]:
        """Safety or local control wants this; it is commanded if that authority may."""
        self._wishes[by][node] = (value, reason)
        return self._settle([node], now)

    def release(self, by: Authority, node: str, now: Moment) -> list[Event]:
        """The authority no longer cares about this actuator."""
        self._wishes[by].pop(node, None)
        return self._settle([node], now)

    def dispatch(self, node: str, value: float, trigger: str, now: Moment) -> list[Event]:
        """The AtomicTNode asks for this; the answer is the command, or an `Outcome` that refuses with the reason."""
        refusal = self._refusal(node, value)
        if refusal is not None:
            verdict, reason = refusal
            return [Outcome(node, value, verdict, reason, trigger, None)]
        events: list[Event] = []
        if self.holder is not Authority.REMOTE:
            self.holder = Authority.REMOTE
            self.token += 1
            self._wishes[Authority.REMOTE].clear()
            events.append(Note(Level.INFO, f"the AtomicTNode holds the house (token {self.token})"))
        self._lease_until_mono_ms = now.mono_ms + self._remote_lease_ms
        self._wishes[Authority.REMOTE][node] = (value, "dispatched by the AtomicTNode")
        return events + self._command(
            self._outputs[node], Authority.REMOTE, value, "dispatched by the AtomicTNode", trigger, now
        )

    def _refusal(self, node: str, value: float) -> tuple[Verdict, str] | None:
        output = self._outputs.get(node)
        if output is None:
            return Verdict.REFUSED, f"{node} is no actuator of this house; there are {', '.join(self._outputs)}"
        limits = output.node.actuator
        if limits is not None and not limits.minimum <= value <= limits.maximum:
            return Verdict.OUT_OF_RANGE, f"{node} takes {limits.minimum:g} to {limits.maximum:g}, not {value:g}"
        held = self._wishes[Authority.SAFETY].get(node)
        if held is not None and held[0] != value:
            return Verdict.REFUSED, f"safety holds {node} at {held[0]:g}: {held[1]}"
        return None

    def outcome(self, event: Outcome, now: Moment) -> list[Event]:
        """A command ended."""
        output = self._outputs.get(event.node)
        if output is None or output.commanded is None or output.commanded.trigger != event.trigger:
            return []
        output.waiting_until_mono_ms = None
        if event.verdict is Verdict.DONE:
            output.confirmed = event.value
            output.failures = 0
            output.retry_mono_ms = None
        else:
            self._schedule_retry(output, now)
        self._find_deadline()
        return []

    def observe(self, node: str, value: float | None, now: Moment) -> list[Event]:
        """The actuator's own state was read; if it disagrees with what was confirmed, it is commanded again."""
        output = self._outputs.get(node)
        if output is None or value is None or output.commanded is None or output.waiting_until_mono_ms is not None:
            return []
        if value == output.commanded.value or output.retry_mono_ms is not None:
            return []
        output.confirmed = value
        self._schedule_retry(output, now)
        self._find_deadline()
        return [
            Note(Level.WARNING, f"{node} reads {value:g} though {output.commanded.value:g} was commanded; commanding it again")
        ]

    def wake(self, now: Moment) -> list[Event]:
        """Leases end, answers fail to come, retries fall due."""
        if self._deadline is None or now.mono_ms < self._deadline:
            return []
        events: list[Event] = []
        if self._lease_until_mono_ms is not None and now.mono_ms >= self._lease_until_mono_ms:
            events += self._take_back(now)
        for alias, output in self._outputs.items():
            if output.waiting_until_mono_ms is not None and now.mono_ms >= output.waiting_until_mono_ms:
                output.waiting_until_mono_ms = None
                self._schedule_retry(output, now)
                events.append(Note(Level.WARNING, f"{alias} did not answer a command within {output.patience_ms / 1000:g} s"))
            if output.retry_mono_ms is not None and now.mono_ms >= output.retry_mono_ms:
                output.retry_mono_ms = None
                output.commanded = None
                events += self._settle([alias], now)
        self._find_deadline()
        return events

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        return self._deadline

    def _take_back(self, now: Moment) -> list[Event]:
        self.holder = Authority.LOCAL
        self.token += 1
        self._lease_until_mono_ms = None
        self._wishes[Authority.REMOTE].clear()
        note = Note(Level.INFO, f"the AtomicTNode's lease is over; local control holds the house (token {self.token})")
        return [note, *self._settle(self._outputs, now)]

    def _settle(self, nodes: Sequence[str] | dict[str, _Output], now: Moment) -> list[Event]:
        events: list[Event] = []
        for alias in nodes:
            output = self._outputs.get(alias)
            if output is None:
                events.append(
                    Note(Level.ERROR, f"{alias} is wished for and is no actuator; mend the house file's heating section")
                )
                continue
            by = Authority.SAFETY if alias in self._wishes[Authority.SAFETY] else self.holder
            wanted = self._wishes[by].get(alias)
            if wanted is None or (output.commanded is not None and output.commanded.value == wanted[0]):
                continue
            events += self._command(output, by, wanted[0], wanted[1], self._new_id(), now)
        return events

    def _command(self, output: _Output, by: Authority, value: float, reason: str, trigger: str, now: Moment) -> list[Event]:
        until_mono_ms = now.mono_ms + output.patience_ms
        output.commanded = Command(output.node.alias, value, by, reason, trigger, until_mono_ms)
        output.waiting_until_mono_ms = until_mono_ms
        output.retry_mono_ms = None
        self._find_deadline()
        return [output.commanded]

    def _schedule_retry(self, output: _Output, now: Moment) -> None:
        output.retry_mono_ms = now.mono_ms + min(FIRST_RETRY_MS << min(output.failures, 10), LAST_RETRY_MS)
        output.failures += 1

    def _find_deadline(self) -> None:
        earliest = self._lease_until_mono_ms
        for output in self._outputs.values():
            for at_mono_ms in (output.waiting_until_mono_ms, output.retry_mono_ms):
                if at_mono_ms is not None and (earliest is None or at_mono_ms < earliest):
                    earliest = at_mono_ms
        self._deadline = earliest
