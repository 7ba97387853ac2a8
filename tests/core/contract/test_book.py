"""The contracts that a side knows."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.contract.book import Book, result
from gw_spaceheat.core.contract.life import OPEN, SCADA_LIFE, Life, Result, Side, Turn
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.vocabulary.ids import IdSource
from tests.core.contract.test_offers import contract

NEW_ID = IdSource(b"book")


def pact(start_s: int, life: Life = Life.NoContract, **changes: object) -> Pact:
    named = msgspec.structs.replace(contract(start_s), contract_id=NEW_ID())
    return Pact(contract=named, standing=False, created_ms=0, life=life, **changes)  # type: ignore[arg-type]


def book(*pacts: Pact) -> Book:
    return Book(Side.SCADA, SCADA_LIFE, pacts, most_ended=2)


def test_a_pact_goes_on_by_the_table_only() -> None:
    known = book()
    offered = known.turn(pact(0), Turn.Offer)
    assert offered is not None
    assert known.find(offered.id) is offered
    assert known.turn(offered, Turn.Start) is None
    assert known.find(offered.id) is offered


def test_open_ones_come_by_their_start() -> None:
    later, sooner, over = pact(3600, Life.Accepted), pact(0, Life.Active), pact(0, Life.Ending, ended_ms=1)
    known = book(later, sooner, over)
    assert known.open() == (sooner, later)
    assert known.active() is sooner
    assert known.ending() == (over,)
    assert known.overlapping(later.start_ms, later.end_ms) is later
    assert known.overlapping(later.end_ms, later.end_ms + 1) is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(Life), st.integers(0, 3), st.booleans(), st.integers(0, 9)), max_size=30
    )
)
def test_what_is_open_and_what_runs_is_what_was_put(puts: list[tuple[int, Life, int, bool, int]]) -> None:
    names = [pact(hour * 3600) for hour in range(6)]
    known = book(pact(0, Life.Accepted), pact(3600, Life.Active))
    for which, life, hour, settled, sequence in puts:
        moved = msgspec.structs.replace(names[which].contract, start_s=hour * 3600)
        over = life not in OPEN and life is not Life.NoContract
        known.put(
            msgspec.structs.replace(
                names[which],
                contract=moved,
                life=life,
                settled=settled and over,
                ended_ms=1 if over else None,
                last_sequence=sequence,
            )
        )
        unsorted = [each for each in known.pacts if each.life in OPEN]
        assert known.open() == tuple(sorted(unsorted, key=lambda each: each.start_ms))
        assert known.active() is next((each for each in known.pacts if each.life is Life.Active), None)
        assert sum(each.settled for each in known.pacts) <= 2


def test_a_result_needs_both_claims() -> None:
    ending = pact(0, Life.Ending, ended_ms=1, claim=Result.CompletedSuccess)
    known = book(ending)
    assert result(known.conclude(ending)) is None
    both = msgspec.structs.replace(ending, heard_claim=Result.CompletedUnknownOutcome)
    assert result(known.conclude(both)) is Result.CompletedSuccess
    as_atn = Book(Side.ATOMIC_T_NODE, SCADA_LIFE, [both], 2)
    assert result(as_atn.conclude(both)) is Result.CompletedUnknownOutcome


def test_of_the_past_so_many_are_remembered() -> None:
    past = [pact(0, Life.CompletedSuccess, ended_ms=1, settled=True) for _ in range(4)]
    known = book()
    for over in past:
        known.put(over)
    assert known.pacts == tuple(past[2:])


def test_what_is_told_of_a_pact_is_no_turn() -> None:
    running, over = pact(0, Life.Active), pact(3600, Life.Ending, ended_ms=1)
    known = book(running, over)
    turns = known.turns
    for each in (running, over):
        known.put(msgspec.structs.replace(each, told="said"))
    assert known.turns == turns
    assert [each.told for each in (*known.open(), *known.ending())] == ["said", "said"]
    assert known.active() is known.find(running.id)
    known.put(msgspec.structs.replace(over, settled=True))
    assert known.turns == turns + 1
    assert known.ending() == ()
