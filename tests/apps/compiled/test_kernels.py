"""What Numba compiles is compiled before a simulation needs it."""

import json
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled.kernels import compile_kernels
from gw_spaceheat.apps.settings import houses_file
from gw_spaceheat.core.market.looks import MANY_JOBS, looks_for
from gw_spaceheat.core.planner import batch
from gw_spaceheat.plant.compiled import compiled_kernel
from gw_spaceheat.vocabulary.compiling import numba_is_here


@pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")
def test_each_is_compiled_for_what_it_meets() -> None:
    assert compile_kernels(houses_file())
    kernel, looks = compiled_kernel(), looks_for(MANY_JOBS)
    for function in (kernel.advance, kernel.scan, kernel.quiet_until, *batch._compiled(), looks.look, looks.sweep):
        assert function.signatures, f"{function} has not met anything yet"  # type: ignore[union-attr]


def test_without_a_house_to_plan_for_there_is_nothing_to_do(tmp_path: Path) -> None:
    houses = json.loads(houses_file().read_text(encoding="utf-8"))
    alias = "w.isone.nh.orange.1"
    (tmp_path / "houses.json").write_text(json.dumps({alias: houses[alias]}), encoding="utf-8")
    assert not compile_kernels(tmp_path / "houses.json")
