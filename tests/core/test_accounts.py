"""The AtomicTNode's accounts agree with the SCADA's, in whatever order the reports come."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.accounts import KEPT_S, Accounts
from gw_spaceheat.core.contract.energy import Account, LastPower, begun, closed, power_rules, read
from gw_spaceheat.core.contract.life import Life
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.core.events import Readings
from gw_spaceheat.messages.report import Report
from tests.core.contract.houses import METER, POWER, metered_house
from tests.core.contract.test_offers import contract
from tests.heard import MIDNIGHT_MS, report_event

HOUSE = metered_house()
RULES = power_rules(HOUSE)
HOUR_MS = 3_600_000


def pact(hours: int = 1, ended_ms: int | None = None, begins_ms: int = MIDNIGHT_MS) -> Pact:
    terms = msgspec.structs.replace(contract(0), start_s=begins_ms // 1000, duration_minutes=60 * hours)
    return Pact(contract=terms, standing=False, created_ms=0, life=Life.Active, ended_ms=ended_ms)


def report(number: int, *readings: tuple[float, int], name: str = POWER) -> Report:
    """Readings as (seconds after midnight, watts)."""
    taken = [(MIDNIGHT_MS + round(second * 1000), power_w) for second, power_w in readings]
    made = report_event(number, {name: taken}).report
    return msgspec.structs.replace(made, slot_start_unix_s=min(at_ms for at_ms, _ in taken) // 1000 // 300 * 300)


def by_scada(readings: Sequence[tuple[float, int]], until_ms: int) -> Account:
    """What the SCADA's account says, scan by scan."""
    powers: dict[str, LastPower] = {}
    running: Account | None = None
    for second, power_w in sorted(readings):
        if running is None and second > 0:
            running = begun(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, powers)
        at_ms = MIDNIGHT_MS + round(second * 1000)
        if running is not None:
            running = read(running, Readings(METER, at_ms, (POWER,), (float(power_w),)), RULES)
        powers[POWER] = LastPower(at_ms, power_w)
    return closed(running or begun(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS, powers), until_ms, RULES)


def test_an_hour_of_steady_power() -> None:
    accounts = Accounts(HOUSE)
    for number in range(13):
        accounts.take(report(number, (300 * number, 3600)))
    account = accounts.of(pact(), MIDNIGHT_MS + HOUR_MS)
    assert account.used_wh == pytest.approx(3600)
    assert account.missing_s == 0


@pytest.mark.parametrize(
    ("ended_ms", "at_ms", "used_wh"),
    [
        (None, MIDNIGHT_MS, 0),
        (None, MIDNIGHT_MS + HOUR_MS // 4, 900),
        (None, MIDNIGHT_MS + 2 * HOUR_MS, 3600),
        (MIDNIGHT_MS + HOUR_MS // 2, MIDNIGHT_MS + HOUR_MS, 1800),
    ],
)
def test_until_now_or_until_its_end(ended_ms: int | None, at_ms: int, used_wh: float) -> None:
    accounts = Accounts(HOUSE)
    for number in range(13):
        accounts.take(report(number, (300 * number, 3600)))
    assert accounts.of(pact(ended_ms=ended_ms), at_ms).used_wh == pytest.approx(used_wh)


def test_what_was_not_delivered_is_missing_and_not_zero_and_found_when_it_comes_late() -> None:
    accounts = Accounts(HOUSE)
    for number in (0, 1, 2, 9, 10, 11, 12):
        accounts.take(report(number, (300 * number, 3600)))
    account = accounts.of(pact(), MIDNIGHT_MS + HOUR_MS)
    assert account.missing_s == 7 * 300
    assert account.used_wh == pytest.approx(3600 - 7 * 300)
    for number in (7, 3, 8, 5, 4, 6):
        accounts.take(report(number, (300 * number, 3600)))
    account = accounts.of(pact(), MIDNIGHT_MS + HOUR_MS)
    assert (account.missing_s, round(account.used_wh, 6)) == (0, 3600)


def test_other_channels_count_for_nothing() -> None:
    accounts = Accounts(HOUSE)
    accounts.take(report(0, (0, 3600), name="a-tank-temp0"))
    assert accounts.of(pact(), MIDNIGHT_MS + HOUR_MS).used_wh == 0
    none_metered = replace(HOUSE, channels={})
    assert Accounts(none_metered).of(pact(), MIDNIGHT_MS + HOUR_MS).missing_s == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-600, 3900), st.integers(-2000, 9000)), min_size=1, max_size=40, unique_by=lambda each: each[0]
    ),
    st.integers(1, 3600),
    st.randoms(use_true_random=False),
)
def test_both_sides_find_the_same_whatever_the_order_and_though_some_come_twice(
    readings: list[tuple[float, int]], until_s: int, chance: Random
) -> None:
    until_ms = MIDNIGHT_MS + until_s * 1000
    readings = [reading for reading in readings if reading[0] <= until_s] or [(0, 0)]
    reports = [report(number, *readings[number : number + 3]) for number in range(0, len(readings), 3)]
    reports += chance.sample(reports, len(reports) // 2)
    chance.shuffle(reports)
    accounts = Accounts(HOUSE)
    for each in reports:
        accounts.take(each)
    ours, theirs = by_scada(readings, until_ms), accounts.of(pact(ended_ms=until_ms), until_ms)
    assert theirs.used_wh == pytest.approx(ours.used_wh, abs=1e-6)
    assert theirs.missing_s == pytest.approx(ours.missing_s)


def test_what_is_older_than_a_house_keeps_back_is_forgotten() -> None:
    accounts = Accounts(HOUSE)
    for number in range(13):
        accounts.take(report(number, (300 * number, 3600)))
    kept_s = (KEPT_S * 1000) // 1000
    accounts.take(report(90, (kept_s - 7200, 3600)))
    assert accounts.of(pact(), MIDNIGHT_MS + HOUR_MS).used_wh == pytest.approx(3600)
    accounts.take(report(91, (kept_s + 24 * 3600, 3600)))
    assert accounts.of(pact(), MIDNIGHT_MS + HOUR_MS).missing_s == 3600
