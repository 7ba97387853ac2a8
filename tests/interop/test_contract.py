"""The contained heartbeats of whole lives of contracts obey the rules of the protocol's own codec."""

from collections.abc import Callable

import pytest

from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.events import ContractQuit, LocalControlAsked, SlotWanted, StandingWanted
from gw_spaceheat.messages import codec
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS
from tests.faults.two_sides import TEN_O_CLOCK_MS, TwoSides
from tests.interop.peer import judges

SCADA, ATN = Side.SCADA, Side.ATOMIC_T_NODE
STORIES: dict[str, tuple[Callable[[TwoSides], None], set[str]]] = {
    "it runs its time": (lambda sides: None, {"CompletedSuccess"}),
    "the SCADA quits": (lambda sides: sides.give(SCADA, ContractQuit("cold")), {"TerminatedByScada", "TerminatedByLtn"}),
    "the AtomicTNode quits": (lambda sides: sides.give(ATN, ContractQuit("dear")), {"TerminatedByScada", "TerminatedByLtn"}),
    "the owner wants local control": (
        lambda sides: sides.give(SCADA, LocalControlAsked("Jo", asked=True)),
        {"CompletedFailureByScada"},
    ),
    "the SCADA is killed": (lambda sides: sides.kill(SCADA), {"CompletedUnknownOutcome"}),
    "the AtomicTNode falls silent": (
        lambda sides: setattr(sides, "deaf_until_ms", 50 * MINUTE_MS),
        {"CompletedFailureByLtn"},
    ),
}


@pytest.mark.parametrize("standing", [True, False])
@pytest.mark.parametrize("story", STORIES)
def test_the_peer_reads_every_heartbeat_and_command(story: str, standing: bool) -> None:
    happens, ends = STORIES[story]
    sides = TwoSides()
    messages: list[GwsContract | GwsCommand] = []

    def fate(side: Side, message: object) -> tuple[int, ...]:
        if isinstance(message, GwsContract | GwsCommand):
            messages.append(message)
        deaf = side is ATN and MINUTE_MS < sides.now_ms < getattr(sides, "deaf_until_ms", 0)
        return () if deaf else (20,)

    sides.fate = fate
    sides.start()
    sides.give(ATN, StandingWanted(3000) if standing else SlotWanted(TEN_O_CLOCK_MS // 1000, 3000))
    sides.command_every(5 * MINUTE_MS, HOUR_MS)
    sides.at(10 * MINUTE_MS, lambda: happens(sides))
    sides.at(HOUR_MS + 5 * MINUTE_MS, lambda: sides.revive(SCADA))
    sides.run(HOUR_MS + 10 * MINUTE_MS)
    statuses = set()
    for message in messages:
        inner = message.heartbeat if isinstance(message, GwsContract) else message.asked()
        for judge in judges(inner.type_name()):
            judge.model_validate_json(codec.encode_bare(inner))
        if isinstance(message, GwsContract):
            statuses.add(message.heartbeat.status)
    assert {"Created", "Received", "Active"} <= statuses
    assert ends <= statuses
