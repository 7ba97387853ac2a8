"""The drawing of every house that ships: well-formed, complete, and with nothing of the wire in it unescaped."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from gw_spaceheat.apps.houses import find_house
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.model import House
from gw_spaceheat.house.parse import house_aliases
from gw_spaceheat.views.schematic import schematic, temperature_colour

T0 = 1_700_000_000_000
ALIASES = house_aliases(houses_file().read_text(encoding="utf-8"), "houses.json")
OAK = "hw1.isone.me.millinocket.oak"


def house_of(alias: str) -> House:
    return find_house(houses_file(), alias)


def now_of(house: House, number: int = 1) -> HouseNow:
    values = {
        name: (channel.telemetry.to_wire(50.0) if number is None else number, T0) for name, channel in house.channels.items()
    }
    return HouseNow(house.alias, T0, None, None, None, values, {}, (), None, None)


def drawn(house: House, now: HouseNow | None, *, narrow: bool = False) -> str:
    return schematic(house, now, T0, lambda node: f"/why?house=x&node={node}", narrow=narrow)


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("is_heard", [False, True])
def test_every_house(alias: str, narrow: bool, is_heard: bool) -> None:
    house = house_of(alias)
    text = drawn(house, now_of(house) if is_heard else None, narrow=narrow)
    root = ElementTree.fromstring(text)
    width, height = (float(word) for word in root.attrib["viewBox"].split()[2:])
    for element in root.iter():
        if element.tag in {"rect", "text"}:
            assert 0 <= float(element.attrib["x"]) <= width
            assert 0 <= float(element.attrib["y"]) <= height
    layers = [element for element in root.iter("rect") if element.attrib.get("class") == "layer"]
    assert len(layers) == len(house.heating.buffer) + len(house.heating.store)
    assert all(zone.name in text for zone in house.heating.zones)
    links = {link.attrib["href"].partition("node=")[2] for link in root.iter("a")}
    assert {*house.heating.boost, *(zone.circulator for zone in house.heating.zones)} <= links


def test_water_flows_where_it_is_switched() -> None:
    house = house_of(OAK)
    still = drawn(house, now_of(house, 0))
    assert 'class="pipe on"' not in still
    assert drawn(house, now_of(house, 1)).count('class="pipe on"') == 2 + len(house.heating.zones)


def test_injected_html_is_escaped() -> None:
    house = house_of(OAK)
    nodes = {alias: replace(node, display_name="<script>alert(1)</script>\"'") for alias, node in house.nodes.items()}
    evil = replace(house, nodes=nodes, display_name="<img src=x onerror=alert(1)>")
    text = drawn(evil, None)
    assert "<script" not in text
    assert "<img" not in text
    ElementTree.fromstring(text)


@pytest.mark.parametrize(("value_c", "hue"), [(None, "#adb5bd"), (-20, "215"), (15, "215"), (80, "0"), (200, "0")])
def test_colours(value_c: float | None, hue: str) -> None:
    assert hue in temperature_colour(value_c)
