"""The benchmark of the supervision server measures what it says."""

import pytest

from gw_spaceheat.apps.bench import supervise
from tests.links.conftest import require_mosquitto


def test_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    require_mosquitto()
    monkeypatch.setattr(supervise, "SETTLE_S", 1.0)
    figures = supervise.measure(houses=3, devices=4, seconds=2.0, kills=1)
    assert figures["readings_said"] == figures["readings_taken"] == 3 * 4 * 2
    assert figures["states_told"] >= 3
    assert 0.0 < figures["silent_s_most"] < supervise.ANSWER_WITHIN_S
