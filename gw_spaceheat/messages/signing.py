"""What of a message is signed: our own encoding of it, with an empty signature in its place."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar, cast

import msgspec

from gw_spaceheat.messages.base import Message

Sign: TypeAlias = Callable[[bytes], str]
"""Signs bytes with the key of this site; the answer is the signature as text."""
Verify: TypeAlias = Callable[[bytes, str], bool]
"""Whether a signature is the other side's, and of these bytes."""

_encoder = msgspec.json.Encoder(order="deterministic")


class Signed(Protocol):
    """A message that has a place for a signature."""

    @property
    def signature(self) -> str:
        """The signature; empty while it is not signed."""
        ...


MessageT = TypeVar("MessageT", bound=Message)


def signed_bytes(message: Message) -> bytes:
    """What the signature of a message covers: every field but the signature itself, in one canonical form.

    Both sides make it from the decoded message, so that blanks and the order of fields on the wire do not matter. A field that
    is new to us is not in it: a message that has one, and a signature over it, is refused rather than obeyed in part.
    """
    return _encoder.encode(msgspec.structs.replace(message, signature=""))


def sign(message: MessageT, with_key: Sign | None) -> MessageT:
    """The message with its signature; unchanged where there is no key."""
    if with_key is None:
        return message
    return msgspec.structs.replace(message, signature=with_key(signed_bytes(message)))


def signature_fault(message: Message, verify: Verify | None) -> str:
    """What is wrong with the signature of a message; empty if it is the other side's, or if there are no keys to ask for it."""
    if verify is None:
        return ""
    signature = cast(Signed, message).signature
    if not signature:
        return "it is not signed, and the other side's key is known here"
    return "" if verify(signed_bytes(message), signature) else "its signature is not the other side's, or it was altered"
