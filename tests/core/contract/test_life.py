"""The tables of a contract's life, pair by pair; the rule about claims; and the page that shows the tables."""

from itertools import product
from pathlib import Path

import pytest

from gw_spaceheat.core.contract import TABLES
from gw_spaceheat.core.contract.life import (
    ATOMIC_T_NODE_LIFE,
    OPEN,
    SCADA_LIFE,
    Life,
    Result,
    Side,
    Turn,
    claimed_status,
    open_status,
    result_of,
    says_agreed,
)

PAGE = Path(__file__).parents[3] / "docs" / "systems" / "contract.md"
RESULTS = {(Life.Ending, Turn(result.value)): Life(result.value) for result in Result}
COMMON = {
    (Life.NoContract, Turn.Offer): Life.Offered,
    (Life.NoContract, Turn.Drop): Life.Ending,
    (Life.Offered, Turn.Agree): Life.Accepted,
    (Life.Offered, Turn.Quit): Life.Ending,
    (Life.Offered, Turn.Drop): Life.Ending,
    (Life.Offered, Turn.Expire): Life.Ending,
    (Life.Accepted, Turn.Start): Life.Active,
    (Life.Accepted, Turn.Quit): Life.Ending,
    (Life.Accepted, Turn.Drop): Life.Ending,
    (Life.Accepted, Turn.Expire): Life.Ending,
    (Life.Active, Turn.Quit): Life.Ending,
    (Life.Active, Turn.Drop): Life.Ending,
    (Life.Active, Turn.Expire): Life.Ending,
    **RESULTS,
}
AFTER = {
    Side.SCADA: {**COMMON, (Life.NoContract, Turn.Refuse): Life.Ending},
    Side.ATOMIC_T_NODE: {
        **COMMON,
        (Life.NoContract, Turn.Disown): Life.Ending,
        (Life.Offered, Turn.GiveUp): Life.Ending,
    },
}
TABLE_OF = {Side.SCADA: SCADA_LIFE, Side.ATOMIC_T_NODE: ATOMIC_T_NODE_LIFE}


@pytest.mark.parametrize(("side", "life", "turn"), list(product(Side, Life, Turn)), ids=str)
def test_every_pair(side: Side, life: Life, turn: Turn) -> None:
    assert TABLE_OF[side].after(life, turn) is AFTER[side].get((life, turn))


C, F_S, F_L, U = (
    Result.CompletedSuccess,
    Result.CompletedFailureByScada,
    Result.CompletedFailureByLtn,
    Result.CompletedUnknownOutcome,
)
BY_S, BY_L, MUTUAL = Result.TerminatedByScada, Result.TerminatedByLtn, Result.TerminatedMutually


@pytest.mark.parametrize(
    ("scada", "atn", "result"),
    [
        (C, C, C),
        (C, U, C),
        (U, C, U),
        (F_S, C, F_S),
        (F_L, C, F_L),
        (C, F_S, C),
        (BY_S, BY_S, BY_S),
        (BY_L, BY_L, BY_L),
        (BY_S, BY_L, MUTUAL),
        (BY_S, C, BY_S),
        (U, BY_L, BY_L),
        (C, BY_L, BY_L),
    ],
)
def test_the_two_claims_make_one_result(scada: Result, atn: Result, result: Result) -> None:
    assert result_of(scada, atn) is result


def test_every_pair_of_claims_has_a_result() -> None:
    claims = [result for result in Result if result is not MUTUAL]
    assert all(result_of(scada, atn) in Result for scada, atn in product(claims, claims))


def test_each_side_says_on_the_wire_what_is_its_own_to_say() -> None:
    assert {(side, life): open_status(side, life).value for side, life in product(Side, sorted(OPEN))} == {
        (Side.SCADA, Life.Offered): "Received",
        (Side.SCADA, Life.Accepted): "Received",
        (Side.SCADA, Life.Active): "Active",
        (Side.ATOMIC_T_NODE, Life.Offered): "Created",
        (Side.ATOMIC_T_NODE, Life.Accepted): "Confirmed",
        (Side.ATOMIC_T_NODE, Life.Active): "Active",
    }
    for claim in (BY_S, BY_L):
        assert claimed_status(Side.SCADA, claim).value == "TerminatedByScada"
        assert claimed_status(Side.ATOMIC_T_NODE, claim).value == "TerminatedByLtn"
    assert claimed_status(Side.ATOMIC_T_NODE, F_S).value == "CompletedFailureByScada"


@pytest.mark.parametrize(
    ("side", "status", "agrees"),
    [
        (Side.SCADA, "Confirmed", True),
        (Side.SCADA, "Active", True),
        (Side.SCADA, "Created", False),
        (Side.ATOMIC_T_NODE, "Received", True),
        (Side.ATOMIC_T_NODE, "Active", True),
        (Side.ATOMIC_T_NODE, "Renegotiated", False),
    ],
)
def test_what_agrees_to_an_offer(side: Side, status: str, agrees: bool) -> None:
    assert says_agreed(side, status) is agrees


@pytest.mark.parametrize("name", TABLES)
def test_the_diagrams_of_the_page_are_those_of_the_tables(name: str) -> None:
    assert f"```mermaid\n{TABLES[name].mermaid()}\n```" in PAGE.read_text()
