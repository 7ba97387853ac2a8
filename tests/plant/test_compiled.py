"""The kernel's two speeds: nothing heavy is loaded until it is asked for, and changed source is compiled anew."""

import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.plant import compiled


def test_a_plain_plant_loads_neither_numba_nor_numpy() -> None:
    script = (
        "import sys\n"
        "from tests.plant.houses import START_MS, make_drive, make_house\n"
        "from gw_spaceheat.plant.plant import Plant\n"
        "plant = Plant.build(make_house(), make_drive(), seed=1, start_ms=START_MS)\n"
        "plant.advance(START_MS + 60_000)\n"
        "print(sorted({'numba', 'numpy'} & set(sys.modules)))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_numba_the_compiled_kernel_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    compiled.compiled_kernel.cache_clear()
    with pytest.raises(ImportError, match="install the simulation's requirements, or run it plain"):
        compiled.compiled_kernel()
