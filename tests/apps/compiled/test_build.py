"""Building; the real thing once, in processes of its own."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled import build
from gw_spaceheat.apps.compiled.build import BuildFailedError, ToolMissingError, compile_control_code
from gw_spaceheat.apps.compiled.cache import BUILDING, Build, key_of, read_build
from gw_spaceheat.apps.compiled.modules import sources
from gw_spaceheat.cli.exits import Exit
from tests.scenarios.scene import HOUSES

OAK = "hw1.isone.me.millinocket.oak"
GWS = [sys.executable, "-m", "gw_spaceheat"]


def fake_make(of: dict[str, bytes], aside: Path) -> Build:
    made = Build(aside / "modules", {"gw_spaceheat.one": "one.so"}, {}, float(len(of) > 0))
    made.folder.mkdir()
    (made.folder / "one.so").touch()
    made.write()
    return made


@pytest.fixture
def _faked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_make", fake_make)
    monkeypatch.setattr(build, "check_tools", lambda: None)


@pytest.mark.usefixtures("_faked")
def test_a_build_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first, made = compile_control_code(folder)
    assert made
    assert first.folder == folder / key_of(sources())
    assert compile_control_code(folder) == (first, False)
    assert [path for path in folder.iterdir() if path.name.startswith(BUILDING)] == []


@pytest.mark.usefixtures("_faked")
def test_the_remains_of_a_build_are_replaced(tmp_path: Path) -> None:
    remains = tmp_path / key_of(sources()) / "half"
    remains.mkdir(parents=True)
    found, made = compile_control_code(tmp_path)
    assert made
    assert not remains.exists()
    assert read_build(found.folder) == found


@pytest.mark.usefixtures("_faked")
def test_of_two_builders_at_a_time_both_have_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_make(of: dict[str, bytes], aside: Path) -> Build:
        monkeypatch.setattr(build, "_make", fake_make)
        assert compile_control_code(tmp_path)[1]
        return fake_make(of, aside)

    monkeypatch.setattr(build, "_make", slow_make)
    found, _ = compile_control_code(tmp_path)
    assert read_build(found.folder) == found


@pytest.mark.usefixtures("_faked")
def test_sources_that_change_meanwhile_make_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter([{"gw_spaceheat.one": b"before"}, {"gw_spaceheat.one": b"after"}])
    monkeypatch.setattr(build, "sources", lambda: next(texts))
    with pytest.raises(BuildFailedError, match="changed while they were compiled"):
        compile_control_code(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "mypyc" else object())
    with pytest.raises(ToolMissingError, match="mypyc is not installed: pip install mypy"):
        compile_control_code(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    monkeypatch.setenv("CC", "no-such-compiler -O9")
    with pytest.raises(ToolMissingError, match="no C compiler no-such-compiler: "):
        compile_control_code(tmp_path)
    monkeypatch.setenv("CC", sys.executable)
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    with pytest.raises(ToolMissingError, match="python3-dev"):
        compile_control_code(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_build_knows_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two processes that it starts, replaced: one makes the files, the other imports them."""
    started: list[list[str]] = []

    def run(words: list[str]) -> None:
        started.append(words)
        for file in ("group__mypyc", "gw_spaceheat/core/scada"):
            path = tmp_path / "modules" / f"{file}{sysconfig.get_config_var('EXT_SUFFIX')}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    monkeypatch.setattr(build, "_run", run)
    made = build._make(sources(), tmp_path)
    assert read_build(tmp_path / "modules") == made
    assert made.files.keys() == {"group__mypyc", "gw_spaceheat.core.scada"}
    assert made.modules == ("gw_spaceheat.core.scada",)
    worker, trial = started
    assert str(Path("gw_spaceheat/core/scada.py")) in worker
    assert trial[-1] == str(tmp_path / "modules")


def test_what_the_compiler_says_is_shown() -> None:
    with pytest.raises(BuildFailedError, match=r"not compiled:\nfirst\nsecond"):
        build._run(["-c", "print('first\\n\\nsecond'); raise SystemExit(1)"])


def gws(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GWS_COMPILED")}
    return subprocess.run(
        [*GWS, *words], cwd=HOUSES.parents[1], env={**environment, **settings}, capture_output=True, text=True, check=False
    )


def test_a_compiled_day_is_the_same_to_the_last_byte() -> None:
    """In the user's own folder, where `make test` has just compiled it, so that it need not be done again."""
    compiled = gws("compile", "--json")
    if compiled.returncode == Exit.UNAVAILABLE:
        pytest.skip(compiled.stderr.strip())
    assert compiled.returncode == Exit.OK, compiled.stderr
    assert len(json.loads(compiled.stdout)["compiled"]) > 20
    told = []
    for switch in ("1", "0"):
        done = gws("simulate", OAK, "--days", "1", "--file", str(HOUSES), "--json", GWS_COMPILED=switch, GWS_NUMBA="0")
        assert done.returncode == Exit.OK, done.stderr
        told.append(json.loads(done.stdout))
    assert [each.pop("control_compiled") for each in told] == [True, False]
    fast, slow = ({**each, "wall_s": 0} for each in told)
    assert fast == slow
