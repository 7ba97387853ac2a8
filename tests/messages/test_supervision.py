"""Topics and payloads of neighbourhood supervision."""

import random

import msgspec
import pytest

from gw_spaceheat.messages import supervision
from gw_spaceheat.messages.supervision import DeviceTopic, Kind, Reason, Rejected

IDENTIFIERS = (0, 1, 10, 11, 100, 101, 999_999_999)


@pytest.mark.parametrize(
    ("topic", "where"),
    [
        ("Neighborhood/0/House/1/Consumer", DeviceTopic(0, 1, Kind.CONSUMER, None)),
        ("Neighborhood/12/House/100/Supplier", DeviceTopic(12, 100, Kind.SUPPLIER, None)),
        ("Neighborhood/0/House/1/Consumer/10/state", DeviceTopic(0, 1, Kind.CONSUMER, 10)),
        ("Neighborhood/0/House/1/Supplier/11/state", DeviceTopic(0, 1, Kind.SUPPLIER, 11)),
    ],
)
def test_topics_of_devices(topic: str, where: DeviceTopic) -> None:
    assert supervision.device_topic(topic) == where


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "GhostHouse",
        "Neighborhood/0/House/1",
        "Neighborhood/0/House/01/Consumer",
        "Neighborhood/0/House/-1/Consumer",
        "Neighborhood/0/House/1/Consumer/",
        "Neighborhood/0/House/1/Consumer/1/set",
        "Neighborhood/0/House/1/Consumer\n",
        "Neighborhood/0/House/\u0661/Consumer",
        "Neighborhood/0/House/9999999999/Consumer",
        "xNeighborhood/0/House/1/Consumer",
    ],
)
def test_other_topics_are_rejected(topic: str) -> None:
    with pytest.raises(Rejected) as caught:
        supervision.device_topic(topic)
    assert caught.value.reason is Reason.TOPIC


def test_every_number_comes_back_as_itself() -> None:
    for house in IDENTIFIERS:
        for device in IDENTIFIERS:
            where = supervision.device_topic(f"Neighborhood/1/House/{house}/Consumer/{device}/state")
            assert (where.house, where.device) == (house, device)


def test_a_report_of_consumers() -> None:
    report = supervision.consumer_report(b'{"0": 900, "1": 870.5, "11": 910, "ts": 1700000000.25}')
    assert report.readings == {0: 900.0, 1: 870.5, 11: 910.0}
    assert report.device_ms == 1_700_000_000_250
    assert supervision.consumer_report(b"{}").device_ms is None


def test_a_report_of_suppliers() -> None:
    report = supervision.supplier_report(b'{"1": {"pvvoltage": 30, "pvcurrent": 2.5}, "ts": 1700000000}')
    assert report.readings[1].pvcurrent == 2.5
    assert report.readings[1].bremaining is None
    assert report.device_ms == 1_700_000_000_000


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.NOT_JSON),
        (b"not json", Reason.NOT_JSON),
        (b"\xff\xfe", Reason.NOT_JSON),
        (b"[" * 60_000, Reason.FORM),
        (b'{"1": ' * 10_000, Reason.FORM),
        (b"[1, 2]", Reason.FORM),
        (b"5", Reason.FORM),
        (b"null", Reason.FORM),
        (b'{"1": "5"}', Reason.FORM),
        (b'{"1": true}', Reason.FORM),
        (b'{"1": null}', Reason.FORM),
        (b'{"1": [[]]}', Reason.FORM),
        (b'{"x": 5}', Reason.FORM),
        (b'{"01": 5}', Reason.FORM),
        (b'{"-1": 5}', Reason.FORM),
        (b'{"1": NaN}', Reason.NOT_JSON),
        (b'{"1": 5, "ts": 5}', Reason.TIME),
        (b'{"1": ' + b" " * 70_000 + b"5}", Reason.TOO_LONG),
        (msgspec.json.encode({str(number): 1 for number in range(2_000)}), Reason.TOO_LONG),
    ],
)
def test_what_is_no_report_of_consumers(payload: bytes, reason: Reason) -> None:
    with pytest.raises(Rejected) as caught:
        supervision.consumer_report(payload)
    assert caught.value.reason is reason


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" * 400])
def test_numbers_beyond_all_numbers_are_rejected(number: bytes) -> None:
    with pytest.raises(Rejected):
        supervision.consumer_report(b'{"1": ' + number + b"}")
    with pytest.raises(Rejected):
        supervision.supplier_report(b'{"1": {"pvvoltage": ' + number + b"}}")


@pytest.mark.parametrize(
    "payload", [b'{"1": 5}', b'{"1": {"power": 5}}', b'{"ts": {"pvvoltage": 1}}', b'{"1": {"pvvoltage": "5"}}']
)
def test_what_is_no_report_of_suppliers(payload: bytes) -> None:
    with pytest.raises(Rejected):
        supervision.supplier_report(payload)


def test_a_switch_tells_one_or_nought() -> None:
    assert supervision.switch_state(b"1")
    assert not supervision.switch_state(b"0")
    for payload in (b"", b"2", b"on", b"\x00", b"1 "):
        with pytest.raises(Rejected):
            supervision.switch_state(payload)


def test_any_bytes_are_a_report_or_rejected() -> None:
    chance = random.Random(5)
    for _ in range(3_000):
        payload = chance.randbytes(chance.randrange(40))
        for read in (supervision.consumer_report, supervision.supplier_report, supervision.switch_state, supervision.ask):
            try:
                read(payload)
            except Rejected as rejected:
                assert rejected.reason in Reason


def test_where_a_device_is_told() -> None:
    assert supervision.set_topic(0, 1, Kind.CONSUMER, 10) == "Neighborhood/0/House/1/Consumer/10/set"
    assert supervision.set_topic(0, 1, Kind.SUPPLIER, 1) == "Neighborhood/0/House/1/Supplier/1/booleanLoad"


def test_who_asks() -> None:
    assert supervision.speaker_of("Neighborhood/Server/Ask/ab-12") == "ab-12"
    for topic in (
        "Neighborhood/Server/Ask/",
        "Neighborhood/Server/Ask/a/b",
        "Neighborhood/Server/Ask",
        "Neighborhood/Server/Ask/#",
    ):
        assert supervision.speaker_of(topic) is None
