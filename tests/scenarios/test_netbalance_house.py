"""Loads of a house on the hour's surplus, with processes, fakes of Envoy and Shellys, and a real InfluxDB."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.stores import query
from gw_spaceheat.vocabulary.moment import YEAR_3000_MS
from tests.drivers.fakes.http import Device, envoy, envoy_line, served, shelly_1, shelly_2
from tests.influx import DATABASE, Influx, influx
from tests.scenarios.scene import Gathered, Program

STREAM = "/stream/meter"
SURPLUS, DEBT = envoy_line(9000.0, 700.0), envoy_line(0.0, 9000.0)


class Words(Gathered[Any]):
    """What a fake was told, to be waited for."""

    append = Gathered.add


class Cellar:
    """An Envoy, two Shellys with a load each, and the file that names them."""

    def __init__(self, folder: Path, ports: tuple[int, int, int], devices: tuple[Device, Device, Device]) -> None:
        self.folder = folder
        self.meter, self.first, self.second = devices
        self.polls = Words()
        self.words = (Words(), Words())
        self.meter.asked = self.polls  # type: ignore[assignment]
        self.first.switched, self.second.switched = self.words  # type: ignore[assignment]
        self._ports = ports
        (folder / "word").write_text("secret-word\n")

    def file(self, **changes: Any) -> str:
        host = {"host": "127.0.0.1"}
        form = {
            "meter": {
                "make_model": "Enphase__EnvoyS",
                "address": {**host, "port": self._ports[0]},
                "options": {"password_file": str(self.folder / "word")},
                "production": "production",
                "consumption": "total-consumption",
            },
            "loads": [
                {
                    "name": "first",
                    "nominal_w": 1800,
                    "relay": {"make_model": "Shelly__Gen1", "address": {**host, "port": self._ports[1]}, "power": "1"},
                },
                {
                    "name": "second",
                    "nominal_w": 1800,
                    "relay": {"make_model": "Shelly__Gen2", "address": {**host, "port": self._ports[2]}, "power": "switch:0"},
                },
            ],
            "poll_s": 1,
            "algorithm": "hysteresis",
            "settings": {"top_wh": "1,1e9", "bottom_wh": "-2,-1e9"},
            **changes,
        }
        path = self.folder / "site.json"
        path.write_text(json.dumps(form), encoding="utf-8")
        return str(path)

    def wait_for_polls(self, count: int) -> None:
        """Until the meter was read so many times more."""
        self.polls.wait(lambda path: path == STREAM, count, since=self.polls.mark())


@pytest.fixture
def cellar(tmp_path: Path) -> Iterator[Cellar]:
    devices = (envoy(), shelly_1(), shelly_2())
    devices[0].stream = [SURPLUS]
    with served(devices[0]) as meter, served(devices[1]) as first, served(devices[2]) as second:
        yield Cellar(tmp_path, (meter, first, second), devices)


@contextmanager
def managing(cellar: Cellar, **changes: Any) -> Iterator[Program]:
    with Program(cellar.folder, "netbalance", "manage", cellar.file(**changes)) as manager:
        yield manager


def test_a_load_goes_on_by_surplus_with_a_time_and_a_restart_switches_nothing(cellar: Cellar) -> None:
    with managing(cellar) as manager:
        manager.log.wait_for("first: on")
        (told,) = cellar.words[0].wait(lambda word: word["turn"] == "on")
        assert 30 <= int(told["timer"]) <= 3630
        cellar.wait_for_polls(2)
        manager.kill()
    mark = cellar.words[0].mark()
    with managing(cellar) as manager:
        manager.log.wait_for("goes on in mid-period with a balance of")
        cellar.wait_for_polls(4)
        assert cellar.words[0].all[mark:] == [], "it is on, and stays so"
        cellar.meter.stream = [DEBT]
        manager.log.wait_for("first: off")
        (told,) = cellar.words[0].wait(lambda word: word["turn"] == "off", since=mark)
        assert "timer" not in told
        assert manager.stop() == 0
    assert cellar.words[1].all == []
    assert manager.log.having("Traceback") == []


def test_leaving_the_window_switches_off(cellar: Cellar) -> None:
    cellar.first.answers["/relay/0"]({"turn": "on"})
    loads = json.loads(Path(cellar.file()).read_text())["loads"]
    closed = [{**load, "from": "00:00", "to": "00:00", "deadline": "24:00"} for load in loads]
    mark = cellar.words[0].mark()
    with managing(cellar, loads=[{**closed[0], "to": "00:01"}, closed[1]]) as manager:
        (told,) = cellar.words[0].wait(lambda word: word["turn"] == "off", since=mark)
        assert "timer" not in told
        assert manager.log.having("first: on") == []
        assert manager.stop() == 0


@pytest.mark.parametrize("trouble", ["silence", pytest.param("unauthorized", marks=pytest.mark.slow), "half a line"])
def test_a_meter_in_trouble_is_told_once_and_once_when_it_is_well(cellar: Cellar, trouble: str) -> None:
    with managing(cellar) as manager:
        manager.log.wait_for("first: on")
        if trouble == "half a line":
            cellar.meter.stream = [SURPLUS[:-40]]
        elif trouble == "silence":
            cellar.meter.mood = "silence"
        else:
            cellar.meter.digest = ("installer", "another-word", "enphaseenergy.com", "MD5")
        manager.log.wait_for("the meter says nothing")
        cellar.meter.mood, cellar.meter.stream = "well", [SURPLUS]
        cellar.meter.digest = ("installer", "secret-word", "enphaseenergy.com", "MD5")
        manager.log.wait_for("the meter speaks again")
        assert [word["turn"] for word in cellar.words[0].all] == ["on"], "it was held meanwhile"
        assert manager.stop() == 0
    assert len(manager.log.having("the meter says nothing")) == 1
    assert not manager.log.having("secret-word")


def test_a_relay_that_is_away_is_told_again_until_it_obeys(cellar: Cellar) -> None:
    with managing(cellar) as manager:
        cellar.wait_for_polls(1)
        cellar.first.mood = "hang-up"
        manager.log.wait_for("load1 did not obey")
        cellar.first.mood = "well"
        manager.log.wait_for("load1 obeys again")
        told = cellar.words[0].wait(lambda word: word["turn"] == "on")[-1]
        assert int(told["timer"]) <= 3630
        assert manager.stop() == 0
    assert len(manager.log.having("did not obey")) == 1


def test_one_word_switches_everything_off(cellar: Cellar) -> None:
    cellar.first.answers["/relay/0"]({"turn": "on"})
    cellar.second.answers["/rpc/Switch.Set"]({"on": "true"})
    with Program(cellar.folder, "netbalance", "stop", cellar.file()) as stopping:
        assert stopping.ended() == Exit.OK
    assert cellar.first.answers["/status"]({})["relays"][0]["ison"] is False
    assert cellar.second.answers["/rpc/Shelly.GetStatus"]({})["switch:0"]["output"] is False
    cellar.first.mood = "hang-up"
    with Program(cellar.folder, "netbalance", "stop", cellar.file()) as stopping:
        assert stopping.ended() == Exit.UNAVAILABLE
    assert stopping.log.having("second: off")
    assert [line for line in stopping.log.all if line.startswith("first: ") and line != "first: off"]


def test_a_wrong_file_is_refused_before_anything_is_switched(cellar: Cellar) -> None:
    for word in ("manage", "monitor", "stop"):
        with Program(cellar.folder, "netbalance", word, cellar.file(tariff="x", algorithm="y")) as wrong:
            assert wrong.ended() == Exit.DATAERR
        assert len(wrong.log.having("site.json: ")) == 2
    assert cellar.polls.all == []


def times_of(server: Influx) -> list[int]:
    return [row[0] for row in server.rows("SELECT consumption_w FROM net_balance")]


def test_no_point_is_lost_while_the_server_is_away_or_the_monitor_is_killed(cellar: Cellar) -> None:
    store = {"kind": "influx", "url": "", "database": DATABASE}
    with influx(cellar.folder / "influx") as server:
        file = cellar.file(store={**store, "url": server.url})
        with Program(cellar.folder, "netbalance", "monitor", file) as monitor:
            cellar.wait_for_polls(3)
            server.stop()
            monitor.log.wait_for("points wait on the disk")
            cellar.wait_for_polls(4)
            monitor.kill()
        server.start()
        before = times_of(server)
        with Program(cellar.folder, "netbalance", "monitor", file) as monitor:
            cellar.wait_for_polls(3)
            assert monitor.stop() == 0
        times = times_of(server)
        loads = server.rows("SELECT count(change) FROM net_balance_load")
    assert len(before) >= 2
    assert times[: len(before)] == before
    assert len(times) >= len(before) + 4 + 2
    gaps_ms = [later - earlier for earlier, later in pairwise(times)]
    assert sum(gap_ms > 1_500 for gap_ms in gaps_ms) <= 1, "only while it was not there"
    assert loads[0][1] == 2 * len(times)
    assert cellar.words[0].all == cellar.words[1].all == [], "who watches switches nothing"


def test_without_a_server_points_are_kept_as_an_ear_keeps_readings(cellar: Cellar) -> None:
    with Program(cellar.folder, "netbalance", "monitor", cellar.file(name="My house")) as monitor:
        cellar.wait_for_polls(5)
        assert monitor.stop() == 0
    folder, alias = cellar.folder / "data" / "netbalance" / "ear", "netbalance.myhouse"
    rows = query.export(folder, alias, 0, YEAR_3000_MS)
    of = {name: [row for row in rows if row.channel == name] for name in {row.channel for row in rows}}
    loads = [f"load{number}-{word}" for number in (1, 2) for word in ("power", "state")]
    assert sorted(of) == sorted(["balance", "consumption", "produced", "production", *loads])
    assert len(of["production"]) >= 4, "the fifth was perhaps on its way when it was stopped"
    assert {(row.value, row.unit) for row in of["production"]} == {(9000.0, "W")}
    assert {row.unit for row in of["balance"]} == {"Wh"}
    assert {row.value for row in of["load1-state"]} == {0.0}
    assert monitor.log.having("Traceback") == []
