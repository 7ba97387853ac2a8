"""Which offers the SCADA accepts, and when the AtomicTNode's offers lie.

A contract is for one market slot (60 minutes from a full hour), or standing. A standing contract is a chain of contracts of
bounded duration, because the wire knows no others: the first begins at the next full five minutes and lasts to the full hour,
each further one lasts the hour that follows. Released, the chain ends with the link that runs.
"""

from collections.abc import Sequence

from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.messages.slow_contract_heartbeat import CREATED_AT_MOST_LATE_S
from gw_spaceheat.messages.slow_dispatch_contract import FIVE_MINUTES_S, SlowDispatchContract
from gw_spaceheat.vocabulary.moment import Moment

SLOT_S = 3600
SLOT_MINUTES = 60
MOST_OPEN = 2
"""A contract that runs, and one that follows."""


def offer_fault(
    contract: SlowDispatchContract, *, standing: bool, scada_alias: str, open_pacts: Sequence[Pact], ahead_ms: int, now: Moment
) -> str:
    """Why an offer is not accepted, for a person; empty if it is.

    Args:
        contract: What is offered.
        standing: It is a link of a standing contract.
        scada_alias: Whose house this is.
        open_pacts: The contracts that are not over.
        ahead_ms: An offer may begin this far in the future [ms].
        now: When.
    """
    start_ms = contract.start_s * 1000
    end_ms = start_ms + contract.duration_minutes * 60_000
    if contract.scada_alias != scada_alias:
        return f"it is for {contract.scada_alias}; this is {scada_alias}"
    if end_ms <= now.wall_ms:
        return "it is over already; check both clocks"
    if start_ms > now.wall_ms + ahead_ms:
        return f"it begins in {(start_ms - now.wall_ms) / 60_000:.0f} min; at most {ahead_ms / 60_000:g} are accepted"
    if contract.start_s % SLOT_S + contract.duration_minutes * 60 > SLOT_S:
        return "it reaches beyond its hour"
    if not standing and contract.duration_minutes != SLOT_MINUTES:
        return f"a contract for a slot lasts {SLOT_MINUTES} min from a full hour, not {contract.duration_minutes}"
    for pact in open_pacts:
        if pact.start_ms < end_ms and start_ms < pact.end_ms:
            return f"it overlaps with contract {pact.id}"
    if len(open_pacts) >= MOST_OPEN:
        return f"there is a contract already, and {open_pacts[-1].id} to follow it"
    return ""


def is_in_time(start_s: int, now: Moment) -> bool:
    """Whether an offer for this start [UTC s] may still be made; the wire allows it ten seconds late."""
    return now.wall_ms <= (start_s + CREATED_AT_MOST_LATE_S) * 1000


def next_link(now: Moment, after_s: int) -> tuple[int, int]:
    """Start [UTC s] and duration [min] of the next link of a standing contract, not before after_s [UTC s]."""
    earliest_s = max(-(-now.wall_ms // 1000) - CREATED_AT_MOST_LATE_S, after_s)
    start_s = -(-earliest_s // FIVE_MINUTES_S) * FIVE_MINUTES_S
    return start_s, (SLOT_S - start_s % SLOT_S) // 60
