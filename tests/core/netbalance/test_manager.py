"""The manager: energies by exact time, edges, silence, clocks, and what loads may do."""

import pytest

from gw_spaceheat.apps.netbalance.experiment import every_day_alike
from gw_spaceheat.core.netbalance.algorithm import make_algorithm, settings_of
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.manager import Manager, ManagerSettings, MeterReading
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.seen import Seen

HOUR = 1_654_840_800.0  # 2022-06-10T06:00Z, 08:00 in Madrid
TARIFF = every_day_alike()


class Script:
    """Wants what it is told, and remembers what it saw."""

    def __init__(self) -> None:
        self.wants: tuple[bool, ...] = (False,)
        self.seen: list[tuple[float, float, float]] = []

    def decide(self, seen: Seen) -> tuple[bool, ...]:
        self.seen.append((seen.balance_wh, seen.elapsed_s, seen.remaining_s))
        return self.wants


def manager(script: Script, *loads: Load, minutes: int = 60) -> Manager:
    return Manager(ManagerSettings(NettingPeriod(minutes), 0.187), loads or (Load("one", 1000.0),), script, TARIFF)


def read(at_s: float, net_w: float | None, mono_s: float | None = None) -> MeterReading:
    mono_s = at_s if mono_s is None else mono_s
    return MeterReading(HOUR + at_s, mono_s, None if net_w is None else net_w + 500.0, None if net_w is None else 500.0)


def test_energy_is_power_times_the_time_that_passed() -> None:
    script = Script()
    managed = manager(script)
    for at_s in (0.0, 9.9, 20.2, 30.0):
        managed.take(read(at_s, 360.0))
    assert managed.balance_wh == pytest.approx(3.0)
    assert script.seen[-1] == (pytest.approx(3.0), pytest.approx(30.0), pytest.approx(3570.0))


def test_a_step_across_the_edge_is_split() -> None:
    managed = manager(Script())
    managed.take(read(3595.0, 0.0))
    managed.take(read(3605.0, 3600.0))
    assert managed.balance_wh == pytest.approx(5.0)


def test_a_sample_on_the_edge_begins_a_period_that_is_empty() -> None:
    script = Script()
    managed = manager(script)
    managed.take(read(3590.0, 0.0))
    managed.take(read(3600.0, 3600.0))
    assert script.seen[-1] == (0.0, 0.0, 3600.0)
    assert not managed.partial


@pytest.mark.parametrize(("minutes", "balance_wh"), [(60, 30.0), (30, 15.0), (15, 5.0)])
def test_the_balance_begins_anew_with_each_period(minutes: int, balance_wh: float) -> None:
    managed = manager(Script(), minutes=minutes)
    for at_s in range(0, 3001, 10):
        managed.take(read(float(at_s), 36.0))
    assert managed.balance_wh == pytest.approx(
        balance_wh * 36.0 / 36.0 if minutes == 60 else 36.0 * (3000 % (minutes * 60)) / 3600
    )


def test_a_gap_counts_for_a_minute_and_makes_the_period_partial() -> None:
    managed = manager(Script())
    managed.take(read(-10.0, 0.0))
    managed.take(read(0.0, 0.0))
    assert not managed.partial
    managed.take(read(600.0, 3600.0))
    assert (managed.balance_wh, managed.partial) == (pytest.approx(60.0), True)


def test_a_silent_meter_is_not_zero() -> None:
    """States are held for five minutes, then all loads go off; the balance stays as it was."""
    script = Script()
    script.wants = (True,)
    managed = manager(script)
    managed.take(read(0.0, 3600.0))
    managed.take(read(10.0, 3600.0))
    on = [managed.take(read(10.0 + 10.0 * step, None))[0] for step in range(1, 40)]
    assert on == [True] * 30 + [False] * 9
    assert managed.balance_wh == pytest.approx(10.0)
    assert managed.take(read(420.0, 0.0)) == (True,)


def test_a_wall_clock_that_steps_adds_no_energy() -> None:
    managed = manager(Script())
    managed.take(read(-10.0, 0.0, 0.0))
    managed.take(read(0.0, 0.0, 10.0))
    managed.take(read(1810.0, 3600.0, 20.0))  # half an hour forward, 10 s later
    assert (managed.balance_wh, managed.partial) == (pytest.approx(10.0), True)


BOUND = {
    "minimum on": (Load("x", 100.0, minimum_on_s=60.0), [True] * 2 + [False] * 10, [True] * 6 + [False] * 6),
    "minimum off": (Load("x", 100.0, minimum_off_s=60.0), [True, False] + [True] * 8, [True] + [False] * 6 + [True] * 3),
    "starts": (Load("x", 100.0, maximum_starts=1), [True, False, True, True], [True, False, False, False]),
    "not in its window": (Load("x", 100.0, window_start_minute=600), [True] * 3, [False] * 3),
    "in its window": (Load("x", 100.0, window_start_minute=480, window_end_minute=481), [True] * 8, [True] * 6 + [False] * 2),
    "by a deadline": (Load("x", 100.0, daily_minimum_s=120.0, deadline_minute=482), [False] * 13, [True] * 12 + [False]),
}


@pytest.mark.parametrize("name", BOUND)
def test_what_a_load_may_do(name: str) -> None:
    load, wants, expected = BOUND[name]
    script = Script()
    managed = manager(script, load)
    states = []
    for step, want in enumerate(wants):
        script.wants = (want,)
        states.append(managed.take(read(10.0 * step, 0.0))[0])
    assert states == expected


def test_a_restart_in_mid_period_switches_nothing() -> None:
    loads = (Load("one", 700.0, minimum_on_s=900.0), Load("two", 1000.0))

    def fresh() -> Manager:
        return Manager(
            ManagerSettings(NettingPeriod(), 0.187),
            loads,
            make_algorithm("hysteresis", settings_of("hysteresis", {}), loads),
            TARIFF,
        )

    before = fresh()
    for at_s in range(0, 600, 10):
        before.take(read(float(at_s), 1500.0))
    assert before.states == (True, True)
    after = fresh()
    after.restore(before.kept(), HOUR + 620.0, 5.0)
    assert after.take(MeterReading(HOUR + 630.0, 15.0, 2000.0, 500.0)) == before.states
    assert after.balance_wh == pytest.approx(before.balance_wh + 1500.0 * 10.0 / 3600.0)


def test_measured_power_goes_before_nominal() -> None:
    class Look(Script):
        def decide(self, seen: Seen) -> tuple[bool, ...]:
            self.seen.append((seen.base_w, *seen.load_w, 0.0))
            return (True,)

    look = Look()
    managed = manager(look)
    managed.take(read(0.0, 0.0))
    managed.take(MeterReading(HOUR + 10.0, 10.0, 0.0, 1150.0, (900.0,)))
    assert look.seen[-1] == (250.0, 900.0, 0.0)
