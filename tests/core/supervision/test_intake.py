"""What devices say, taken in or counted as rejected."""

import random

import msgspec
import pytest

from gw_spaceheat.core.supervision.devices import STALE_AFTER_MS
from gw_spaceheat.core.supervision.houses import Town
from gw_spaceheat.core.supervision.intake import Intake
from gw_spaceheat.messages.supervision import Kind, Reason

NOW_MS = 1_700_000_000_000
NUMBERS = (1, 10, 11, 100)


def intake(houses: int = 1, consumers: int = 3, suppliers: int = 2) -> Intake:
    town = Town()
    for _ in range(houses):
        house = town.neighbourhood(0).add_house()
        for _ in range(consumers):
            house.add_consumer("lamp")
        for _ in range(suppliers):
            house.add_supplier("panel")
    return Intake(town)


def test_a_report_reaches_its_consumers() -> None:
    taking = intake()
    assert taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 910, "3": 929, "0": 1000}', NOW_MS) is None
    house = taking.town.house(0, 1)
    assert house.consumers[1].current.last == pytest.approx(1.15)
    assert house.consumers[2].on is None
    assert house.totals(NOW_MS) == pytest.approx((2.585, 594.55, 0, 0, 0, 0, 2, 3))
    assert house.whole.current.last == pytest.approx(2.685, abs=0.01)
    assert taking.changed == {(0, 1)}


def test_a_report_reaches_its_suppliers() -> None:
    taking = intake()
    panels, rest = b'"pvvoltage": 30, "pvcurrent": 5', b'"lvoltage": 12, "lcurrent": 2, "bvoltage": 12, "bcurrent": -1'
    payload = b'{"1": {%s, %s, "bremaining": 80}}' % (panels, rest)
    taking.take("Neighborhood/0/House/1/Supplier", payload, NOW_MS)
    totals = taking.town.house(0, 1).totals(NOW_MS)
    assert (totals.pv_w, totals.pv_current_a, totals.load_w, totals.battery_w) == (150.0, 5.0, 24.0, -12.0)


@pytest.mark.parametrize("house", NUMBERS)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("kind", Kind)
def test_numbers_are_not_mixed_up(house: int, number: int, kind: Kind) -> None:
    taking = MIXED[kind]
    before = {(h, d): _count(taking, kind, h, d) for h in NUMBERS for d in NUMBERS}
    reading = b"910" if kind is Kind.CONSUMER else b'{"pvvoltage": 1, "pvcurrent": 1}'
    taking.take(f"Neighborhood/0/House/{house}/{kind}", b'{"%d": %s}' % (number, reading), NOW_MS)
    changed = [place for place in before if _count(taking, kind, *place) != before[place]]
    assert changed == [(house, number)]


MIXED = {Kind.CONSUMER: intake(100, 100, 0), Kind.SUPPLIER: intake(100, 0, 100)}


def _count(taking: Intake, kind: Kind, house: int, number: int) -> int:
    of_house = taking.town.neighbourhoods[0].houses[house]
    return of_house.consumers[number].current.count if kind is Kind.CONSUMER else len(of_house.suppliers[number].quantities)


@pytest.mark.parametrize(
    ("topic", "payload", "kept", "reason"),
    [
        ("Neighborhood/0/House/2/Consumer", b'{"1": 1}', False, Reason.UNKNOWN_HOUSE),
        ("Neighborhood/1/House/1/Consumer", b'{"1": 1}', False, Reason.UNKNOWN_HOUSE),
        ("GhostHouse", b"{}", False, Reason.TOPIC),
        ("Neighborhood/0/House/1/Consumer", b"not json", False, Reason.NOT_JSON),
        ("Neighborhood/0/House/1/Consumer", b'{"1": 1}', True, Reason.OLD),
        ("Neighborhood/0/House/1/Consumer/9/state", b"1", False, Reason.UNKNOWN_DEVICE),
        ("Neighborhood/0/House/1/Consumer/1/state", b"yes", False, Reason.FORM),
    ],
)
def test_what_is_rejected_changes_nothing(topic: str, payload: bytes, kept: bool, reason: Reason) -> None:
    taking = intake()
    assert taking.take(topic, payload, NOW_MS, kept=kept) is reason
    assert taking.rejected == {reason: 1}
    assert (taking.taken, taking.changed) == (0, set())


def test_of_a_report_with_a_stranger_the_rest_is_taken() -> None:
    taking = intake()
    assert taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 900, "77": 900}', NOW_MS) is None
    assert (taking.taken, taking.rejected) == (1, {Reason.UNKNOWN_DEVICE: 1})


def test_what_came_before_does_not_count_again() -> None:
    taking = intake()
    for time_s in (1_699_999_999, 1_699_999_999, 1_699_999_990, 1_700_000_000):
        taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 900, "ts": %d}' % time_s, NOW_MS)
    consumer = taking.town.house(0, 1).consumers[1]
    assert (consumer.current.count, consumer.heard.device_ms) == (2, NOW_MS)
    assert taking.rejected == {Reason.OLD: 2}


def test_what_the_broker_kept_counts_as_of_its_own_time() -> None:
    taking = intake()
    taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 929, "ts": 1699990000}', NOW_MS, kept=True)
    house = taking.town.house(0, 1)
    assert house.consumers[1].current.last == pytest.approx(1.435)
    assert house.totals(NOW_MS).current_a == 0.0
    assert house.totals(NOW_MS).silent == 5


def test_who_is_silent_is_missing_from_the_sum() -> None:
    taking = intake()
    taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', NOW_MS)
    taking.take("Neighborhood/0/House/1/Consumer", b'{"2": 910}', NOW_MS + 1_000)
    totals = [taking.town.house(0, 1).totals(NOW_MS + STALE_AFTER_MS + ms) for ms in (0, 1, 1_001)]
    assert [(round(each.current_a, 2), each.heard, each.silent) for each in totals] == [(2.3, 2, 3), (1.15, 1, 4), (0.0, 0, 5)]


def test_beyond_the_sensors_range_is_told() -> None:
    taking = intake()
    taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 2320}', NOW_MS)
    consumer = taking.town.house(0, 1).consumers[1]
    assert (consumer.current.last, consumer.in_range, consumer.out_of_range) == (15.0, False, 1)


def test_ten_thousand_strange_messages_change_nothing() -> None:
    chance = random.Random(2)
    taking = intake()
    good, bad = 0, 0
    for number in range(10_000):
        if number % 100 == 0:
            assert taking.take("Neighborhood/0/House/1/Consumer", b'{"1": 910}', NOW_MS + number) is None
            good += 1
        topic, payload = strange(chance)
        reason = taking.take(topic, payload, NOW_MS + number, kept=chance.random() < 0.1)
        bad += reason is not None
    consumer = taking.town.house(0, 1).consumers[1]
    assert consumer.current.count == taking.taken == good
    assert bad == sum(taking.rejected.values()) == 10_000
    assert consumer.current.last == pytest.approx(1.15)


def strange(chance: random.Random) -> tuple[str, bytes]:
    """A topic and a payload of which at least one is wrong."""
    kind = chance.choice(["Consumer", "Supplier"])
    good_topic = f"Neighborhood/0/House/1/{kind}"
    bad_payload = chance.choice(
        [
            chance.randbytes(chance.randrange(60)) + b"\x00",
            b'{"1": NaN}',
            b'{"1": Infinity}',
            b'{"1": 1e999}',
            b'{"1": ' + b"9" * chance.randrange(310, 800) + b"}",
            b"[" * chance.randrange(1, 5_000),
            b'{"1": ' + b"[" * 500 + b"]" * 500 + b"}",
            b'{"1": {"pvvoltage": [1]}}',
            b'{"1": {"deeper": {"1": 2}}}',
            msgspec.json.encode({str(chance.randrange(10**12, 10**15)): 5}),
            msgspec.json.encode([chance.random()]),
            b'{"ts": -1}',
            b'"text"',
            b"",
        ]
    )
    bad_topic = chance.choice(
        [
            f"Neighborhood/0/House/{chance.randrange(2, 10**12)}/{kind}",
            f"Neighborhood/{chance.randrange(1, 10**12)}/House/1/{kind}",
            f"Neighborhood/0/House/1/{kind}/{chance.randrange(200)}",
            f"Neighborhood/0/House/1/{kind}/{chance.randrange(4, 200)}/state",
            "".join(chance.choices("Neighborhd/House0123\n#+\u20ac", k=30)),
            "GhostHouse",
            "",
        ]
    )
    if chance.random() < 0.5:
        return good_topic, bad_payload
    return bad_topic, chance.choice([bad_payload, b'{"1": 910}', b"1"])
