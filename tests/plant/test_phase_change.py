"""The phase-change store: melting against the Stefan problem's solution, and its exchange with water."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.plant import memory, phase_change
from gw_spaceheat.plant.assemble import assemble
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.plant.houses import PLANT, SALT, START_MS, make_drive, make_house

SALT_HOUSE = make_house(replace(PLANT, store=SALT))


def salt() -> tuple[list[float], list[int]]:
    assembled = assemble(SALT_HOUSE, make_drive(), seed=1, start_ms=START_MS, step_s=10.0)
    return assembled.numbers, assembled.whole


def held_j(numbers: list[float], whole: list[int]) -> float:
    cells, at = whole[memory.STORE_NODES], whole[memory.STORE_AT]
    enthalpies = numbers[at + memory.CELL_ENTHALPY_J * cells :][:cells]
    water = numbers[at + memory.CELL_WATER_C * cells :][:cells]
    return math.fsum(enthalpies) + math.fsum(water) * numbers[memory.STORE_J_PER_K]


def stefan_number(lam: float) -> float:
    """Stefan number of Neumann's one-phase solution with front 2 lam sqrt(a t)."""
    return math.sqrt(math.pi) * lam * math.exp(lam * lam) * math.erf(lam)


def test_slab_melts_as_neumann_says() -> None:
    # a slab of liquid-like salt at its melting point, one face held 12 K above it, for four hours
    melting_c, wall_c = 58.0, 70.0
    latent, density, conductivity, heat_capacity = 264e3, 1280.0, 0.4, 3000.0
    thickness_m, cells, seconds = 0.03, 50, 4 * 3600
    cell_m = thickness_m / cells
    diffusivity = conductivity / (density * heat_capacity)
    step_s = 0.4 * cell_m**2 / diffusivity
    steps = int(seconds / step_s)

    numbers, whole = [0.0] * (memory.NUMBERS_FIXED + memory.CELL_SIZE * cells), [0] * memory.WHOLE_FIXED
    whole[memory.STORE_NODES], whole[memory.STORE_AT] = cells, memory.NUMBERS_FIXED
    cell_kg = density * cell_m
    numbers[memory.MELTING_C] = numbers[memory.ROOM_C] = melting_c
    numbers[memory.LATENT_J] = latent * cell_kg
    numbers[memory.SOLID_J_PER_K] = numbers[memory.LIQUID_J_PER_K] = heat_capacity * cell_kg
    numbers[memory.STORE_CONDUCTION_W_PER_K] = conductivity / cell_m
    first = whole[memory.STORE_AT]
    for cell in range(first, first + cells):
        numbers[cell] = melting_c
    enthalpy = first + memory.CELL_ENTHALPY_J * cells
    heat_j = 0.0
    for _ in range(steps):
        in_j = conductivity / (0.5 * cell_m) * (wall_c - numbers[first]) * step_s
        numbers[enthalpy] += in_j
        heat_j += in_j
        phase_change.advance_material(numbers, whole, step_s)

    stefan = heat_capacity * (wall_c - melting_c) / latent
    low, high = 1e-6, 2.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if stefan_number(middle) < stefan else (low, middle)
    time_s = steps * step_s
    front_m = sum(min(max(numbers[enthalpy + i] / numbers[memory.LATENT_J], 0.0), 1.0) for i in range(cells)) * cell_m
    exact_front_m = 2.0 * low * math.sqrt(diffusivity * time_s)
    exact_heat_j = 2.0 * conductivity * (wall_c - melting_c) / math.erf(low) * math.sqrt(time_s / (math.pi * diffusivity))
    assert front_m == pytest.approx(exact_front_m, rel=0.01)
    assert heat_j == pytest.approx(exact_heat_j, rel=0.01)
    assert sum(numbers[enthalpy : enthalpy + cells]) == pytest.approx(heat_j, rel=1e-12)


@pytest.mark.parametrize("temperature_c", [20.0, 57.9, 58.0, 58.1, 70.0])
def test_enthalpy_and_temperature_are_inverse(temperature_c: float) -> None:
    enthalpy = phase_change.enthalpy_j(temperature_c, 58.0, 8e6, 75e3, 90e3)
    molten = temperature_c > 58.0
    assert phase_change.temperature_c(enthalpy, 58.0, 8e6, 75e3, 90e3, molten) == pytest.approx(temperature_c)


def test_molten_salt_stays_liquid_below_its_melting_point_and_then_jumps_up() -> None:
    numbers, whole = salt()
    at, cells = whole[memory.STORE_AT], whole[memory.STORE_NODES]
    enthalpy, molten = at + memory.CELL_ENTHALPY_J * cells, at + memory.CELL_MOLTEN * cells
    latent, liquid = numbers[memory.LATENT_J], numbers[memory.LIQUID_J_PER_K]
    shown = []
    for below_k in (-1.0, 0.5, 1.9, 2.1, 1.0):
        numbers[enthalpy] = latent - below_k * liquid
        phase_change.settle_cell(numbers, at, cells)
        shown.append((numbers[at], numbers[molten]))
    assert shown == [(59.0, 1.0), (57.5, 1.0), (pytest.approx(56.1), 1.0), (58.0, 0.0), (58.0, 0.0)]


@given(st.floats(0.0, 1.0), st.floats(20.0, 75.0), st.booleans(), st.integers(1, 40))
def test_water_answers_as_foretold_and_keeps_its_heat(flow_kg_s: float, inlet_c: float, from_top: bool, steps: int) -> None:
    numbers, whole = salt()
    for _ in range(steps):
        before_j = held_j(numbers, whole)
        constant_c, share = phase_change.water_response(numbers, whole, flow_kg_s, from_top, 10.0)
        outlet_c = phase_change.advance_water(numbers, whole, flow_kg_s, inlet_c, from_top, 10.0)
        if flow_kg_s > 0.0:
            assert outlet_c == pytest.approx(constant_c + share * inlet_c, abs=1e-9)
        lost_j = phase_change.advance_material(numbers, whole, 10.0)
        gained_j = flow_kg_s * WATER_J_PER_KG_K * (inlet_c - outlet_c) * 10.0 - lost_j
        assert held_j(numbers, whole) - before_j == pytest.approx(gained_j, abs=1e-9 * abs(before_j))


def test_a_melting_store_holds_its_temperature() -> None:
    numbers, whole = salt()
    at, cells = whole[memory.STORE_AT], whole[memory.STORE_NODES]
    for _ in range(int(3 * 3600 / 10)):
        phase_change.advance_water(numbers, whole, 0.3, 68.0, True, 10.0)
        phase_change.advance_material(numbers, whole, 10.0)
    melting = [
        cell for cell in range(cells) if 0.0 < numbers[at + memory.CELL_ENTHALPY_J * cells + cell] < numbers[memory.LATENT_J]
    ]
    assert len(melting) > cells // 4
    assert all(numbers[at + cell] == 58.0 for cell in melting if not numbers[at + memory.CELL_MOLTEN * cells + cell])
