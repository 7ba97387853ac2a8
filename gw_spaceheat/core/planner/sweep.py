"""Backward and forward through a plan's steps, one number at a time.

Plain loops, for Numba to compile (`batch.py`). Without it, backward is far too slow, and `induction.py` does the same with
whole grids; forward, from one amount of heat, there is nothing that NumPy could do at once. What source and store do is
`physics.py`, as there. Where a way is chosen, the first of the cheapest is taken, as there.

A loop over a row of energies does one thing without a choice, and takes from tables before it begins: so the compiler works on
several energies at a time, which makes a plan three times as fast.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.core.planner import physics
from gw_spaceheat.core.planner.induction import TIE_USD

Values = NDArray[np.float64]
Whole = NDArray[np.int64]
Cube = NDArray[np.float64]
"""Of three dimensions; `Values` are rows, and tables of two."""
Yes = NDArray[np.bool_]
REST = -1
"""The way in which the source rests; the others are its levels."""


class Tables(NamedTuple):
    """A problem in rows and numbers.

    Attributes:
        lengths_h, price, outdoor_c, required_c, frost_share, need_kw, least_kwh, limit_kw, beyond_usd_per_kwh, idle_usd,
            kept: Of each step, as in `Problem`.
        levels_kw, offsets_k: Of each of the source's levels.
        store_kwh, store_c: Rising heat in the store, and its temperature at each.
        loss_kw_per_k, room_c, full_kwh: Of the store.
        boost_kw: Of the resistive elements.
        minimum_kw: And the next eleven: of the source, as in `SourceFigures`.
        short_usd_per_kwh_h: Price of missing heat.
        keep_usd_per_h: What it costs to do otherwise than an earlier plan said.
        kinds: Of each step, which row of the next ones holds: steps of one length have one.
        may_rest, may_start: Whether the source may be off, or run, from a mode.
        after_rest, after_run: By kind and mode: the mode after a step in which it rests, or runs.
        starting_h: By kind and group: how much of a step goes into starting up.
        groups: By kind and mode: the group.
    """

    lengths_h: Values
    price: Values
    outdoor_c: Values
    required_c: Values
    frost_share: Values
    need_kw: Values
    least_kwh: Values
    limit_kw: Values
    beyond_usd_per_kwh: Values
    idle_usd: Values
    kept: Whole
    levels_kw: Values
    offsets_k: Values
    store_kwh: Values
    store_c: Values
    loss_kw_per_k: float
    room_c: float
    full_kwh: float
    boost_kw: float
    minimum_kw: float
    cop_a: float
    cop_b: float
    cop_c: float
    approach_k: float
    lift_k_per_kw: float
    maximum_supply_c: float
    set_margin_k: float
    minimum_outdoor_c: float
    pumps_kw: float
    standby_kw: float
    frost_heat_kw: float
    short_usd_per_kwh_h: float
    keep_usd_per_h: float
    kinds: Whole
    may_rest: Yes
    may_start: Yes
    after_rest: Whole
    after_run: Whole
    starting_h: Values
    groups: Whole


def lesser(one: float, other: float) -> float:
    """As of `physics.py`."""
    return min(one, other)


def greater(one: float, other: float) -> float:
    """As of `physics.py`."""
    return max(one, other)


class Room(NamedTuple):
    """Room for what comes of a step from each of a row of energies.

    Ways are the source's levels and, where it modulates, just the heat that is needed, then what is worth making.

    Attributes:
        energy_kwh, store_c: The energies at its beginning, and the store's temperatures.
        rested_kwh: Energies at its end if nothing ran.
        middle_kwh, middle_c: Energy and temperature at its middle.
        heat_kw, power_kw: Of the source, by way and energy.
        higher: The higher of two levels between which it changes, by group, way and energy.
        making_usd: What heat costs to make up to each of the grid's energies, where it may be an aim; infinity elsewhere.
        rest_kwh, rest_paid_kwh, rest_boost_kwh, rest_usd: What comes of resting: energy, electricity, boost in it, cost.
        run_kwh, run_paid_kwh, run_boost_kwh, run_usd: And of running, by group, way and energy.
    """

    energy_kwh: Values
    store_c: Values
    rested_kwh: Values
    middle_kwh: Values
    middle_c: Values
    heat_kw: Values
    power_kw: Values
    higher: Whole
    making_usd: Values
    rest_kwh: Values
    rest_paid_kwh: Values
    rest_boost_kwh: Values
    rest_usd: Values
    run_kwh: Cube
    run_paid_kwh: Cube
    run_boost_kwh: Cube
    run_usd: Cube


def between(values: Values, grid_step_kwh: float, energy_kwh: float) -> float:
    """A value at an energy, linear between the grid's."""
    last = len(values) - 1
    at = lesser(greater(energy_kwh / grid_step_kwh, 0.0), float(last))
    below = min(int(at), last - 1)
    share = at - below
    return values[below] * (1.0 - share) + values[below + 1] * share  # type: ignore[no-any-return]


def temperatures(t: Tables, energies_kwh: Values, found_c: Values) -> None:
    """Temperature of the store as the source sees it [degC], for each energy."""
    for place in range(len(energies_kwh)):
        found_c[place] = t.store_c[0]
    for piece in range(len(t.store_kwh) - 1):
        begin_kwh, width_kwh = t.store_kwh[piece], t.store_kwh[piece + 1] - t.store_kwh[piece]
        slope = (t.store_c[piece + 1] - t.store_c[piece]) / width_kwh
        for place in range(len(energies_kwh)):
            found_c[place] += slope * lesser(greater(energies_kwh[place] - begin_kwh, 0.0), width_kwh)


def reach(t: Tables, step: int, room: Room) -> None:
    """Work out what comes of a step, from each energy and in each way."""
    length_h, need_kw = t.lengths_h[step], t.need_kw[step]
    for place in range(len(room.energy_kwh)):
        loss_kw = t.loss_kw_per_k * (room.store_c[place] - t.room_c)
        rested_kwh = room.energy_kwh[place] - (need_kw + loss_kw) * length_h
        room.rested_kwh[place] = rested_kwh
        room.rest_kwh[place] = rested_kwh
        room.rest_paid_kwh[place] = t.standby_kw * length_h
    kept = t.kept[step]
    otherwise_usd = t.keep_usd_per_h * length_h
    end(t, step, otherwise_usd * (kept == 1), room.rest_kwh, room.rest_paid_kwh, room.rest_boost_kwh, room.rest_usd)
    levels, least_kwh = len(t.levels_kw), t.least_kwh[step]
    for level in range(levels):
        run_at(t, step, level, room)
    for group in range(t.starting_h.shape[1]):
        if len(room.heat_kw) > levels:
            leave(t, step, group, least_kwh, levels, room)
        for way in range(min(levels + 1, len(room.heat_kw))):
            run(t, step, group, way, room)


def run(t: Tables, step: int, group: int, way: int, room: Room) -> None:
    """Work out what comes of a way in which the source runs; infinitely dear where it cannot."""
    length_h, starting_h = t.lengths_h[step], t.starting_h[t.kinds[step], group]
    otherwise_usd = t.keep_usd_per_h * length_h * (t.kept[step] == 0)
    ends_kwh, paid_kwh, usd = room.run_kwh[group, way], room.run_paid_kwh[group, way], room.run_usd[group, way]
    charge(t, length_h, starting_h, room.rested_kwh, room.heat_kw[way], room.power_kw[way], ends_kwh, paid_kwh)
    end(t, step, otherwise_usd, ends_kwh, paid_kwh, room.run_boost_kwh[group, way], usd)
    powers_kw = room.power_kw[way]
    if way >= len(t.levels_kw):
        for place in range(len(usd)):
            usd[place] = usd[place] if powers_kw[place] > 0.0 else np.inf
    else:
        idle_usd = t.idle_usd[step]
        for place in range(len(usd)):
            usd[place] += idle_usd * (powers_kw[place] <= 0.0)


def run_at(t: Tables, step: int, level: int, room: Room) -> None:
    """Heat and electrical power of the source at a level [kW], reckoned at the step's middle."""
    length_h, outdoor_c, frost_share = t.lengths_h[step], t.outdoor_c[step], t.frost_share[step]
    least_c, level_kw = t.required_c[step] + t.offsets_k[level], t.levels_kw[level]
    hottest_c = lesser(least_c + t.set_margin_k, t.maximum_supply_c)
    numbers = (level_kw, t.minimum_kw, t.cop_a, t.cop_b, t.cop_c, t.approach_k, t.lift_k_per_kw, hottest_c)
    for place in range(len(room.energy_kwh)):
        heat_kw, _ = physics.heat_and_power(room.store_c[place], outdoor_c, least_c, *numbers, t.minimum_outdoor_c)
        room.middle_kwh[place] = 0.5 * (room.energy_kwh[place] + room.rested_kwh[place] + heat_kw * length_h)
    temperatures(t, room.middle_kwh, room.middle_c)
    heats_kw, powers_kw = room.heat_kw[level], room.power_kw[level]
    for place in range(len(room.energy_kwh)):
        heat_kw, power_kw = physics.heat_and_power(room.middle_c[place], outdoor_c, least_c, *numbers, t.minimum_outdoor_c)
        heats_kw[place], powers_kw[place] = physics.defrosted(heat_kw, power_kw, frost_share, t.frost_heat_kw)


def leave(t: Tables, step: int, group: int, target_kwh: float, way: int, room: Room) -> None:
    """Where the source, between its levels, leaves an amount of heat; no power where it cannot."""
    running_h = greater(t.lengths_h[step] - t.starting_h[t.kinds[step], group], physics.MOMENT_H)
    heats_kw, powers_kw, higher = room.heat_kw[way], room.power_kw[way], room.higher[group, way]
    for place in range(len(room.energy_kwh)):
        wanted_kw = physics.wanted_kw(target_kwh, room.rested_kwh[place], running_h)
        found_kw = physics.NEVER_KW
        if wanted_kw > 0.0:
            below_heat_kw, below_power_kw = 0.0, 0.0
            for level in range(len(t.levels_kw)):
                heat_kw, power_kw = room.heat_kw[level, place], room.power_kw[level, place]
                between_kw = physics.between_levels(wanted_kw, below_heat_kw, below_power_kw, heat_kw, power_kw, t.minimum_kw)
                if between_kw < found_kw:
                    found_kw = between_kw
                    higher[place] = level
                below_heat_kw, below_power_kw = heat_kw, power_kw
        heats_kw[place] = wanted_kw if found_kw < physics.NEVER_KW else 0.0
        powers_kw[place] = found_kw if found_kw < physics.NEVER_KW else 0.0


def make(t: Tables, step: int, grid: Values, room: Room) -> None:
    """What heat costs to make, from the first of the grid's energies up to each; infinity where it is no aim."""
    largest, total_kwh, least_kwh = 0, 0.0, t.least_kwh[step]
    for level in range(len(t.levels_kw)):
        if t.levels_kw[level] > t.levels_kw[largest]:
            largest = level
    for state in range(len(grid)):
        heat_kw, power_kw = room.heat_kw[largest, state], room.power_kw[largest, state]
        total_kwh += power_kw / heat_kw if heat_kw > 0.0 else np.inf
        may = total_kwh < np.inf and grid[state] >= least_kwh
        room.making_usd[state] = t.price[step] * (total_kwh * grid[1]) if may else np.inf


def aimed(grid: Values, making_usd: Values, after_usd: Values) -> float:
    """The energy at a step's end up to which heat is worth making: the least of several; NaN where there is none."""
    least_usd = np.inf
    for state in range(len(grid)):
        least_usd = lesser(making_usd[state] + after_usd[state], least_usd)
    if least_usd == np.inf:
        return np.nan
    for state in range(len(grid)):
        if making_usd[state] + after_usd[state] <= least_usd + TIE_USD:
            return grid[state]  # type: ignore[no-any-return]
    return np.nan


def charge(
    t: Tables,
    length_h: float,
    starting_h: float,
    rested_kwh: Values,
    heat_kw: Values,
    power_kw: Values,
    ends_kwh: Values,
    bought_kwh: Values,
) -> None:
    """Energy after, and electricity bought in, a step in which it runs [kWh]; see `physics.charged`."""
    for place in range(len(rested_kwh)):
        ended_kwh, paid_kwh = physics.charged(
            rested_kwh[place], heat_kw[place], power_kw[place], starting_h, length_h, t.full_kwh, t.minimum_kw, t.pumps_kw
        )
        ends_kwh[place] = ended_kwh
        bought_kwh[place] = paid_kwh


def end(t: Tables, step: int, otherwise_usd: float, ends_kwh: Values, paid_kwh: Values, boost_kwh: Values, usd: Values) -> None:
    """Boost and prices of a step, and what it costs to do otherwise than before; changes energy and electricity."""
    least_kwh, limit_kw, length_h, price = t.least_kwh[step], t.limit_kw[step], t.lengths_h[step], t.price[step]
    beyond_usd_per_kwh = t.beyond_usd_per_kwh[step]
    for place in range(len(ends_kwh)):
        bought_kwh = paid_kwh[place]
        ended_kwh, with_boost_kwh, cost = physics.supplied(
            ends_kwh[place],
            bought_kwh,
            least_kwh,
            t.boost_kw,
            limit_kw,
            length_h,
            price,
            t.short_usd_per_kwh_h,
            beyond_usd_per_kwh,
        )
        ends_kwh[place] = ended_kwh
        paid_kwh[place] = with_boost_kwh
        boost_kwh[place] = with_boost_kwh - bought_kwh
        usd[place] = cost + otherwise_usd


def backward(t: Tables, grid: Values, usd: Cube, aims_kwh: Values, room: Room) -> None:
    """Work out the cost to go.

    Args:
        t: The problem.
        grid: Energies for which it is worked out [kWh].
        usd: Gets it, by step, mode and energy [USD]; the row of the end stands already.
        aims_kwh: Gets what is aimed at, by step and mode after it [kWh].
        room: For a row of the grid's energies.
    """
    states, levels, grid_step_kwh = len(grid), len(t.levels_kw), grid[1]
    for state in range(states):
        room.energy_kwh[state] = grid[state]
    temperatures(t, grid, room.store_c)
    for step in range(len(t.lengths_h) - 1, -1, -1):
        reach(t, step, room)
        if len(room.heat_kw) > levels:
            make(t, step, grid, room)
        kind, after = t.kinds[step], usd[step + 1]
        for mode in range(len(t.may_rest)):
            best = usd[step, mode]
            for state in range(states):
                best[state] = np.inf
            if t.may_rest[mode]:
                follow(best, room.rest_usd, room.rest_kwh, after[t.after_rest[kind, mode]], grid_step_kwh)
            if t.may_start[mode]:
                following, group = t.after_run[kind, mode], t.groups[kind, mode]
                running, ways = after[following], len(room.heat_kw)
                if len(room.heat_kw) > levels:
                    aims_kwh[step, following] = aimed(grid, room.making_usd, running)
                    leave(t, step, group, aims_kwh[step, following], levels + 1, room)
                    run(t, step, group, levels + 1, room)
                for way in range(ways):
                    follow(best, room.run_usd[group, way], room.run_kwh[group, way], running, grid_step_kwh)


def follow(best_usd: Values, usd: Values, ends_kwh: Values, after_usd: Values, grid_step_kwh: float) -> None:
    """Keep what is cheaper: a way with all that follows, or what was cheapest so far."""
    for state in range(len(best_usd)):
        total_usd = usd[state] + between(after_usd, grid_step_kwh, ends_kwh[state])
        best_usd[state] = lesser(best_usd[state], total_usd)


def forward(
    t: Tables,
    grid: Values,
    usd: Cube,
    aims_kwh: Values,
    room: Room,
    energy_kwh: float,
    mode: int,
    ways: Whole,
    amounts: Values,
) -> None:
    """The cheapest way from where the house stands.

    Args:
        t: The problem.
        grid: Energies for which the cost to go is known [kWh].
        usd: The cost to go, by step, mode and energy [USD].
        aims_kwh: What is aimed at, by step and mode after it [kWh].
        room: For a row of one energy.
        energy_kwh: Energy at the beginning [kWh].
        mode: The source's mode then.
        ways: Gets for each step `REST` or the level, and the mode after it.
        amounts: Gets for each step energy at its end, electricity bought, and boost in it [kWh].
    """
    levels, grid_step_kwh = len(t.levels_kw), grid[1]
    for step in range(len(t.lengths_h)):
        room.energy_kwh[0] = energy_kwh
        temperatures(t, room.energy_kwh, room.store_c)
        reach(t, step, room)
        kind, start_mode, least_usd = t.kinds[step], mode, np.inf
        following, group = t.after_run[kind, start_mode], t.groups[kind, start_mode]
        if t.may_rest[start_mode]:
            mode = t.after_rest[kind, start_mode]
            room.rest_usd[0] += between(usd[step + 1, mode], grid_step_kwh, room.rest_kwh[0])
            least_usd = room.rest_usd[0]
        if t.may_start[start_mode]:
            if len(room.heat_kw) > levels:
                leave(t, step, group, aims_kwh[step, following], levels + 1, room)
                run(t, step, group, levels + 1, room)
            for way in range(len(room.heat_kw)):
                end_kwh = room.run_kwh[group, way, 0]
                room.run_usd[group, way, 0] += between(usd[step + 1, following], grid_step_kwh, end_kwh)
                least_usd = lesser(room.run_usd[group, way, 0], least_usd)
        if t.may_rest[start_mode] and room.rest_usd[0] <= least_usd + TIE_USD:
            ways[step, 0], energy_kwh = REST, room.rest_kwh[0]
            amounts[step, 1], amounts[step, 2] = room.rest_paid_kwh[0], room.rest_boost_kwh[0]
        else:
            mode = following
            for way in range(len(room.heat_kw)):
                if room.run_usd[group, way, 0] <= least_usd + TIE_USD:
                    ways[step, 0] = way if way < levels else room.higher[group, way, 0]
                    energy_kwh = room.run_kwh[group, way, 0]
                    amounts[step, 1], amounts[step, 2] = room.run_paid_kwh[group, way, 0], room.run_boost_kwh[group, way, 0]
                    break
        ways[step, 1], amounts[step, 0] = mode, energy_kwh
