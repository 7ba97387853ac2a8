"""Energy from metered power: trapezoids over exact times, gaps that add nothing, the same on both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.contract.energy import (
    Account,
    LastPower,
    MeterRule,
    add,
    begun,
    begun_late,
    closed,
    power_rules,
    read,
    recomputed,
)
from gw_spaceheat.core.events import Readings
from tests.core.contract.houses import METER, POWER, metered_house

RULE = MeterRule(scan_ms=10_000, gap_ms=750_000)
HOUR_MS = 3_600_000
T0 = 1_700_000_000_000


def account(*readings: tuple[float, float], from_s: float = 0, to_s: float = 3600) -> Account:
    """What readings (seconds, watts) make of an account."""
    result = Account(T0 + round(from_s * 1000), T0 + round(to_s * 1000))
    for second, power_w in readings:
        result = add(result, POWER, T0 + round(second * 1000), power_w, RULE)
    return result


@pytest.mark.parametrize(
    ("readings", "used_wh", "missing_s"),
    [
        ([(0, 3600), (300, 3600), (600, 3600)], 600, 0),
        ([(0, 0), (10, 3600)], 5, 0),  # a ramp within one scan
        ([(0, 0), (300, 3600)], 5, 0),  # it was off until one scan before
        ([(0, 3600), (300, 0)], 295, 0),
        ([(0, -3600), (300, -3600)], -300, 0),  # given, not used
        ([(0, 3600), (751, 3600)], 0, 751),  # nothing is known about the time between
        ([(0, 3600), (750, 3600)], 750, 0),
        ([(0, 3600), (300, 3600), (200, 9999), (300, 9999)], 300, 0),  # late and double ones change nothing
        ([(30, 3600), (330, 3600)], 300, 30),  # before the first nothing is known
    ],
)
def test_account(readings: list[tuple[float, float]], used_wh: float, missing_s: float) -> None:
    result = account(*readings)
    assert (result.used_wh, result.missing_s) == (pytest.approx(used_wh), missing_s)


def test_only_what_lies_within_the_contract_counts() -> None:
    result = account((-300, 3600), (295, 3600), (305, 0), (595, 0), (605, 7200), from_s=0, to_s=600)
    assert result.used_wh == pytest.approx(295 + 5 + 5 * 1800 / 3600)


def test_a_missing_value_is_not_zero() -> None:
    rules = {POWER: RULE}
    result = begun(T0, T0 + HOUR_MS, {POWER: LastPower(T0, 3600)})
    for second, value in ((300, None), (600, 3600.0)):
        result = read(result, Readings(METER, T0 + second * 1000, ("other", POWER), (1.0, value)), rules)
    assert result.used_wh == pytest.approx(600)


def test_the_last_power_counts_until_the_end_unless_it_is_too_old() -> None:
    rules = {POWER: RULE}
    assert closed(account((0, 3600)), T0 + 700_000, rules).used_wh == pytest.approx(700)
    assert closed(account((0, 3600)), T0 + HOUR_MS, rules).missing_s == 3600
    never = closed(Account(T0, T0 + HOUR_MS), T0 + HOUR_MS, rules)
    assert (never.used_wh, never.missing_s) == (0, 3600)


def test_time_before_an_account_was_begun_is_missing() -> None:
    late = begun(T0, T0 + HOUR_MS, {POWER: LastPower(T0 + 60_000, 3600)})
    assert late.missing_s == 60


@pytest.mark.parametrize(
    ("recent", "used_wh", "missing_s"),
    [
        ([(-300, 3600)], 0, 0),  # it begins in the future: nothing has been used
        ([(-600, 0), (-300, 3600), (0, 3600), (300, 0)], 295, 0),  # it has begun while the offer was under way
        ([(-300, 3600), (290, 7200), (5000, 0)], 290 + 5, 0),  # what was read after the end is not its affair
        ([(60, 3600), (360, 3600)], 300, 60),  # nothing is remembered of the time before
    ],
)
def test_an_account_that_begins_late_knows_what_was_read_meanwhile(
    recent: list[tuple[int, float]], used_wh: float, missing_s: float
) -> None:
    known = [LastPower(T0 + second * 1000, power_w) for second, power_w in recent]
    late = begun_late(T0, T0 + HOUR_MS, {POWER: known}, {POWER: RULE})
    assert (late.used_wh, late.missing_s) == (pytest.approx(used_wh), missing_s)
    read_later = recomputed(T0, T0 + HOUR_MS, {POWER: [(each.taken_ms, each.power_w) for each in known]}, {POWER: RULE})
    ours = closed(late, T0 + HOUR_MS, {POWER: RULE})
    assert ours.used_wh == pytest.approx(read_later.used_wh)
    assert ours.missing_s == read_later.missing_s


def test_what_is_read_after_the_end_is_for_the_next() -> None:
    one = closed(account((0, 3600)), T0 + HOUR_MS, {})
    assert read(one, Readings(METER, one.to_ms + 1, (POWER,), (5.0,)), {POWER: RULE}) is one


def test_the_channels_are_those_of_the_metered_power() -> None:
    assert power_rules(metered_house()) == {POWER: MeterRule(scan_ms=1_000, gap_ms=750_000)}


@given(
    st.lists(st.tuples(st.integers(-600, 3900), st.integers(-2000, 9000)), max_size=60, unique_by=lambda reading: reading[0]),
    st.randoms(),
)
def test_the_atomic_t_node_finds_the_same_from_the_delivered_readings(readings: list[tuple[int, int]], chance: object) -> None:
    rules = {POWER: RULE}
    powers: dict[str, LastPower] = {}
    running: Account | None = None
    for second, power_w in sorted(readings):
        if running is None and second > 0:
            running = begun(T0, T0 + HOUR_MS, powers)
        if running is not None:
            running = read(running, Readings(METER, T0 + second * 1000, (POWER,), (float(power_w),)), rules)
        powers[POWER] = LastPower(T0 + second * 1000, power_w)
    ours = closed(running or begun(T0, T0 + HOUR_MS, powers), T0 + HOUR_MS, rules)
    delivered = [(T0 + second * 1000, float(power_w)) for second, power_w in readings]
    chance.shuffle(delivered)  # type: ignore[attr-defined]
    theirs = recomputed(T0, T0 + HOUR_MS, {POWER: delivered}, rules)
    assert (theirs.used_wh, theirs.missing_s) == (pytest.approx(ours.used_wh), pytest.approx(ours.missing_s))
