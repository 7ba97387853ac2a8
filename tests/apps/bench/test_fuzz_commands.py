"""Fuzzed histories: none is obeyed, all good ones are, and each kind is among them."""

from pathlib import Path
from typing import cast

import pytest

from gw_spaceheat.apps.bench.bad_commands import kinds_of_bad
from gw_spaceheat.apps.bench.fuzz_commands import measure
from gw_spaceheat.core.contract import gate

HOUSES = Path(__file__).parents[3] / "input_data" / "houses.json"


def test_none_is_obeyed() -> None:
    figures = measure(HOUSES, number=20_000, workers=1)
    assert figures["accepted"] == 0
    assert figures["good"] == figures["good_obeyed"] == 400
    judged = cast(dict[str, int], figures["judged"])
    assert sum(judged.values()) == figures["histories"] == 20_000
    assert judged.keys() > set(kinds_of_bad())


def test_the_same_by_several_processes() -> None:
    by_one, by_two = (measure(HOUSES, number=20_001, workers=workers) for workers in (1, 2))
    by_one.pop("wall_s"), by_two.pop("wall_s")
    assert by_one == by_two


def test_a_gate_that_does_not_look_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "signature_fault", lambda *_: "")
    figures = measure(HOUSES, number=2_000, workers=1)
    assert cast(int, figures["accepted"]) > 0
    assert set(cast(dict[str, int], figures["accepted_by_kind"])) == {"forged"}
