"""The parts of the page that renew themselves: what they say, and that nothing of the wire is HTML in them."""

import re
from dataclasses import replace
from datetime import UTC

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.core.watching import Alarm, ContractSaid, HouseNow, LeaseNow, Scan
from gw_spaceheat.house.model import House
from gw_spaceheat.views.house_html import alarms_html, as_of_html, channels_html, command_html, figures_html

T0 = 1_700_000_000_000


@pytest.fixture(scope="module")
def oak() -> House:
    return find_house(houses_file(), "hw1.isone.me.millinocket.oak")


def heard(alarms: tuple[Alarm, ...] = (), lease: LeaseNow | None = None, contract: ContractSaid | None = None) -> HouseNow:
    values = {"a-zone1-stat": (20_500, T0), "a-zone2-stat": (19_100, T0), "a-m": (700, T0), "a-buffer-depth1": (60_000, 0)}
    return HouseNow("x", T0, None, None, None, values, {}, alarms, lease, contract)


def test_figures(oak: House) -> None:
    text = figures_html(oak, heard(), T0)
    assert "<b>19.1 °C</b><span>Coldest room</span>" in text
    assert "<b>700 W</b><span>Power</span>" in text
    assert "0 °C" not in figures_html(oak, None, T0)


def test_figures_that_are_stale_are_marked_and_unknown_ones_are_none(oak: House) -> None:
    text = figures_html(oak, heard(), T0)
    assert re.findall(r'class="stale"[^>]*>([^<]*)</b><span>([^<]*)<', text) == [("60.0 °C?", "Buffer, top")]
    assert 'class="stale"' not in figures_html(oak, None, T0)
    assert "<b>\N{EM DASH}</b><span>Outdoors</span>" in text


@pytest.mark.parametrize(("told_ago_s", "power"), [(10, "700 W"), (-10, "4,321 W")])
def test_power_is_what_was_told_last(oak: House, told_ago_s: int, power: str) -> None:
    now = replace(heard(), power_w=4321, power_ms=T0 - told_ago_s * 1000)
    assert f"<b>{power}</b><span>Power</span>" in figures_html(oak, now, T0)


def test_how_new_it_is() -> None:
    assert as_of_html(None, UTC, T0) == ""
    sent = as_of_html(heard(), UTC, T0 + 90_000)
    assert "As of Tue 14 Nov 22:13:20 (90 s ago)" in sent
    live = as_of_html(replace(heard(), scans={"a-m": Scan(T0, T0 + 1000, has_value=True)}), UTC, T0 + 1000)
    assert "live" in live
    assert "22:13:21" in live


def test_what_is_stale_and_what_is_missing_is_marked(oak: House) -> None:
    text = channels_html(oak, heard(), T0)
    assert text.count(">stale<") == 1
    assert text.count(">missing<") == len(oak.channels) - 4


def test_alarms_and_a_lost_broker() -> None:
    alarm = Alarm("<b>node", "Error", "<script>", "because", T0 - 120_000)
    text = alarms_html(heard((alarm,)), "uplink: <i>lost", T0)
    assert "<script>" not in text
    assert "<i>" not in text
    assert "2 min ago" in text
    assert "No alarms" not in text
    assert "No alarms" in alarms_html(heard(), "", T0)
    assert "Nothing was heard" in alarms_html(None, "", T0)


def test_who_commands_as_overheard() -> None:
    lease = LeaseNow("human", "<anna>", T0 + 60_000, T0)
    contract = ContractSaid("Active", "RemoteControl", "all is well", 3000, T0 // 1000, 60, T0)
    text = command_html(None, heard(lease=lease, contract=contract), UTC, T0)
    assert all(word in text for word in ("human until", "&lt;anna&gt;", "RemoteControl", "3,000 W"))
    assert "Nothing is known" in command_html(None, heard(), UTC, T0)
