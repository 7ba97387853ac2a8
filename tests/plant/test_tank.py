"""The stratified tank against exact solutions, and what must hold whatever flows."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.plant.tank import advance_tank, mix_by_density
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

ROOM_C = 18.0
TANK_KG = 1363.0


def step(
    layers: list[float],
    step_s: float,
    *,
    tanks: int = 1,
    tank_kg: float = TANK_KG,
    loss: float = 0.0,
    conduction: float = 0.0,
    down: float = 0.0,
    down_c: float = 0.0,
    up: float = 0.0,
    up_c: float = 0.0,
) -> float:
    """One step of a tank with `down` kg/s from top to bottom and `up` kg/s from bottom to top; the loss [J]."""
    nodes = len(layers) // tanks
    layer_j_per_k = tank_kg * WATER_J_PER_KG_K / len(layers)
    return advance_tank(
        layers, 0, tanks, nodes, layer_j_per_k, loss / len(layers), conduction, ROOM_C, down, down_c, up, up, up_c, step_s
    )


def test_mixed_tank_cools_as_the_exponential() -> None:
    layers = [70.0] * 12
    for _ in range(48 * 60):
        step(layers, 60.0, loss=6.0, conduction=12.0)
    exact_c = ROOM_C + (70.0 - ROOM_C) * math.exp(-6.0 * 48 * 3600 / (TANK_KG * WATER_J_PER_KG_K))
    assert layers == pytest.approx([exact_c] * 12, abs=1e-3)


@pytest.mark.parametrize("nodes", [6, 12, 27])
def test_outlet_is_that_of_as_many_stirred_tanks(nodes: int) -> None:
    layers = [40.0] * nodes
    flow_kg_s, step_s = 0.35, 10.0
    assert flow_kg_s * step_s * nodes / TANK_KG < 0.1
    worst = 0.0
    for count in range(1, int(2 * TANK_KG / flow_kg_s / step_s)):
        step(layers, step_s, down=flow_kg_s, down_c=65.0)
        volumes = nodes * flow_kg_s * step_s * count / TANK_KG
        exact = math.exp(-volumes) * sum(volumes**k / math.factorial(k) for k in range(nodes))
        worst = max(worst, abs((65.0 - layers[-1]) / 25.0 - exact))
    assert worst < 0.01


def test_tanks_in_series_pass_water_on_but_do_not_conduct() -> None:
    layers = [60.0] * 4 + [30.0] * 4
    for _ in range(100):
        step(layers, 60.0, tanks=2, conduction=10.0)
    assert layers == [60.0] * 4 + [30.0] * 4
    step(layers, 60.0, tanks=2, down=0.5, down_c=60.0)
    assert layers[4] > 30.0
    assert layers[5] == 30.0


def test_only_the_difference_of_the_flows_at_the_top_passes_through() -> None:
    layers = [50.0, 40.0, 30.0, 20.0]
    step(layers, 10.0, down=0.3, down_c=60.0, up=0.3, up_c=20.0)
    assert layers[1:3] == [40.0, 30.0]
    assert layers[0] > 50.0


@given(
    st.lists(st.floats(5.0, 95.0), min_size=1, max_size=30),
    st.floats(0.0, 0.9),
    st.floats(0.0, 0.9),
    st.floats(5.0, 95.0),
    st.floats(5.0, 95.0),
    st.integers(1, 30),
)
def test_no_layer_leaves_the_hull_and_no_heat_is_lost(
    start: list[float], down_share: float, up_share: float, down_c: float, up_c: float, steps: int
) -> None:
    layers = list(start)
    layer_kg = TANK_KG / len(layers)
    down, up = (share * layer_kg / 10.0 / (2 if len(layers) == 1 else 1) for share in (down_share, up_share))
    low, high = min([*start, down_c, up_c, ROOM_C]), max([*start, down_c, up_c, ROOM_C])
    balance_j = sum(start) * layer_kg * WATER_J_PER_KG_K
    throughput_j = abs(balance_j)
    for _ in range(steps):
        through = down - up
        out_c_top, out_c_bottom = layers[0], layers[-1]
        bottom_out = up + through
        moved_w = WATER_J_PER_KG_K * (down * down_c + up * up_c - up * out_c_top - bottom_out * out_c_bottom)
        lost_j = step(layers, 10.0, loss=5.0, conduction=3.0, down=down, down_c=down_c, up=up, up_c=up_c)
        balance_j += moved_w * 10.0 - lost_j
        throughput_j += abs(moved_w) * 10.0
        before_mixing = math.fsum(layers)
        mix_by_density(layers, 0, len(layers))
        assert math.fsum(layers) == pytest.approx(before_mixing, rel=1e-12)
        assert all(upper >= lower for upper, lower in itertools.pairwise(layers))
        assert low - 1e-9 <= min(layers) <= max(layers) <= high + 1e-9
    assert abs(math.fsum(layers) * layer_kg * WATER_J_PER_KG_K - balance_j) < 1e-10 * throughput_j


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([60.0, 50.0, 40.0], [60.0, 50.0, 40.0]),
        ([40.0, 50.0, 60.0], [50.0, 50.0, 50.0]),
        ([60.0, 40.0, 50.0], [60.0, 45.0, 45.0]),
        ([50.0, 40.0, 73.0, 20.0], [163.0 / 3, 163.0 / 3, 163.0 / 3, 20.0]),
        ([50.0, 40.0, 56.0, 20.0], [50.0, 48.0, 48.0, 20.0]),
        ([50.0, 50.0, 53.0], [51.0, 51.0, 51.0]),
    ],
)
def test_warm_water_rises_in_one_pass(before: list[float], after: list[float]) -> None:
    mix_by_density(before, 0, len(before))
    assert before == pytest.approx(after)
    assert all(upper >= lower for upper, lower in itertools.pairwise(before))


def test_mixing_leaves_the_neighbours_in_memory_alone() -> None:
    numbers = [90.0, 30.0, 40.0, 99.0]
    mix_by_density(numbers, 1, 2)
    assert numbers == [90.0, 35.0, 35.0, 99.0]
