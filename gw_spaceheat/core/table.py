"""State machines as tables: states, inputs and what follows stand together and can be read, tested and drawn at once."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

StateT = TypeVar("StateT", bound=StrEnum)
InputT = TypeVar("InputT", bound=StrEnum)


class Table(Generic[StateT, InputT]):
    """Which state follows which, by input.

    A pair that is not in the table is refused: `after` answers None and whoever asks stays where he is.
    """

    def __init__(self, initial: StateT, rows: Mapping[StateT, Mapping[InputT, StateT]]) -> None:
        """Remember the initial state and, per state, the inputs it takes and where they lead."""
        self.initial = initial
        self.rows = rows

    def after(self, state: StateT, given: InputT) -> StateT | None:
        """The state that follows, or None if the pair is refused."""
        row = self.rows.get(state)
        return None if row is None else row.get(given)

    def states(self) -> tuple[StateT, ...]:
        """Every state that has a row, in the table's order."""
        return tuple(self.rows)

    def mermaid(self) -> str:
        """The table as a mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for state, row in self.rows.items():
            lines += [f"    {state} --> {target}: {given}" for given, target in row.items()]
        return "\n".join(lines)
