"""The lines of a record: a header where a machine begins, then one line per call. JSON, so that a person can read it as well.

Events are written with their type's name and read back as the same frozen objects, floats to the last bit. JSON has no words
for infinities and not-a-number; they are written as `{"nonfinite": "nan"}`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, get_args

import msgspec

from gw_spaceheat.core.events import Event
from gw_spaceheat.messages.base import Message

FORMAT = 1
"""Version of the lines; a record of another version is refused."""

NONFINITE = "nonfinite"

DecodeMessage = Callable[[str, bytes], Message]
"""(type name, JSON) to the wire message; raises ValueError if it cannot be one."""


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="line"):
    """Begins every file and every fresh machine.

    Attributes:
        house: Alias of the house.
        machine: Name of the recorded machine.
        options: What its maker needs to make the same machine again, as plain JSON values: options, and the seed of its
            identifiers.
        software: Version of the software that wrote it.
        fresh: A new machine begins here; otherwise the one of the file before goes on.
        format: Version of the lines.
    """

    house: str
    machine: str
    options: Mapping[str, Any]
    software: str
    fresh: bool = True
    format: int = FORMAT


class Call(msgspec.Struct, frozen=True, tag="call", tag_field="line", omit_defaults=True):
    """One call of the machine and what came of it.

    Attributes:
        at: The moment, monotonic and wall [ms, ms].
        effects: What it put out, as JSON.
        cause: What it handled, as JSON; left out for a wake.
        raised: The exception it raised, as a line of text; empty if it did not.
    """

    at: tuple[int, int]
    effects: msgspec.Raw
    cause: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    raised: str = ""


Line = Header | Call

_encoder = msgspec.json.Encoder()
_line_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def encode_line(line: Line) -> bytes:
    """One line, with its end."""
    return _encoder.encode(line) + b"\n"


def decode_line(text: bytes) -> Line:
    """A header or a call; raises msgspec.DecodeError."""
    return _line_decoder.decode(text)


def encode_event(event: Event) -> bytes:
    """An event with its type's name."""
    return _encode_exactly(event)


def encode_events(events: Sequence[Event]) -> bytes:
    """Events in order."""
    return _encode_exactly(list(events))


def decode_event(text: bytes, decode_message: DecodeMessage) -> Event:
    """The event that was encoded.

    Raises:
        ValueError: It is no event of this software, or holds a message that decode_message refuses.
    """
    raw = msgspec.json.decode(text)
    if NONFINITE.encode() in text:
        raw = _with_nonfinite(raw)
    return _event_in(raw, _kinds(), decode_message)


def same(expected: bytes, got: bytes) -> bool:
    """Whether two encoded lists of events say the same; 1 and 1.0 do."""
    return expected == got or bool(msgspec.json.decode(expected) == msgspec.json.decode(got))


def _encode_exactly(value: Event | list[Event]) -> bytes:
    text = _encoder.encode(value)
    if b"null" not in text:  # the encoder writes null for what JSON cannot say
        return text
    plain = msgspec.to_builtins(value)
    marked = _without_nonfinite(plain)
    return text if marked == plain else _encoder.encode(marked)


def _without_nonfinite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else {NONFINITE: str(value)}
    if isinstance(value, dict):
        return {key: _without_nonfinite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nonfinite(item) for item in value]
    return value


def _with_nonfinite(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {NONFINITE}:
            return float(value[NONFINITE])
        return {key: _with_nonfinite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_nonfinite(item) for item in value]
    return value


def _kinds() -> dict[str, type[Event]]:
    """Every event type by its name."""
    kinds: dict[str, type[Event]] = {}
    found = list(Event.__subclasses__())
    while found:
        kind = found.pop()
        kinds[str(kind.__struct_config__.tag)] = kind
        found += kind.__subclasses__()
    return kinds


def _event_in(raw: Any, kinds: Mapping[str, type[Event]], decode_message: DecodeMessage) -> Event:
    name = raw.get("type") if isinstance(raw, dict) else None
    kind = kinds.get(str(name))
    if kind is None:
        raise ValueError(f"{name!r} is not an event of this software")
    if not _holds_message(kind):
        return msgspec.convert(raw, kind)
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in raw:
            continue  # it has a default
        value = raw[field.encode_name]
        if _holds_message(field.type):
            values[field.name] = _contents(value, kinds, decode_message)
        else:
            values[field.name] = msgspec.convert(value, field.type)
    return kind(**values)


def _contents(value: Any, kinds: Mapping[str, type[Event]], decode_message: DecodeMessage) -> Any:
    """A message, an event with a message in it, or a tuple of them: what msgspec alone cannot know the type of."""
    if isinstance(value, list):
        return tuple(_contents(item, kinds, decode_message) for item in value)
    if not isinstance(value, dict):
        return value
    if "TypeName" in value:
        return decode_message(str(value["TypeName"]), msgspec.json.encode(value))
    return _event_in(value, kinds, decode_message)


@cache
def _holds_message(annotation: Any) -> bool:
    """Whether a type is a message, or has one somewhere within."""
    if isinstance(annotation, type) and issubclass(annotation, Message):
        return True
    if isinstance(annotation, type) and issubclass(annotation, Event):
        return any(_holds_message(field.type) for field in msgspec.structs.fields(annotation))
    return any(_holds_message(part) for part in get_args(annotation))
