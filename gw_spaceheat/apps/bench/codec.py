"""How long a message takes to and from bytes, beside gridworks-protocol where it is installed.

All cases run in turn, round after round, in one process, so that whatever else the machine does falls on all of them alike; the
figures are the medians of the rounds. Ours are always the whole way: topic, envelope and all checks. Of the peer there are two
cases: the bare message, and the whole way through its own envelope and codec.
"""

import platform
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median
from typing import Any

from gw_spaceheat.messages import codec
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report import Report

SCADA = "hw1.isone.me.demo.ta.scada"
IDENTIFIER = "dedc25c2-8276-4b25-abd6-f53edc79b62b"
SLOT_START_S = 1_656_945_000
CHANNELS, READINGS = 12, 60

Case = Callable[[], object]


def measure(rounds: int = 15, repeats: int = 100) -> dict[str, float | int | str]:
    """Measure a report of 12 channels with 60 readings each, and a power message.

    Args:
        rounds: How often each case is timed.
        repeats: Calls in each timing.

    Returns:
        Medians per call [us]; `peer_...` for the peer's bare message and `peer_envelope_...` for its whole way;
        `..._ratio` is how many times faster our whole way is than each of these. `peer` names the peer or says what is missing.
    """
    report, power = _report(), PowerWatts(watts=4500)
    cases = _ours("", report) | _ours("power_", power)
    peer = "missing: install gridworks-protocol to compare"
    if find_spec("gwproto") is not None:
        peer = f"gridworks-protocol {version('gridworks-protocol')}"
        cases |= _peers("", report) | _peers("power_", power)
    took_us: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            took_us[name].append(_time_us(case, repeats))
    figures = {name: median(values) for name, values in took_us.items()}
    return {
        **{name: round(value, 3) for name, value in figures.items()},
        **_ratios(figures),
        "report_bytes": len(_encode(report)[1]),
        "channels": CHANNELS,
        "readings": READINGS,
        "rounds": rounds,
        "peer": peer,
        "python": platform.python_version(),
    }


def _report() -> Report:
    return Report(
        from_g_node_alias=SCADA,
        from_g_node_instance_id=IDENTIFIER,
        about_g_node_alias="hw1.isone.me.demo.ta",
        slot_start_unix_s=SLOT_START_S,
        slot_duration_s=300,
        channel_reading_list=[
            ChannelReadings(
                channel_name=f"tank{channel}-depth1",
                value_list=[51_000 + 37 * reading for reading in range(READINGS)],
                scada_read_time_unix_ms_list=[SLOT_START_S * 1000 + 123 + 5_000 * reading for reading in range(READINGS)],
            )
            for channel in range(CHANNELS)
        ],
        state_list=[],
        fsm_report_list=[],
        message_created_ms=SLOT_START_S * 1000 + 300_123,
        id=IDENTIFIER,
    )


def _encode(message: Message) -> tuple[str, bytes]:
    return codec.encode(message, src=SCADA, dst="a", message_id=IDENTIFIER, ack_required=True)


def _ours(prefix: str, message: Message) -> dict[str, Case]:
    topic, payload = _encode(message)
    return {
        f"{prefix}encode_us": lambda: _encode(message),
        f"{prefix}decode_us": lambda: codec.decode(topic, payload),
    }


def _peers(prefix: str, message: Message) -> dict[str, Case]:
    peer: Any = import_module("gwproto")
    messages = import_module("gwproto.messages")
    decoders = import_module("gwproto.decoders")
    base: Any = decoders.MQTTCodec
    everybody = {"validate_source_and_destination": lambda *_: None}
    peer_codec = type("Codec", (base,), everybody)(decoders.create_message_model("Wire", module_names=messages.__name__))
    bare = codec.encode_bare(message)
    peer_class = {Report: messages.Report, PowerWatts: messages.PowerWatts}[type(message)]
    theirs = peer_class.model_validate_json(bare)
    wrapped = peer.Message(Src=SCADA, Dst="a", MessageId=IDENTIFIER, AckRequired=True, Payload=theirs)
    topic, payload = wrapped.mqtt_topic(), peer_codec.encode(wrapped)
    return {
        f"{prefix}peer_encode_us": lambda: theirs.model_dump_json(exclude_none=True).encode(),
        f"{prefix}peer_decode_us": lambda: peer_class.model_validate_json(bare),
        f"{prefix}peer_envelope_encode_us": lambda: peer_codec.encode(
            peer.Message(Src=SCADA, Dst="a", MessageId=IDENTIFIER, AckRequired=True, Payload=theirs)
        ),
        f"{prefix}peer_envelope_decode_us": lambda: peer_codec.decode(topic, payload),
    }


def _time_us(case: Case, repeats: int) -> float:
    began = time.perf_counter_ns()
    for _ in range(repeats):
        case()
    return (time.perf_counter_ns() - began) / repeats / 1_000


def _ratios(figures: dict[str, float]) -> dict[str, float]:
    ratios = {}
    for prefix in ("", "power_"):
        for way in ("encode", "decode"):
            for peer in ("peer_", "peer_envelope_"):
                theirs = figures.get(f"{prefix}{peer}{way}_us")
                if theirs is not None:
                    ratios[f"{prefix}{peer}{way}_ratio"] = round(theirs / figures[f"{prefix}{way}_us"], 2)
    return ratios
