"""Scripted faults of simulated sensors and meters, as data."""

from dataclasses import dataclass
from enum import StrEnum

from gw_spaceheat.plant import memory


class FaultKind(StrEnum):
    """How a sensor can lie."""

    STUCK = "stuck"
    """It goes on showing what it showed when the fault began."""
    DROPOUT = "dropout"
    """It shows nothing: the reading is missing."""
    DRIFT = "drift"
    """It runs away, by `size` an hour."""
    SPIKE = "spike"
    """It shows `size` too much."""
    POWER_ON_85 = "power_on_85"
    """A DS18B20 after a dip of its supply: it shows 85 degC until it has converted."""


MEMORY_KINDS = {
    FaultKind.STUCK: memory.STUCK,
    FaultKind.DROPOUT: memory.DROPOUT,
    FaultKind.DRIFT: memory.DRIFT,
    FaultKind.SPIKE: memory.SPIKE,
    FaultKind.POWER_ON_85: memory.POWER_ON_85,
}


@dataclass(frozen=True, slots=True)
class SensorFault:
    """One sensor lies for a while.

    Attributes:
        channel: Name of the channel.
        kind: How it lies.
        start_ms: From this time on, UTC [ms].
        end_ms: Up to but not including this time, UTC [ms].
        size: For a spike how much [the channel's SI unit], for a drift how much an hour; else without meaning.
    """

    channel: str
    kind: FaultKind
    start_ms: int
    end_ms: int
    size: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError if it ends before it starts."""
        if self.end_ms <= self.start_ms:
            raise ValueError(
                f"the fault {self.kind} of {self.channel} ends at {self.end_ms} ms, not after its start {self.start_ms} ms"
            )


@dataclass(frozen=True, slots=True)
class MeterSwap:
    """Another meter is in the place of the house's own for a while: it measures as well, and says a serial number of its own.

    Attributes:
        component: Identifier of the meter in the house file.
        serial: What the other one says.
        start_ms: From this time on, UTC [ms].
        end_ms: Up to but not including this time, UTC [ms].
    """

    component: str
    serial: str
    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        """Raise ValueError if it ends before it starts."""
        if self.end_ms <= self.start_ms:
            raise ValueError(f"the swap of {self.component} ends at {self.end_ms} ms, not after its start {self.start_ms} ms")
