"""Several streets beside each other: what one has over in a minute goes to those that lack it, at a price that is stated.

A street first uses its own sun and its own batteries. What is over then goes to those that still want, to each by what it
wants, and comes from those that have some over, from each by what it has.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gw_spaceheat.core.market.energy import Values
from gw_spaceheat.core.market.settlement import Tariff


class PriceOutsideError(ValueError):
    """At that price one side would rather deal with the grid; the text says which prices are possible."""


class Exchanged(NamedTuple):
    """What streets got from each other and gave to each other: a row for a street, a column for a minute [Wh]."""

    got_wh: Values
    given_wh: Values


def side_by_side(nets_wh: Sequence[Values], begins: Sequence[int]) -> Values:
    """What streets take from outside in each minute: a row for a street; nothing where a street is not told of [Wh].

    Args:
        nets_wh: Of each street, from its first minute on; below nothing where it gives [Wh].
        begins: Number of that minute, by one clock.
    """
    first = min(begins, default=0)
    length = max((begin - first + len(net) for begin, net in zip(begins, nets_wh, strict=True)), default=0)
    found = np.zeros((len(nets_wh), length))
    for row, begin, net in zip(found, begins, nets_wh, strict=True):
        row[begin - first : begin - first + len(net)] = net
    return found


def exchanged(nets_wh: Values) -> Exchanged:
    """Let streets give to each other."""
    wanted, spare = np.maximum(nets_wh, 0.0), np.maximum(-nets_wh, 0.0)
    all_wanted, all_spare = wanted.sum(axis=0), spare.sum(axis=0)
    moved = np.minimum(all_wanted, all_spare)
    got = wanted * np.divide(moved, all_wanted, out=np.zeros_like(moved), where=all_wanted > 0.0)
    given = spare * np.divide(moved, all_spare, out=np.zeros_like(moved), where=all_spare > 0.0)
    return Exchanged(got, given)


def saved_usd(got_kwh: float, given_kwh: float, usd_per_kwh: float, tariff: Tariff | None = None) -> float:
    """What a street saves by it, over against dealing with the grid [USD].

    Raises:
        PriceOutsideError: The price is below what the grid pays, or above what it takes.
    """
    tariff = tariff or Tariff()
    least, most = tariff.feed_in_usd_per_kwh, tariff.purchase_usd_per_kwh
    if not least <= usd_per_kwh <= most:
        raise PriceOutsideError(
            f"at {usd_per_kwh:.2f} USD/kWh streets would rather deal with the grid, which pays {least:.2f} and takes {most:.2f}"
        )
    return got_kwh * (most - usd_per_kwh) + given_kwh * (usd_per_kwh - least)
