"""Topic and bytes to message and back. What cannot be accepted is refused with a reason; nothing else is ever raised.

A message travels in an envelope, `{"TypeName": "gw", "Header": {...}, "Payload": {...}}`, under the topic
`gw/<sender>/to/<receiver>/<type>` with dashes for the dots of names. Topic, header and payload all say the type and must agree.
Unknown fields are ignored, and words that we do not know survive as they are, so that a newer peer can speak to us.
"""

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.refusal import UNREADABLE, Refusal, RefusalKind, read, require_bounds, require_utf8
from gw_spaceheat.messages.registry import message_types

__all__ = ["Envelope", "Header", "Refusal", "RefusalKind", "decode", "decode_bare", "encode", "encode_bare", "topic"]


class Header(
    msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName", tag="gridworks.header", gc=False
):
    """Who says what to whom, and whether the sender wants an acknowledgement.

    Attributes:
        stream: Our own addition, ignored by other peers: name of the outbox that numbered the message; left out if none has.
        sequence: Number of the message within that stream, from 1; left out if it has none.
    """

    src: str
    dst: str = ""
    message_type: str
    message_id: str = ""
    ack_required: bool = False
    version: str = "001"
    stream: str | UnsetType = UNSET
    sequence: int | UnsetType = UNSET


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """A message with its sender and receiver.

    Attributes:
        src: Alias of the sender.
        dst: Short name of the receiver.
        message_id: Identifier under which it is acknowledged; empty if it has none.
        ack_required: The sender wants an acknowledgement after our own commit.
        message: The payload.
        stream: Name of the outbox that numbered it; empty if none has.
        sequence: Its number within that stream, from 1; 0 if it has none.
    """

    src: str
    dst: str
    message_id: str
    ack_required: bool
    message: Message
    stream: str = ""
    sequence: int = 0


class _Outgoing(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName", tag="gw", gc=False):
    header: Header
    payload: Message


class _Opened(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName", tag="gw", gc=False):
    header: Header
    payload: msgspec.Raw


class _Named(msgspec.Struct, rename="pascal"):
    type_name: str = ""


class _Topic(NamedTuple):
    src: str
    dst: str
    type_name: str


STREAM = re.compile(r"[0-9a-f]{1,32}")
HIGHEST_SEQUENCE = 2**53 - 1
"""The highest number that every reader of JSON can hold."""

_TOPIC = re.compile(r"gw/([a-z][a-z0-9-]*)/to/([a-z0-9-]*)/([a-z][a-z0-9-]*)")
_encoder = msgspec.json.Encoder()
_opener = msgspec.json.Decoder(_Opened)
_namer = msgspec.json.Decoder(_Named)


@lru_cache(maxsize=1024)
def topic(src: str, dst: str, type_name: str) -> str:
    """The topic of a message, for example `gw/hw1-isone-me-millinocket-oak-ta-scada/to/a/report-event`."""
    return f"gw/{src}/to/{dst}/{type_name}".replace(".", "-")


def encode(
    message: Message,
    *,
    src: str,
    dst: str,
    message_id: str,
    ack_required: bool = False,
    stream: str = "",
    sequence: int = 0,
) -> tuple[str, bytes]:
    """The message in its envelope.

    Args:
        message: The payload.
        src: Alias of the sender.
        dst: Short name of the receiver.
        message_id: Identifier under which it is to be acknowledged; empty for none. If the payload has a `message_id` of its
            own, give that one: GridWorks peers look there first and acknowledge under what they find.
        ack_required: Whether we want an acknowledgement.
        stream: Name of the outbox that numbers the message; empty for none.
        sequence: Its number within the stream, from 1; 0 for none.

    Returns:
        Topic and bytes.
    """
    type_name = message.type_name()
    header = Header(
        src=src,
        dst=dst,
        message_type=type_name,
        message_id=message_id,
        ack_required=ack_required,
        stream=stream or UNSET,
        sequence=sequence or UNSET,
    )
    return topic(src, dst, type_name), _encoder.encode(_Outgoing(header=header, payload=message))


def decode(topic: str, payload: bytes) -> Envelope:
    """What came over a link, as a checked message.

    Raises:
        Refusal: It cannot be accepted; says the kind, what and where.
    """
    require_bounds(topic, payload)
    said = _parse(topic)
    decoder = _enveloped(said.type_name)
    require_utf8(payload)
    try:
        wire = decoder.decode(payload)
    except UNREADABLE as error:
        raise _explain(said, payload, error) from error
    header, message = wire.header, wire.payload
    _require_same(said, header)
    _check(message)
    stream, sequence = _numbered(header)
    return Envelope(header.src, header.dst, header.message_id, header.ack_required, message, stream, sequence)


def encode_bare(message: Message) -> bytes:
    """The message without an envelope."""
    return _encoder.encode(message)


def decode_bare(type_name: str, payload: bytes) -> Message:
    """A message without an envelope, checked.

    Raises:
        Refusal: It cannot be accepted; says the kind, what and where.
    """
    decoder = _bare(type_name)
    require_bounds(type_name, payload)
    require_utf8(payload)
    message: Message = read(decoder.decode, payload, type_name)
    _check(message)
    return message


@lru_cache(maxsize=1024)
def _parse(topic: str) -> _Topic:
    match = _TOPIC.fullmatch(topic)
    if match is None:
        raise Refusal(
            RefusalKind.BAD_TOPIC, f"topic {topic!r} must be like gw/<sender>/to/<receiver>/<type> with dashes for dots"
        )
    return _Topic(match[1], match[2], match[3].replace("-", "."))


def _type(type_name: str) -> type[Message]:
    known = message_types().get(type_name)
    if known is None:
        raise Refusal(RefusalKind.UNKNOWN_TYPE, f"message type {type_name!r} is not known here")
    return known


@cache
def _bare(type_name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_type(type_name))


@cache
def _enveloped(type_name: str) -> msgspec.json.Decoder[Any]:
    # One decoder per type, because the topic says the type: header and payload are read in one pass wherever TypeName stands.
    wire = msgspec.defstruct(
        "Wire",
        [("header", Header), ("payload", _type(type_name))],
        frozen=True,
        kw_only=True,
        rename="pascal",
        tag_field="TypeName",
        tag="gw",
        gc=False,
    )
    return msgspec.json.Decoder(wire)


def _require_same(said: _Topic, header: Header) -> None:
    if header.message_type != said.type_name:
        raise Refusal(RefusalKind.HEADER_MISMATCH, f"header says type {header.message_type!r}, topic {said.type_name!r}")
    if header.src.replace(".", "-") != said.src:
        raise Refusal(RefusalKind.HEADER_MISMATCH, f"header says sender {header.src!r}, topic {said.src!r}")
    if header.dst.replace(".", "-") != said.dst:
        raise Refusal(RefusalKind.HEADER_MISMATCH, f"header says receiver {header.dst!r}, topic {said.dst!r}")


def _numbered(header: Header) -> tuple[str, int]:
    """Stream and number; neither, where one is missing or cannot be true, because a peer may use the names in its own way."""
    stream, sequence = header.stream, header.sequence
    if isinstance(stream, UnsetType) or isinstance(sequence, UnsetType):
        return "", 0
    return (stream, sequence) if STREAM.fullmatch(stream) and 0 < sequence <= HIGHEST_SEQUENCE else ("", 0)


def _check(message: Message) -> None:
    try:
        message.check()
    except Malformed as error:
        raise Refusal(RefusalKind.IMPOSSIBLE, f"{message.type_name()}: {error}") from error


def _explain(said: _Topic, payload: bytes, error: Exception) -> Refusal:
    """Why the one-pass decoder failed: looks again, step by step. Slow, and only for what is refused anyway."""
    try:
        opened = _opener.decode(payload)
    except msgspec.ValidationError as wrong:
        return Refusal(RefusalKind.NO_ENVELOPE, f"envelope: {wrong}")
    except UNREADABLE as wrong:
        return Refusal(RefusalKind.NOT_JSON, str(wrong))
    try:
        _require_same(said, opened.header)
        name = read(_namer.decode, bytes(opened.payload), said.type_name).type_name
    except Refusal as refusal:
        return refusal
    if name not in ("", said.type_name):
        return Refusal(RefusalKind.HEADER_MISMATCH, f"payload says type {name!r}, topic {said.type_name!r}")
    if isinstance(error, msgspec.ValidationError):
        return Refusal(RefusalKind.WRONG_FIELDS, f"{said.type_name}: {error}")
    return Refusal(RefusalKind.NOT_JSON, f"{said.type_name}: {error}")
