"""What a street's batteries do, by a rule that needs no forecast: they take sun that nobody wants, and give it back later.

In each stretch of time sun goes to whoever takes energy then, for a battery loses some. What is left of a house's roofs goes
into its own battery, and then into those of others, to each by the room that it has. What a house still wants comes out of its
own battery, and then out of others', from each by what it can give. So batteries never take while anybody wants.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.street import Battery

HOUR_S = 3600.0


class Stored(NamedTuple):
    """What batteries did: a row for each, a column for each stretch of time.

    Attributes:
        charged_wh: What they took [Wh].
        discharged_wh: What they gave [Wh].
        end_wh: What is in each at the end [Wh].
    """

    charged_wh: Values
    discharged_wh: Values
    end_wh: Values


def left_over(load_wh: Values, sun_wh: Values) -> tuple[Values, Values]:
    """What is left of each house's sun, and what it still wants, after its own sun and then that of others went to loads.

    Args:
        load_wh: What each house takes in each stretch: a row for a house [Wh].
        sun_wh: What its roofs give [Wh].
    """
    own_wh = np.minimum(load_wh, sun_wh)
    spare_wh, wanted_wh = sun_wh - own_wh, load_wh - own_wh
    all_spare_wh, all_wanted_wh = spare_wh.sum(axis=0), wanted_wh.sum(axis=0)
    used_wh = np.minimum(all_spare_wh, all_wanted_wh)
    none = np.zeros_like(used_wh)
    spare_wh = spare_wh * (1.0 - np.divide(used_wh, all_spare_wh, out=none.copy(), where=all_spare_wh > 0.0))
    wanted_wh = wanted_wh * (1.0 - np.divide(used_wh, all_wanted_wh, out=none, where=all_wanted_wh > 0.0))
    return spare_wh, wanted_wh


def store(
    batteries: Sequence[Battery],
    places: NDArray[np.int64],
    spare_wh: Values,
    wanted_wh: Values,
    step_s: float,
    *,
    is_shared: bool = True,
) -> Stored:
    """Let batteries work.

    Args:
        batteries: The batteries.
        places: The house of each: its row in the next two; a house has one battery at most.
        spare_wh: What is left of each house's sun after everybody took what was wanted at once: a row for a house [Wh].
        wanted_wh: What each house still wants [Wh].
        step_s: Length of a stretch [s].
        is_shared: Whether they work for others too.
    """
    capacity_wh = np.array([battery.capacity_wh for battery in batteries])
    most_in_wh = np.array([battery.charge_w for battery in batteries]) * (step_s / HOUR_S)
    most_out_wh = np.array([battery.discharge_w for battery in batteries]) * (step_s / HOUR_S)
    efficiency = np.array([battery.efficiency for battery in batteries])
    stored_wh = np.array([battery.stored_wh for battery in batteries])
    steps = spare_wh.shape[1]
    charged_wh, discharged_wh = np.zeros((len(batteries), steps)), np.zeros((len(batteries), steps))
    own_spare_wh, own_wanted_wh = spare_wh[places], wanted_wh[places]
    others_spare_wh = spare_wh.sum(axis=0) - own_spare_wh.sum(axis=0)
    others_wanted_wh = wanted_wh.sum(axis=0) - own_wanted_wh.sum(axis=0)
    is_something = own_spare_wh.any(axis=0) | own_wanted_wh.any(axis=0) | is_shared
    for step in np.flatnonzero(is_something).tolist():
        room_wh = np.minimum(most_in_wh, (capacity_wh - stored_wh) / efficiency)
        taken_wh = _own_first(room_wh, own_spare_wh[:, step], max(float(others_spare_wh[step]), 0.0), is_shared=is_shared)
        stored_wh = np.minimum(stored_wh + taken_wh * efficiency, capacity_wh)
        given_wh = _own_first(
            np.minimum(most_out_wh, stored_wh),
            own_wanted_wh[:, step],
            max(float(others_wanted_wh[step]), 0.0),
            is_shared=is_shared,
        )
        stored_wh = np.maximum(stored_wh - given_wh, 0.0)
        charged_wh[:, step], discharged_wh[:, step] = taken_wh, given_wh
    return Stored(charged_wh, discharged_wh, stored_wh)


def _own_first(room_wh: Values, own_wh: Values, others_wh: float, *, is_shared: bool) -> Values:
    """How much of it each battery moves: its own house's first, then of what is left of all, by the room that is left [Wh]."""
    moved_wh = np.minimum(room_wh, own_wh)
    if not is_shared:
        return moved_wh
    left_wh = room_wh - moved_wh
    all_left_wh, pool_wh = float(left_wh.sum()), others_wh + float((own_wh - moved_wh).sum())
    if all_left_wh > 0.0 and pool_wh > 0.0:
        moved_wh = moved_wh + left_wh * min(pool_wh / all_left_wh, 1.0)
    return moved_wh
