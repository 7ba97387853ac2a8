"""Bills: the worked example of the thesis of 2022, and the floor."""

import numpy as np
import pytest

from gw_spaceheat.core.netbalance.bill import bill, floored

IMPORTED = np.array([2000.0, 1000.0, 1000.0, 2000.0, 1000.0])
EXPORTED = np.array([0.0, 3000.0, 2500.0, 500.0, 1500.0])
BUY = np.array([0.357, 0.357, 0.293, 0.293, 0.293])


def test_the_worked_bills() -> None:
    assert bill(EXPORTED - IMPORTED, BUY, 0.187).sum() == pytest.approx(0.4055)
    gross = bill(-IMPORTED, BUY, 0.187).sum() + bill(EXPORTED, BUY, 0.187).sum()
    assert gross == pytest.approx(0.8405)


def test_the_worked_hour() -> None:
    """Four quarters: consumption 0.5 0.5 0 0 kWh, production 0.4 each."""
    net = np.array([400.0 - 500.0, 400.0 - 500.0, 400.0, 400.0])
    assert (np.maximum(-net, 0).sum(), np.maximum(net, 0).sum(), net.sum()) == (200.0, 800.0, 600.0)


@pytest.mark.parametrize(
    ("costs", "months", "expected"),
    [
        ([-1.0, -2.0], ["June", "June"], 0.0),  # all surplus: nothing is paid out
        ([-1.0, 3.0], ["June", "June"], 2.0),
        ([-1.0, 3.0], ["June", "July"], 3.0),  # surplus does not go into the next month
    ],
)
def test_floor(costs: list[float], months: list[str], expected: float) -> None:
    assert floored(np.array(costs), months) == expected
