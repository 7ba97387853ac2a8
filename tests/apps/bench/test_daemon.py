"""The daemon's figures, from a short look."""

import pytest

from gw_spaceheat.apps.bench import daemon
from gw_spaceheat.apps.bench.daemon import measure
from tests.scenarios.scene import GARAGE, HOUSES


def test_a_short_look_gives_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "SETTLE_S", 0.0)
    figures = measure(HOUSES, seconds=0.5, house=GARAGE)
    assert figures["exit_code"] == 0
    for name in ("rss_mb", "peak_rss_mb", "cpu_percent", "ready_s", "ready_cpu_s", "stop_s", "watched_s", "threads"):
        value = figures[name]
        assert isinstance(value, float | int)
        assert value >= 0
    assert figures["house"] == GARAGE


def test_a_daemon_that_does_not_start_is_told_with_its_last_words() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)did not become ready: .*no such house"):
        measure(HOUSES, seconds=0.1, house="hw1.nowhere")
