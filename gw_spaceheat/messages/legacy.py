"""Reads what the SCADAs of 2022 said: bare payloads under `<alias>/<TypeAlias>`, and the envelopes of the winter after.

The first envelopes had the topic `<sender>/gw/<type>`, later `gw/<sender>/<type>`, always without a receiver. Their events had
`TimeNS` where today's have `TimeCreatedMs`; they become today's events.
"""

import re
from functools import cache
from typing import Any

import msgspec

from gw_spaceheat.messages import legacy_types
from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.codec import Header
from gw_spaceheat.messages.legacy_types import Dispatch, LegacyMessage, Power
from gw_spaceheat.messages.refusal import Refusal, RefusalKind, read, require_bounds, require_utf8
from gw_spaceheat.messages.registry import message_types, message_types_in

NANOSECONDS_PER_MILLISECOND = 1_000_000
_BARE_TOPIC = re.compile(r"([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)/([a-z0-9.]+)")
_ENVELOPE_TOPIC = re.compile(r"(?:gw/(?P<late>[a-z0-9-]+)|(?P<early>[a-z0-9-]+)/gw)/(?P<type>[a-z0-9-]+)")


class _Opened(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName", tag="gw"):
    header: Header
    payload: msgspec.Raw


_opener = msgspec.json.Decoder(_Opened)
_short_decoder = msgspec.json.Decoder(tuple[int, str])
_fields_decoder = msgspec.json.Decoder(dict[str, Any])


@cache
def legacy_types_by_alias() -> dict[str, type[Message]]:
    """The types of 2022 by TypeAlias."""
    return {known.type_name(): known for known in message_types_in(legacy_types)}


def decode(topic: str, payload: bytes) -> Message:
    """A message of 2022, checked.

    Returns:
        One of `legacy_types.py`; for a ping, an acknowledgement or an event in an envelope, today's type.

    Raises:
        Refusal: It cannot be accepted; says the kind, what and where.
    """
    require_bounds(topic, payload)
    enveloped = _ENVELOPE_TOPIC.fullmatch(topic)
    bare = _BARE_TOPIC.fullmatch(topic)
    if enveloped is not None:
        message = _from_envelope(enveloped["late"] or enveloped["early"], enveloped["type"], payload)
    elif bare is not None:
        message = _bare(bare[2], payload)
    else:
        raise Refusal(RefusalKind.BAD_TOPIC, f"topic {topic!r} must be like <alias>/<type> or <sender>/gw/<type>")
    try:
        message.check()
    except Malformed as error:
        raise Refusal(RefusalKind.IMPOSSIBLE, f"{message.type_name()}: {error}") from error
    return message


@cache
def _decoder(known: type[Message]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(known)


def _bare(type_alias: str, payload: bytes) -> Message:
    if type_alias in (Power.type_name(), Dispatch.type_name()):
        if len(payload) != 2:
            raise Refusal(RefusalKind.WRONG_FIELDS, f"{type_alias} must be two bytes, got {len(payload)}")
        return _short(type_alias, int.from_bytes(payload, "little", signed=True))
    known = legacy_types_by_alias().get(type_alias)
    if known is None:
        raise Refusal(RefusalKind.UNKNOWN_TYPE, f"message type {type_alias!r} of 2022 is not known here")
    require_utf8(payload)
    message: Message = read(_decoder(known).decode, payload, type_alias)
    return message


def _short(type_alias: str, number: int) -> LegacyMessage:
    fields = {"Watts" if type_alias == Power.type_name() else "RelayState": number}
    known = Power if type_alias == Power.type_name() else Dispatch
    try:
        return msgspec.convert(fields, known)
    except msgspec.ValidationError as error:
        raise Refusal(RefusalKind.WRONG_FIELDS, f"{type_alias}: {error}") from error


def _from_envelope(src: str, dashed_type: str, payload: bytes) -> Message:
    require_utf8(payload)
    opened = read(_opener.decode, payload, "envelope")
    header, inner = opened.header, bytes(opened.payload)
    if header.src.replace(".", "-") != src or header.message_type.replace(".", "-") != dashed_type:
        raise Refusal(
            RefusalKind.HEADER_MISMATCH,
            f"header says {header.message_type!r} from {header.src!r}, topic {dashed_type!r} from {src!r}",
        )
    if header.message_type in (Power.type_name(), Dispatch.type_name()):
        number, said = read(_short_decoder.decode, inner, header.message_type)
        if said != header.message_type:
            raise Refusal(RefusalKind.HEADER_MISMATCH, f"header says {header.message_type!r}, payload {said!r}")
        return _short(header.message_type, number)
    if header.message_type.startswith("gridworks."):
        return _today(header.message_type, inner)
    return _bare(header.message_type, inner)


def _today(type_name: str, payload: bytes) -> Message:
    known = message_types().get(type_name)
    if known is None:
        raise Refusal(RefusalKind.UNKNOWN_TYPE, f"message type {type_name!r} is not known here")
    fields = read(_fields_decoder.decode, payload, type_name)
    time_ns = fields.pop("TimeNS", None)
    if type(time_ns) is int:
        fields["TimeCreatedMs"] = time_ns // NANOSECONDS_PER_MILLISECOND
    try:
        message: Message = msgspec.convert(fields, known)
    except msgspec.ValidationError as error:
        raise Refusal(RefusalKind.WRONG_FIELDS, f"{type_name}: {error}") from error
    return message
