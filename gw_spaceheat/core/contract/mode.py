"""Who heats while a contract is active: RemoteControl, or LocalControl for as long as anything speaks against it.

The way back is slow on purpose: when nothing speaks against RemoteControl any more, a hold time must pass first, so that a link
that comes and goes does not make the house change hands with it. Between contracts the same holds: the hold time counts from
when all became well, and not from when the contract began.
"""

from enum import StrEnum

from gw_spaceheat.core.table import Table
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment


class ModeState(StrEnum):
    """What the mode is, and why it is not another."""

    Dormant = "Dormant"
    """No contract is active; the SCADA heats."""
    LocalControl = "LocalControl"
    """Something speaks against RemoteControl."""
    Holding = "Holding"
    """LocalControl still: nothing speaks against RemoteControl, and the hold time runs."""
    RemoteControl = "RemoteControl"


class ModeTurn(StrEnum):
    """What changes the mode."""

    Begin = "Begin"
    """A contract became active."""
    Trouble = "Trouble"
    """A condition for LocalControl holds."""
    Well = "Well"
    """None holds any more."""
    Held = "Held"
    """None has held for the hold time."""
    End = "End"
    """No contract is active any more."""


MODES: Table[ModeState, ModeTurn] = Table(
    ModeState.Dormant,
    {
        ModeState.Dormant: {ModeTurn.Begin: ModeState.Holding},
        ModeState.Holding: {
            ModeTurn.Trouble: ModeState.LocalControl,
            ModeTurn.Held: ModeState.RemoteControl,
            ModeTurn.End: ModeState.Dormant,
        },
        ModeState.RemoteControl: {ModeTurn.Trouble: ModeState.LocalControl, ModeTurn.End: ModeState.Dormant},
        ModeState.LocalControl: {ModeTurn.Well: ModeState.Holding, ModeTurn.End: ModeState.Dormant},
    },
)
"""Only `RemoteControl` lets the AtomicTNode command."""


class Condition(StrEnum):
    """What speaks against RemoteControl; where several do, the first of these is told."""

    AskedByHomeOwner = "AskedByHomeOwner"
    SafetyActs = "SafetyActs"
    LinkDown = "LinkDown"
    ContactLost = "ContactLost"
    AskedByAtomicTNode = "AskedByAtomicTNode"
    ResponseFails = "ResponseFails"
    NotAttested = "NotAttested"


class Blame(StrEnum):
    """Whose doing it is that an active contract is not in RemoteControl."""

    Scada = "Scada"
    AtomicTNode = "AtomicTNode"
    Agreed = "Agreed"
    """The AtomicTNode asked for it, as it may."""
    Nobody = "Nobody"
    """A link that is down can be anybody's."""


BLAMES = {
    Condition.AskedByHomeOwner: Blame.Scada,
    Condition.SafetyActs: Blame.Scada,
    Condition.LinkDown: Blame.Nobody,
    Condition.ContactLost: Blame.AtomicTNode,
    Condition.AskedByAtomicTNode: Blame.Agreed,
    Condition.ResponseFails: Blame.Scada,
    Condition.NotAttested: Blame.Scada,
}

HOLD_MS = 2 * MINUTE_MS


class ModeKeeper:
    """Keeps the mode of whatever contract is active.

    Attributes:
        state: The mode.
        cause: Why it is that, for a person.
    """

    def __init__(self, hold_ms: int = HOLD_MS, state: ModeState = ModeState.Dormant, cause: str = "no contract") -> None:
        """Nothing speaks against RemoteControl, and nothing has for the hold time [ms]."""
        self.state = state
        self.cause = cause
        self._hold_ms = hold_ms
        self._holds: dict[Condition, str] = {}
        self._coming: dict[Condition, tuple[int, str]] = {}
        self._well_mono_ms: int | None = None
        self._last_blame = Blame.Nobody

    @property
    def remote(self) -> bool:
        """Whether the AtomicTNode commands."""
        return self.state is ModeState.RemoteControl

    @property
    def conditions(self) -> dict[Condition, str]:
        """What speaks against RemoteControl now, each with its reason; in order of weight."""
        return {condition: self._holds[condition] for condition in Condition if condition in self._holds}

    @property
    def blame(self) -> Blame:
        """Whose doing it is that the mode is not RemoteControl; while the hold time runs, that of what was before."""
        worst = next(iter(self.conditions), None)
        return self._last_blame if worst is None else BLAMES[worst]

    def raise_(self, condition: Condition, reason: str, now: Moment, *, at_mono_ms: int | None = None) -> bool:
        """Something speaks against RemoteControl, from now on or from then on [mono ms]; whether the mode changed."""
        if at_mono_ms is not None and at_mono_ms > now.mono_ms:
            if condition not in self._holds:
                self._coming[condition] = (at_mono_ms, reason)
            return False
        self._coming.pop(condition, None)
        self._holds[condition] = reason
        self._well_mono_ms = None
        return self._look(now)

    def clear(self, condition: Condition, now: Moment) -> bool:
        """It does not any more, or will not; whether the mode changed."""
        self._coming.pop(condition, None)
        if self._holds.pop(condition, None) is None:
            return False
        if not self._holds:
            self._last_blame = BLAMES[condition]
            self._well_mono_ms = now.mono_ms
        return self._look(now)

    def begin(self, now: Moment) -> bool:
        """A contract became active; whether the mode changed."""
        if not self._turn(ModeTurn.Begin, "a contract became active"):
            return False
        self._look(now)
        return True

    def resume(self, now: Moment) -> None:
        """After a restart: what was not RemoteControl before does not become it without the hold time."""
        if self.state in (ModeState.LocalControl, ModeState.Holding):
            self._well_mono_ms = now.mono_ms

    def end(self, cause: str) -> bool:
        """No contract is active any more; whether the mode changed."""
        return self._turn(ModeTurn.End, cause)

    def wake(self, now: Moment) -> bool:
        """What was to come has come, or the hold time is over; whether the mode changed."""
        changed = False
        for condition in [condition for condition, (at_ms, _) in self._coming.items() if at_ms <= now.mono_ms]:
            _, reason = self._coming.pop(condition)
            changed = self.raise_(condition, reason, now) or changed
        return self._look(now) or changed

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        due = [at_ms for at_ms, _ in self._coming.values()]
        if self.state is ModeState.Holding:
            due.append(self._held_mono_ms() or 0)
        return min(due, default=None)

    def _held_mono_ms(self) -> int | None:
        """When the hold time is over [mono ms]; None if it is long over."""
        return None if self._well_mono_ms is None else self._well_mono_ms + self._hold_ms

    def _look(self, now: Moment) -> bool:
        if self._holds:
            if self.state is ModeState.LocalControl:
                self.cause = next(iter(self.conditions.values()))
                return False
            return self._turn(ModeTurn.Trouble, next(iter(self.conditions.values())))
        changed = self._turn(ModeTurn.Well, "all is well again; the hold time runs")
        held_mono_ms = self._held_mono_ms()
        if self.state is ModeState.Holding and (held_mono_ms is None or now.mono_ms >= held_mono_ms):
            return self._turn(ModeTurn.Held, "all is well") or changed
        return changed

    def _turn(self, turn: ModeTurn, cause: str) -> bool:
        following = MODES.after(self.state, turn)
        if following is None:
            return False
        self.state, self.cause = following, cause
        return True
