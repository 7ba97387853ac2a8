"""The stochastic dynamic programme: without doubt it is the plain one, and doubt makes waiting worth something."""

import pytest

from gw_spaceheat.core.netbalance.outlook import Costs, Outlook, Sets

SETS = Sets((1000.0,))
HOUR_S = 3600.0


def outlook(
    error_wh: float = 0.0, switch_wh: float = 30.0, over: float = 2.0, after: tuple[float, float] = (0.0, 30.0)
) -> Outlook:
    return Outlook(SETS, Costs(switch_wh, over), list(after), HOUR_S, lambda ahead_s: error_wh * (ahead_s / HOUR_S))


@pytest.mark.parametrize(
    ("balance_wh", "off_before", "on_before"),
    [
        (0.0, 0.0, 30.0),  # nothing to use: off, or off at once
        (1000.0, 60.0, 30.0),  # on all hour; it must go off afterwards
        (500.0, 60.0, 30.0),  # on for half of it; blurred most
        (20.0, 20.0, 30.0),  # not worth a switching
        (-100.0, 200.0, 230.0),  # debt that no one can help
        (1200.0, 260.0, 230.0),  # more than it can use
    ],
)
def test_without_doubt(balance_wh: float, off_before: float, on_before: float) -> None:
    assert outlook().cost_of(HOUR_S, balance_wh) == pytest.approx(
        [off_before, on_before], abs=32.0
    )  # moving along the grid blurs it


def test_a_switch_is_made_as_late_as_may_be_where_there_is_doubt() -> None:
    """With 500 Wh to use and an hour left, staying off is better than going on; with half an hour left it is the other way."""
    sure = outlook(100.0)
    early, late = sure.at(HOUR_S, 500.0), sure.at(1500.0, 500.0)
    assert early[0] < early[1] + 30.0
    assert late[0] > late[1] + 30.0


def test_doubt_costs() -> None:
    assert outlook(200.0).cost_of(HOUR_S, 500.0)[0] > outlook().cost_of(HOUR_S, 500.0)[0] + 3.0


def test_beyond_the_grid_costs_go_on() -> None:
    costs = outlook().at(HOUR_S, -5000.0)
    assert costs[0] == pytest.approx(10_000.0, rel=0.01)
