"""What is wrong with a house file: one line each, all of them at once, each with what to do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gw_spaceheat.house.model import House


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a house file.

    Attributes:
        house: Alias of the house; empty when the file as a whole is meant.
        node: Alias of the node concerned; empty when it is not about one node.
        field: Where in the node (`component`) or, without a node or for its channels, in the house (`heating.curve.slope`).
        value: What stands there, as text.
        text: What is wrong and what to do.
        is_warning: It can be lived with.
    """

    house: str
    node: str
    field: str
    value: str
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        """House, node, field and value, then what to do: one line for a person."""
        where = " ".join(part for part in (self.house, self.node, self.field) if part)
        found = f" = {self.value}" if self.value else ""
        return f"{where}{found}: {self.text}"


class HouseFileError(Exception):
    """A house file that cannot be used.

    Attributes:
        where: The file's name, for the person who must mend it.
        faults: All that is wrong, warnings too.
        partial: What could be read in spite of it, for further checks; must not be run.
        broken: By house: names (aliases, channels, components) that stand in the file but could not be read.
    """

    def __init__(
        self,
        where: str,
        faults: tuple[Fault, ...],
        partial: Mapping[str, House] | None = None,
        broken: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        super().__init__(where, faults)
        self.where = where
        self.faults = faults
        self.partial = partial or {}
        self.broken = broken or {}

    def __str__(self) -> str:
        """The file's name and every fault, a line each."""
        return "\n".join([f"{self.where}: {len(self.faults)} fault(s)", *(f"  {fault}" for fault in self.faults)])


def nearest(word: str, known: Collection[str]) -> str:
    """The end of a sentence that helps: the known word nearest to a wrong one, else the known words if they are few."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    if not known:
        return "there is none to name"
    if len(known) <= 12:
        return f"known: {', '.join(sorted(known))}"
    return f"none of the {len(known)} known names is like it"
