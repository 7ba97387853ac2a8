"""A stratified water tank, or several in series: equal layers, upwind flow, conduction, loss, and mixing by density.

Explicit in time: a step must be short enough that no layer is replaced more than once (`assemble.stable_step_s`).
Scalar code over a flat row of numbers, so that Numba compiles the very same source; see `memory.py`.
"""

from gw_spaceheat.plant.memory import Numbers
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K


def advance_tank(
    numbers: Numbers,
    first: int,
    tanks: int,
    nodes: int,
    node_j_per_k: float,
    loss_w_per_k: float,
    conduction_w_per_k: float,
    room_c: float,
    top_in_kg_s: float,
    top_in_c: float,
    top_out_kg_s: float,
    bottom_in_kg_s: float,
    bottom_in_c: float,
    step_s: float,
) -> float:
    """Move the layers on by one step; what leaves does so at the end layer's temperature before the step.

    Only the difference of the flows at the top passes through the tank: what comes in and goes out at the same end mixes there.

    Args:
        numbers: Memory; the layers' temperatures [degC] stand from `first` on, hottest tank first, each from top to bottom.
        first: Place of the uppermost layer of the first tank.
        tanks: Tanks in series, the first tank's bottom joined to the second's top.
        nodes: Layers of each tank.
        node_j_per_k: Heat capacity of a layer [J/K].
        loss_w_per_k: Loss of a layer to the room [W/K].
        conduction_w_per_k: Conduction between neighbouring layers of one tank [W/K].
        room_c: Temperature of the room [degC].
        top_in_kg_s: Water that enters the top [kg/s].
        top_in_c: Its temperature [degC].
        top_out_kg_s: Water that leaves the top [kg/s].
        bottom_in_kg_s: Water that enters the bottom [kg/s]; as much leaves there as continuity asks.
        bottom_in_c: Its temperature [degC].
        step_s: Length of the step [s].

    Returns:
        Heat lost to the room [J].
    """
    per_layer = step_s / node_j_per_k
    down_w_per_k = (top_in_kg_s - top_out_kg_s) * WATER_J_PER_KG_K
    from_above = max(down_w_per_k, 0.0) * per_layer
    from_below = max(-down_w_per_k, 0.0) * per_layer
    conduction = conduction_w_per_k * per_layer
    leak = loss_w_per_k * per_layer
    end = first + tanks * nodes
    excess_k = 0.0
    above_c = top_in_c
    weight_above = top_in_kg_s * WATER_J_PER_KG_K * per_layer
    for bottom in range(first + nodes - 1, end, nodes):
        for place in range(bottom - nodes + 1, bottom):
            here_c = numbers[place]
            excess_k += here_c - room_c
            numbers[place] = (
                here_c
                + weight_above * (above_c - here_c)
                + (from_below + conduction) * (numbers[place + 1] - here_c)
                - leak * (here_c - room_c)
            )
            above_c = here_c
            weight_above = from_above + conduction
        here_c = numbers[bottom]
        below_c = bottom_in_c
        weight_below = bottom_in_kg_s * WATER_J_PER_KG_K * per_layer
        if bottom + 1 < end:
            below_c = numbers[bottom + 1]
            weight_below = from_below
        excess_k += here_c - room_c
        numbers[bottom] = (
            here_c + weight_above * (above_c - here_c) + weight_below * (below_c - here_c) - leak * (here_c - room_c)
        )
        above_c = here_c
        weight_above = from_above
    return excess_k * loss_w_per_k * step_s


def mix_by_density(numbers: Numbers, first: int, nodes: int) -> None:
    """Let warm water rise: layers that lie above warmer ones are mixed with them until none does, in one pass.

    Equal layers, so the mean is the mixed temperature. This is the pool-adjacent-violators algorithm.

    Args:
        numbers: Memory with the layers' temperatures [degC], top to bottom.
        first: Place of the uppermost layer.
        nodes: Number of layers.
    """
    for place in range(first + 1, first + nodes):
        if numbers[place] > numbers[place - 1]:
            total_c = numbers[place]
            top = place
            mean_c = total_c
            while top > first and numbers[top - 1] < mean_c:
                top -= 1
                total_c += numbers[top]
                mean_c = total_c / (place - top + 1)
            for mixed in range(top, place + 1):
                numbers[mixed] = mean_c
