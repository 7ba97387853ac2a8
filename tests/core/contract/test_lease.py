"""The lease: one holder at any time, and a token that rises at every change."""

from itertools import product

import pytest

from gw_spaceheat.core.contract.lease import LEASES, LONGEST_HUMAN_MS, Holder, Lease, LeaseKeeper, LeaseTurn
from gw_spaceheat.core.events import Authority
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS, Moment

NOW = Moment(1_000, 1_700_000_000_000)
AFTER = {
    (Holder.Local, LeaseTurn.Grant): Holder.Remote,
    (Holder.Local, LeaseTurn.Take): Holder.Human,
    (Holder.Remote, LeaseTurn.Revoke): Holder.Local,
    (Holder.Remote, LeaseTurn.Take): Holder.Human,
    (Holder.Human, LeaseTurn.Take): Holder.Human,
    (Holder.Human, LeaseTurn.Leave): Holder.Local,
}


@pytest.mark.parametrize(("holder", "turn"), list(product(Holder, LeaseTurn)), ids=str)
def test_every_pair(holder: Holder, turn: LeaseTurn) -> None:
    assert LEASES.after(holder, turn) is AFTER.get((holder, turn))
    keeper = LeaseKeeper(Lease(holder, 7))
    act = {
        LeaseTurn.Grant: keeper.grant,
        LeaseTurn.Revoke: keeper.revoke,
        LeaseTurn.Take: lambda: keeper.take(MINUTE_MS, NOW),
        LeaseTurn.Leave: keeper.leave,
    }[turn]
    changed = act()
    assert changed is ((holder, turn) in AFTER)
    assert keeper.lease.holder is AFTER.get((holder, turn), holder)
    assert keeper.lease.token == 7 + changed


def test_every_holder_is_an_authority() -> None:
    assert {Lease(holder).by for holder in Holder} == set(Authority) - {Authority.SAFETY}


def test_a_persons_lease_ends_by_itself() -> None:
    keeper = LeaseKeeper(Lease())
    keeper.take(30 * MINUTE_MS, NOW)
    assert keeper.deadline() == NOW.mono_ms + 30 * MINUTE_MS
    assert not keeper.wake(NOW.later(30 * MINUTE_MS - 1))
    assert keeper.wake(NOW.later(30 * MINUTE_MS))
    assert keeper.lease == Lease(Holder.Local, 3)
    assert keeper.deadline() is None


def test_taken_again_the_time_begins_anew_and_older_commands_are_fenced() -> None:
    keeper = LeaseKeeper(Lease())
    keeper.take(30 * MINUTE_MS, NOW)
    keeper.take(10 * MINUTE_MS, NOW.later(MINUTE_MS))
    assert keeper.deadline() == NOW.mono_ms + 11 * MINUTE_MS
    assert keeper.lease.token == 3


@pytest.mark.parametrize(
    ("wall_later_ms", "mono_ms_left"),
    [(0, 30 * MINUTE_MS), (20 * MINUTE_MS, 10 * MINUTE_MS), (HOUR_MS, 0), (-400 * DAY_MS, LONGEST_HUMAN_MS)],
)
def test_over_a_restart_the_rest_of_the_time_is_left(wall_later_ms: int, mono_ms_left: int) -> None:
    keeper = LeaseKeeper(Lease())
    keeper.take(30 * MINUTE_MS, NOW)
    again = Moment(5, NOW.wall_ms + wall_later_ms)
    restarted = LeaseKeeper(keeper.lease, again)
    assert restarted.lease == keeper.lease
    assert restarted.deadline() == 5 + mono_ms_left


def test_nobody_takes_a_house_for_longer_than_a_day() -> None:
    keeper = LeaseKeeper(Lease())
    keeper.take(99 * DAY_MS, NOW)
    assert keeper.deadline() == NOW.mono_ms + DAY_MS
