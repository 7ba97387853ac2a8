"""Whole houses while everything goes wrong that can: no rule is broken, and a seed is always the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.apps.bench import faults
from gw_spaceheat.apps.bench.faults import measure, play
from gw_spaceheat.apps.faults.rules import Rule
from gw_spaceheat.apps.faults.stage import Stage
from gw_spaceheat.apps.faults.story import story_of

HOUSES = Path(__file__).parents[2] / "input_data" / "houses.json"
FOUND_SOMETHING = (26, 657, 1388, 1560, 1596, 1892, 4351, 4388, 5475)
"""Seeds that once broke a rule."""


@pytest.mark.parametrize(
    "first", [*range(0, 80, 20), *(pytest.param(first, marks=pytest.mark.slow) for first in range(80, 200, 20))]
)
def test_no_seed_breaks_a_rule(first: int) -> None:
    figures = measure(HOUSES, seeds=20, first=first, workers=1)
    assert figures["broken"] == []
    assert figures["violations"] == 0
    assert figures["seeds"] == 20
    for busy in ("commands", "obeyed_from_outside", "attacks", "deaths", "accounts_compared"):
        assert figures[busy], busy


@pytest.mark.parametrize("seed", FOUND_SOMETHING)
def test_what_was_found_stays_mended(seed: int) -> None:
    assert play(HOUSES, story_of(seed)).broken == ()


@pytest.mark.slow
def test_two_thousand_seeds() -> None:
    assert measure(HOUSES, seeds=2000)["broken"] == []


def test_a_seed_is_the_same_in_another_process_with_another_hash_seed() -> None:
    wanted = {"seeds": 1, "first": 7, "workers": 1, "trace": True}
    code = (
        "import json, sys; from pathlib import Path; from gw_spaceheat.apps.bench.faults import measure;"
        f"print(json.dumps(measure(Path(sys.argv[1]), **{wanted!r})))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "GWS_NUMBA": "0"}
    told = subprocess.run(
        [sys.executable, "-c", code, str(HOUSES)], env=environment, capture_output=True, text=True, check=True
    ).stdout
    there, here = json.loads(told), json.loads(json.dumps(measure(HOUSES, **wanted)))  # type: ignore[arg-type]
    there.pop("wall_s"), here.pop("wall_s")
    assert len(here["trace"]["7"]) > 20
    assert there == here


def test_what_raises_is_a_broken_rule_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_self: Stage) -> None:
        raise RuntimeError("the roof")

    monkeypatch.setattr(Stage, "play", fall)
    figures = measure(HOUSES, seeds=1, first=3, workers=1)
    assert figures["violations"] == 1
    assert figures["broken"] == [{"seed": 3, "at_s": 0.0, "rule": Rule.ALIVE.value, "what": "RuntimeError: the roof"}]


def test_shares_are_played_by_several_processes_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "A_SHARE", 2)
    by_one, by_two = (measure(HOUSES, seeds=4, first=50, workers=workers) for workers in (1, 2))
    by_one.pop("wall_s"), by_two.pop("wall_s")
    assert by_one == by_two
