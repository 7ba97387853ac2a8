"""What a street leaves of its sun for a house that is heated when that suits it, as far as that is known.

Beyond the last forecast, sun is taken to be what is left at the same time of the day before.
"""

from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.market.energy import Forecast, Values
from gw_spaceheat.core.market.timetable import DAY_S, SLOT_S

DAY_SLOTS = DAY_S // SLOT_S


class Left(NamedTuple):
    """What is left for one house in each slot.

    Attributes:
        own_wh: Of its own roofs [Wh].
        all_wh: Of all roofs [Wh].
        import_wh: What the street takes from the grid without it [Wh].
    """

    own_wh: Values
    all_wh: Values
    import_wh: Values

    @classmethod
    def nothing(cls, slots: int) -> "Left":
        """No sun, and nothing known of others, in so many slots."""
        return cls(np.zeros(slots), np.zeros(slots), np.zeros(slots))


def left_for_heat(sun_wh: Values, own_sun_wh: Values, load_wh: Values, own_load_wh: Values, known_until: int) -> Left:
    """What is left.

    Args:
        sun_wh: What all roofs are forecast to give in each slot [Wh].
        own_sun_wh: What its own are [Wh].
        load_wh: What all loads take but the house's heat: base load, jobs where they stand, what other houses plan [Wh].
        own_load_wh: Of that, what its own base load and jobs take [Wh].
        known_until: How many slots are forecast.
    """
    net_wh = sun_wh - load_wh
    own_wh, all_wh = np.maximum(own_sun_wh - own_load_wh, 0.0), np.maximum(net_wh, 0.0)
    return Left(_beyond(own_wh, known_until), _beyond(all_wh, known_until), np.maximum(-net_wh, 0.0))


def known_slots(forecast: Forecast, days: int) -> int:
    """How many slots are known with a forecast, of so many days of sun."""
    return int(min(float(forecast.energy.times_s[-1]), float(days * DAY_S)) // SLOT_S)


def _beyond(left_wh: Values, known_until: int) -> Values:
    """The same, and beyond what is known as on the day before."""
    left_wh[known_until:] = 0.0
    for first in range(max(known_until, DAY_SLOTS), len(left_wh), DAY_SLOTS):
        span = left_wh[first : first + DAY_SLOTS]
        span[:] = left_wh[first - DAY_SLOTS : first][: len(span)]
    return left_wh
