"""Fields that are good by themselves and cannot be true together."""

import json
from typing import Any

import pytest

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.codec import Refusal, RefusalKind
from tests.messages.samples import EXAMPLES, example

MS = 1_656_945_000_123
CONTRACT = EXAMPLES["slow.dispatch.contract"]
LTN: dict[str, Any] = {"FromNode": "ltn", "WattHoursUsed": None, "Cause": None}
MATCHES: dict[str, Any] = {"SerialNumberMatches": True, "StepsSeen": True, "Unseen": []}


def check(type_name: str, changes: dict[str, Any]) -> None:
    codec.decode_bare(type_name, json.dumps(example(type_name, **changes)).encode())


@pytest.mark.parametrize(
    ("type_name", "changes", "says"),
    [
        ("synced.readings", {"ValueList": [1]}, "ValueList"),
        ("channel.readings", {"ValueList": [1]}, "ScadaReadTimeUnixMsList"),
        ("channel.readings", {"ChannelName": "Tank1"}, "Tank1"),
        ("machine.states", {"UnixMsList": []}, "UnixMsList"),
        ("report", {"StateList": [example("machine.states", StateList=[])]}, "StateList"),
        ("report", {"ChannelReadingList": [example("channel.readings", ValueList=[])]}, "ValueList"),
        (
            "report",
            {"FsmReportList": [example("fsm.full.report", AtomicList=[example("fsm.atomic.report", Event=None)])]},
            "Event",
        ),
        ("gws.street.request", {"AfterS": [0.0]}, "1 times and 2 amounts"),
        ("gws.street.request", {"AfterS": [0.0, 0.0]}, "times must rise"),
        ("gws.street.request", {"LatestMs": 1460282399999}, "until before it may start from"),
        ("gws.street.forecast", {"Wh": [0.0]}, "2 times and 1 amounts"),
        ("gws.street.forecast", {"TimesMs": [1460271600000, 1460268000000]}, "times must rise"),
        ("gws.street.offer", {"Producers": []}, "0 producers and 2 amounts"),
        ("gws.street.left", {"AllWh": [0.0]}, "AllWh"),
        ("report.event", {"MessageId": "another"}, "another"),
        ("report.event", {"Report": example("report", StateList=[example("machine.states", StateList=[])])}, "StateList"),
        ("fsm.atomic.report", {"Action": 1}, "Action"),
        ("fsm.atomic.report", {"ReportType": "Other"}, "must not have"),
        ("fsm.atomic.report", {"ReportType": "Action"}, "needs"),
        ("analog.dispatch", {"FromHandle": "auto"}, "boss"),
        ("fsm.event", {"ToHandle": "relay3"}, "boss"),
        ("slow.dispatch.contract", {"StartS": CONTRACT["StartS"] + 1}, "five minutes"),
        ("slow.dispatch.contract", {"OilBoilerOn": True}, "AvgPowerWatts"),
        ("slow.contract.heartbeat", {"FromNode": "scada"}, "FromNode"),
        ("slow.contract.heartbeat", {"Contract": CONTRACT | {"OilBoilerOn": True}}, "AvgPowerWatts"),
        ("slow.contract.heartbeat", {"Cause": None}, "Cause"),
        ("slow.contract.heartbeat", {"WattHoursUsed": None}, "WattHoursUsed"),
        ("slow.contract.heartbeat", LTN | {"Status": "Active", "WattHoursUsed": 5}, "WattHoursUsed"),
        ("slow.contract.heartbeat", {"Status": "Created", "Cause": None}, "ltn"),
        ("slow.contract.heartbeat", LTN | {"Status": "Received"}, "'s'"),
        ("slow.contract.heartbeat", LTN | {"Status": "Confirmed", "IsAuthoritative": False}, "authoritative"),
        ("slow.contract.heartbeat", LTN | {"Status": "Created", "MessageCreatedMs": MS + 11_000}, "Created"),
        ("slow.contract.heartbeat", {"Status": "CompletedSuccess", "Cause": None}, "claim"),
        ("slow.contract.heartbeat", {"Status": "Active"}, "Cause"),
        ("gws.contract", {"Heartbeat": example("slow.contract.heartbeat", Cause=None)}, "Cause"),
        ("gws.contract", {"FromGNodeAlias": "hw1.isone.me.other.ta.scada"}, "speaks as"),
        ("gws.contract", {"ModeWish": "LocalControl"}, "ModeWish"),
        ("gws.contract", {"Heartbeat": example("slow.contract.heartbeat", **LTN, Status="Active")}, "AttestationSays"),
        ("gws.contract", {"HeardClaim": None}, "IsSettled"),
        ("gws.contract", {"AttestationSays": MATCHES | {"SilentMeters": ["meter"]}}, "SilentMeters"),
        ("gws.contract", {"AttestationSays": MATCHES | {"StrangeMeters": ["meter"]}}, "StrangeMeters"),
        ("gws.meter.serial", {"Serial": ""}, "Serial"),
        ("gws.meter.serial", {"Component": ""}, "Component"),
        ("gws.command", {"Event": None}, "exactly one"),
        ("gws.command", {"Dispatch": EXAMPLES["analog.dispatch"]}, "exactly one"),
        ("gws.command", {"Event": example("fsm.event", FromHandle="auto")}, "boss"),
        *((f"gws.human.{asked}", {"Who": " "}, "Who") for asked in ("take", "release", "set", "local")),
        ("gws.human.take", {"Who": "anna\nall is well"}, "printable"),
        ("gws.human.take", {"Who": "a" * 65}, "64"),
        ("gws.human.answer", {"FencingToken": None}, "together"),
        ("gws.human.answer", {"LeaseCause": None}, "together"),
        ("gws.human.answer", {"LeaseBy": None, "FencingToken": None, "LeaseCause": None}, "LeaseUntilUnixMs"),
        ("bid", {"MarketSlotName": "e.rt60gate5.d1.isone.ver.keene.1673539201"}, "slot"),
        ("bid", {"MarketSlotName": "e.rt7gate5.d1.isone.ver.keene.1673539200"}, "rt7gate5"),
        ("latest.price", {"MarketSlotName": "x.rt60gate5.d1.1673539200"}, "must be like"),
        ("weather.forecast", {"OatF": [1.0]}, "OatF"),
        ("weather.forecast", {"ForecastCreatedS": 1_656_945_001}, "ForecastCreatedS"),
        ("energy.instruction", {"SlotStartS": 1_656_945_001}, "five minutes"),
        ("energy.instruction", {"SendTimeMs": 1_656_945_010_001}, "SendTimeMs"),
        ("spaceheat.node.gt", {"NameplatePowerW": None}, "NameplatePowerW"),
        ("data.channel.gt", {"TelemetryName": "WaterTempCTimes1000"}, "PowerW"),
        ("i2c.multichannel.dt.relay.component.gt", {"ConfigList": [EXAMPLES["relay.actor.config"]] * 2}, "RelayIdx"),
        ("pico.tank.module.component.gt", {"PicoHwUid": None}, "PicoAHwUid"),
        ("pico.tank.module.component.gt", {"PicoAHwUid": "pico_60e353"}, "PicoHwUid"),
        ("gw1.tank.temp.calibration.map", {"Tank": {"2": EXAMPLES["gw1.tank.temp.calibration"]}}, "gap"),
        ("layout.lite", {"CriticalZoneList": ["cellar"]}, "cellar"),
        (
            "layout.lite",
            {"DataChannels": [], "DerivedChannels": [], "ShNodes": EXAMPLES["layout.lite"]["ShNodes"][:4]},
            "boss auto",
        ),
        ("layout.lite", {"DataChannels": [example("data.channel.gt", AboutNodeName="ghost")]}, "ghost"),
        ("layout.lite", {"DataChannels": [example("data.channel.gt", CapturedByNodeName="ghost")]}, "ghost"),
        ("layout.lite", {"DataChannels": [example("data.channel.gt", CapturedByNodeName="hp-odu")]}, "no actor"),
        ("layout.lite", {"DerivedChannels": [example("derived.channel.gt", CreatedByNodeName="hp-odu")]}, "no actor"),
        ("layout.lite", {"DataChannels": [example("data.channel.gt", TelemetryName="GpmTimes100")]}, "PowerW"),
    ],
)
def test_impossible(type_name: str, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(type_name, changes)
    assert caught.value.kind is RefusalKind.IMPOSSIBLE
    assert says in caught.value.text
    assert type_name in caught.value.text


@pytest.mark.parametrize(
    ("type_name", "changes"),
    [
        ("fsm.event", {"FromHandle": "auto", "ToHandle": "s.relay-multiplexer"}),
        ("slow.contract.heartbeat", LTN | {"Status": "Created", "MessageCreatedMs": MS + 9_000}),
        ("slow.contract.heartbeat", LTN | {"Status": "Active", "WattHoursUsed": 0}),
        ("slow.contract.heartbeat", {"Status": "CompletedUnknownOutcome"}),
        ("slow.contract.heartbeat", {"Status": "CompletedFailureByLtn", "IsAuthoritative": False}),
        ("gws.contract", {"Claim": None, "HeardClaim": None, "IsSettled": False, "AttestationSays": None}),
        ("gws.contract", {"AttestationSays": MATCHES}),
        ("gws.contract", {"AttestationSays": MATCHES | {"SerialNumberMatches": False}}),
        ("gws.command", {"Event": None, "Dispatch": EXAMPLES["analog.dispatch"]}),
        ("gws.command.answer", {"Sequence": None}),
        ("gws.human.take", {"Who": "Åsa d'Arc-Özil (cellar)"}),
        ("gws.human.answer", {"ReadBack": None, "LeaseUntilUnixMs": None}),
        (
            "gws.human.answer",
            {"LeaseBy": None, "FencingToken": None, "LeaseCause": None, "LeaseUntilUnixMs": None},
        ),
        ("energy.instruction", {"SendTimeMs": 1_656_945_010_000}),
        ("bid", {"MarketSlotName": "e.rt5gate5.d1.1673539500"}),
        ("weather.forecast", {"Time": [], "OatF": [], "WindSpeedMph": []}),
        ("report", {"ChannelReadingList": [], "StateList": [], "FsmReportList": []}),
        ("fsm.atomic.report", {"ReportType": "Rumour", "Event": None}),
    ],
)
def test_possible(type_name: str, changes: dict[str, Any]) -> None:
    check(type_name, changes)
