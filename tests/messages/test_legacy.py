"""What the SCADAs of 2022 said: samples written by their own codecs."""

import json
from typing import Any

import msgspec
import pytest

from gw_spaceheat.messages import legacy
from gw_spaceheat.messages.codec import Refusal, RefusalKind
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.legacy_types import (
    Dispatch,
    GtShStatus110,
    GtShTelemetryFromMultipurposeSensor100,
    GtTelemetry110,
    Power,
)
from tests.messages.legacy_samples import BARE, ENVELOPED

K = RefusalKind


def bare(type_alias: str, **changes: Any) -> bytes:
    return json.dumps(json.loads(BARE[type_alias]) | changes).encode()


@pytest.mark.parametrize("type_alias", sorted(BARE))
def test_bare_samples_keep_every_field(type_alias: str) -> None:
    message = legacy.decode(f"hw1.isone.me.demo.ta.scada/{type_alias}", BARE[type_alias].encode())
    assert message.type_name() == type_alias
    assert json.loads(msgspec.json.encode(message)) == json.loads(BARE[type_alias])


def test_every_type_of_2022_has_a_sample() -> None:
    inside = {
        "gt.sh.status.snapshot.110",
        "gt.sh.simple.single.status.100",
        "gt.sh.simple.telemetry.status.100",
        "gt.sh.multipurpose.telemetry.status.100",
        "gt.sh.booleanactuator.cmd.status.100",
    }
    assert set(legacy.legacy_types_by_alias()) - inside == set(BARE) | {"p", "d"}


@pytest.mark.parametrize(
    ("topic", "payload", "message"),
    [
        ("a.s/p", bytes.fromhex("9411"), Power(watts=4500)),
        ("a.s/p", bytes.fromhex("0080"), Power(watts=-32768)),
        ("a.elt1.relay/d", bytes.fromhex("0100"), Dispatch(relay_state=1)),
    ],
)
def test_two_bytes(topic: str, payload: bytes, message: object) -> None:
    assert legacy.decode(topic, payload) == message


@pytest.mark.parametrize(("topic", "payload", "type_name"), ENVELOPED)
def test_envelopes(topic: str, payload: str, type_name: str) -> None:
    assert legacy.decode(topic, payload.encode()).type_name() == type_name


def test_an_event_becomes_todays() -> None:
    topic, payload, _ = next(sample for sample in ENVELOPED if "problem" in sample[0])
    event = legacy.decode(topic, payload.encode())
    assert event == GridworksEventProblem(
        message_id="5416b80b-0390-46dd-876f-135518608386",
        time_created_ms=1_795_190_431_892,
        src="hw1.isone.me.demo.ta.scada",
        problem_type="error",
        summary="x",
        details="y",
    )


def test_a_status_and_a_power_in_an_envelope() -> None:
    header = {"Src": "hw1.isone.me.demo", "MessageType": "gt.sh.status.110", "TypeName": "gridworks.header"}
    wire = {"Header": header, "Payload": json.loads(BARE["gt.sh.status.110"]), "TypeName": "gw"}
    assert isinstance(legacy.decode("gw/hw1-isone-me-demo/gt-sh-status-110", json.dumps(wire).encode()), GtShStatus110)
    power = {"Header": header | {"MessageType": "p"}, "Payload": [4500, "p"], "TypeName": "gw"}
    assert legacy.decode("hw1-isone-me-demo/gw/p", json.dumps(power).encode()) == Power(watts=4500)


def test_symbols_become_names_and_unknown_ones_survive() -> None:
    known = legacy.decode("a.tank.temp0/gt.telemetry.110", bare("gt.telemetry.110"))
    strange = legacy.decode("a.tank.temp0/gt.telemetry.110", bare("gt.telemetry.110", NameGtEnumSymbol="00000000"))
    assert isinstance(known, GtTelemetry110)
    assert isinstance(strange, GtTelemetry110)
    assert (known.telemetry_name, strange.telemetry_name) == ("WaterTempFTimes1000", "00000000")
    many = "gt.sh.telemetry.from.multipurpose.sensor.100"
    meter = legacy.decode(f"a.m/{many}", BARE[many].encode())
    assert isinstance(meter, GtShTelemetryFromMultipurposeSensor100)
    assert meter.telemetry_names == ("CurrentRmsMicroAmps",)


SIMPLE = json.loads(BARE["gt.sh.simple.status.100"])["SimpleSingleStatusList"][0]
STATUS = json.loads(BARE["gt.sh.status.110"])
SNAPSHOT = json.loads(BARE["snapshot.spaceheat.100"])["Snapshot"]
PING = ENVELOPED[0][1]


@pytest.mark.parametrize(
    ("topic", "payload", "kind"),
    [
        ("a.s/p", b"\x94", K.WRONG_FIELDS),
        ("a.s/p", b"4500", K.WRONG_FIELDS),
        ("a.s/d", bytes.fromhex("0500"), K.WRONG_FIELDS),
        ("a.s/gt.sh.cli.atn.cmd.100", b'{"SendSnapshot":1}', K.WRONG_FIELDS),
        ("a.s/gt.sh.cli.atn.cmd.100", b"{", K.NOT_JSON),
        ("a.s/gt.sh.cli.atn.cmd.100", b'{"SendSnapshot":true,"x":"\xff"}', K.NOT_JSON),
        ("a.s/gt.sh.cli.atn.cmd.999", b"{}", K.UNKNOWN_TYPE),
        ("a.s", b"{}", K.BAD_TOPIC),
        ("a/b/c/d", b"{}", K.BAD_TOPIC),
        ("a.s/" + "x" * 600, b"{}", K.TOO_LARGE),
        ("a.s/gt.dispatch.100", bare("gt.dispatch.100", RelayState=2), K.WRONG_FIELDS),
        ("a.s/gt.dispatch.100", bare("gt.dispatch.100", RelayState=True), K.WRONG_FIELDS),
        ("a.s/gt.dispatch.100", bare("gt.dispatch.100", TypeAlias="gt.telemetry.110"), K.WRONG_FIELDS),
        ("a.s/gt.telemetry.110", bare("gt.telemetry.110", ScadaReadTimeUnixMs=1), K.WRONG_FIELDS),
        (
            "a.m/gt.sh.telemetry.from.multipurpose.sensor.100",
            bare("gt.sh.telemetry.from.multipurpose.sensor.100", ValueList=[1, 2]),
            K.IMPOSSIBLE,
        ),
        (
            "a.s/gt.sh.simple.status.100",
            bare("gt.sh.simple.status.100", SimpleSingleStatusList=[SIMPLE | {"ValueList": []}]),
            K.IMPOSSIBLE,
        ),
        (
            "a.s/gt.sh.status.110",
            bare(
                "gt.sh.status.110", BooleanactuatorCmdList=[STATUS["BooleanactuatorCmdList"][0] | {"CommandTimeUnixMsList": []}]
            ),
            K.IMPOSSIBLE,
        ),
        (
            "a.s/snapshot.spaceheat.100",
            bare("snapshot.spaceheat.100", Snapshot=SNAPSHOT | {"TelemetryNameList": []}),
            K.IMPOSSIBLE,
        ),
        ("other/gw/gridworks-ping", PING.encode(), K.HEADER_MISMATCH),
        ("gw/hw1-isone-me-demo-ta-scada/gridworks-ack", PING.encode(), K.HEADER_MISMATCH),
        ("hw1-isone-me-demo-ta-scada/gw/gridworks-ping", b"[]", K.WRONG_FIELDS),
        (
            "hw1-isone-me-demo-ta-scada/gw/gridworks-ping",
            PING.replace('"Payload": {"MessageId"', '"Payload": {"X"').encode(),
            K.WRONG_FIELDS,
        ),
        ("x/gw/p", b'{"Header":{"Src":"x","MessageType":"p"},"Payload":[1,"d"]}', K.HEADER_MISMATCH),
        ("x/gw/p", b'{"Header":{"Src":"x","MessageType":"p"},"Payload":[99999,"p"]}', K.WRONG_FIELDS),
        ("x/gw/gridworks-tea", b'{"Header":{"Src":"x","MessageType":"gridworks.tea"},"Payload":{}}', K.UNKNOWN_TYPE),
    ],
)
def test_refusals(topic: str, payload: bytes, kind: RefusalKind) -> None:
    with pytest.raises(Refusal) as caught:
        legacy.decode(topic, payload)
    assert caught.value.kind is kind
