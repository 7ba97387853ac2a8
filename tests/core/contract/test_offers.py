"""Which offers are accepted, and where the links of a standing contract lie."""

import pytest

from gw_spaceheat.core.contract.life import Life
from gw_spaceheat.core.contract.offers import is_in_time, next_link, offer_fault
from gw_spaceheat.core.contract.state import Pact
from gw_spaceheat.messages.slow_dispatch_contract import SlowDispatchContract
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

TEN_S = 1_700_000_000 - 1_700_000_000 % 3600
SCADA = "d1.test.house.ta.scada"


def at(second: float) -> Moment:
    """So many seconds after ten."""
    return Moment(0, round((TEN_S + second) * 1000))


def contract(start_s: int, minutes: int = 60, scada: str = SCADA) -> SlowDispatchContract:
    return SlowDispatchContract(
        scada_alias=scada,
        start_s=TEN_S + start_s,
        duration_minutes=minutes,
        avg_power_watts=4500,
        oil_boiler_on=False,
        contract_id="0384ef21-648b-4455-b917-58a1172d7fc1",
    )


def pact(start_s: int, minutes: int = 60) -> Pact:
    return Pact(contract=contract(start_s, minutes), standing=False, created_ms=0, life=Life.Active)


@pytest.mark.parametrize(
    ("offer", "standing", "now_s", "others", "fault"),
    [
        (contract(0), False, 5, [], ""),
        (contract(3600), False, 5, [pact(0)], ""),
        (contract(600, 50), True, 590, [], ""),
        (contract(0, scada="d1.test.other.ta.scada"), False, 5, [], "it is for"),
        (contract(0), False, 3600, [], "over already"),
        (contract(3 * 3600), False, 5, [], "begins in 180 min"),
        (contract(300), False, 5, [], "beyond its hour"),
        (contract(0, 120), True, 5, [], "beyond its hour"),
        (contract(0, 30), False, 5, [], "lasts 60 min"),
        (contract(0), False, 5, [pact(0)], "overlaps"),
        (contract(600, 50), True, 5, [pact(0)], "overlaps"),
        (contract(7200), False, 5, [pact(0), pact(3600)], "to follow it"),
    ],
)
def test_offers(offer: SlowDispatchContract, standing: bool, now_s: float, others: list[Pact], fault: str) -> None:
    said = offer_fault(offer, standing=standing, scada_alias=SCADA, open_pacts=others, ahead_ms=2 * HOUR_MS, now=at(now_s))
    assert fault in said
    assert bool(said) is bool(fault)


@pytest.mark.parametrize(
    ("now_s", "after_s", "start_s", "minutes"),
    [
        (0, 0, 0, 60),
        (10, 0, 0, 60),  # ten seconds late is in time
        (11, 0, 300, 55),
        (431, 0, 600, 50),
        (3450, 0, 3600, 60),
        (100, 3600, 3600, 60),
        (100, 301, 600, 50),
    ],
)
def test_links_of_a_standing_contract(now_s: float, after_s: int, start_s: int, minutes: int) -> None:
    assert next_link(at(now_s), TEN_S + after_s) == (TEN_S + start_s, minutes)
    assert is_in_time(TEN_S + start_s, at(now_s))


@pytest.mark.parametrize(("now_s", "in_time"), [(-100, True), (10, True), (10.001, False)])
def test_an_offer_may_be_ten_seconds_late(now_s: float, in_time: bool) -> None:
    assert is_in_time(TEN_S, at(now_s)) is in_time
