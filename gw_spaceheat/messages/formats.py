"""The forms of names, times and numbers on the wire, as types that the decoder checks while it reads."""

import re
from collections.abc import Sized
from functools import lru_cache
from typing import Annotated, TypeAlias

from msgspec import Meta

from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.vocabulary.moment import YEAR_2000_MS, YEAR_3000_MS

LEFT_RIGHT_DOT = r"[a-z][a-z0-9]*(?:\.[a-z0-9]+)*"
SPACEHEAT_NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"

LeftRightDot: TypeAlias = Annotated[str, Meta(pattern=rf"^{LEFT_RIGHT_DOT}\Z")]
"""Lower-case words with dots, the most significant first: `hw1.isone.me.millinocket.oak`."""
SpaceheatName: TypeAlias = Annotated[str, Meta(pattern=rf"^{SPACEHEAT_NAME}\Z")]
"""Lower-case words with dashes: `tank1-depth1`."""
HandleName: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\Z")]
"""Spaceheat names with dots, boss first: `auto.h.relay3`."""
Uuid4: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}\Z")
]
"""A random identifier in canonical form."""
UnixMs: TypeAlias = Annotated[int, Meta(ge=YEAR_2000_MS, le=YEAR_3000_MS)]
"""UTC between the years 2000 and 3000 [ms]."""
UnixS: TypeAlias = Annotated[int, Meta(ge=YEAR_2000_MS // 1000, le=YEAR_3000_MS // 1000)]
"""UTC between the years 2000 and 3000 [s]."""
WireInteger: TypeAlias = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that every receiver can keep (64 bits)."""
PositiveInteger: TypeAlias = Annotated[int, Meta(gt=0, le=2**63 - 1)]
NonNegativeInteger: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]
NonNegativeFloat: TypeAlias = Annotated[float, Meta(ge=0)]
Bit: TypeAlias = Annotated[int, Meta(ge=0, le=1)]
Digit: TypeAlias = Annotated[int, Meta(ge=0, le=9)]

LONGEST_PERSON = 64
_spaceheat_name = re.compile(SPACEHEAT_NAME)


@lru_cache(maxsize=4096)
def require_channel_name(name: str) -> None:
    """Raise Malformed unless name is a SpaceheatName.

    Remembers the names it has found good: a report has the same ones every time, and asking the pattern again for each would
    take a tenth of the time that reading a report takes.
    """
    if _spaceheat_name.fullmatch(name) is None:
        raise Malformed(f"channel name {name!r} must be lower-case words with dashes")


def require_person(who: str) -> None:
    """Raise Malformed unless who can be a person's name in one line of a log: printable, not blank, not endless."""
    if not who.strip() or not who.isprintable() or len(who) > LONGEST_PERSON:
        raise Malformed(f"Who must be a name of up to {LONGEST_PERSON} printable characters, not {who[:LONGEST_PERSON]!r}")


def require_equal_lengths(**lists: Sized) -> None:
    """Raise Malformed unless all lists are equally long; the keywords are the names that the wire gives them."""
    if len({len(values) for values in lists.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(values)}" for name, values in lists.items())
        raise Malformed(f"lists must be equally long, but {lengths}")


def require_boss(from_handle: str, to_handle: str) -> None:
    """Raise Malformed unless from_handle is the immediate boss of to_handle; a multiplexer may be told by anybody."""
    if "multiplexer" not in to_handle and to_handle.rpartition(".")[0] != from_handle:
        raise Malformed(f"FromHandle {from_handle!r} must be the immediate boss of ToHandle {to_handle!r}")
