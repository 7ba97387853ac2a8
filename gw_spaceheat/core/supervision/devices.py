"""The devices of a house: what was heard of each last, how that was over time, and whether it is still so."""

from dataclasses import dataclass, field

from gw_spaceheat.core.supervision.calibration import USUAL, Calibration
from gw_spaceheat.core.supervision.statistics import Statistics
from gw_spaceheat.core.supervision.switch import Switch
from gw_spaceheat.messages.supervision import SUPPLIER_QUANTITIES, SupplierReading
from gw_spaceheat.vocabulary.moment import SECOND_MS

STALE_AFTER_MS = 60 * SECOND_MS
"""What was not heard for longer than this is not counted any more [ms]."""
OWN_STALE_AFTER_MS = 660 * SECOND_MS
"""The same for houses with their own SCADA, which report each five minutes [ms]."""


@dataclass(slots=True)
class Heard:
    """When a device was heard last: by the server's clock and by its own, UTC [ms]; None for never, or not told.

    After `patience_ms` without a word it does not hold any more [ms].
    """

    server_ms: int | None = None
    device_ms: int | None = None
    patience_ms: int = STALE_AFTER_MS

    def accept(self, server_ms: int, device_ms: int | None) -> bool:
        """Note a message; false for one that is not newer, by the device's own time, than what was heard."""
        if device_ms is not None:
            if self.device_ms is not None and device_ms <= self.device_ms:
                return False
            self.device_ms = device_ms
        self.server_ms = server_ms
        return True

    def fresh(self, now_ms: int) -> bool:
        """Whether it still holds at a time, UTC [ms]."""
        return self.server_ms is not None and now_ms - self.server_ms <= self.patience_ms


@dataclass(slots=True)
class Consumer:
    """Something that draws current.

    Attributes:
        number: Its number in its house, which is never given to another.
        name: What it is, for people.
        calibration: Its sensor's table.
        current: What it draws [A].
        raw: What its sensor showed last; None for a device that tells watts.
        in_range: Whether that was within the sensor's table.
        out_of_range: How often it was not.
        heard: When.
        switch: What is desired of it.
    """

    number: int
    name: str = ""
    calibration: Calibration = USUAL
    current: Statistics = field(default_factory=Statistics)
    raw: float | None = None
    in_range: bool = True
    out_of_range: int = 0
    heard: Heard = field(default_factory=Heard)
    switch: Switch = field(default_factory=Switch)

    def take(self, raw: float, server_ms: int) -> None:
        """Take in what its sensor shows."""
        amperes, self.in_range = self.calibration.amperes(raw)
        self.raw = raw
        if not self.in_range:
            self.out_of_range += 1
        self.current.add(amperes, server_ms)

    def take_power(self, power_w: float, voltage_v: float, server_ms: int) -> None:
        """Take in what a device tells that knows its watts."""
        self.current.add(power_w / voltage_v, server_ms)

    @property
    def on(self) -> bool | None:
        """Whether it draws anything; None if nothing was heard."""
        return None if self.heard.server_ms is None else self.current.last != 0.0


@dataclass(slots=True)
class Supplier:
    """Panels, with a battery perhaps, and what they feed.

    Attributes:
        number: Its number in its house, which is never given to another.
        name: What it is, for people.
        quantities: Each that was heard, by the wire's name.
        heard: When.
        switch: What is desired of its load.
    """

    number: int
    name: str = ""
    quantities: dict[str, Statistics] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)
    switch: Switch = field(default_factory=Switch)

    def take(self, reading: SupplierReading, server_ms: int) -> None:
        """Take in what it tells."""
        for name in SUPPLIER_QUANTITIES:
            value: float | None = getattr(reading, name)
            if value is not None:
                self.quantity(name).add(value, server_ms)

    def quantity(self, name: str) -> Statistics:
        """The statistics of a quantity."""
        found = self.quantities.get(name)
        if found is None:
            found = self.quantities[name] = Statistics()
        return found

    def last(self, name: str) -> float | None:
        """The newest of a quantity; None if it was never told."""
        found = self.quantities.get(name)
        return None if found is None or not found.count else found.last

    def power_w(self, side: str) -> float | None:
        """Voltage times current at the panels (`pv`), the load (`l`) or the battery (`b`) [W]; None if either is not known."""
        voltage_v, current_a = self.last(f"{side}voltage"), self.last(f"{side}current")
        return None if voltage_v is None or current_a is None else voltage_v * current_a
