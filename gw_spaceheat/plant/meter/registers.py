"""The registers of a meter: energy taken and given since it was mounted, in whole steps, beginning anew when they are full."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Counts = NDArray[np.int64]

FULL_WH = 1_000_000_000
"""Registers of six digits of kilowatt-hours [Wh]."""


class Energy(NamedTuple):
    """What has gone through a meter: taken and given [Wh], exactly."""

    import_wh: float = 0.0
    export_wh: float = 0.0


class Registers(NamedTuple):
    """What the registers show at the end of each step [Wh], and what has gone through exactly at the end of the last."""

    import_wh: Counts
    export_wh: Counts
    after: Energy


def registers(power_w: Values, step_s: float, before: Energy, resolution_wh: int = 1) -> Registers:
    """Count a stretch of time.

    Args:
        power_w: Power into the house, constant through each step [W]; negative is given.
        step_s: Length of a step [s].
        before: What had gone through before.
        resolution_wh: Registers show whole multiples of this [Wh].
    """
    taken = before.import_wh + np.cumsum(np.maximum(power_w, 0.0)) * (step_s / 3600.0)
    given = before.export_wh + np.cumsum(np.maximum(-power_w, 0.0)) * (step_s / 3600.0)
    after = Energy(float(taken[-1]), float(given[-1])) if power_w.size else before
    return Registers(_shown(taken, resolution_wh), _shown(given, resolution_wh), after)


def _shown(energy_wh: Values, resolution_wh: int) -> Counts:
    steps = np.floor(energy_wh / resolution_wh).astype(np.int64) * resolution_wh
    found: Counts = steps % FULL_WH
    return found


def counted_wh(earlier_wh: int, later_wh: int) -> int:
    """Energy between two readings of a register [Wh], also when it has begun anew once in between."""
    return (later_wh - earlier_wh) % FULL_WH
