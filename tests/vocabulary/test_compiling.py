"""Functions at two speeds: nothing heavy is loaded until it is asked for, and changed source is compiled anew."""

import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.vocabulary import chance
from gw_spaceheat.vocabulary.compiling import compiled, numba_is_here, source_digest

needs_numba = pytest.mark.skipif(not numba_is_here(), reason="Numba is not installed")


def test_numba_is_found_without_importing_it() -> None:
    script = (
        "import sys\n"
        "from gw_spaceheat.vocabulary.compiling import numba_is_here\n"
        "numba_is_here()\n"
        "print('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_cache_lies_in_a_folder_of_the_sources_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "chance.py"
    changed.write_bytes(Path(str(chance.__file__)).read_bytes() + b"\n")
    before = source_digest([chance])
    assert before == source_digest([chance])
    monkeypatch.setattr(chance, "__file__", str(changed))
    assert source_digest([chance]) != before


@needs_numba
def test_a_compiled_function_says_what_the_plain_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fast,) = compiled("test", [chance], [chance.uniform])
    assert [fast(1, 2, counter) for counter in range(50)] == [chance.uniform(1, 2, counter) for counter in range(50)]


def test_without_numba_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError):
        compiled("test", [chance], [chance.uniform])
