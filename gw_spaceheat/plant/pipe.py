"""A pipe as a train of water: what comes in at one end leaves at the other when the water before it has left."""

from gw_spaceheat.plant.memory import Numbers
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K


def push_through(
    numbers: Numbers, first: int, cells: int, cell_j_per_k: float, flow_kg_s: float, inlet_c: float, step_s: float
) -> float:
    """Shift the pipe's content by the water that enters in one step, however much that is, and keep its heat exactly.

    The train of water is laid anew over the cells: a cell gets what now lies within its bounds (conservative remapping).

    Args:
        numbers: Memory with the cells' temperatures [degC], inlet first.
        first: Place of the first cell.
        cells: Number of cells; with none, the pipe has no length.
        cell_j_per_k: Heat capacity of a cell's water [J/K].
        flow_kg_s: Flow [kg/s].
        inlet_c: Temperature of what comes in [degC].
        step_s: Length of the step [s].

    Returns:
        Mean temperature of what leaves [degC]; without flow, of what would leave.
    """
    if cells == 0:
        return inlet_c
    if flow_kg_s <= 0.0:
        return numbers[first + cells - 1]
    moved = flow_kg_s * WATER_J_PER_KG_K * step_s / cell_j_per_k
    whole_cells = int(moved)
    part = moved - whole_cells
    left = 0.0
    for behind in range(whole_cells + 1):
        cell = cells - 1 - behind
        temperature_c = numbers[first + cell] if cell >= 0 else inlet_c
        left += temperature_c if behind < whole_cells else temperature_c * part
    for cell in range(cells - 1, -1, -1):
        near = cell - whole_cells
        near_c = numbers[first + near] if near >= 0 else inlet_c
        far_c = numbers[first + near - 1] if near >= 1 else inlet_c
        numbers[first + cell] = near_c + part * (far_c - near_c)
    return left / moved


def lose_heat(
    numbers: Numbers, first: int, cells: int, cell_j_per_k: float, loss_w_per_k: float, room_c: float, step_s: float
) -> float:
    """Cool every cell towards the room for one step, implicitly; the answer is the heat lost [J]."""
    weight = loss_w_per_k * step_s / cell_j_per_k
    share = weight / (1.0 + weight)
    excess_k = 0.0
    for place in range(first, first + cells):
        lost_k = share * (numbers[place] - room_c)
        numbers[place] -= lost_k
        excess_k += lost_k
    return excess_k * cell_j_per_k
