"""`/healthz` and `/metrics` of a process: of one in this process that can be made to hang, and of a whole daemon."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gw_spaceheat.apps.health import Health
from gw_spaceheat.core.events import Event, LinkAsked, LinkChanged, Started
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.runtime.threaded import Options, ThreadedRuntime
from gw_spaceheat.vocabulary.moment import Moment
from tests.asking import ask
from tests.scenarios.scene import GARAGE, PATIENCE_S, Lines, Program, logger_into, new_life

TELLS_MODULES = """
import sys
from gw_spaceheat.cli.main import main
main(sys.argv[1:])
print("prometheus_client" in sys.modules, "http.server" in sys.modules)
"""


class Boiler:
    """Hangs when it is asked for its link, until it may go on."""

    def __init__(self) -> None:
        self.inside = threading.Event()
        self.go_on = threading.Event()

    def handle(self, event: Event, _now: Moment) -> Sequence[Event]:
        if isinstance(event, Started):
            return (LinkChanged("a.boiler", up=True, reason=""),)
        if isinstance(event, LinkAsked):
            self.inside.set()
            assert self.go_on.wait(PATIENCE_S)
        return ()

    def wake(self, _now: Moment) -> Sequence[Event]:
        return ()

    def deadline(self) -> int | None:
        return None


class Asked:
    """Whoever asks for pages, at the address that a log tells."""

    def __init__(self, log: Lines) -> None:
        line = log.wait_for("health: http://")[0]
        self._port = int(line.split("/healthz")[0].rpartition(":")[2])

    def get(self, path: str) -> tuple[int, str]:
        status, body = ask(self._port, path)
        return status, body.decode()

    def health(self) -> tuple[int, dict[str, Any]]:
        status, text = self.get("/healthz")
        return status, json.loads(text)

    def samples(self) -> dict[tuple[str, ...], float]:
        status, text = self.get("/metrics")
        assert status == 200
        found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(sample.name, *sample.labels.values()): sample.value for sample in found}


@pytest.fixture
def never_looks() -> Iterator[tuple[ThreadedRuntime, Boiler, Asked]]:
    """A runtime whose watch looks only when the test lets it."""
    life, _ = new_life()
    boiler, lines, clock = Boiler(), Lines(), SystemClock()
    health = Health("hw1.test", clock, life, ("a.boiler",))
    hosted = [Hosted("a.boiler", boiler, late_after_ms=1)]
    runtime = ThreadedRuntime(clock, lambda _source, _event: (), hosted, life.observers, Options(look_every_s=1e6))
    with health.served("127.0.0.1:0", runtime, logger_into(lines)):
        runtime.start()
        yield runtime, boiler, Asked(lines)
        boiler.go_on.set()
        assert runtime.stop(within_s=PATIENCE_S) == []


def test_who_hangs_is_named_until_he_goes_on(never_looks: tuple[ThreadedRuntime, Boiler, Asked]) -> None:
    runtime, boiler, asked = never_looks
    assert asked.health()[0] == 503, "nobody has looked yet"
    runtime.look()
    assert asked.health()[0] == 200
    runtime.post("a.boiler", LinkAsked("none"))
    assert boiler.inside.wait(PATIENCE_S)
    until_late = threading.Event()
    while runtime.report()[0].progress_age_s < 0.002:
        until_late.wait(0.001)
    runtime.look()
    status, told = asked.health()
    assert status == 503
    assert list(told["late"]) == ["a.boiler"]
    assert told["late"]["a.boiler"].startswith("in one call for")
    assert asked.samples()["gws_actor_late", "a.boiler"] == 1.0
    boiler.go_on.set()
    while runtime.report()[0].waiting:
        until_late.wait(0.001)
    while runtime.report()[0].trouble:
        runtime.look()
    assert asked.health()[0] == 200


def test_the_witness_is_shown_what_the_runtime_does(never_looks: tuple[ThreadedRuntime, Boiler, Asked]) -> None:
    _, _, asked = never_looks
    samples = asked.samples()
    assert samples["gws_link_up", "a.boiler"] == 1.0
    assert samples["gws_link_connects_total", "a.boiler"] == 1.0


def test_a_whole_daemon(tmp_path: Path) -> None:
    with Program(tmp_path, "run", "--embedded", "--house", GARAGE, "--health", "0") as daemon:
        asked = Asked(daemon.log)
        daemon.log.wait_for("uplink: connected")
        daemon.log.wait_for("local: connected")
        until_s = time.monotonic() + PATIENCE_S
        while (answer := asked.health())[0] != 200:  # the watch looks for the first time after a second
            assert time.monotonic() < until_s, answer
        status, told = answer
        samples = asked.samples()
        assert daemon.stop() == 0
    assert (status, told["process"], told["late"]) == (200, GARAGE, {})
    assert told["links"]["uplink"]["up"] is True
    assert told["links"]["uplink"]["waiting"] >= 1, "nobody has acknowledged that it has started"
    assert told["links"]["uplink"]["waiting_bytes"] > 0
    assert told["house"]["commanded_by"] == "local"
    assert told["actors"]["a.s"]["critical"] is True
    assert samples["gws_outbox_messages", "uplink"] >= 1
    assert sum(value for name, value in samples.items() if name[0] == "gws_readings_captured_total") > 0
    assert daemon.log.having("Traceback") == []


@pytest.mark.parametrize("words", [[], ["--health", "none"]])
def test_nobody_listens_unless_it_is_said(tmp_path: Path, words: list[str]) -> None:
    """And the library for it is not even imported."""
    environment = {"GWS_HEALTH_LISTEN": "127.0.0.1:0"} if words else {}
    options = ["run", "--house", GARAGE, "--broker", "mqtt://127.0.0.1:9", "--local-broker", "none", "--seconds", "0.1"]
    with Program(tmp_path, *options, *words, code=TELLS_MODULES, **environment) as daemon:
        assert daemon.ended() == 0
    assert daemon.log.having("False False")
    assert daemon.log.having("health: ") == []
