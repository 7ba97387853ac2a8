"""What every wire message is: a frozen struct whose attributes become the wire's PascalCase names."""

import msgspec


class Malformed(ValueError):
    """A message that has the right shape and cannot be true: unequal lists, a time outside 2000-3000, a name out of form."""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", tag_field="TypeName"):
    """Base of all wire messages.

    A message type is a subclass in a file named like the type, with the wire's name as its tag:
    `class PowerWatts(Message, frozen=True, kw_only=True, tag="power.watts")`. `TypeName` is written and checked by the codec;
    `Version`, where the type has one, is an ordinary field with its default.
    """

    @classmethod
    def type_name(cls) -> str:
        """The wire's name of this type, such as `power.watts`."""
        return str(cls.__struct_config__.tag)

    def check(self) -> None:
        """Raise Malformed if the fields cannot be true together; the decoder calls it after the types fit."""
