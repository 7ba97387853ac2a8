"""Values as they are shown: text, age, and when they are too old."""

from dataclasses import replace

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.core.watching import HouseNow, Scan
from gw_spaceheat.house.model import House
from gw_spaceheat.views.house_values import meter_channel, power_channel, shown_state, shown_value

T0 = 1_700_000_000_000
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def oak() -> House:
    return find_house(houses_file(), "hw1.isone.me.millinocket.oak")


def now_with(**values: tuple[int, int]) -> HouseNow:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return HouseNow("x", T0, None, None, None, named, {}, (), None, None)


@pytest.mark.parametrize(
    ("channel", "number", "age_ms", "text", "is_stale"),
    [
        ("a-buffer-depth1", 61_240, 1000, "61.2 °C", False),
        ("a-buffer-depth1", 61_240, 60 * MINUTE_MS, "61.2 °C", True),
        ("a-hp", 10_000, 0, "10,000 W", False),
        ("a-hp-relay", 1, 60 * MINUTE_MS, "on", False),  # told each hour
        ("a-hp-relay", 0, 300 * MINUTE_MS, "off", True),
        ("a-outdoors-temp", -18_050, 0, "-18.1 °C", False),
    ],
)
def test_a_value(oak: House, channel: str, number: int, age_ms: int, text: str, is_stale: bool) -> None:
    shown = shown_value(oak, now_with(**{channel: (number, T0 - age_ms)}), channel, T0)
    assert (shown.text, shown.is_stale, shown.age_ms) == (text, is_stale, age_ms)


@pytest.mark.parametrize(
    ("read_ago_s", "due_in_s", "has_value", "is_stale"),
    [
        (1, 0, True, False),
        (4, -3, True, False),  # late by what it may be
        (6, -5, True, True),  # the device hangs
        (30, 30, True, False),  # read each minute
        (1, 0, False, True),  # lost a second ago
        (400, -399, True, True),
    ],
)
def test_while_its_device_tells_its_scans_a_value_is_judged_by_them(
    oak: House, read_ago_s: int, due_in_s: int, has_value: bool, is_stale: bool
) -> None:
    scan = Scan(T0 - read_ago_s * 1000, T0 + due_in_s * 1000, has_value)
    taken_ms = scan.at_ms if has_value else scan.at_ms - 4000
    now = replace(now_with(a_buffer_depth1=(61_240, taken_ms)), scans={"a-buffer-depth1": scan})
    shown = shown_value(oak, now, "a-buffer-depth1", T0)
    assert (shown.text, shown.is_stale) == ("61.2 °C", is_stale)
    assert shown.age_ms == T0 - taken_ms


@pytest.mark.parametrize(
    ("read_ago_ms", "due_in_ms", "has_value", "captured_ago_ms", "is_stale"),
    [
        (600_000, -599_000, False, 1000, False),  # nobody told scans for long
        (1500, -500, False, 1200, False),  # back since
        (60_000, -59_000, True, 59_500, True),  # captured between two scans, and silent since
        (1500, -500, True, 1200, False),
    ],
)
def test_a_capture_after_the_last_scan(
    oak: House, read_ago_ms: int, due_in_ms: int, has_value: bool, captured_ago_ms: int, is_stale: bool
) -> None:
    scan = Scan(T0 - read_ago_ms, T0 + due_in_ms, has_value)
    now = replace(now_with(a_buffer_depth1=(61_240, T0 - captured_ago_ms)), scans={"a-buffer-depth1": scan})
    assert shown_value(oak, now, "a-buffer-depth1", T0).is_stale == is_stale


@pytest.mark.parametrize("channel", ["a-hp", "a-strange", ""])
def test_what_was_not_heard_is_missing_and_not_zero(oak: House, channel: str) -> None:
    for now in (None, now_with()):
        shown = shown_value(oak, now, channel, T0)
        assert (shown.value, shown.age_ms, shown.is_stale) == (None, None, True)


def test_what_belongs_to_an_actuator(oak: House) -> None:
    assert shown_state(oak, now_with(a_hp_relay=(1, T0)), "a.hp.relay", T0).value == 1.0
    assert power_channel(oak, "a.hp.relay") == "a-hp"
    assert power_channel(oak, "a.store.valve.relay") == ""
    assert meter_channel(oak) == "a-m"
