"""The store of a contract's side in memory: for virtual time, where a process that is killed must find what was durable."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES, LogHead, head_of
from gw_spaceheat.core.events import Append, Keep

StateT = TypeVar("StateT", bound=msgspec.Struct)
wants_nothing: Callable[[], str] = lambda: ""  # noqa: E731 - a default that reads as a word


class ContractMemory:
    """Keeps states and lines as `ContractStore` does, and lives longer than the machine.

    Attributes:
        lines: The durable lines of each log.
        states: The durable states.
    """

    wants_rest = False

    def __init__(self, fault: Callable[[], str] = wants_nothing) -> None:
        """Begin empty.

        Args:
            fault: Asked at each commit: why it fails this time; empty if it does not.
        """
        self.lines: dict[str, list[str]] = {}
        self.states: dict[str, msgspec.Struct] = {}
        self._fault = fault
        self._waiting: list[Append | Keep] = []

    def state(self, name: str, kind: type[StateT]) -> StateT | None:
        """The newest durable state of a name; None if there is none of this kind."""
        state = self.states.get(name)
        return state if isinstance(state, kind) else None

    def head(self, log: str = LOG) -> LogHead:
        """How far a log durably goes."""
        lines = self.lines.get(log)
        return head_of(lines[-1]) if lines else NO_ENTRIES

    def commit(self, effects: Sequence[Append | Keep]) -> None:
        """As of `ContractStore`; raises OSError if the fault says so."""
        self._waiting += effects
        fault = self._fault()
        if fault:
            raise OSError(fault)
        for effect in self._waiting:
            if isinstance(effect, Append):
                self.lines.setdefault(effect.log, []).append(effect.line)
            else:
                self.states[effect.name] = effect.state
        self._waiting.clear()

    def rest(self) -> None:
        """There is nothing to write down."""

    def troubles(self) -> list[str]:
        """There are none."""
        return []

    def killed(self) -> "ContractMemory":
        """As it is after the process was killed: what was waiting is lost."""
        self._waiting.clear()
        return self
