"""What a sensor cannot show is no value: out of range, a power-on value, or a jump that does not last."""

import math

import pytest

from gw_spaceheat.core.telemetry.plausible import JUMP_CAPTURES, RANGES, ChannelRule, Plausibility
from gw_spaceheat.house.model import CaptureRule, Channel
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

WATER, AIR, POWER = TelemetryName.WaterTempCTimes1000, TelemetryName.AirTempCTimes1000, TelemetryName.PowerW


@pytest.mark.parametrize(
    ("telemetry", "shown", "judged"),
    [
        (WATER, [50.0, 51.0], [50.0, 51.0]),
        (WATER, [50.0, None, 51.0], [50.0, None, 51.0]),
        (WATER, [math.nan, math.inf, -math.inf], [None, None, None]),
        (WATER, [50.0, 250.0, -60.0, 50.0], [50.0, None, None, 50.0]),
        (WATER, [7.0, -9.0, -29.0, -40.0, -127.0], [7.0, -9.0, -29.0, None, None]),  # a pipe in a cold garage; a broken probe
        (WATER, [50.0, 85.0, 85.0, 50.0], [50.0, None, None, 50.0]),
        (WATER, [85.0], [None]),
        (WATER, [84.0, 85.0, 86.0], [84.0, 85.0, 86.0]),
        (AIR, [-40.0, 20.0, 85.0], [-40.0, 20.0, None]),
        (POWER, [0.0, 10_000.0, -5_000.0, 1e9], [0.0, 10_000.0, -5_000.0, None]),
    ],
)
def test_what_a_channel_shows(telemetry: TelemetryName, shown: list[float | None], judged: list[float | None]) -> None:
    rule = ChannelRule(telemetry, tank_probe=False)
    assert [rule.judge(value) for value in shown] == judged


def test_tank_water_does_not_jump_unless_it_stays_there() -> None:
    rule = ChannelRule(WATER, tank_probe=True)
    assert [rule.judge(value) for value in (50.0, 10.0, 50.5)] == [50.0, None, 50.5]
    assert [rule.judge(10.0) for _ in range(JUMP_CAPTURES)] == [None] * (JUMP_CAPTURES - 1) + [10.0]
    assert rule.judge(11.0) == 11.0


def test_a_pipe_may_jump() -> None:
    rule = ChannelRule(WATER, tank_probe=False)
    assert [rule.judge(value) for value in (15.0, 60.0, 15.0)] == [15.0, 60.0, 15.0]


def test_after_a_loss_it_may_show_anything_that_can_be() -> None:
    rule = ChannelRule(WATER, tank_probe=True)
    rule.judge(60.0)
    rule.forget()
    assert rule.judge(15.0) == 15.0


def test_every_quantity_has_a_range() -> None:
    assert RANGES.keys() == set(TelemetryName)


def test_of_a_scan_only_what_cannot_be_is_left_out() -> None:
    capture = CaptureRule(poll_s=60, period_s=60, delta=None)
    channels = [
        Channel(name=name, about=f"a.{name}", captured_by="a.probes", telemetry=WATER, capture=capture)
        for name in ("top", "low")
    ]
    judge = Plausibility(channels, ("top",))
    good = (50.0, 40.0)
    assert judge.judge(("top", "low"), good) is good
    assert judge.judge(("top", "low"), (85.0, 41.0)) == (None, 41.0)
    assert judge.judge(("low",), (999.0,)) == (None,)


@pytest.mark.parametrize(
    ("shown", "glanced"),
    [(51.0, 51.0), (None, None), (math.nan, None), (250.0, None), (85.0, None), (76.0, None), (74.0, 74.0)],
)
def test_a_glance_leaves_out_what_cannot_be_and_learns_nothing(shown: float | None, glanced: float | None) -> None:
    capture = CaptureRule(poll_s=60, period_s=60, delta=None)
    channel = Channel(name="top", about="a.top", captured_by="a.probes", telemetry=WATER, capture=capture)
    plausibility = Plausibility([channel], {"top"})
    plausibility.judge(("top",), (50.0,))
    for _ in range(JUMP_CAPTURES + 1):
        assert plausibility.glance([shown]) == (glanced,)
    assert plausibility.judge(("top",), (50.5,)) == (50.5,)
