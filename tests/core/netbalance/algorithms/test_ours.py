"""Ours: SYNTHETIC hours in which the right thing is plain."""

from gw_spaceheat.core.netbalance.algorithm import make_algorithm, settings_of
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.seen import Seen

LOADS = (Load("one", 700.0), Load("two", 1000.0))
NOON = 1_654_770_000.0  # 2022-06-09T11:00Z


def played(free_w: float, spikes: bool = False) -> tuple[float, int]:
    """Three hours of constant surplus: balance at the end of the last one [Wh], and how often a load was switched."""
    algorithm = make_algorithm("ours", settings_of("ours", {}), LOADS)
    states, balance_wh, switched = (False, False), 0.0, 0
    for step in range(1, 3 * 360):
        base_w = 200.0 + (9000.0 if spikes and step % 90 == 0 else 0.0)
        if step % 360 == 1:
            balance_wh = 0.0
        net_w = free_w + 200.0 - base_w - sum(load.nominal_w for load, on in zip(LOADS, states, strict=True) if on)
        balance_wh += net_w / 360.0
        seen = Seen(
            wall_s=NOON + 10.0 * step,
            balance_wh=balance_wh,
            net_w=net_w,
            production_w=free_w + 200.0,
            base_w=base_w,
            elapsed_s=10.0 * (step % 360),
            remaining_s=3600.0 - 10.0 * (step % 360),
            buy_per_kwh=0.293,
            sell_per_kwh=0.187,
            states=states,
            load_w=(700.0, 1000.0),
        )
        wanted = algorithm.decide(seen)
        switched += sum(a != b for a, b in zip(states, wanted, strict=True))
        states = wanted
    return balance_wh, switched


def test_what_a_load_just_uses_needs_one_switching() -> None:
    balance_wh, switched = played(1000.0)
    assert abs(balance_wh) < 60.0
    assert switched <= 3


def test_half_of_a_load_needs_about_one_an_hour() -> None:
    balance_wh, switched = played(500.0)
    assert abs(balance_wh) < 80.0
    assert switched <= 5


def test_nothing_to_use_is_left_alone() -> None:
    assert played(-150.0)[1] == 0


def test_a_spike_of_one_sample_flips_no_relay() -> None:
    assert played(1700.0, spikes=True)[1] <= 6
