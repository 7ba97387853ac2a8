"""What is managed, from a file: checked as a whole, with every problem named."""

import json
from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.apps.netbalance.live import names_of
from gw_spaceheat.apps.netbalance.site_file import SiteFileError, read_site

SHELLY = {"make_model": "Shelly__Gen2", "address": {"host": "192.168.1.46"}}
KRIDA = {"make_model": "Krida__Emr16_I2c_V3", "address": {"bus": "i2c-1", "address": 32}}
GOOD: dict[str, Any] = {
    "name": "my house",
    "meter": {
        "make_model": "Enphase__EnvoyS",
        "address": {"host": "192.168.1.43"},
        "production": "production",
        "consumption": "total-consumption",
    },
    "loads": [
        {"name": "second", "nominal_w": 1000, "priority": 2, "relay": {**SHELLY, "output": 2}},
        {
            "name": "first",
            "nominal_w": 700,
            "priority": 1,
            "from": "10:00",
            "to": "19:00",
            "minimum_on_min": 5,
            "daily_minimum_min": 30,
            "deadline": "18:30",
            "maximum_starts": 8,
            "relay": {**SHELLY, "power": "switch:0"},
        },
    ],
    "algorithm": "hysteresis",
    "settings": {"top_wh": "70,200"},
    "period_min": 60,
    "sell_per_kwh": 0.1,
    "store": {"kind": "influx", "url": "http://localhost:8086", "database": "house"},
}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "site.json"
    path.write_text(json.dumps({**GOOD, **changes}), encoding="utf-8")
    return path


def without(*names: str, of: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in of.items() if name not in names}


def test_a_whole_one(tmp_path: Path) -> None:
    site = read_site(written(tmp_path))
    first, second = site.loads
    assert (first.name, second.name) == ("first", "second"), "by priority"
    assert (first.window_start_minute, first.window_end_minute, first.deadline_minute) == (600, 1140, 1110)
    assert (first.minimum_on_s, first.daily_minimum_s, first.maximum_starts) == (300, 1800, 8)
    assert not second.is_bound
    names = names_of(site)
    assert (names.production, names.consumption, names.net) == ("meter-production", "meter-consumption", "")
    assert names.relays == ("load1", "load2")
    assert names.powers == ("load1-power", "")
    assert names.timed == (True, True)
    assert [relay.node.output for relay in site.relays] == [1, 2]
    assert site.manager().states == (False, False)


def test_the_least_that_will_do(tmp_path: Path) -> None:
    path = tmp_path / "site.json"
    meter = {
        "make_model": "SchneiderElectric__Iem3455",
        "address": {"port": "/dev/rs485", "baud": 9600, "unit": 1},
        "net": "total",
    }
    path.write_text(json.dumps({"meter": meter, "loads": [{"name": "a", "nominal_w": 1, "relay": SHELLY}]}), encoding="utf-8")
    site = read_site(path)
    assert (site.name, site.algorithm, site.settings.period.minutes, site.store) == ("home", "ours", 60, None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"loads": []}, "loads: there must be at least one"),
        ({"meter": without("consumption", of=GOOD["meter"])}, "either `consumption` or `net`"),
        ({"meter": {**GOOD["meter"], "net": "net-consumption"}}, "either `consumption` or `net`"),
        ({"meter": {**GOOD["meter"], "production": "roof"}}, "meter: channel meter-production: an Envoy has no"),
        ({"meter": {**GOOD["meter"], "make_model": "Enphase__Envoi"}}, "Enphase__Envoi"),
        ({"algorithm": "best"}, "there is no algorithm 'best'"),
        ({"settings": {"top": "1"}}, "has no setting 'top'"),
        ({"period_min": 20}, "a netting period is 60, 30, 15 or 0"),
        ({"tariff": "3.0"}, "there is no tariff '3.0'"),
        ({"poll_s": 0.1}, "poll_s: must be from 1 to 60"),
        ({"poll": 10}, "unknown field `poll`"),
        ({"store": {"kind": "influx", "url": "http://x"}}, "either `database`"),
        ({"store": {"kind": "mysql"}}, "mysql"),
        ({"loads": [{**GOOD["loads"][0], "nominal_w": 0}]}, "loads.0 (second): load second: nominal power must be above 0"),
        ({"loads": [{**GOOD["loads"][0], "from": "7am"}]}, "loads.0 (second): from must be a time such as 07:30, not '7am'"),
        (
            {"loads": [{**GOOD["loads"][0], "relay": KRIDA}]},
            "cannot go off by itself when the manager dies",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(SiteFileError) as caught:
        read_site(written(tmp_path, **changes))
    assert told in str(caught.value)
    assert str(tmp_path / "site.json") in str(caught.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError) as caught:
        read_site(written(tmp_path, loads=[], tariff="x", period_min=7))
    assert len(str(caught.value).splitlines()) == 3


def test_a_relay_without_a_time_of_its_own_where_it_is_said(tmp_path: Path) -> None:
    relay = {**KRIDA, "without_timer": True}
    site = read_site(written(tmp_path, loads=[{"name": "a", "nominal_w": 1, "relay": relay}]))
    assert names_of(site).timed == (False,)


def test_a_file_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text("{", encoding="utf-8")
    with pytest.raises(SiteFileError, match=r"site\.json"):
        read_site(tmp_path / "site.json")
    (tmp_path / "site.json").write_bytes(b"x" * 1_000_001)
    with pytest.raises(SiteFileError, match="larger than"):
        read_site(tmp_path / "site.json")
    with pytest.raises(FileNotFoundError):
        read_site(tmp_path / "nothing.json")
