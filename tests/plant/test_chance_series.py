import numpy as np

from gw_spaceheat.plant.chance_series import bells, uniforms, value_noise
from gw_spaceheat.vocabulary import chance

COUNTERS = np.arange(500, dtype=np.int64) * 1_073_741 % 2**29


def test_the_same_numbers_as_one_by_one() -> None:
    assert uniforms(7, 3, COUNTERS).tolist() == [chance.uniform(7, 3, int(counter)) for counter in COUNTERS]
    assert np.allclose(bells(7, 3, COUNTERS), [chance.bell(7, 3, int(counter)) for counter in COUNTERS], atol=1e-12)


def test_noise_is_smooth_and_passes_through_its_knots() -> None:
    line = value_noise(1, 2, np.arange(0.0, 200.0, 0.01))
    assert np.abs(np.diff(line)).max() < 0.12
    assert value_noise(1, 2, np.array([5.0]))[0] == bells(1, 2, np.array([5]))[0]
    assert abs(line.mean()) < 0.3
    assert 0.6 < line.std() < 1.1


def test_any_part_of_the_noise_is_that_part() -> None:
    line = value_noise(1, 2, np.arange(0.0, 20.0, 0.1))
    assert value_noise(1, 2, np.arange(0.0, 20.0, 0.1)[50:60]).tolist() == line[50:60].tolist()
