import json
from typing import Any

import pytest

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.codec import Refusal, RefusalKind
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.refusal import LARGEST_PAYLOAD_BYTES
from tests.messages.samples import SCADA, enveloped, example, topic_of

POWER = example("power.watts")
K = RefusalKind


def refusal_of(topic: str, payload: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        codec.decode(topic, payload)
    return caught.value


def refused(type_name: str, **changes: Any) -> Refusal:
    wire = enveloped(example(type_name, **changes), type_name)
    return refusal_of(topic_of(type_name), json.dumps(wire).encode())


def test_encode_gives_the_topic_and_the_envelope() -> None:
    topic, payload = codec.encode(PowerWatts(watts=4500), src=SCADA, dst="a", message_id="")
    assert topic == "gw/hw1-isone-me-demo-ta-scada/to/a/power-watts"
    assert json.loads(payload) == enveloped(POWER, "power.watts", MessageId="", AckRequired=False)


def test_a_header_may_leave_out_what_has_a_default() -> None:
    header = {"Src": SCADA, "MessageType": "power.watts"}
    envelope = codec.decode(topic_of("power.watts", dst=""), json.dumps({"Header": header, "Payload": {"Watts": 1}}).encode())
    assert envelope == codec.Envelope(SCADA, "", "", False, PowerWatts(watts=1))


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "gw",
        "gw/x",
        "gw/x/to/a",
        "gw/x/to/a/power-watts/more",
        "gw/x/for/a/power-watts",
        "ow/x/to/a/power-watts",
        "gw//to/a/power-watts",
        "gw/x.y/to/a/power-watts",
        "gw/x/to/a/power.watts",
        "gw/x/to/a/power-watts\n",
        "gw/+/to/a/power-watts",
        "gw/x/to/#/power-watts",
        "gw/X/to/a/power-watts",
        "gw/x/to/a/\u00e9",
        "a.elt1.relay/gt.telemetry.110",
        "\x00",
    ],
)
def test_a_topic_that_does_not_parse(topic: str) -> None:
    refusal = refusal_of(topic, json.dumps(enveloped(POWER, "power.watts", src="x")).encode())
    assert refusal.kind is K.BAD_TOPIC
    assert repr(topic) in refusal.text


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", K.NOT_JSON),
        (b"\xff", K.NOT_JSON),
        (b"{", K.NOT_JSON),
        (b'{"Header":NaN}', K.NOT_JSON),
        (b'{"Novelty":NaN}', K.NOT_JSON),
        (b"[" * 100_000 + b"]" * 100_000, K.NO_ENVELOPE),
        (b'{"Novelty":' + b"[" * 100_000 + b"]" * 100_000 + b"}", K.NOT_JSON),
        (b'{"Novelty":"\xff\xfe"}', K.NOT_JSON),
        (b"null", K.NO_ENVELOPE),
        (b'[4500,"p"]', K.NO_ENVELOPE),
        (b"{}", K.NO_ENVELOPE),
        (b'{"Watts":4500,"TypeName":"power.watts"}', K.NO_ENVELOPE),
        (b'{"Header":{},"Payload":{}}', K.NO_ENVELOPE),
        (b" " * (LARGEST_PAYLOAD_BYTES + 1), K.TOO_LARGE),
    ],
)
def test_bytes_that_are_no_envelope(payload: bytes, kind: RefusalKind) -> None:
    assert refusal_of(topic_of("power.watts"), payload).kind is kind


def test_a_topic_of_absurd_length() -> None:
    assert refusal_of("gw/" + "x" * 1000 + "/to/a/power-watts", b"{}").kind is K.TOO_LARGE


def test_a_type_that_is_not_known() -> None:
    refusal = refusal_of(topic_of("power.whats"), json.dumps(enveloped(POWER, "power.whats")).encode())
    assert (refusal.kind, "power.whats" in refusal.text) == (K.UNKNOWN_TYPE, True)
    with pytest.raises(Refusal) as caught:
        codec.decode_bare("power.whats", b"{}")
    assert caught.value.kind is K.UNKNOWN_TYPE


@pytest.mark.parametrize(
    "wire",
    [
        enveloped(POWER, "power.watts", Src="hw1.isone.me.other"),
        enveloped(POWER, "power.watts", Dst="b"),
        enveloped(POWER, "power.watts", MessageType="single.reading"),
        enveloped(POWER | {"TypeName": "single.reading"}, "power.watts"),
    ],
)
def test_topic_header_and_payload_must_agree(wire: dict[str, Any]) -> None:
    assert refusal_of(topic_of("power.watts"), json.dumps(wire).encode()).kind is K.HEADER_MISMATCH


@pytest.mark.parametrize("value", ["1", 1.5, 1.0, True, None, [1], {}, 2**63, -(2**63) - 1, 10**400])
def test_a_number_must_be_a_whole_number_of_64_bits(value: Any) -> None:
    wire = enveloped(POWER | {"Watts": value}, "power.watts")
    refusal = refusal_of(topic_of("power.watts"), json.dumps(wire).encode())
    assert refusal.kind is K.WRONG_FIELDS
    assert refusal.text.startswith("power.watts")


UUID1 = "a8098c1a-f86e-11da-bd1a-00112444be1e"


@pytest.mark.parametrize(
    ("type_name", "field", "value"),
    [
        ("single.reading", "ChannelName", "a.tank.temp0"),
        ("single.reading", "ChannelName", "Tank1"),
        ("single.reading", "ChannelName", "1-tank"),
        ("single.reading", "ChannelName", "tank--1"),
        ("single.reading", "ChannelName", "tank1\n"),
        ("single.reading", "ChannelName", ""),
        ("single.reading", "ChannelName", "t\u00e4nk"),
        ("single.reading", "ScadaReadTimeUnixMs", 946_684_799_999),
        ("single.reading", "ScadaReadTimeUnixMs", 32_503_680_000_001),
        ("single.reading", "ScadaReadTimeUnixMs", 1_656_945_000),
        ("channel.readings", "ScadaReadTimeUnixMsList", [1_656_945_000_123, 1]),
        ("channel.readings", "ValueList", [1, "2"]),
        ("machine.states", "MachineHandle", "Auto.h"),
        ("machine.states", "MachineHandle", ".h"),
        ("machine.states", "StateEnum", "relay-state"),
        ("report", "FromGNodeInstanceId", UUID1),
        ("report", "Id", "dedc25c282764b25abd6f53edc79b62b"),
        ("report", "SlotStartUnixS", 1_656_945_000_123),
        ("report", "SlotDurationS", 0),
        ("report", "FromGNodeAlias", "hw1.isone..me"),
        ("report", "ChannelReadingList", [{"TypeName": "single.reading"}]),
        ("weather.forecast", "OatF", [float("1e308"), "cold"]),
        ("slow.contract.heartbeat", "MyDigit", 10),
        ("slow.contract.heartbeat", "IsAuthoritative", 1),
        ("layout.lite", "TotalStoreTanks", 0),
        ("gridworks.event.startup", "TimeCreatedMs", 0),
        ("gws.command.answer", "Value", "1"),
    ],
)
def test_a_field_out_of_form_or_range(type_name: str, field: str, value: Any) -> None:
    refusal = refused(type_name, **{field: value})
    assert refusal.kind is K.WRONG_FIELDS
    assert field in refusal.text


def test_a_field_that_is_missing_is_named() -> None:
    refusal = refused("report", SlotDurationS=None)
    assert refusal.kind is K.WRONG_FIELDS
    assert "SlotDurationS" in refusal.text


def test_a_number_too_large_for_a_float() -> None:
    wire = json.dumps(enveloped(example("gws.command.answer"), "gws.command.answer")).replace('"Value": 1.0', '"Value": 1e999')
    assert refusal_of(topic_of("gws.command.answer"), wire.encode()).kind is K.WRONG_FIELDS


def test_the_text_of_a_refusal_says_kind_and_place() -> None:
    refusal = refused("report", ChannelReadingList=[example("channel.readings", ValueList=[1])])
    assert str(refusal) == f"impossible: {refusal.text}"
    assert "tank1-depth1" in refusal.text
