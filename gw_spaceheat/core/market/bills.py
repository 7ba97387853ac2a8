"""What each house pays: quarter of an hour by quarter of an hour, its own sun first, then its neighbours', then the grid.

Sun that goes into a neighbour's battery is sun that nobody else wanted: it costs what the grid would pay for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gw_spaceheat.core.market.quarters import Quarters, quarters
from gw_spaceheat.core.market.settlement import Tariff
from gw_spaceheat.core.market.street import Street


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a house has used and given, and what that costs.

    Attributes:
        house: Its name.
        demand_kwh: What its jobs and its base load took.
        sun_kwh: What its roofs gave.
        own_kwh: Of what its roofs and its battery gave, what it took itself, its battery included.
        from_neighbours_kwh, from_grid_kwh: What it took from others, its battery included.
        to_neighbours_kwh, to_grid_kwh: What its roofs and its battery gave to others, neighbours' batteries included.
        cost_usd: What it pays; negative for what it gets.
        unshared_usd: The same if nobody shared, and its battery worked for itself.
        charged_kwh, discharged_kwh: What its battery took and gave.
    """

    house: str
    demand_kwh: float
    sun_kwh: float
    own_kwh: float
    from_neighbours_kwh: float
    from_grid_kwh: float
    to_neighbours_kwh: float
    to_grid_kwh: float
    cost_usd: float
    unshared_usd: float
    charged_kwh: float = 0.0
    discharged_kwh: float = 0.0


def bills(street: Street, starts_s: Mapping[str, float], tariff: Tariff | None = None) -> list[Bill]:
    """A bill for each house that has jobs, base load or roofs, in the order of their names.

    Args:
        street: The street.
        starts_s: When each job starts, by its identifier [s].
        tariff: What energy costs.
    """
    return bills_of(quarters(street, starts_s)[0], tariff)


def bills_of(of: Quarters, tariff: Tariff | None = None) -> list[Bill]:
    """The same of what is netted already."""
    energies_wh = {
        "demand": of.demand_wh,
        "sun": of.sun_wh,
        "charged": of.charged_wh,
        "discharged": of.discharged_wh,
        "own": of.own_wh,
        "got_demand": of.got_demand_wh,
        "got_charged": of.got_charged_wh,
        "given_demand": of.given_demand_wh,
        "given_charged": of.given_charged_wh,
        "alone_bought": np.maximum(-of.alone_wh, 0.0),
        "alone_sold": np.maximum(of.alone_wh, 0.0),
    }
    sums = {what: wh.sum(axis=1) / 1000.0 for what, wh in energies_wh.items()}
    prices = tariff or Tariff()
    return [
        _bill(name, prices, {what: float(kwh[number]) for what, kwh in sums.items()}) for number, name in enumerate(of.houses)
    ]


def _bill(house: str, tariff: Tariff, kwh: Mapping[str, float]) -> Bill:
    got_kwh, given_kwh = kwh["got_demand"] + kwh["got_charged"], kwh["given_demand"] + kwh["given_charged"]
    bought_kwh = max(kwh["demand"] + kwh["charged"] - kwh["own"] - got_kwh, 0.0)
    sold_kwh = max(kwh["sun"] + kwh["discharged"] - kwh["own"] - given_kwh, 0.0)
    return Bill(
        house=house,
        demand_kwh=kwh["demand"],
        sun_kwh=kwh["sun"],
        own_kwh=kwh["own"],
        from_neighbours_kwh=got_kwh,
        from_grid_kwh=bought_kwh,
        to_neighbours_kwh=given_kwh,
        to_grid_kwh=sold_kwh,
        cost_usd=(kwh["got_demand"] - kwh["given_demand"]) * tariff.local_usd_per_kwh
        + (kwh["got_charged"] - kwh["given_charged"] - sold_kwh) * tariff.feed_in_usd_per_kwh
        + bought_kwh * tariff.purchase_usd_per_kwh,
        unshared_usd=kwh["alone_bought"] * tariff.purchase_usd_per_kwh - kwh["alone_sold"] * tariff.feed_in_usd_per_kwh,
        charged_kwh=kwh["charged"],
        discharged_kwh=kwh["discharged"],
    )
