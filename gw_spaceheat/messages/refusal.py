"""Why something that came over a link was not accepted."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import msgspec

T = TypeVar("T")

LARGEST_PAYLOAD_BYTES = 1_048_576
"""Nothing that is said here comes near: 40 channels read every second make a report of 0.3 MB."""
LONGEST_TOPIC = 512

UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""All that msgspec raises for bytes that it cannot make into the wanted type (a ValidationError is a DecodeError)."""


class RefusalKind(StrEnum):
    """Kinds of refusal, for counting."""

    TOO_LARGE = "too-large"
    """Topic or payload is longer than anything sensible."""
    BAD_TOPIC = "bad-topic"
    """The topic does not parse."""
    NOT_JSON = "not-json"
    """The payload is not JSON in UTF-8, or nested absurdly deep."""
    NO_ENVELOPE = "no-envelope"
    """It is JSON, but no `gw` envelope with a header."""
    HEADER_MISMATCH = "header-mismatch"
    """Topic, header and payload do not say the same sender, receiver or type."""
    UNKNOWN_TYPE = "unknown-type"
    """We do not know this message type."""
    WRONG_FIELDS = "wrong-fields"
    """A field is missing, of the wrong type, out of form or out of range."""
    IMPOSSIBLE = "impossible"
    """Every field is good by itself, but they cannot be true together."""


class Refusal(ValueError):
    """Something that came in and is not accepted.

    Attributes:
        kind: What kind of refusal, for counting.
        text: What is wrong and where, in one line for a person.
    """

    def __init__(self, kind: RefusalKind, text: str) -> None:
        """Remember kind and text."""
        super().__init__(f"{kind.value}: {text}")
        self.kind = kind
        self.text = text


def require_bounds(topic: str, payload: bytes) -> None:
    """Refuse a topic or payload of absurd length."""
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise Refusal(RefusalKind.TOO_LARGE, f"payload of {len(payload)} bytes; at most {LARGEST_PAYLOAD_BYTES} are accepted")
    if len(topic) > LONGEST_TOPIC:
        raise Refusal(RefusalKind.TOO_LARGE, f"topic of {len(topic)} characters; at most {LONGEST_TOPIC} are accepted")


def require_utf8(payload: bytes) -> None:
    """Refuse a payload that is not UTF-8; the JSON decoder itself does not look into fields that nobody wants."""
    if not payload.isascii():
        try:
            payload.decode()
        except UnicodeDecodeError as error:
            raise Refusal(RefusalKind.NOT_JSON, f"not UTF-8: {error}") from error


def read(decode: Callable[[bytes], T], payload: bytes, what: str) -> T:
    """The payload decoded, or a refusal: NOT_JSON, or WRONG_FIELDS where the JSON is good and the fields are not."""
    try:
        return decode(payload)
    except msgspec.ValidationError as error:
        raise Refusal(RefusalKind.WRONG_FIELDS, f"{what}: {error}") from error
    except UNREADABLE as error:
        raise Refusal(RefusalKind.NOT_JSON, f"{what}: {error}") from error
