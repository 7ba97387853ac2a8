"""A store that melts: the enthalpy method in cells along the water's path, with an exchanger between water and material.

The state of a cell is its enthalpy above the solid at the melting point. Its temperature follows from it, so that melting
needs no search for the front (V. R. Voller's enthalpy method). Material that has molten whole stays liquid below the melting
point until it is colder by the subcooling; then crystals form and its temperature jumps up to the melting point.
"""

from gw_spaceheat.plant.memory import (
    CELL_ENTHALPY_J,
    CELL_MATERIAL_C,
    CELL_MOLTEN,
    CELL_WATER_C,
    EXCHANGER_W_PER_K,
    LATENT_J,
    LIQUID_J_PER_K,
    MELTING_C,
    ROOM_C,
    SOLID_J_PER_K,
    STORE_AT,
    STORE_CONDUCTION_W_PER_K,
    STORE_J_PER_K,
    STORE_LOSS_W_PER_K,
    STORE_NODES,
    SUBCOOLING_K,
    Numbers,
    Whole,
)
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K


def temperature_c(
    enthalpy_j: float, melting_c: float, latent_j: float, solid_j_per_k: float, liquid_j_per_k: float, molten: bool
) -> float:
    """Temperature of a cell's material [degC].

    Args:
        enthalpy_j: Enthalpy above the solid at the melting point [J].
        melting_c: Melting point [degC].
        latent_j: Latent heat of the cell [J].
        solid_j_per_k: Heat capacity of the cell when solid [J/K].
        liquid_j_per_k: Heat capacity of the cell when liquid [J/K].
        molten: It has molten whole and no crystal has formed since.
    """
    if molten or enthalpy_j > latent_j:
        return melting_c + (enthalpy_j - latent_j) / liquid_j_per_k
    if enthalpy_j < 0.0:
        return melting_c + enthalpy_j / solid_j_per_k
    return melting_c


def enthalpy_j(material_c: float, melting_c: float, latent_j: float, solid_j_per_k: float, liquid_j_per_k: float) -> float:
    """Enthalpy [J] of a cell's material at a temperature [degC], with crystals: solid up to the melting point, liquid above."""
    if material_c > melting_c:
        return latent_j + (material_c - melting_c) * liquid_j_per_k
    return (material_c - melting_c) * solid_j_per_k


def water_response(numbers: Numbers, whole: Whole, flow_kg_s: float, from_top: bool, step_s: float) -> tuple[float, float]:
    """How the store's outlet answers its inlet in the coming step: `outlet_c = constant + share * inlet_c`.

    Known before the inlet is, so that heat source and store can be solved together exactly.
    """
    cells = whole[STORE_NODES]
    at = whole[STORE_AT]
    flow_w_per_k = flow_kg_s * WATER_J_PER_KG_K
    held_w_per_k = numbers[STORE_J_PER_K] / step_s
    exchanged_w_per_k = numbers[EXCHANGER_W_PER_K]
    sum_w_per_k = held_w_per_k + exchanged_w_per_k + flow_w_per_k
    constant_c = 0.0
    share = 1.0
    for step in range(cells):
        cell = at + (step if from_top else cells - 1 - step)
        own_w = (
            held_w_per_k * numbers[cell + CELL_WATER_C * cells] + exchanged_w_per_k * numbers[cell + CELL_MATERIAL_C * cells]
        )
        constant_c = (own_w + flow_w_per_k * constant_c) / sum_w_per_k
        share = share * flow_w_per_k / sum_w_per_k
    return constant_c, share


def advance_water(numbers: Numbers, whole: Whole, flow_kg_s: float, inlet_c: float, from_top: bool, step_s: float) -> float:
    """Move the water on by one step, implicit along its path (stable at any flow), and give its heat to the material.

    Returns:
        Temperature at the outlet during the step [degC].
    """
    cells = whole[STORE_NODES]
    at = whole[STORE_AT]
    flow_w_per_k = flow_kg_s * WATER_J_PER_KG_K
    held_w_per_k = numbers[STORE_J_PER_K] / step_s
    exchanged_w_per_k = numbers[EXCHANGER_W_PER_K]
    sum_w_per_k = held_w_per_k + exchanged_w_per_k + flow_w_per_k
    water_c = inlet_c
    for step in range(cells):
        cell = at + (step if from_top else cells - 1 - step)
        material_c = numbers[cell + CELL_MATERIAL_C * cells]
        own_w = held_w_per_k * numbers[cell + CELL_WATER_C * cells] + exchanged_w_per_k * material_c
        water_c = (own_w + flow_w_per_k * water_c) / sum_w_per_k
        numbers[cell + CELL_WATER_C * cells] = water_c
        numbers[cell + CELL_ENTHALPY_J * cells] += exchanged_w_per_k * (water_c - material_c) * step_s
    return water_c


def advance_material(numbers: Numbers, whole: Whole, step_s: float) -> float:
    """Conduct along the cells, lose heat to the room, and find every cell's new temperature.

    Returns:
        Heat lost to the room [J].
    """
    cells = whole[STORE_NODES]
    at = whole[STORE_AT]
    conducted_j_per_k = numbers[STORE_CONDUCTION_W_PER_K] * step_s
    lost_j_per_k = numbers[STORE_LOSS_W_PER_K] * step_s
    lost_j = 0.0
    for cell in range(at, at + cells):
        enthalpy = cell + CELL_ENTHALPY_J * cells
        lost_here_j = lost_j_per_k * (numbers[cell] - numbers[ROOM_C])
        numbers[enthalpy] -= lost_here_j
        lost_j += lost_here_j
        if cell + 1 < at + cells:
            conducted_j = conducted_j_per_k * (numbers[cell] - numbers[cell + 1])
            numbers[enthalpy] -= conducted_j
            numbers[enthalpy + 1] += conducted_j
    for cell in range(at, at + cells):
        settle_cell(numbers, cell, cells)
    return lost_j


def settle_cell(numbers: Numbers, cell: int, cells: int) -> None:
    """Find a cell's temperature and whether it holds crystals, from its enthalpy."""
    held_j = numbers[cell + CELL_ENTHALPY_J * cells]
    latent_j = numbers[LATENT_J]
    molten = numbers[cell + CELL_MOLTEN * cells] > 0.5 or held_j >= latent_j
    if molten and held_j < latent_j - numbers[SUBCOOLING_K] * numbers[LIQUID_J_PER_K]:
        molten = False
    numbers[cell + CELL_MOLTEN * cells] = 1.0 if molten else 0.0
    numbers[cell + CELL_MATERIAL_C * cells] = temperature_c(
        held_j, numbers[MELTING_C], latent_j, numbers[SOLID_J_PER_K], numbers[LIQUID_J_PER_K], molten
    )
