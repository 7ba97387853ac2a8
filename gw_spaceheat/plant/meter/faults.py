"""What goes wrong with a meter, as a plan: a kind, a house, and when."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Flags = NDArray[np.bool_]


class FaultKind(StrEnum):
    """What a meter may do."""

    DROPOUT = "dropout"
    """It measures and counts, and is not heard."""
    REBOOT = "reboot"
    """It neither measures nor counts."""
    STUCK = "stuck"
    """It says again what it said before, its registers too."""
    INVERTED = "inverted"
    """It was connected the wrong way round: import counts as export."""
    SKEW = "skew"
    """Its clock is off."""


class MeterFault(NamedTuple):
    """One fault.

    Attributes:
        house: Whose meter.
        kind: What it does.
        from_ms: Since when, UTC [ms].
        to_ms: Until when [ms].
        skew_ms: By how much its clock is ahead [ms].
    """

    house: str
    kind: FaultKind
    from_ms: int
    to_ms: int
    skew_ms: int = 0


class BadFault(ValueError):
    """A fault's description that cannot be understood; the text says what is allowed."""


FORM = "HOUSE:KIND:START:SECONDS[:SKEW], such as HOUSE_A:dropout:2026-06-21T10:00:600 (UTC; skew in seconds)"


def parse_fault(text: str) -> MeterFault:
    """A fault from words such as `HOUSE_A:skew:2026-06-21T10:00:600:2.5`.

    Raises:
        BadFault: It has another form.
    """
    house, _, rest = text.partition(":")
    kind, _, rest = rest.partition(":")
    words = rest.split(":")
    # the time of day has colons of its own: the figures are what stands behind it
    figures = 2 if kind == FaultKind.SKEW else 1
    try:
        start = datetime.fromisoformat(":".join(words[:-figures]))
        seconds = [float(word) for word in words[-figures:]]
        from_ms = round((start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp() * 1000)
        skew_ms = round(seconds[1] * 1000) if figures == 2 else 0
        to_ms = from_ms + round(seconds[0] * 1000)
        fault = MeterFault(house, FaultKind(kind), from_ms, to_ms, skew_ms)
    except (ValueError, OverflowError) as error:
        kinds = ", ".join(FaultKind)
        raise BadFault(f"{text!r} is no fault of a meter: {FORM}; kinds are {kinds}") from error
    if not house or to_ms <= from_ms:
        raise BadFault(f"{text!r} has no house, or lasts no time: {FORM}")
    return fault


def during(faults: Iterable[MeterFault], kind: FaultKind, unix_ms: Times) -> Flags:
    """At which moments a fault of this kind is there."""
    found = np.zeros(unix_ms.shape, dtype=np.bool_)
    for fault in faults:
        if fault.kind is kind:
            found |= (unix_ms >= fault.from_ms) & (unix_ms < fault.to_ms)
    return found


def skew_ms(faults: Iterable[MeterFault], unix_ms: Times) -> Times:
    """By how much a meter's clock is ahead at some moments [ms]."""
    found = np.zeros(unix_ms.shape, dtype=np.int64)
    for fault in faults:
        if fault.kind is FaultKind.SKEW:
            found[(unix_ms >= fault.from_ms) & (unix_ms < fault.to_ms)] += fault.skew_ms
    return found
