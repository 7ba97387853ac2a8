"""What meters say, and what is no reading."""

import pytest

from gw_spaceheat.plant.meter.reading import MeterReading, ReadingRefused, check_house, decode_reading, encode_reading


def test_the_payload_of_2021_is_read_and_written() -> None:
    payload = b'{"house": "HOUSE_A", "datetime": 1622119421.561638, "pv": 3434}'
    reading = decode_reading(payload)
    assert reading == MeterReading("HOUSE_A", 1_622_119_421_561_638, 3434.0)
    assert encode_reading(reading) == payload.replace(b" ", b"")


def test_numbers_and_registers_go_along() -> None:
    reading = MeterReading("h.1", 1_622_119_421_000_000, -12.5, 17, 1000, 3)
    assert decode_reading(encode_reading(reading)) == reading


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", "json"),
        (b"no json", "json"),
        (b"\xff\xfe", "json"),
        (b"[" * 4000, "schema"),
        (b"x" * 5000, "size"),
        (b"[1]", "schema"),
        (b'{"house": "h", "datetime": 1622119421}', "schema"),
        (b'{"house": 5, "datetime": 1622119421, "pv": 1}', "schema"),
        (b'{"house": "h", "datetime": 1622119421, "pv": "1"}', "schema"),
        (b'{"house": "h", "datetime": 1622119421, "pv": null}', "schema"),
        (b'{"house": "h", "datetime": 1622119421, "pv": NaN}', "json"),
        (b'{"house": "h", "datetime": 1622119421, "pv": 1e309}', "schema"),
        (b'{"house": "h", "datetime": 1622119421, "pv": 1e308}', "power"),
        (b'{"house": "h", "datetime": 1e18, "pv": 1}', "time"),
        (b'{"house": "h", "datetime": -1, "pv": 1}', "time"),
        (b'{"house": "../x", "datetime": 1622119421, "pv": 1}', "house"),
        (b'{"house": "", "datetime": 1622119421, "pv": 1}', "house"),
        (b'{"house": "a/b", "datetime": 1622119421, "pv": 1}', "house"),
        (b'{"house": "a\\u0000b", "datetime": 1622119421, "pv": 1}', "house"),
    ],
)
def test_what_is_no_reading_is_refused_with_its_kind(payload: bytes, kind: str) -> None:
    with pytest.raises(ReadingRefused) as refused:
        decode_reading(payload)
    assert refused.value.kind == kind


@pytest.mark.parametrize("house", ["..", ".", "a..b", ".a", "a.", "-a", "a b", "h" * 65, "é", "a\n", "CON:", "a\\b"])
def test_names_that_could_lead_a_path_astray(house: str) -> None:
    with pytest.raises(ReadingRefused):
        check_house(house)
