"""What every wire message is: a frozen struct whose attributes become the wire's PascalCase names."""

from functools import cache
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import UnsetType

T = TypeVar("T")

Maybe: TypeAlias = T | UnsetType | None
"""A field that the wire may leave out. We leave it out when it is UNSET; peers may also write null, which is kept as None."""


class Malformed(ValueError):
    """A message that has the right shape and cannot be true: unequal lists, a time outside 2000-3000, a name out of form."""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName", gc=False):
    """Base of all wire messages.

    A message type is a subclass in a file named like the type, with the wire's name as its tag:
    `class PowerWatts(Message, frozen=True, kw_only=True, tag="power.watts")`. `TypeName` is written and checked by the codec;
    `Version`, where the type has one, is an ordinary field with its default.

    Words that the protocol will add to (states, units, levels) are strings, so that a word which is new to us survives; those
    we know stand beside the message as a StrEnum.

    Messages are trees and never contain themselves, so the garbage collector need not look at them (gc=False).
    """

    @classmethod
    def type_name(cls) -> str:
        """The wire's name of this type, such as `power.watts`."""
        return _tag_of(cls)

    def check(self) -> None:
        """Raise Malformed if the fields cannot be true together; the decoder calls it after the types fit."""


@cache
def _tag_of(kind: type[Message]) -> str:
    return str(kind.__struct_config__.tag)


def given(value: Maybe[T]) -> T | None:
    """A field that may have been left out, with None for left out."""
    return None if isinstance(value, UnsetType) else value
