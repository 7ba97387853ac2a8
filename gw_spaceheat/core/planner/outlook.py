"""What is expected of each step of a plan, and where the house stands at its beginning."""

import math
from dataclasses import dataclass

from gw_spaceheat.core.planner.horizon import Horizon


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is expected; every tuple has a value for each step.

    Attributes:
        horizon: The steps.
        price_usd_per_kwh: Price of electricity, energy and delivery together.
        outdoor_c: Outdoor temperature [degC].
        need_kw: Heat that the house needs [kW].
        drop_k: How much colder than required the water comes back [K].
        margin_kwh: Heat to be kept beyond what must be there, for whatever is not as expected [kWh].
        limit_kw: Electrical power that must not be exceeded [kW]; infinity where there is no limit.
        beyond_usd_per_kwh: What electricity beyond that power costs more than the price, where it may be exceeded: so a step
            has a cheaper price for some and a dearer one for the rest; empty for so much that nobody would.
        end_usd_per_kwh: What a kWh of heat at the end is worth [USD/kWh].
        peak_usd_per_kw: What it costs to raise the month's highest power, a mean of an hour [USD/kW]; 0 for nothing.
        peak_kw: The highest that the month has had so far [kW].
        hour_kwh: What has been bought in the hour at hand before the first step [kWh].
    """

    horizon: Horizon
    price_usd_per_kwh: tuple[float, ...]
    outdoor_c: tuple[float, ...]
    need_kw: tuple[float, ...]
    drop_k: float
    end_usd_per_kwh: float
    margin_kwh: float = 0.0
    limit_kw: tuple[float, ...] = ()
    beyond_usd_per_kwh: tuple[float, ...] = ()
    peak_usd_per_kw: float = 0.0
    peak_kw: float = 0.0
    hour_kwh: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the series, if one does not fit the horizon or has a value that is no number."""
        for name in ("price_usd_per_kwh", "outdoor_c", "need_kw"):
            values = getattr(self, name)
            if len(values) != self.horizon.steps:
                raise ValueError(f"{name} has {len(values)} values for {self.horizon.steps} steps")
            if not all(map(math.isfinite, values)):
                step = next(step for step, value in enumerate(values) if not math.isfinite(value))
                raise ValueError(f"{name} is {values[step]} in step {step}")
        for name in ("limit_kw", "beyond_usd_per_kwh"):
            values = getattr(self, name)
            if values and len(values) != self.horizon.steps:
                raise ValueError(f"{name} has {len(values)} values for {self.horizon.steps} steps")
        if self.peak_usd_per_kw > 0.0 and self.beyond_usd_per_kwh:
            raise ValueError("a price of the month's highest power and one of power beyond a limit exclude each other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a house stands.

    Attributes:
        energy_kwh: Heat in its stores above the reference temperature [kWh].
        running: Whether its source runs.
        for_h: For how long it has been running or resting [h].
    """

    energy_kwh: float
    running: bool = False
    for_h: float = 24.0
