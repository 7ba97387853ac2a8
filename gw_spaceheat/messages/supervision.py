"""The wire of neighbourhood supervision: topics `Neighborhood/<n>/House/<h>/...` with plain JSON, and no envelope.

What devices say comes in two forms. A house's report of its consumers is `{"<consumer>": <analogue reading>}`, where consumer 0
stands for the whole house; that of its suppliers is `{"<supplier>": {"pvvoltage": V, "pvcurrent": A, ...}}`. Either may hold
`"ts"`, the device's own time, Unix [s]. A device that was switched may tell its state, `0` or `1`, on `.../state`.
"""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

import msgspec

from gw_spaceheat.vocabulary.moment import YEAR_2000_MS, YEAR_3000_MS

ROOT = "Neighborhood"
DEVICE_TOPICS = (
    f"{ROOT}/+/House/+/Consumer",
    f"{ROOT}/+/House/+/Supplier",
    f"{ROOT}/+/House/+/Consumer/+/state",
    f"{ROOT}/+/House/+/Supplier/+/state",
)
"""Filters of all that devices say."""
SERVER_TOPIC = f"{ROOT}/Server"
"""Where the server that leads says so; the broker keeps it."""
REGISTRY_TOPIC = f"{ROOT}/Server/Registry"
"""The houses and devices, kept by the broker for a server that takes over."""
ASK_TOPIC = f"{ROOT}/Server/Ask"
ANSWER_TOPIC = f"{ROOT}/Server/Answer"
"""A console asks on `.../Ask/<its name>` and is answered on `.../Answer/<its name>`."""
MOST_BYTES = 65_536
MOST_IN_REPORT = 1_000
"""A report has at most so many devices."""
TIME_KEY = "ts"
WHOLE_HOUSE = 0
"""Number of the consumer that is the whole house."""

_NUMBER = "(0|[1-9][0-9]{0,8})"
_DEVICE = re.compile(rf"{ROOT}/{_NUMBER}/House/{_NUMBER}/(Consumer|Supplier)(?:/{_NUMBER}/state)?", re.ASCII)
_IDENTIFIER = re.compile(_NUMBER, re.ASCII)
_SPEAKER = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)


Decoded = TypeVar("Decoded")


class Kind(StrEnum):
    """What a device is, as topics name it."""

    CONSUMER = "Consumer"
    SUPPLIER = "Supplier"


class Reason(StrEnum):
    """Why a message of a device was not taken in."""

    TOPIC = "topic"
    TOO_LONG = "too long"
    NOT_JSON = "not JSON"
    FORM = "form"
    NUMBER = "number"
    TIME = "time"
    UNKNOWN_HOUSE = "unknown house"
    UNKNOWN_DEVICE = "unknown device"
    OLD = "old"


class Rejected(Exception):
    """A message that cannot be taken in; `reason` says which of the kinds, the text says more."""

    def __init__(self, reason: Reason, text: str = "") -> None:
        """Remember."""
        super().__init__(text or reason.value)
        self.reason = reason


class DeviceTopic(NamedTuple):
    """Who speaks: a house of its devices, or, with `device`, one of these of its switch."""

    neighbourhood: int
    house: int
    kind: Kind
    device: int | None


class ConsumerReport(NamedTuple):
    """Analogue readings by number of the consumer, and the device's time, UTC [ms]; None if it told none."""

    readings: Mapping[int, float]
    device_ms: int | None


class SupplierReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supplier tells of itself; None: it did not say.

    Attributes:
        pvvoltage, pvcurrent: At the panels [V], [A].
        lvoltage, lcurrent: To the load [V], [A].
        bvoltage, bcurrent: At the battery [V], [A]; its sign is the device's own.
        bremaining: What is left in the battery [%].
    """

    pvvoltage: float | None = None
    pvcurrent: float | None = None
    lvoltage: float | None = None
    lcurrent: float | None = None
    bvoltage: float | None = None
    bcurrent: float | None = None
    bremaining: float | None = None


SUPPLIER_QUANTITIES = SupplierReading.__struct_fields__


class SupplierReport(NamedTuple):
    """Readings by number of the supplier, and the device's time, UTC [ms]; None if it told none."""

    readings: Mapping[int, SupplierReading]
    device_ms: int | None


class Ask(msgspec.Struct, frozen=True):
    """A line of a console, and the number by which its answer is known."""

    id: str
    line: str


class Answer(msgspec.Struct, frozen=True):
    """What the server answers: whether it was done, in words, and as data for programs."""

    id: str
    done: bool
    text: str
    data: object = None


def device_topic(topic: str) -> DeviceTopic:
    """Who speaks on a topic of devices; raises Rejected."""
    match = _DEVICE.fullmatch(topic)
    if match is None:
        raise Rejected(Reason.TOPIC)
    neighbourhood, house, kind, device = match.groups()
    return DeviceTopic(int(neighbourhood), int(house), Kind(kind), None if device is None else int(device))


def consumer_report(payload: bytes) -> ConsumerReport:
    """What the consumers of a house tell; raises Rejected."""
    found = _decoded(payload, _CONSUMERS)
    device_ms = _device_ms(found.pop(TIME_KEY, None))
    readings = {_identifier(key): value for key, value in found.items()}
    for value in readings.values():
        if not math.isfinite(value):
            raise Rejected(Reason.NUMBER)
    return ConsumerReport(readings, device_ms)


def supplier_report(payload: bytes) -> SupplierReport:
    """What the suppliers of a house tell; raises Rejected."""
    found = _decoded(payload, _SUPPLIERS)
    time_s = found.pop(TIME_KEY, None)
    if isinstance(time_s, SupplierReading):
        raise Rejected(Reason.TIME)
    readings = dict[int, SupplierReading]()
    for key, reading in found.items():
        if not isinstance(reading, SupplierReading):
            raise Rejected(Reason.FORM)
        if any(value is not None and not math.isfinite(value) for value in msgspec.structs.astuple(reading)):
            raise Rejected(Reason.NUMBER)
        readings[_identifier(key)] = reading
    return SupplierReport(readings, _device_ms(time_s))


def switch_state(payload: bytes) -> bool:
    """What a device says of its switch; raises Rejected."""
    if payload == b"1":
        return True
    if payload == b"0":
        return False
    raise Rejected(Reason.FORM)


def set_topic(neighbourhood: int, house: int, kind: Kind, device: int) -> str:
    """Where a device is told `0` or `1`: the two kinds have had two words for it from the beginning."""
    word = "set" if kind is Kind.CONSUMER else "booleanLoad"
    return f"{ROOT}/{neighbourhood}/House/{house}/{kind}/{device}/{word}"


def house_state_topic(neighbourhood: int, house: int) -> str:
    """Where the server tells all of a house; the broker keeps it."""
    return f"{ROOT}/{neighbourhood}/House/{house}/State"


def state_topic(neighbourhood: int) -> str:
    """Where the server tells the totals of a neighbourhood; the broker keeps it."""
    return f"{ROOT}/{neighbourhood}/State"


def speaker_of(topic: str) -> str | None:
    """Name of the console that asks on a topic; None if it is no such topic."""
    name = topic.removeprefix(f"{ASK_TOPIC}/")
    return name if topic != name and _SPEAKER.fullmatch(name) else None


_CONSUMERS = msgspec.json.Decoder(dict[str, float])
_SUPPLIERS = msgspec.json.Decoder(dict[str, SupplierReading | float])
_ASKS = msgspec.json.Decoder(Ask)


def ask(payload: bytes) -> Ask:
    """What a console asks; raises Rejected."""
    return _decoded(payload, _ASKS)


def _decoded(payload: bytes, decoder: "msgspec.json.Decoder[Decoded]") -> Decoded:
    if len(payload) > MOST_BYTES:
        raise Rejected(Reason.TOO_LONG)
    try:
        found = decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise Rejected(Reason.FORM, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Rejected(Reason.NOT_JSON) from None
    if isinstance(found, dict) and len(found) > MOST_IN_REPORT:
        raise Rejected(Reason.TOO_LONG)
    return found


def _identifier(key: str) -> int:
    if _IDENTIFIER.fullmatch(key) is None:
        raise Rejected(Reason.FORM, f"{key[:40]!r} is no number of a device")
    return int(key)


def _device_ms(time_s: float | None) -> int | None:
    if time_s is None:
        return None
    if not YEAR_2000_MS <= time_s * 1000.0 <= YEAR_3000_MS:  # also what is no number at all
        raise Rejected(Reason.TIME)
    return round(time_s * 1000.0)
