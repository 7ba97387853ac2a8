"""The heat source: its COP against published figures, and its own controller step by step."""

import csv
import lzma
import os
import statistics
from pathlib import Path

import pytest

from gw_spaceheat.plant import memory
from gw_spaceheat.plant.assemble import assemble
from gw_spaceheat.plant.heat_source import cop, govern, wanted_flow_kg_s, wanted_supply_c
from gw_spaceheat.vocabulary.units import WATER_J_PER_KG_K
from tests.plant.houses import START_MS, make_drive, make_house

GENERIC = (0.682, 0.00331, -0.00393)

# medians of the Heat Pump Keymark's air/water models: outdoor, supply, COP
KEYMARK_MEDIANS = [
    (-15.0, 32.0, 2.44),
    (-15.0, 49.0, 1.84),
    (-7.0, 34.0, 2.91),
    (-7.0, 44.0, 2.65),
    (-7.0, 52.0, 2.07),
    (2.0, 30.0, 4.41),
    (2.0, 42.0, 3.27),
    (2.0, 55.0, 2.24),
    (7.0, 27.0, 5.90),
    (7.0, 35.0, 4.78),
    (7.0, 36.0, 4.47),
    (7.0, 55.0, 2.78),
    (12.0, 24.0, 7.67),
]


@pytest.mark.parametrize(("outdoor_c", "supply_c", "median"), KEYMARK_MEDIANS)
def test_cop_is_near_the_keymark_median(outdoor_c: float, supply_c: float, median: float) -> None:
    assert cop(outdoor_c, supply_c, *GENERIC) == pytest.approx(median, rel=0.12)


def test_cop_over_all_keymark_points() -> None:
    folder = os.environ.get("GWS_TEST_DATA")
    if not folder:
        pytest.skip("GWS_TEST_DATA is not set: the folder with the Keymark's points is not there")
    with lzma.open(Path(folder) / "keymark_airwater_points.csv.xz", "rt", encoding="utf-8") as file:
        points = [(float(row["oat_c"]), float(row["lwt_c"]), float(row["cop"])) for row in csv.DictReader(file)]
    errors = [abs(cop(outdoor_c, supply_c, *GENERIC) / measured - 1.0) for outdoor_c, supply_c, measured in points]
    assert statistics.fmean(errors) < 0.085


@pytest.mark.parametrize(("outdoor_c", "supply_c"), [(-30.0, 75.0), (0.0, 50.0), (20.0, 20.0), (40.0, 20.0)])
def test_cop_stays_within_1_and_8_and_a_boiler_has_1(outdoor_c: float, supply_c: float) -> None:
    assert 1.0 <= cop(outdoor_c, supply_c, *GENERIC) <= 8.0
    assert cop(outdoor_c, supply_c, 0.0, 0.0, 0.0) == 1.0


def source() -> list[float]:
    numbers = assemble(make_house(), make_drive(), seed=1, start_ms=START_MS, step_s=10.0).numbers
    numbers[memory.START_DELAY_S], numbers[memory.MINIMUM_ON_S], numbers[memory.MINIMUM_OFF_S] = 20.0, 50.0, 30.0
    return numbers


OFF, STARTING, RUNNING = memory.OFF, memory.STARTING, memory.RUNNING


@pytest.mark.parametrize(
    ("story", "modes"),
    [
        pytest.param([(1, -10, 40)] * 4, [STARTING, STARTING, RUNNING, RUNNING], id="warms up, then runs"),
        pytest.param([(1, -10, 40)] + [(0, -10, 40)] * 6, [STARTING] * 2 + [RUNNING] * 3 + [OFF] * 2, id="minimum on time"),
        pytest.param(
            [(1, -10, 40)] * 5 + [(0, -10, 40)] + [(1, -10, 40)] * 4,
            [STARTING] * 2 + [RUNNING] * 3 + [OFF] * 3 + [STARTING] * 2,
            id="minimum off time",
        ),
        pytest.param([(1, -31, 40)] * 2 + [(1, -29, 40)], [OFF, OFF, STARTING], id="too cold outside"),
        pytest.param([(1, -10, 68)] * 2 + [(1, -10, 50)], [OFF, OFF, STARTING], id="water too warm to start"),
        pytest.param([(0, -10, 40)] * 3, [OFF] * 3, id="not wanted"),
    ],
)
def test_starts_and_stops(story: list[tuple[float, float, float]], modes: list[int]) -> None:
    numbers = source()
    seen = []
    for command, outdoor_c, return_c in story:
        numbers[memory.COMMAND_SOURCE] = command
        govern(numbers, outdoor_c, return_c, 70.0, 10.0)
        seen.append(int(numbers[memory.SOURCE_MODE]))
    assert seen == modes
    assert numbers[memory.STARTS] == sum(a != STARTING and b == STARTING for a, b in zip([OFF, *modes], modes, strict=False))


@pytest.mark.parametrize(
    ("too_hot", "supply_c", "elapsed_s", "mode"),
    [
        (1.0, 71.0, 10.0, RUNNING),
        (1.0, 71.0, 60.0, OFF),
        (0.0, 73.5, 10.0, OFF),
        (0.0, 70.0, 60.0, RUNNING),
    ],
)
def test_too_hot_water_stops_it(too_hot: float, supply_c: float, elapsed_s: float, mode: int) -> None:
    numbers = source()
    numbers[memory.COMMAND_SOURCE] = 1.0
    numbers[memory.SOURCE_MODE], numbers[memory.SOURCE_ELAPSED_S] = RUNNING, elapsed_s
    numbers[memory.SOURCE_TOO_HOT], numbers[memory.SOURCE_SUPPLY_C] = too_hot, supply_c
    govern(numbers, -10.0, 60.0, 70.0, 10.0)
    assert numbers[memory.SOURCE_MODE] == mode


@pytest.mark.parametrize(
    ("commanded_c", "required_c", "wanted_c"), [(0.0, 45.0, 56.0), (50.0, 45.0, 50.0), (0.0, 60.0, 70.0), (90.0, 45.0, 70.0)]
)
def test_wanted_supply(commanded_c: float, required_c: float, wanted_c: float) -> None:
    numbers = source()
    numbers[memory.COMMAND_SUPPLY_C] = commanded_c
    assert wanted_supply_c(numbers, required_c) == wanted_c


@pytest.mark.parametrize(
    ("heat_w", "first_kg_s", "first_c", "other_c", "flow_kg_s"),
    [
        pytest.param(0.3 * 20 * WATER_J_PER_KG_K, 1e9, 40.0, 40.0, 0.3, id="all through the buffer"),
        pytest.param(0.3 * 20 * WATER_J_PER_KG_K, 0.5, 40.0, 30.0, 0.3, id="less than the store pump takes"),
        pytest.param(0.2 * 20 * WATER_J_PER_KG_K + 0.2 * 30 * WATER_J_PER_KG_K, 0.2, 40.0, 30.0, 0.4, id="the rest charges"),
        pytest.param(20e3, 1e9, 58.0, 58.0, 0.7, id="warm return: largest flow"),
        pytest.param(1e3, 1e9, 20.0, 20.0, 0.1, id="cold return: smallest flow"),
        pytest.param(20e3, 1e9, 65.0, 65.0, 0.7, id="return above what is wanted"),
    ],
)
def test_flow_brings_the_wanted_supply(
    heat_w: float, first_kg_s: float, first_c: float, other_c: float, flow_kg_s: float
) -> None:
    assert wanted_flow_kg_s(source(), heat_w, 60.0, first_kg_s, first_c, other_c) == pytest.approx(flow_kg_s)
