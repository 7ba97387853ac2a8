"""A build is found by what it was made of, and by nothing else."""

import json
import os
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled import cache
from gw_spaceheat.apps.compiled.cache import BUILDING, KEPT, MANIFEST, Build, find_build, key_of, prune
from gw_spaceheat.apps.compiled.modules import sources
from tests.apps.compiled.checkout import make_checkout


def make_build(folder: Path, key: str, age_s: int = 0) -> Build:
    (folder / key).mkdir(parents=True)
    (folder / key / "one.so").touch()
    build = Build(folder / key, {"gw_spaceheat.one": "one.so"}, {"gw_spaceheat.two": "a reason"}, 1.5)
    build.write()
    made_s = 1_700_000_000 - age_s
    os.utime(folder / key, (made_s, made_s))
    return build


def test_the_key_is_another_when_a_source_has_changed(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path, one="A = 1", two="")
    key = key_of(sources(checkout))
    assert key == key_of(sources(checkout))
    for name in ("core/one.py", "core/two.py", "core/__init__.py", "core/heating/strategies/slow.py"):
        path = checkout / "gw_spaceheat" / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n", encoding="utf-8")
        assert key_of(sources(checkout)) != key, name
        path.write_text(text, encoding="utf-8")
    (checkout / "gw_spaceheat" / "elsewhere.py").write_text("A = 1", encoding="utf-8")
    assert key_of(sources(checkout)) == key


def test_the_key_is_another_with_another_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of({})
    monkeypatch.setattr(cache, "version", lambda _name: "0.1")
    assert key_of({}) != key

    def none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(cache, "version", none)
    assert key_of({}) != key


def test_a_build_is_found_whole_or_not_at_all(tmp_path: Path) -> None:
    build = make_build(tmp_path, "k")
    assert find_build(tmp_path, "k") == build
    assert build.modules == ("gw_spaceheat.one",)
    assert find_build(tmp_path, "other") is None
    manifest = tmp_path / "k" / MANIFEST
    whole = manifest.read_text(encoding="utf-8")
    for wrong in ("", "[]", "{}", json.dumps({"files": 1, "left_out": {}, "seconds": 1})):
        manifest.write_text(wrong, encoding="utf-8")
        assert find_build(tmp_path, "k") is None
    manifest.write_text(whole, encoding="utf-8")
    (tmp_path / "k" / "one.so").unlink()
    assert find_build(tmp_path, "k") is None


def test_few_builds_are_kept_and_what_was_broken_off_goes(tmp_path: Path) -> None:
    for age_s in range(6):
        make_build(tmp_path, f"k{age_s}", age_s)
    (tmp_path / f"{BUILDING}old").mkdir()
    os.utime(tmp_path / f"{BUILDING}old", (0, 0))
    (tmp_path / f"{BUILDING}new").mkdir()
    (tmp_path / "somebody's").mkdir()
    prune(tmp_path, "k5")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"k5", *(f"k{age_s}" for age_s in range(KEPT - 1)), f"{BUILDING}new", "somebody's"}
