"""The manager in a house: the same switches as in the simulator, times on every on, nothing switched by a restart."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from gw_spaceheat.apps.netbalance.experiment import every_day_alike
from gw_spaceheat.core.events import Command, DeviceLost, Event, Note, Outcome, Readings, Started, Stopping, Verdict
from gw_spaceheat.core.netbalance.algorithm import make_algorithm, settings_of
from gw_spaceheat.core.netbalance.grid import lay
from gw_spaceheat.core.netbalance.live import AGAIN_POLLS, DEAD_MAN_MARGIN_S, LiveManager, LiveNames
from gw_spaceheat.core.netbalance.live_events import BalanceKept, BalancePoint
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.manager import Kept, Manager, ManagerSettings
from gw_spaceheat.core.netbalance.period import NettingPeriod
from gw_spaceheat.core.netbalance.seen import Seen
from gw_spaceheat.core.netbalance.simulation import play
from gw_spaceheat.core.netbalance.synthetic import synthetic_trace
from gw_spaceheat.vocabulary.moment import Moment

LOADS = (Load("one", 700.0), Load("two", 1000.0))
NAMES = LiveNames(
    meter="meter",
    production="production",
    consumption="consumption",
    net="",
    relays=("load1", "load2"),
    states=("load1-state", "load2-state"),
    powers=("load1-power", "load2-power"),
    timed=(True, True),
)
PERIOD = NettingPeriod(60)
SETTINGS = ManagerSettings(PERIOD, 0.187)
POLL_MS = 10_000
HOUR_S = 1_654_840_800  # 2022-06-10T06:00Z, 08:00 in Madrid


class Script:
    """Wants what it is told."""

    def __init__(self) -> None:
        self.wants: tuple[bool, ...] = (False, False)

    def decide(self, _seen: Seen) -> tuple[bool, ...]:
        return self.wants


def live(script: Script, kept: Kept | None = None, loads: tuple[Load, ...] = LOADS, *, commands: bool = True) -> LiveManager:
    ids = iter(range(10_000))
    manager = Manager(SETTINGS, loads, script, every_day_alike())
    return LiveManager(
        manager, loads, NAMES, lambda: str(next(ids)), period_s=3600.0, poll_ms=POLL_MS, commands=commands, kept=kept
    )


def at(second: float) -> Moment:
    return Moment(round(1_000_000 + second * 1000), round((HOUR_S + second) * 1000))


def read(managed: LiveManager, second: float, **values: float | None) -> Sequence[Event]:
    values = {"production": 2000.0, "consumption": 500.0, **{name.replace("_", "-"): value for name, value in values.items()}}
    others = {name: value for name, value in values.items() if name.startswith("load")}
    if others:
        managed.handle(Readings("loads", at(second).wall_ms, tuple(others), tuple(others.values())), at(second))
    names = ("production", "consumption")
    return managed.handle(Readings("meter", at(second).wall_ms, names, tuple(values[name] for name in names)), at(second))


def commands(effects: Iterable[Event]) -> list[tuple[str, float, float]]:
    return [(each.node, each.value, each.off_after_s) for each in effects if isinstance(each, Command)]


@pytest.mark.parametrize(("algorithm", "days"), [("hysteresis", 2), ("time-to-consume", 1), ("ours", 1)])
def test_a_recorded_day_gives_the_simulators_switches(algorithm: str, days: int) -> None:
    trace = synthetic_trace(days, step_s=30.0)
    grid = lay(trace, PERIOD, SETTINGS.longest_step_s)

    def fresh() -> Manager:
        return Manager(SETTINGS, LOADS, make_algorithm(algorithm, settings_of(algorithm, {}), LOADS), every_day_alike())

    expected = play(grid, fresh(), LOADS)
    managed = LiveManager(fresh(), LOADS, NAMES, lambda: "", period_s=3600.0, poll_ms=30_000)
    on = [False, False]
    got = np.zeros_like(expected)
    for place, (wall_s, production_w, base_w) in enumerate(
        zip(grid.trace.wall_s.tolist(), grid.trace.production_w.tolist(), trace.base_w.tolist(), strict=True)
    ):
        consumption_w = base_w + sum(load.nominal_w for load, is_on in zip(LOADS, on, strict=True) if is_on)
        now = Moment(round(wall_s * 1000), round(wall_s * 1000))
        names = ("production", "consumption")
        for effect in managed.handle(Readings("meter", now.wall_ms, names, (production_w, consumption_w)), now):
            if isinstance(effect, Command):
                on[NAMES.relays.index(effect.node)] = bool(effect.value)
        got[place] = on
    assert expected.any()
    assert (got == expected).all()


def test_every_on_carries_a_time_and_no_off_does() -> None:
    script = Script()
    managed = live(script)
    read(managed, 0)
    script.wants = (True, False)
    assert commands(read(managed, 600)) == [("load1", 1.0, 3000.0 + DEAD_MAN_MARGIN_S)]
    script.wants = (False, True)
    assert commands(read(managed, 1200)) == [("load1", 0.0, 0.0), ("load2", 1.0, 2400.0 + DEAD_MAN_MARGIN_S)]


def test_what_stays_on_is_told_so_in_each_new_period() -> None:
    script = Script()
    managed = live(script)
    script.wants = (True, False)
    read(managed, 3580)
    assert commands(read(managed, 3590)) == []
    assert commands(read(managed, 3600)) == [("load1", 1.0, 3600.0 + DEAD_MAN_MARGIN_S)]
    assert commands(read(managed, 3610)) == []


def test_a_restart_in_mid_period_switches_nothing_and_knows_the_balance() -> None:
    script = Script()
    script.wants = (True, False)
    managed = live(script)
    read(managed, 0)
    (kept,) = [effect.kept for effect in read(managed, 600) if isinstance(effect, BalanceKept)]
    (last,) = [effect.kept for effect in managed.handle(Stopping(), at(601)) if isinstance(effect, BalanceKept)]
    assert last == kept
    assert kept.balance_wh == pytest.approx(1500.0 * 60 / 3600), "a reading stands for a minute at most"
    again = live(script, kept)
    (note,) = again.handle(Started(), at(700))
    assert isinstance(note, Note)
    assert "balance of 25 Wh" in note.text
    effects = read(again, 710, load1_state=1.0)
    assert commands(effects) == []
    (point,) = [effect for effect in effects if isinstance(effect, BalancePoint)]
    assert point.balance_wh == pytest.approx(25.0 + 1500.0 * 10 / 3600)
    assert point.partial


def test_a_restart_in_a_later_period_begins_with_all_off() -> None:
    script = Script()
    script.wants = (True, False)
    managed = live(script)
    (kept,) = [effect.kept for effect in read(managed, 3000) if isinstance(effect, BalanceKept)]
    script.wants = (False, False)
    again = live(script, kept)
    assert again.handle(Started(), at(3700)) == ()
    effects = read(again, 3710, load1_state=1.0, load2_state=0.0)
    assert commands(effects) == [("load1", 0.0, 0.0)], "it is still on, and must not be"
    (point,) = [effect for effect in effects if isinstance(effect, BalancePoint)]
    assert point.balance_wh == pytest.approx(1500.0 * 10 / 3600)


def test_what_was_kept_for_other_loads_is_not_taken() -> None:
    script = Script()
    managed = live(script)
    (kept,) = [effect.kept for effect in read(managed, 600) if isinstance(effect, BalanceKept)]
    assert live(script, replace(kept, loads=kept.loads[:1])).handle(Started(), at(700)) == ()
    assert live(script, replace(kept, wall_s=HOUR_S + 1e6)).handle(Started(), at(700)) == ()


def test_a_load_that_somebody_has_switched_is_told_again_once_in_a_while() -> None:
    script = Script()
    managed = live(script)
    read(managed, 0)
    script.wants = (True, False)
    read(managed, 10)
    assert commands(read(managed, 20, load1_state=1.0)) == []
    assert commands(read(managed, 30, load1_state=0.0)) == [], "it was told just now"
    late = 10 + AGAIN_POLLS * POLL_MS / 1000
    assert [node for node, *_ in commands(read(managed, late, load1_state=0.0))] == ["load1"]
    assert commands(read(managed, late + 10, load1_state=0.0)) == []


def test_a_load_that_does_not_answer_is_told_of_once_and_tried_again() -> None:
    script = Script()
    managed = live(script)
    read(managed, 0)
    script.wants = (True, False)
    read(managed, 10)
    failed = Outcome("load1", 1.0, Verdict.DEVICE_FAILED, "no answer", "1", None)
    assert [type(each) for each in managed.handle(failed, at(11))] == [Note]
    assert managed.handle(failed, at(12)) == ()
    assert commands(read(managed, 20)) == []
    assert [node for node, *_ in commands(read(managed, 80))] == ["load1"]
    done = Outcome("load1", 1.0, Verdict.DONE, "", "2", 1.0)
    assert [type(each) for each in managed.handle(done, at(81))] == [Note]
    assert managed.handle(done, at(82)) == ()


def test_a_silent_meter_holds_the_loads_and_then_lets_them_go() -> None:
    script = Script()
    managed = live(script)
    managed.handle(Started(), at(0))
    script.wants = (True, False)
    read(managed, 0)
    told: list[tuple[float, Event]] = []
    for second in range(1, 400):
        due = managed.deadline()
        assert due is not None
        if at(second).mono_ms >= due:
            told += [(second, each) for each in managed.wake(at(second))]
    notes = [(second, each.text[:9]) for second, each in told if isinstance(each, Note)]
    assert notes == [(25, "the meter"), (325, "one: off,")]
    assert [(second, *commands([each])) for second, each in told if isinstance(each, Command)] == [(325, ("load1", 0.0, 0.0))]
    points = [each for _, each in told if isinstance(each, BalancePoint)]
    assert all(point.consumption_w is None and point.partial for point in points)
    back = [each.text[:9] for each in read(managed, 400) if isinstance(each, Note)]
    assert back == ["the meter", "one: on, "]


def test_a_meter_that_is_lost_gives_nothing_even_if_its_channels_did_before() -> None:
    managed = live(Script())
    read(managed, 0)
    managed.handle(DeviceLost("meter", "no answer", ("production", "consumption")), at(5))
    (point,) = [
        each for each in managed.handle(Readings("meter", at(10).wall_ms, (), ()), at(10)) if isinstance(each, BalancePoint)
    ]
    assert (point.production_w, point.consumption_w) == (None, None)


def test_the_grids_meter_will_do() -> None:
    names = replace(NAMES, consumption="", net="net")
    manager = Manager(SETTINGS, LOADS, Script(), every_day_alike())
    managed = LiveManager(manager, LOADS, names, lambda: "", period_s=3600.0, poll_ms=POLL_MS)
    reading = Readings("meter", at(0).wall_ms, ("production", "net"), (2000.0, -1500.0))
    (point,) = [each for each in managed.handle(reading, at(0)) if isinstance(each, BalancePoint)]
    assert (point.production_w, point.consumption_w) == (2000.0, 500.0)


def test_a_monitor_shows_what_is_read_back_and_commands_nothing() -> None:
    script = Script()
    script.wants = (True, True)
    managed = live(script, commands=False)
    read(managed, 0, load1_state=0.0, load2_state=1.0)
    effects = read(managed, 10, load1_state=1.0, load2_state=1.0, load1_power=690.0)
    assert commands(effects) == []
    (point,) = [each for each in effects if isinstance(each, BalancePoint)]
    assert [(load.on, load.power_w, load.change) for load in point.loads] == [(True, 690.0, 1), (True, None, 0)]
    assert point.produced_wh == pytest.approx(2000.0 * 10 / 3600)
