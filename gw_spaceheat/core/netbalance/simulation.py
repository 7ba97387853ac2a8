"""A recording played through the manager, and what comes out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.netbalance.bill import bill, floored
from gw_spaceheat.core.netbalance.foresight import Periods
from gw_spaceheat.core.netbalance.grid import Grid
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.manager import Manager, MeterReading
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.trace import Numbers
from gw_spaceheat.vocabulary.tariff import TimeOfUse

States = NDArray[np.bool_]
QUARTER_S = 900.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What energy costs.

    Attributes:
        tariff: What debt costs.
        sell_per_kwh: What surplus brings.
        load_value_per_kwh: What energy in a load is worth: just under what it would cost at the cheapest to buy.
        floor: Whether surplus is paid for with at most what was bought in the month.
    """

    tariff: TimeOfUse
    sell_per_kwh: float
    load_value_per_kwh: float
    floor: bool = True


def play(grid: Grid, manager: Manager, loads: tuple[Load, ...]) -> States:
    """The states after each sample, as the manager switches; the loads take their nominal power."""
    trace = grid.trace
    states = np.zeros((trace.count, len(loads)), dtype=bool)
    nominal_w = [load.nominal_w for load in loads]
    rows = zip(trace.wall_s.tolist(), trace.production_w.tolist(), trace.base_w.tolist(), grid.valid.tolist(), strict=True)
    take = manager.take
    now: tuple[bool, ...] = (False,) * len(loads)
    for at, (wall_s, production_w, base_w, valid) in enumerate(rows):
        if valid:
            on_w = sum([watts for watts, on in zip(nominal_w, now, strict=True) if on])
            now = take(MeterReading(wall_s, wall_s, production_w, base_w + on_w))
        else:
            now = take(MeterReading(wall_s, wall_s, None, None))
        states[at] = now
    return states


def periods_of(grid: Grid, terms: Terms) -> Periods:
    """The netting periods as they would be without the loads."""
    free_w = grid.at_steps(grid.trace.production_w) - grid.at_steps(grid.trace.base_w)
    prices = [terms.tariff.price_at(round(start * 1000)) for start in grid.period_start_s.tolist()]
    return Periods(grid.covered_s, grid.sums(free_w), np.array(prices), terms.sell_per_kwh, terms.load_value_per_kwh)


def load_wh(grid: Grid, states: States, loads: tuple[Load, ...]) -> Numbers:
    """Energy of all loads in each period [Wh]."""
    watts = np.array([load.nominal_w for load in loads])
    return grid.sums(grid.load_power(states, watts).sum(axis=1))


def commutations(states: States) -> tuple[int, ...]:
    """How often each load was switched, on or off."""
    before = np.vstack([np.zeros((1, states.shape[1]), dtype=bool), states[:-1]])
    return tuple(int(count) for count in (states != before).sum(axis=0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out, over all that was measured. Energies [Wh], money in the tariff's currency.

    Attributes:
        energies_wh: By name: production, base, each load, consumption; imported and exported as the meter saw them; surplus
        and debt as
            the periods ended; returned: imported and given back within its period; usable: production that base and loads
            could take;
            lost: surplus that the loads could have taken.
        bills: By name: netted as settled, quarter-hourly, gross; with the monthly floor.
        use: Part of the usable that was used: 1 - lost / usable [-].
        returned: Part of what was imported that was given back within its period [-].
        commutations: Of each load.
        hours_on: Of each load [h].
        days: Time that was measured [d].
        partial_periods: How many were not seen whole.
    """

    energies_wh: dict[str, float]
    bills: dict[str, float]
    use: float
    returned: float
    commutations: tuple[int, ...]
    hours_on: tuple[float, ...]
    days: float
    partial_periods: int


def outcome(
    grid: Grid, states: States, loads: tuple[Load, ...], terms: Terms, period: NettingPeriod, prices: "Prices"
) -> Outcome:
    """Energies, bills and efficiencies of a run."""
    watts = np.array([load.nominal_w for load in loads])
    each_w = grid.load_power(states, watts)
    production_w, base_w = grid.at_steps(grid.trace.production_w), grid.at_steps(grid.trace.base_w)
    consumption_w = base_w + each_w.sum(axis=1)
    net_w = production_w - consumption_w
    net, made = grid.sums(net_w), grid.sums(production_w)
    surplus, debt = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    covered_h = grid.covered_s / 3600.0
    mean_base_w = float(grid.sums(base_w).sum() / max(covered_h.sum(), 1e-9))
    usable = np.minimum(made, (max(mean_base_w, 0.0) + watts.sum()) * covered_h)
    lost = np.maximum(surplus - (made - usable), 0.0)
    imported = float(grid.sums(np.maximum(-net_w, 0.0)).sum())
    given_back = imported - float(debt.sum())
    energies = {
        "production": float(made.sum()),
        "base": float(grid.sums(base_w).sum()),
        "consumption": float(grid.sums(consumption_w).sum()),
        **{f"load_{index + 1}": float(grid.sums(each_w[:, index]).sum()) for index in range(len(loads))},
        "imported": imported,
        "exported": float(grid.sums(np.maximum(net_w, 0.0)).sum()),
        "surplus": float(surplus.sum()),
        "debt": float(debt.sum()),
        "returned": given_back,
        "usable": float(usable.sum()),
        "lost": float(lost.sum()),
    }
    full_h = period.deciding_ms / 3_600_000 if period.is_netted else 0.0
    return Outcome(
        energies,
        _bills(grid, net_w, net, terms, prices),
        1.0 - energies["lost"] / energies["usable"] if energies["usable"] > 0.0 else 1.0,
        given_back / imported if imported > 0.0 else 1.0,
        commutations(states),
        tuple(float((each_w[:, index] > 0.0) @ grid.step_s / 3600.0) for index in range(len(loads))),
        float(covered_h.sum() / 24.0),
        int((covered_h < full_h * 0.999).sum()) if period.is_netted else 0,
    )


class Prices:
    """What energy costs at each step and period of a recording, looked up once for any number of runs."""

    def __init__(self, grid: Grid, tariff: TimeOfUse) -> None:
        """Look all up: a band changes at quarters of an hour only."""
        starts_ms = [round(start * 1000) for start in grid.period_start_s.tolist()]
        self.of_periods = np.array([tariff.price_at(start) for start in starts_ms])
        self.months = [(local.year, local.month) for local in map(tariff.local, starts_ms)]
        quarters = np.floor((grid.trace.wall_s[grid.sample] - grid.step_s / 2.0) / QUARTER_S)
        self.quarter_starts = np.flatnonzero(np.diff(quarters, prepend=quarters[0] - 1.0))
        self.of_quarters = np.array(
            [tariff.price_at(round(at * 1000.0 * QUARTER_S)) for at in quarters[self.quarter_starts].tolist()]
        )
        self.of_steps = np.repeat(self.of_quarters, np.diff(self.quarter_starts, append=len(quarters)))


def _bills(grid: Grid, net_w: Numbers, net: Numbers, terms: Terms, prices: Prices) -> dict[str, float]:
    """The bill as settled, with the monthly floor, and if a quarter of an hour or nothing at all were netted."""
    costs = bill(net, prices.of_periods, terms.sell_per_kwh)
    energy = net_w * grid.step_s / 3600.0
    quarters = np.add.reduceat(energy, prices.quarter_starts)
    return {
        "netted": float(costs.sum()),
        "netted_floored": floored(costs, prices.months) if terms.floor else float(costs.sum()),
        "quarter_hourly": float(bill(quarters, prices.of_quarters, terms.sell_per_kwh).sum()),
        "gross": float(bill(energy, prices.of_steps, terms.sell_per_kwh).sum()),
    }
