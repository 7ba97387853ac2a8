"""Hysteresis by stretches is that of the manager, switch by switch."""

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance.experiment import Experiment, every_day_alike
from gw_spaceheat.core.netbalance.algorithm import settings_of
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.simulation import Terms, commutations
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.core.netbalance.trace import Trace

LOADS = (Load("one", 700.0), Load("two", 1000.0))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("minutes", [60, 15])
@pytest.mark.parametrize("silent", [(), (4000, 4020), (4000, 4200)], ids=["whole", "short silence", "long silence"])
def test_equal(seed: int, minutes: int, silent: tuple[int, ...]) -> None:
    days = synthetic_trace(1, seed)
    outage = np.zeros(days.count, dtype=bool)
    if silent:
        outage[slice(*silent)] = True
    trace = Trace(days.wall_s + 3.3, days.production_w, days.base_w, outage)
    experiment = Experiment(trace, LOADS, Terms(every_day_alike(), 0.187, 0.2409), NettingPeriod(minutes))
    quick = experiment.run("hysteresis", {"top_wh": "70,150", "bottom_wh": "-10,20"})
    slow = experiment.run_manager("hysteresis", settings_of("hysteresis", {"top_wh": "70,150", "bottom_wh": "-10,20"}))
    assert sum(commutations(slow)) > 8
    assert (quick == slow).all()
