"""The conventions of the manager of 2022, so that its published figures can be reproduced exactly.

They differ from ours: a fixed step whatever the times say, missing is zero, two loads, hours as labels of the clock, the
average
predictor too high early in an hour, and efficiencies against the loads' approximate power. Nothing else here uses them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gw_spaceheat.core.netbalance.algorithm import Algorithm
from gw_spaceheat.core.netbalance.seen import Seen
from gw_spaceheat.core.netbalance.trace import Numbers, Trace

HOUR_S = 3600.0
STEP_TAKEN_FROM = 1
"""The step is that between the second and the third sample."""


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """What comes out, with the published names.

    Attributes:
        totals: Energies [Wh] by their published names, efficiencies [%], commutations and hours on.
        switches: For each load, (sample, +1 or -1).
        balance_wh: The running balance after each sample [Wh].
    """

    totals: dict[str, float]
    switches: tuple[tuple[tuple[int, int], ...], ...]
    balance_wh: Numbers


def run_as_published(whole: Trace, chosen: Trace, loads_w: tuple[float, float], algorithm: Algorithm | None) -> PublishedRun:
    """Simulate a range of a recording.

    Args:
        whole: The whole recording: the base's approximate power is a mean over it.
        chosen: The range.
        loads_w: Power of both loads [W].
        algorithm: Decides; None for no loads.
    """
    production = np.maximum(np.nan_to_num(chosen.production_w), 0.0)
    base = np.maximum(np.nan_to_num(chosen.base_w), 0.0)
    step_s = float(round(whole.wall_s[STEP_TAKEN_FROM + 1] - whole.wall_s[STEP_TAKEN_FROM]))
    states, balance = _decide(chosen, production, base, loads_w, step_s, algorithm)
    whole_base = np.maximum(np.nan_to_num(whole.base_w), 0.0)
    approximate_w = float(whole_base[whole_base > 0.0].mean()) if (whole_base > 0.0).any() else 0.0
    totals = _totals(chosen, production, base, loads_w, step_s, states, balance, approximate_w)
    changes = np.diff(np.vstack([np.zeros((1, 2), dtype=np.int8), states]), axis=0)
    switches = tuple(tuple((int(at), int(changes[at, load])) for at in np.flatnonzero(changes[:, load])) for load in range(2))
    totals |= {f"commut{load + 1}": float(len(switches[load])) for load in range(2)}
    totals |= {f"hours{load + 1}": float(states[:, load].sum()) * step_s / HOUR_S for load in range(2)}
    return PublishedRun(totals, switches, balance)


def _decide(
    chosen: Trace, production: Numbers, base: Numbers, loads_w: tuple[float, float], step_s: float, algorithm: Algorithm | None
) -> tuple[np.ndarray, Numbers]:
    """States after each sample, and the running balance [Wh]."""
    decide: Callable[[Seen], tuple[bool, ...]] = algorithm.decide if algorithm is not None else lambda _: (False, False)
    hours = np.floor(chosen.wall_s / HOUR_S)
    into_hour_s = (chosen.wall_s - hours * HOUR_S).tolist()
    since_start_s = (chosen.wall_s - chosen.wall_s[0]).tolist()
    states, balances = np.zeros((chosen.count, 2), dtype=np.int8), np.zeros(chosen.count)
    seen = Seen(states=(False, False), load_w=loads_w)
    first_w, second_w = loads_w
    hour_before, balance_wh = None, 0.0
    rows = zip(hours.tolist(), into_hour_s, since_start_s, production.tolist(), base.tolist(), strict=True)
    for at, (hour, into_s, since_s, production_w, base_w) in enumerate(rows):
        first, second = seen.states
        net_w = production_w - (base_w + first_w * first + second_w * second)
        if hour != hour_before:
            balance_wh, hour_before = 0.0, hour
        balance_wh = net_w * step_s / HOUR_S + balance_wh
        seen.wall_s, seen.balance_wh, seen.net_w = since_s, balance_wh, net_w
        seen.production_w, seen.base_w = production_w, base_w
        seen.remaining_s = HOUR_S - into_s
        seen.elapsed_s = HOUR_S - seen.remaining_s  # without the step that the balance holds already: thus too high
        seen.states = decide(seen)
        states[at] = seen.states
        balances[at] = balance_wh
    return states, balances


def _totals(
    chosen: Trace,
    production: Numbers,
    base: Numbers,
    loads_w: tuple[float, float],
    step_s: float,
    states: np.ndarray,
    balance: Numbers,
    approximate_base_w: float,
) -> dict[str, float]:
    """Energies by their published names: sums over hours [Wh]."""
    step_h = step_s / HOUR_S
    before = np.vstack([np.zeros((1, 2), dtype=np.int8), states[:-1]])
    consumption = base + before[:, 0] * loads_w[0] + before[:, 1] * loads_w[1]
    imported = np.maximum(consumption - production, 0.0)
    starts = np.flatnonzero(np.diff(np.floor(chosen.wall_s / HOUR_S), prepend=-1.0))

    def hourly(power_w: Numbers) -> Numbers:
        return np.asarray(np.add.reduceat(power_w, starts) * step_h)

    last = np.append(starts[1:], chosen.count) - 1
    surplus, debt = np.maximum(balance[last], 0.0), np.maximum(-balance[last], 0.0)
    e_p, e_c, e_g = hourly(production), hourly(consumption), hourly(imported)
    e_gp = hourly(np.where(production > 0.0, imported, 0.0))
    usable = np.minimum(e_p, approximate_base_w + sum(loads_w))
    lost = np.maximum(surplus - (e_p - usable), 0.0)
    returned = e_g - debt
    totals = {
        "energyP": e_p,
        "energyC": e_c,
        "energyLB": hourly(base),
        "energyL1": hourly(states[:, 0] * loads_w[0]),
        "energyL2": hourly(states[:, 1] * loads_w[1]),
        "energyG": e_g,
        "energyGP": e_gp,
        "energyGnP": e_g - e_gp,
        "energyGD": debt,
        "energyAB": surplus,
        "energyGR": returned,
        "energyPC": e_c - e_g,
        "energyPL": e_p - (e_c - e_g),
        "energyCM": usable,
        "energyS": e_p - usable,
        "energyL": lost,
    }
    sums = {name: float(values.sum()) for name, values in totals.items()}
    sums["efficC"] = 100.0 * (1.0 - sums["energyL"] / sums["energyCM"]) if sums["energyCM"] else 0.0
    sums["efficGR"] = 100.0 * sums["energyGR"] / sums["energyGP"] if sums["energyGP"] else 0.0
    return sums
