"""What net energies cost."""

from collections.abc import Sequence

import numpy as np

from gw_spaceheat.core.netbalance.trace import Numbers


def bill(net_wh: Numbers, buy_per_kwh: Numbers, sell_per_kwh: float) -> Numbers:
    """Cost of each stretch: debt is bought, surplus is sold [currency].

    Args:
        net_wh: Production less consumption of each stretch; positive is surplus [Wh].
        buy_per_kwh: Price in each.
        sell_per_kwh: What surplus brings.
    """
    return np.asarray((buy_per_kwh * np.maximum(-net_wh, 0.0) - sell_per_kwh * np.maximum(net_wh, 0.0)) / 1000.0)


def floored(costs: Numbers, months: Sequence[object]) -> float:
    """The bill where surplus is paid for with at most what was bought in the same billing month [currency].

    Args:
        costs: Cost of each stretch.
        months: The local month of each.
    """
    sums: dict[object, float] = {}
    for month, cost in zip(months, costs.tolist(), strict=True):
        sums[month] = sums.get(month, 0.0) + cost
    return sum(max(cost, 0.0) for cost in sums.values())
