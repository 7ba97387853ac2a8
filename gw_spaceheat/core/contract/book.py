"""The contracts that one side knows: what runs, at most one that follows, those whose end is not agreed, some of the past."""

from collections.abc import Iterable

import msgspec

from gw_spaceheat.core.contract.life import OPEN, Life, Result, Side, Turn, result_of
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.core.table import Table


class Book:
    """Keeps pacts, and lets them go on by the side's table only.

    Which are open, which one runs and which have ended is asked with every message and changes a few times an hour: it is found
    when one is put.

    Attributes:
        turns: How often any of that has changed; between two turns only what was told of a pact does.
    """

    def __init__(self, side: Side, table: Table[Life, Turn], pacts: Iterable[Pact], most_ended: int) -> None:
        """Go on with the pacts that were kept; of those that are over and settled so many are remembered."""
        self._side = side
        self._table = table
        self._pacts = {pact.id: pact for pact in pacts}
        self._most_ended = most_ended
        self._open: tuple[Pact, ...] = ()
        self._active: Pact | None = None
        self._ending: tuple[Pact, ...] = ()
        self.turns = 0
        self._sort()

    @property
    def pacts(self) -> tuple[Pact, ...]:
        """All of them, in the order in which they became known."""
        return tuple(self._pacts.values())

    def find(self, contract_id: str) -> Pact | None:
        """The pact of this identifier, if it is known."""
        return self._pacts.get(contract_id)

    def open(self) -> tuple[Pact, ...]:
        """Those that are not over, by their start."""
        return self._open

    def active(self) -> Pact | None:
        """The one that runs."""
        return self._active

    def ending(self) -> tuple[Pact, ...]:
        """Those that are over and not settled, oldest first."""
        return self._ending

    def put(self, pact: Pact) -> None:
        """Keep a pact in place of what was known of it, and forget the oldest of the past."""
        known = self._pacts.get(pact.id)
        self._pacts[pact.id] = pact
        if pact.settled:
            past = [over.id for over in self._pacts.values() if over.settled]
            for contract_id in past[: max(len(past) - self._most_ended, 0)]:
                del self._pacts[contract_id]
        if known is None or _stands(known) != _stands(pact):
            self._sort()
        elif pact.life in OPEN:
            self._open = tuple(pact if each is known else each for each in self._open)
            self._active = pact if self._active is known else self._active
        else:
            self._ending = tuple(pact if each is known else each for each in self._ending)

    def turn(self, pact: Pact, turn: Turn) -> Pact | None:
        """The pact one step on, and kept; None if the table refuses that."""
        life = self._table.after(pact.life, turn)
        if life is None:
            return None
        gone_on = msgspec.structs.replace(pact, life=life)
        self.put(gone_on)
        return gone_on

    def conclude(self, pact: Pact) -> Pact:
        """The pact with its result, as soon as both claims are known."""
        if pact.life is not Life.Ending or pact.claim is None or pact.heard_claim is None:
            self.put(pact)
            return pact
        mine, theirs = pact.claim, pact.heard_claim
        result = result_of(mine, theirs) if self._side is Side.SCADA else result_of(theirs, mine)
        self.put(pact)
        return self.turn(pact, Turn(result.value)) or pact

    def overlapping(self, start_ms: int, end_ms: int) -> Pact | None:
        """An open pact that shares time with this [UTC ms]."""
        return next((pact for pact in self._open if pact.start_ms < end_ms and start_ms < pact.end_ms), None)

    def _sort(self) -> None:
        self._open = tuple(sorted((pact for pact in self._pacts.values() if pact.life in OPEN), key=_start_ms))
        self._active = next((pact for pact in self._pacts.values() if pact.life is Life.Active), None)
        self._ending = tuple(pact for pact in self._pacts.values() if pact.ended_ms is not None and not pact.settled)
        self.turns += 1


def result(pact: Pact) -> Result | None:
    """How it ended; None while that is not agreed."""
    return Result(pact.life.value) if pact.life.value in Result.__members__ else None


def _stands(pact: Pact) -> tuple[object, ...]:
    """Where a pact stands, as far as its place among the others and its times go."""
    return pact.life, pact.start_ms, pact.end_ms, pact.ended_ms, pact.claim, pact.settled


def _start_ms(pact: Pact) -> int:
    return pact.start_ms
