"""The mode: LocalControl while anything speaks against RemoteControl, and back only after the hold time."""

from collections.abc import Callable
from itertools import product

import pytest

from gw_spaceheat.core.contract.mode import BLAMES, MODES, Blame, Condition, ModeKeeper, ModeState, ModeTurn
from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS, Moment

HOLD_MS = 2 * MINUTE_MS
S, T = ModeState, ModeTurn
AFTER = {
    (S.Dormant, T.Begin): S.Holding,
    (S.Holding, T.Trouble): S.LocalControl,
    (S.Holding, T.Held): S.RemoteControl,
    (S.Holding, T.End): S.Dormant,
    (S.RemoteControl, T.Trouble): S.LocalControl,
    (S.RemoteControl, T.End): S.Dormant,
    (S.LocalControl, T.Well): S.Holding,
    (S.LocalControl, T.End): S.Dormant,
}


def at(second: float) -> Moment:
    return Moment(round(second * 1000), 1_700_000_000_000)


@pytest.mark.parametrize(("state", "turn"), list(product(S, T)), ids=str)
def test_every_pair(state: ModeState, turn: ModeTurn) -> None:
    assert MODES.after(state, turn) is AFTER.get((state, turn))


def remote(second: float = 0) -> ModeKeeper:
    mode = ModeKeeper(HOLD_MS)
    assert mode.begin(at(second))
    assert mode.remote
    return mode


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_leads_to_local_control_and_back_after_the_hold_time(condition: Condition) -> None:
    mode = remote()
    assert mode.raise_(condition, "because", at(10))
    assert (mode.state, mode.cause, mode.blame) == (S.LocalControl, "because", BLAMES[condition])
    assert mode.clear(condition, at(20))
    assert (mode.state, mode.blame) == (S.Holding, BLAMES[condition])
    assert mode.deadline() == 140 * SECOND_MS
    assert not mode.wake(at(139))
    assert mode.wake(at(140))
    assert mode.remote


def test_it_cannot_flap() -> None:
    mode = remote()
    changes = 0
    for second in range(0, 3600, 10):
        act = mode.raise_ if second % 20 else lambda condition, _why, now: mode.clear(condition, now)
        changes += act(Condition.LinkDown, "down", at(second))
        mode.wake(at(second))
    assert not mode.remote
    assert changes < 360 + 1


def test_while_one_condition_holds_the_end_of_another_changes_nothing() -> None:
    mode = remote()
    mode.raise_(Condition.LinkDown, "down", at(1))
    assert not mode.raise_(Condition.SafetyActs, "cold", at(2))
    assert mode.cause == "cold", "the weightiest is told"
    assert not mode.clear(Condition.SafetyActs, at(3))
    assert (mode.state, mode.conditions) == (S.LocalControl, {Condition.LinkDown: "down"})


@pytest.mark.parametrize(("withdrawn_s", "becomes"), [(59, S.RemoteControl), (None, S.LocalControl)])
def test_what_is_to_hold_later_may_be_withdrawn_before(withdrawn_s: float | None, becomes: ModeState) -> None:
    mode = remote()
    assert not mode.raise_(Condition.SafetyActs, "cold", at(0), at_mono_ms=60 * SECOND_MS)
    assert mode.deadline() == 60 * SECOND_MS
    if withdrawn_s is not None:
        mode.clear(Condition.SafetyActs, at(withdrawn_s))
    mode.wake(at(60))
    assert mode.state is becomes


def test_a_contract_that_begins_when_all_is_well_need_not_wait() -> None:
    assert remote(5).cause == "all is well"


@pytest.mark.parametrize(
    ("begin_s", "becomes"), [(60, S.LocalControl), (110, S.Holding), (219, S.Holding), (220, S.RemoteControl)]
)
def test_what_was_not_well_before_a_contract_counts(begin_s: float, becomes: ModeState) -> None:
    mode = ModeKeeper(HOLD_MS)
    mode.raise_(Condition.LinkDown, "down", at(0))
    if begin_s > 100:
        mode.clear(Condition.LinkDown, at(100))
    mode.begin(at(begin_s))
    assert mode.state is becomes


@pytest.mark.parametrize("bring", [lambda mode: None, lambda mode: mode.raise_(Condition.LinkDown, "down", at(1))])
def test_the_end_of_the_contract_ends_the_mode(bring: Callable[[ModeKeeper], object]) -> None:
    mode = remote()
    bring(mode)
    assert mode.end("over")
    assert (mode.state, mode.cause, mode.remote) == (S.Dormant, "over", False)
    assert not mode.end("over again")


@pytest.mark.parametrize(
    ("kept", "becomes"), [(S.RemoteControl, S.RemoteControl), (S.LocalControl, S.Holding), (S.Holding, S.Holding)]
)
def test_after_a_restart_it_is_what_it_was_or_waits(kept: ModeState, becomes: ModeState) -> None:
    mode = ModeKeeper(HOLD_MS, kept, "kept")
    mode.resume(at(0))
    mode.wake(at(1))
    assert mode.state is becomes


def test_somebody_is_to_blame_for_every_condition() -> None:
    assert set(BLAMES) == set(Condition)
    assert set(BLAMES.values()) == set(Blame)
