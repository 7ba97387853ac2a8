"""What a supervision server leaves with the broker of its streets and houses, as far as whoever shows them needs it.

The whole is made by `core/supervision/telling.py`; what is not named here is not read.
"""

import msgspec


class Totals(msgspec.Struct, frozen=True):
    """Sums of what is heard [W]; `net_w` comes from the grid, `silent` devices are missing from it."""

    power_w: float = 0.0
    pv_w: float = 0.0
    battery_w: float = 0.0
    net_w: float = 0.0
    heard: int = 0
    silent: int = 0


class HouseInBrief(msgspec.Struct, frozen=True):
    """A house of a street."""

    house: int
    name: str = ""
    alias: str = ""
    consumers: int = 0
    suppliers: int = 0
    totals: Totals = Totals()


class Street(msgspec.Struct, frozen=True):
    """A neighbourhood and its houses."""

    neighbourhood: int
    time_ms: int = 0
    totals: Totals = Totals()
    houses: tuple[HouseInBrief, ...] = ()


class Switch(msgspec.Struct, frozen=True):
    """What is desired of a device, and whether that is so."""

    desired: bool | None = None
    standing: str = ""


class Device(msgspec.Struct, frozen=True):
    """A consumer or a supplier; what was never heard is None."""

    number: int
    name: str = ""
    power_w: float | None = None
    current_a: float | None = None
    pv_w: float | None = None
    battery_w: float | None = None
    remaining_percent: float | None = None
    fresh: bool = False
    switch: Switch = Switch()


class HouseWhole(msgspec.Struct, frozen=True):
    """All of a house."""

    neighbourhood: int
    house: int
    name: str = ""
    alias: str = ""
    time_ms: int = 0
    totals: Totals = Totals()
    consumers: tuple[Device, ...] = ()
    suppliers: tuple[Device, ...] = ()
