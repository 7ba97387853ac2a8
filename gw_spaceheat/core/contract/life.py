"""The life of a contract as tables, one for each side, and the rule by which both sides agree how it ended.

Both sides go through the same states. What makes them go is not the same: the AtomicTNode offers and the SCADA accepts, the
AtomicTNode can give an offer up, and the SCADA can refuse one.

When a contract ends, each side makes one claim about it and never another. Each sends its claim until it has the other's. As
the rule depends on the two claims only, both sides then say the same.
"""

from enum import StrEnum

from gw_spaceheat.core.table import Table
from gw_spaceheat.messages.slow_contract_heartbeat import LEAF_TRANSACTIVE_NODE, SCADA, SlowDispatchContractStatus


class Side(StrEnum):
    """The two parties, as the wire names them."""

    SCADA = SCADA
    ATOMIC_T_NODE = LEAF_TRANSACTIVE_NODE

    @property
    def other(self) -> "Side":
        """The other party."""
        return Side.ATOMIC_T_NODE if self is Side.SCADA else Side.SCADA


class Life(StrEnum):
    """Where a contract stands with one side."""

    NoContract = "NoContract"
    Offered = "Offered"
    """The AtomicTNode has offered it; the SCADA, when it is there, has said Received."""
    Accepted = "Accepted"
    """Both know that both know: the AtomicTNode heard Received, the SCADA heard Confirmed. It has not begun."""
    Active = "Active"
    """It runs. Whether the AtomicTNode commands is a matter of the mode."""
    Ending = "Ending"
    """It is over; the two sides tell each other how they see that."""
    CompletedSuccess = "CompletedSuccess"
    CompletedFailureByScada = "CompletedFailureByScada"
    CompletedFailureByLtn = "CompletedFailureByLtn"
    CompletedUnknownOutcome = "CompletedUnknownOutcome"
    TerminatedByScada = "TerminatedByScada"
    TerminatedByLtn = "TerminatedByLtn"
    TerminatedMutually = "TerminatedMutually"


class Turn(StrEnum):
    """What makes a contract go on."""

    Offer = "Offer"
    """An offer was made, or a good one came."""
    Agree = "Agree"
    """The other side said Received (to the AtomicTNode) or Confirmed (to the SCADA)."""
    Start = "Start"
    """Its time has come."""
    Expire = "Expire"
    """Its time is over."""
    Quit = "Quit"
    """We end it before its time."""
    Drop = "Drop"
    """The other side has ended it."""
    GiveUp = "GiveUp"
    """Nobody answered the AtomicTNode's offer in time."""
    Refuse = "Refuse"
    """The SCADA does not accept the offer, or does not know the contract that is spoken of."""
    Disown = "Disown"
    """The AtomicTNode does not know the contract that is spoken of."""
    CompletedSuccess = "CompletedSuccess"
    CompletedFailureByScada = "CompletedFailureByScada"
    CompletedFailureByLtn = "CompletedFailureByLtn"
    CompletedUnknownOutcome = "CompletedUnknownOutcome"
    TerminatedByScada = "TerminatedByScada"
    TerminatedByLtn = "TerminatedByLtn"
    TerminatedMutually = "TerminatedMutually"


class Result(StrEnum):
    """How a contract can end: what each side may claim, and what follows from both claims."""

    CompletedSuccess = "CompletedSuccess"
    CompletedFailureByScada = "CompletedFailureByScada"
    CompletedFailureByLtn = "CompletedFailureByLtn"
    CompletedUnknownOutcome = "CompletedUnknownOutcome"
    TerminatedByScada = "TerminatedByScada"
    TerminatedByLtn = "TerminatedByLtn"
    TerminatedMutually = "TerminatedMutually"
    """Each has ended it of its own accord. It follows from the claims; nobody claims it."""


_RESULTS = {Turn(result.value): Life(result.value) for result in Result}

SCADA_LIFE: Table[Life, Turn] = Table(
    Life.NoContract,
    {
        Life.NoContract: {Turn.Offer: Life.Offered, Turn.Refuse: Life.Ending, Turn.Drop: Life.Ending},
        Life.Offered: {Turn.Agree: Life.Accepted, Turn.Quit: Life.Ending, Turn.Drop: Life.Ending, Turn.Expire: Life.Ending},
        Life.Accepted: {Turn.Start: Life.Active, Turn.Quit: Life.Ending, Turn.Drop: Life.Ending, Turn.Expire: Life.Ending},
        Life.Active: {Turn.Quit: Life.Ending, Turn.Drop: Life.Ending, Turn.Expire: Life.Ending},
        Life.Ending: _RESULTS,
    },
)
"""The SCADA's table."""

ATOMIC_T_NODE_LIFE: Table[Life, Turn] = Table(
    Life.NoContract,
    {
        Life.NoContract: {Turn.Offer: Life.Offered, Turn.Disown: Life.Ending, Turn.Drop: Life.Ending},
        Life.Offered: {
            Turn.Agree: Life.Accepted,
            Turn.GiveUp: Life.Ending,
            Turn.Quit: Life.Ending,
            Turn.Drop: Life.Ending,
            Turn.Expire: Life.Ending,
        },
        Life.Accepted: {Turn.Start: Life.Active, Turn.Quit: Life.Ending, Turn.Drop: Life.Ending, Turn.Expire: Life.Ending},
        Life.Active: {Turn.Quit: Life.Ending, Turn.Drop: Life.Ending, Turn.Expire: Life.Ending},
        Life.Ending: _RESULTS,
    },
)
"""The AtomicTNode's table."""

OPEN = frozenset({Life.Offered, Life.Accepted, Life.Active})
"""States of a contract that is not over."""

OWN_TERMINATION = {Side.SCADA: Result.TerminatedByScada, Side.ATOMIC_T_NODE: Result.TerminatedByLtn}
"""What a side claims when it ends a contract before its time."""
TERMINATED = frozenset(OWN_TERMINATION.values())

_Status = SlowDispatchContractStatus
_OWN_STATUS = {Side.SCADA: _Status.TerminatedByScada, Side.ATOMIC_T_NODE: _Status.TerminatedByLtn}
_OPEN_STATUS = {
    (Side.SCADA, Life.Offered): _Status.Received,
    (Side.SCADA, Life.Accepted): _Status.Received,
    (Side.SCADA, Life.Active): _Status.Active,
    (Side.ATOMIC_T_NODE, Life.Offered): _Status.Created,
    (Side.ATOMIC_T_NODE, Life.Accepted): _Status.Confirmed,
    (Side.ATOMIC_T_NODE, Life.Active): _Status.Active,
}
_AGREES = {
    Side.SCADA: frozenset({_Status.Confirmed.value, _Status.Active.value}),
    Side.ATOMIC_T_NODE: frozenset({_Status.Received.value, _Status.Active.value}),
}


def result_of(scada_claim: Result, atn_claim: Result) -> Result:
    """How a contract ended, from the two claims; the same on both sides, because it depends on nothing else.

    Whoever ended it before its time has ended it, whatever the other had made of it meanwhile. Else the SCADA's claim stands:
    it has the meter, and knows in which mode the house was.
    """
    ended = {claim for claim in (scada_claim, atn_claim) if claim in TERMINATED}
    if len(ended) > 1:
        return Result.TerminatedMutually
    return ended.pop() if ended else scada_claim


def open_status(side: Side, life: Life) -> SlowDispatchContractStatus:
    """The wire's word for a contract that is not over, as this side says it."""
    return _OPEN_STATUS[side, life]


def claimed_status(side: Side, claim: Result) -> SlowDispatchContractStatus:
    """The wire's word for a claim.

    The wire lets each side say its own termination only. Who accepts the other's says his own there too; which of the two it
    was stands in `Claim`.
    """
    return _OWN_STATUS[side] if claim in TERMINATED else SlowDispatchContractStatus(claim.value)


def says_agreed(side: Side, status: str) -> bool:
    """Whether a status of the other side tells this side that the offer is agreed."""
    return status in _AGREES[side]
