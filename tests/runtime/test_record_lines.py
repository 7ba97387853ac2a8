import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.events import (
    Authority,
    Carried,
    ClockStepped,
    Command,
    Event,
    Garbled,
    Outcome,
    Readings,
    Received,
    Send,
    Started,
    Urgency,
    Verdict,
)
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.runtime.record_lines import (
    Call,
    Header,
    decode_event,
    decode_line,
    encode_event,
    encode_events,
    encode_line,
    same,
)

RECEIVED = Received("uplink", "hw1.isone.me.millinocket.oak", "m-1", False, PowerWatts(watts=4_200), 1_700_000_000_000)

EVENTS: list[Event] = [
    Started(),
    ClockStepped(-500),
    Readings("a.tank", 1_700_000_000_000, ("tank-temp0", "tank-temp1"), (51.0625, None)),
    Command("a.elt1.relay", 1.0, Authority.SAFETY, "over 85 °C", "t1", 12),
    Outcome("a.elt1.relay", 1.0, Verdict.OUT_OF_RANGE, "0 or 1", "t1", None),
    RECEIVED,
    Send("uplink", "a", PowerWatts(watts=-7), Urgency.NOW, "m-2"),
    Carried("ear", 17, RECEIVED),
    Carried("ear", 17, Garbled("uplink", "gw/x", "bad-topic", "no receiver")),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_come_back_as_they_were(event: Event) -> None:
    assert decode_event(encode_event(event), decode_bare) == event


@given(st.lists(st.none() | st.floats(), max_size=4))
def test_floats_come_back_to_the_last_bit(values: list[float | None]) -> None:
    names = tuple(str(number) for number in range(len(values)))
    back = decode_event(encode_event(Readings("a.tank", 0, names, tuple(values))), decode_bare)
    assert isinstance(back, Readings)
    assert [None if value is None else bits(value) for value in back.values] == [
        None if value is None else bits(value) for value in values
    ]


def bits(value: float) -> bytes:
    return b"nan" if math.isnan(value) else struct.pack("<d", value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"type":"Perhaps"}', "'Perhaps' is not an event"),
        (b"{}", "None is not an event"),
        (b"[]", "None is not an event"),
        (b'{"type":"ClockStepped","by_ms":"much"}', "by_ms"),
        (encode_event(RECEIVED).replace(b"4200", b'"many"'), "power.watts"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        decode_event(text, decode_bare)


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        (b"[]", b"[]", True),
        (b'[{"value":1}]', b'[{"value":1.0}]', True),
        (b'[{"value":1}]', b'[{"value":2}]', False),
        (b"[{},{}]", b"[{}]", False),
    ],
)
def test_same(expected: bytes, got: bytes, equal: bool) -> None:
    assert same(expected, got) is equal


def test_lines_come_back_as_they_were() -> None:
    header = Header(house="oak", machine="a.s", options={"seed": 7, "strategy": "tou"}, software="1.0.0", fresh=False)
    call = Call(at=(5, 6), effects=msgspec.Raw(encode_events(EVENTS)), cause=msgspec.Raw(encode_event(RECEIVED)))
    wake = Call(at=(5, 6), effects=msgspec.Raw(b"[]"), raised="KeyError: 1")
    assert [decode_line(encode_line(line)) for line in (header, wake)] == [header, wake]
    back = decode_line(encode_line(call))
    assert isinstance(back, Call)
    assert isinstance(back.cause, msgspec.Raw)
    assert (back.at, bytes(back.effects), bytes(back.cause)) == (call.at, bytes(call.effects), encode_event(RECEIVED))
