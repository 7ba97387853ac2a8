"""Streets as drawings: flows in their direction and width, names escaped, silence shown."""

import re

import pytest

from gw_spaceheat.messages.supervision_state import Device, HouseInBrief, Street, Switch, Totals
from gw_spaceheat.views.street_map import COLUMNS, STALE_MS, devices_html, street_html, street_svg

NOW_MS = 1_700_000_000_000


def house(number: int, net_w: float, pv_w: float = 0.0, name: str = "", silent: int = 0) -> HouseInBrief:
    return HouseInBrief(house=number, name=name, totals=Totals(power_w=net_w + pv_w, pv_w=pv_w, net_w=net_w, silent=silent))


def street(*houses: HouseInBrief, time_ms: int = NOW_MS) -> Street:
    return Street(neighbourhood=3, time_ms=time_ms, houses=houses, totals=Totals(power_w=1234.0, net_w=-500.0))


def drawn(*houses: HouseInBrief) -> str:
    return street_svg(street(*houses), lambda number: f"/street?of=3.{number}")


@pytest.mark.parametrize(
    ("net_w", "kind", "wide"),
    [(1000.0, "flow-in", 3), (5000.0, "flow-in", 8), (50_000.0, "flow-in", 8), (-2500.0, "flow-out", 5), (2.0, None, None)],
)
def test_a_line_is_as_wide_as_what_flows_and_runs_its_way(net_w: float, kind: str | None, wide: int | None) -> None:
    svg = drawn(house(1, net_w))
    found = re.search(r'class="pipe on (flow-\w+)" style="stroke-width:(\d)px" d="M\d+ (\d+)V(\d+)"', svg)
    if kind is None:
        assert found is None
        return
    assert found is not None
    assert (found[1], int(found[2])) == (kind, wide)
    assert (int(found[4]) < int(found[3])) is (kind == "flow-in"), "up from the road, or down to it"


def test_houses_stand_in_rows() -> None:
    svg = drawn(*(house(number, 0.0) for number in range(COLUMNS + 1)))
    assert svg.count("<rect") == COLUMNS + 1
    assert svg.count('class="pipe" d="M16') == 2, "two roads"
    assert f"with {COLUMNS + 1} houses" in svg


def test_a_street_without_houses_is_a_road() -> None:
    assert "<rect" not in drawn()


def test_names_are_escaped_and_shortened() -> None:
    html = street_html(street(house(1, 0.0, name="<script>alert(1)</script>")), NOW_MS, lambda number: f"/street?of={number}&x")
    assert "<script>" not in html
    assert "/street?of=1&amp;x" in html
    assert "1 &lt;script&gt;ale…" in html


def test_the_sums_and_their_age() -> None:
    html = street_html(street(house(1, 0.0, pv_w=900.0)), NOW_MS, str)
    assert "1.23 kW" in html
    assert "<b>500 W</b><span>into the grid</span>" in html
    assert "sunny" in html
    assert "supervision server there?" not in html
    assert "supervision server there?" in street_html(street(time_ms=NOW_MS - STALE_MS), NOW_MS, str)


def test_the_devices_of_a_house() -> None:
    lamp = Device(number=2, power_w=90.0, fresh=True, switch=Switch(True, "confirmed"))
    consumers = [Device(number=1, name="<b>", power_w=None), lamp]
    html = devices_html(consumers, [Device(number=1, name="roof", pv_w=1500.0, battery_w=-30.0)])
    assert "&lt;b&gt;" in html
    assert "on, confirmed" in html
    assert html.count("silent") == 2
    assert "1.50 kW" in html
    assert "-30 W" in html
    assert "no devices" in devices_html([], [])
