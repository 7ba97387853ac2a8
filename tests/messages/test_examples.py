import json

import msgspec
import pytest

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.registry import message_types
from tests.messages.samples import EXAMPLES, SCADA, enveloped, topic_of

TYPES = sorted(message_types())


def test_every_type_has_an_example_and_every_example_a_type() -> None:
    assert sorted(EXAMPLES) == TYPES


@pytest.mark.parametrize("type_name", TYPES)
def test_bare_round_trip_keeps_every_field(type_name: str) -> None:
    message = codec.decode_bare(type_name, json.dumps(EXAMPLES[type_name]).encode())
    assert json.loads(codec.encode_bare(message)) == EXAMPLES[type_name]


@pytest.mark.parametrize("type_name", TYPES)
def test_envelope_round_trip(type_name: str) -> None:
    message = codec.decode_bare(type_name, json.dumps(EXAMPLES[type_name]).encode())
    topic, payload = codec.encode(message, src=SCADA, dst="a", message_id="one", ack_required=True)
    assert topic == topic_of(type_name)
    assert codec.decode(topic, payload) == codec.Envelope(SCADA, "a", "one", True, message)


@pytest.mark.parametrize("type_name", TYPES)
def test_a_newer_peers_unknown_fields_are_ignored(type_name: str) -> None:
    wire = enveloped(EXAMPLES[type_name] | {"Novelty": [{"deep": 1.5}]}, type_name, Novelty="x") | {"Novelty": None}
    message = codec.decode(topic_of(type_name), json.dumps(wire).encode()).message
    assert json.loads(codec.encode_bare(message)) == EXAMPLES[type_name]


@pytest.mark.parametrize("type_name", TYPES)
def test_a_message_cannot_be_changed(type_name: str) -> None:
    message = codec.decode_bare(type_name, json.dumps(EXAMPLES[type_name]).encode())
    field = msgspec.structs.fields(message)[0].name
    with pytest.raises(AttributeError):
        setattr(message, field, getattr(message, field))


@pytest.mark.parametrize(
    ("type_name", "field", "word"),
    [
        ("slow.contract.heartbeat", "Status", "Renegotiated"),
        ("glitch", "Type", "Catastrophe"),
        ("fsm.atomic.report", "ReportType", "Rumour"),
        ("fsm.event", "EventName", "HalfOpenRelay"),
        ("bid", "PriceUnit", "EURPerMWh"),
        ("data.channel.gt", "TelemetryName", "PowerW"),
        ("spaceheat.node.gt", "ActorClass", "Robot"),
        ("gws.command.answer", "Verdict", "Postponed"),
        ("gws.contract", "Mode", "SharedControl"),
        ("gws.human.answer", "Verdict", "Postponed"),
        ("gws.human.answer", "LeaseBy", "neighbour"),
        ("power.watts", "Version", "007"),
    ],
)
def test_a_word_that_is_new_to_us_survives(type_name: str, field: str, word: str) -> None:
    message = codec.decode_bare(type_name, json.dumps(EXAMPLES[type_name] | {field: word}).encode())
    assert json.loads(codec.encode_bare(message))[field] == word


def test_null_and_left_out_both_mean_not_given() -> None:
    left_out = EXAMPLES["single.machine.state"].copy()
    del left_out["Cause"]
    for fields in (left_out, left_out | {"Cause": None}):
        codec.decode_bare("single.machine.state", json.dumps(fields).encode())
    unset = codec.decode_bare("single.machine.state", json.dumps(left_out).encode())
    assert b"Cause" not in codec.encode_bare(unset)
