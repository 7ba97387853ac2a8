"""Whose sun goes to whom: a house's own roofs first, then those of all others, pro rata, the cheapest first, or as chosen.

What a house's roofs give it goes to its own loads. What is left of all roofs is one pool for what all loads still want: each
gets the same share of it, and it comes from each roof by what that has left, from the cheapest first, or by other weights
(`choosing.py`). So no more is promised than there is, to whomever.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.market.choosing import by_weight, cheapest_first, lowest_first
from gw_spaceheat.core.market.energy import Values

NO_HOUSE = -1


class Split(NamedTuple):
    """Who gets what from whom, in each stretch of time.

    Attributes:
        load_wh: What each house takes: a row for a house [Wh].
        own_wh: What of that its own roofs give [Wh].
        covered: Share of what all houses still want then that the pool covers [0-1].
        given_wh: What each roof gives into the pool: a row for a roof [Wh].
        kept_wh: What each roof gives to its own house [Wh].
    """

    load_wh: Values
    own_wh: Values
    covered: Values
    given_wh: Values
    kept_wh: Values


class Shares(NamedTuple):
    """Where a job's energy comes from.

    Attributes:
        own_wh: From its own house's roofs [Wh].
        roofs_wh: From each roof, its own house's included [Wh].
        grid_wh: From the grid [Wh].
    """

    own_wh: float
    roofs_wh: Values
    grid_wh: float

    @property
    def neighbours_wh(self) -> float:
        """From others' roofs [Wh]."""
        return float(self.roofs_wh.sum()) - self.own_wh


def split(
    load_wh: Values,
    roof_wh: Values,
    house_of: Sequence[int],
    prices: Sequence[float] | None = None,
    order: Values | None = None,
    weights: Values | None = None,
) -> Split:
    """Share out.

    Args:
        load_wh: What each house takes in each stretch: a row for a house [Wh].
        roof_wh: What each roof gives: a row for a roof [Wh].
        house_of: The house of each roof; `NO_HOUSE` where it has none in the street.
        prices: What each roof wants for its energy, in any unit: the cheapest gives first; None for `order`.
        order: Place of each roof in each stretch: the lowest gives first; None for `weights`.
        weights: How much each roof is asked in each stretch; None for all by what they have.
    """
    roofs_of_house = np.zeros_like(load_wh)
    for roof, house in enumerate(house_of):
        if house != NO_HOUSE:
            roofs_of_house[house] += roof_wh[roof]
    own_wh = np.minimum(load_wh, roofs_of_house)
    kept_wh = np.zeros_like(roof_wh)
    kept_share = np.divide(own_wh, roofs_of_house, out=np.zeros_like(load_wh), where=roofs_of_house > 0.0)
    for roof, house in enumerate(house_of):
        if house != NO_HOUSE:
            kept_wh[roof] = roof_wh[roof] * kept_share[house]
    left_wh, wanted_wh = roof_wh - kept_wh, (load_wh - own_wh).sum(axis=0)
    pool_wh = left_wh.sum(axis=0)
    used_wh = np.minimum(pool_wh, wanted_wh)
    if prices is not None:
        given_wh = cheapest_first(left_wh, used_wh, prices)
    elif order is not None:
        given_wh = lowest_first(left_wh, used_wh, order)
    elif weights is not None:
        given_wh = by_weight(left_wh, used_wh, weights)
    else:
        given_wh = left_wh * np.divide(used_wh, pool_wh, out=np.zeros_like(pool_wh), where=pool_wh > 0.0)
    covered = np.divide(used_wh, wanted_wh, out=np.zeros_like(used_wh), where=wanted_wh > 0.0)
    return Split(load_wh, own_wh, covered, given_wh, kept_wh)


def shares(of: Split, house: int, first: int, wh: Values, house_of: Sequence[int]) -> Shares:
    """Where the energy of one load comes from, which is among those that were shared out.

    Args:
        of: How it was shared out.
        house: Its house.
        first: The first stretch in which it runs.
        wh: What it takes from then on [Wh].
        house_of: The house of each roof.
    """
    span = slice(first, first + len(wh))
    load_wh = of.load_wh[house, span]
    part = np.divide(wh, load_wh, out=np.zeros_like(wh), where=load_wh > 0.0)
    own_wh = of.own_wh[house, span] * part
    pool_wh = (wh - own_wh) * of.covered[span]
    given_wh = of.given_wh[:, span]
    all_given_wh = given_wh.sum(axis=0)
    roofs_wh = given_wh @ np.divide(pool_wh, all_given_wh, out=np.zeros_like(pool_wh), where=all_given_wh > 0.0)
    for roof, belongs in enumerate(house_of):
        if belongs == house:
            roofs_wh[roof] += float((of.kept_wh[roof, span] * part).sum())
    total_own_wh = float(own_wh.sum())
    grid_wh = max(float(wh.sum()) - total_own_wh - float(pool_wh.sum()), 0.0)
    return Shares(total_own_wh, roofs_wh, grid_wh)
