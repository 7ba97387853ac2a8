"""The pipe: a delay that keeps its heat."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.plant.pipe import lose_heat, push_through
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K

CELL_J_PER_K = 1.25 * WATER_J_PER_KG_K


@pytest.mark.parametrize(("flow_kg_s", "steps_until_hot"), [(0.125, 8), (0.25, 4), (0.5, 2), (1.0, 1), (10.0, 1)])
def test_hot_water_arrives_when_the_cold_has_left(flow_kg_s: float, steps_until_hot: int) -> None:
    cells = [20.0] * 8
    leaving = [push_through(cells, 0, 8, CELL_J_PER_K, flow_kg_s, 60.0, 10.0) for _ in range(steps_until_hot + 1)]
    if flow_kg_s <= 1.0:
        assert leaving[:steps_until_hot] == pytest.approx([20.0] * steps_until_hot)
    assert leaving[steps_until_hot] == pytest.approx(60.0)
    assert cells == pytest.approx([60.0] * 8)


def test_a_flow_beyond_the_pipes_volume_brings_part_of_what_just_came_in() -> None:
    cells = [20.0] * 8
    assert push_through(cells, 0, 8, CELL_J_PER_K, 2.0, 60.0, 10.0) == pytest.approx(40.0)


@given(
    st.lists(st.floats(5.0, 90.0), min_size=1, max_size=12),
    st.lists(st.tuples(st.floats(0.0, 3.0), st.floats(5.0, 90.0)), min_size=1, max_size=20),
)
def test_heat_is_kept_at_any_flow(start: list[float], pushes: list[tuple[float, float]]) -> None:
    cells = list(start)
    for flow_kg_s, inlet_c in pushes:
        before = math.fsum(cells) * CELL_J_PER_K
        low, high = min(*cells, inlet_c, 90.0), max(*cells, inlet_c, 5.0)
        leaving_c = push_through(cells, 0, len(cells), CELL_J_PER_K, flow_kg_s, inlet_c, 10.0)
        moved_j = flow_kg_s * WATER_J_PER_KG_K * 10.0 * (inlet_c - leaving_c)
        assert math.fsum(cells) * CELL_J_PER_K - before == pytest.approx(moved_j, abs=1e-3)
        assert all(low - 1e-9 <= cell <= high + 1e-9 for cell in cells)


def test_without_length_there_is_no_delay_and_without_flow_no_change() -> None:
    assert push_through([], 0, 0, CELL_J_PER_K, 0.2, 60.0, 10.0) == 60.0
    cells = [30.0, 20.0]
    assert push_through(cells, 0, 2, CELL_J_PER_K, 0.0, 60.0, 10.0) == 20.0
    assert cells == [30.0, 20.0]


def test_a_standing_pipe_cools_towards_the_room() -> None:
    cells = [60.0] * 8
    lost_j = sum(lose_heat(cells, 0, 8, CELL_J_PER_K, 0.2, 18.0, 10.0) for _ in range(3600))
    exact_c = 18.0 + 42.0 * math.exp(-0.2 * 36000 / CELL_J_PER_K)
    assert cells == pytest.approx([exact_c] * 8, abs=0.05)
    assert lost_j == pytest.approx((60.0 - cells[0]) * 8 * CELL_J_PER_K)
