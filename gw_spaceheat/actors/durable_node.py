"""A machine whose state and log are durable before anything that follows from them is done."""

from collections.abc import Sequence
from typing import Protocol

from gw_spaceheat.core.events import Append, Authority, Command, Event, Keep, Level, Note, Obey, Outcome, Verdict
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

RETRY_MS = 5 * SECOND_MS
REST_MS = SECOND_MS
"""How long after a commit the store may begin its own work, so that no command waits for it [ms]."""


class Store(Protocol):
    """Where states and lines are kept: `ContractStore`, or `ContractMemory` in virtual time."""

    @property
    def wants_rest(self) -> bool:
        """Whether it has work of its own to do, when nobody waits."""
        ...

    def commit(self, effects: Sequence[Append | Keep]) -> None:
        """Make these durable, and what could not be made durable before; raises OSError."""
        ...

    def rest(self) -> None:
        """Do the work of its own; raises OSError."""
        ...

    def troubles(self) -> list[str]:
        """What was found wrong since this was last asked, for a person."""
        ...


class DurableNode:
    """Hosts a machine in its place, and carries out what it wants kept before it hands on the rest.

    All `Append` and `Keep` of one call are one commit, before the first of the other effects: whoever is killed after it goes
    on as if killed before the effect, which his state allows for at any moment. While nothing can be made durable, commands of
    the AtomicTNode are not passed on, because nobody could prove them or know that they were taken; they end as refused.
    Safety, local control and people at the house go on.
    """

    def __init__(self, machine: Machine, store: Store, retry_ms: int = RETRY_MS) -> None:
        """Remember; the store is opened, and closed, by whoever made it, and lives longer than the machine.

        Args:
            machine: Whose effects are to be durable.
            store: Where they are kept.
            retry_ms: While the store fails it is tried again this often, by the machine's own clock [ms].
        """
        self.machine = machine
        self._store = store
        self._retry_ms = retry_ms
        self._fault = ""
        self._refused = 0
        self._answers: list[Outcome] = []
        self._retry_mono_ms: int | None = None
        self._rest_mono_ms: int | None = None

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Let the machine handle it, and make durable what it wants kept."""
        return self._carry_out(self.machine.handle(event, now), now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Wake the machine if its time has come; try a failing store again, and let it rest."""
        effects: list[Event] = []
        if self._retry_mono_ms is not None and now.mono_ms >= self._retry_mono_ms:
            effects += self._commit((), now)
            effects += self._answer(now)
            if not self._fault:
                self._retry_mono_ms = None
        if self._rest_mono_ms is not None and now.mono_ms >= self._rest_mono_ms:
            effects += self._let_rest(now)
        due_ms = self.machine.deadline()
        if due_ms is not None and now.mono_ms >= due_ms:
            effects += self._carry_out(self.machine.wake(now), now)
        return effects

    def deadline(self) -> int | None:
        """The machine's deadline, or when the store is tried again or may rest [mono ms]."""
        due_ms = self.machine.deadline()
        for own_ms in (self._retry_mono_ms, self._rest_mono_ms):
            if own_ms is not None and (due_ms is None or own_ms < due_ms):
                due_ms = own_ms
        return due_ms

    def _carry_out(self, effects: Sequence[Event], now: Moment) -> Sequence[Event]:
        if not effects:
            return effects
        kept = [effect for effect in effects if isinstance(effect, Append | Keep)]
        if not kept and not self._fault:
            return effects
        notes = self._commit(kept, now) if kept else []
        rest: list[Event] = [effect for effect in effects if not isinstance(effect, Append | Keep)]
        if not self._fault:
            return rest + notes
        passed = [effect for effect in rest if not _is_from_outside(effect)]
        held = [effect for effect in rest if _is_from_outside(effect)]
        self._answers += [self._refusal(effect) for effect in held if isinstance(effect, Command | Obey)]
        return [*passed, *notes, *self._answer(now)] if held else passed + notes

    def _answer(self, now: Moment) -> list[Event]:
        """Tell the machine how the commands that were held back ended.

        What it then commands from outside once more is held back too, and answered at the next try: it may go on so for ever.
        """
        answers, self._answers = self._answers, []
        told: list[Event] = []
        for outcome in answers:
            effects = self.machine.handle(outcome, now)
            kept = [effect for effect in effects if isinstance(effect, Append | Keep)]
            told += self._commit(kept, now) if kept else ()
            for effect in effects:
                if isinstance(effect, Append | Keep):
                    continue
                if self._fault and isinstance(effect, Command | Obey) and _is_from_outside(effect):
                    self._answers.append(self._refusal(effect))
                else:
                    told.append(effect)
        return told

    def _refusal(self, command: Command | Obey) -> Outcome:
        self._refused += 1
        reason = f"it cannot be kept that it was taken: {self._fault}"
        return Outcome(command.node, command.value, Verdict.REFUSED, reason, command.trigger, None)

    def _commit(self, kept: Sequence[Append | Keep], now: Moment) -> list[Event]:
        try:
            self._store.commit(kept)
        except OSError as error:
            return self._failed(str(error), now)
        if self._store.wants_rest and self._rest_mono_ms is None:
            self._rest_mono_ms = now.mono_ms + REST_MS
        return [*self._troubles(), *self._recovered(now)]

    def _let_rest(self, now: Moment) -> list[Event]:
        self._rest_mono_ms = None
        try:
            self._store.rest()
        except OSError as error:
            return self._failed(str(error), now)
        return self._troubles()

    def _failed(self, fault: str, now: Moment) -> list[Event]:
        self._retry_mono_ms = now.mono_ms + self._retry_ms
        is_new, self._fault = not self._fault, fault
        if not is_new:
            return self._troubles()
        text = f"contract: cannot be kept: {fault}; commands from outside are refused until it can; make room on the disk"
        return [*self._troubles(), Note(Level.ERROR, text)]

    def _recovered(self, now: Moment) -> list[Event]:
        if not self._fault:
            return []
        refused, self._refused, self._fault = self._refused, 0, ""
        self._retry_mono_ms = now.mono_ms if self._answers else None
        return [Note(Level.INFO, f"contract: is kept again; {refused} commands from outside were refused meanwhile")]

    def _troubles(self) -> list[Event]:
        return [Note(Level.WARNING, f"contract: {text}") for text in self._store.troubles()]


def _is_from_outside(effect: Event) -> bool:
    return isinstance(effect, Obey) or (isinstance(effect, Command) and effect.by is Authority.REMOTE)
