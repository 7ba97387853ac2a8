"""States and lines of a contract for tests of what keeps them."""

from collections.abc import Iterator

from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES, LogHead, entry
from gw_spaceheat.core.contract.state import SCADA_STATE, ScadaMemory
from gw_spaceheat.core.events import Append, Keep

T0 = 1_700_000_000_000


def lines_after(head: LogHead, count: int, text: str = "x") -> tuple[LogHead, list[str]]:
    """So many lines that follow a head, and the head after them."""
    lines = []
    for number in range(count):
        head, line = entry(head, T0 + number, "given", {"node": "a.elt1.relay", "value": number, "why": text}, "unsigned")
        lines.append(line)
    return head, lines


def commits(head: LogHead = NO_ENTRIES, text: str = "x") -> Iterator[tuple[list[Append | Keep], LogHead, str]]:
    """One commit after the other: a state and one to three lines; with the head and the word in the state after it."""
    number = 0
    while True:
        head, lines = lines_after(head, number % 3 + 1, text)
        word = f"state {number}"
        yield [*(Append(LOG, line) for line in lines), Keep(SCADA_STATE, ScadaMemory(mode_cause=word))], head, word
        number += 1
