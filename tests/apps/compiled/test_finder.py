"""Compiled modules are imported all or none, and only where that is safe."""

import sys
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled import finder
from gw_spaceheat.apps.compiled.cache import Build, key_of
from gw_spaceheat.apps.compiled.finder import CompiledFinder, NotCompiledError, in_use, use_compiled
from gw_spaceheat.apps.compiled.modules import sources

NOT_IMPORTED = "gw_spaceheat.core.imported_by_nobody"


@pytest.fixture(autouse=True)
def _meta_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))


def make_build(folder: Path, *modules: str) -> Build:
    """A build of the present sources that holds these modules; each is an empty file."""
    build = Build(folder / key_of(sources()), {name: f"{name}.so" for name in modules}, {}, 1.0)
    build.folder.mkdir()
    for file in build.files.values():
        (build.folder / file).touch()
    build.write()
    return build


def test_a_build_of_these_sources_is_used(tmp_path: Path) -> None:
    build = make_build(tmp_path, NOT_IMPORTED, "group__mypyc")
    assert use_compiled(tmp_path, None)
    assert in_use()
    assert use_compiled(tmp_path, True), "again is no harm"
    first = sys.meta_path[0]
    assert isinstance(first, CompiledFinder)
    spec = first.find_spec(NOT_IMPORTED)
    assert spec is not None
    assert spec.origin == str(build.folder / f"{NOT_IMPORTED}.so")
    assert first.find_spec("gw_spaceheat.core.scada") is None


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    make_build(tmp_path, NOT_IMPORTED)
    assert not use_compiled(tmp_path, False)
    assert not in_use()


def test_where_there_is_no_build_the_sources_are_used(tmp_path: Path) -> None:
    assert not use_compiled(tmp_path / "nowhere", None)
    assert not in_use()
    with pytest.raises(NotCompiledError, match="run gws compile"):
        use_compiled(tmp_path / "nowhere", True)


def test_a_build_of_other_sources_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_build(tmp_path, NOT_IMPORTED)
    monkeypatch.setattr(finder, "sources", lambda: {**sources(), "gw_spaceheat.core.scada": b"changed"})
    assert not use_compiled(tmp_path, None)
    assert not in_use()


def test_what_is_imported_already_is_not_mixed_with_compiled_modules(tmp_path: Path) -> None:
    make_build(tmp_path, NOT_IMPORTED, finder.__name__)
    assert not use_compiled(tmp_path, None)
    assert not in_use()
    with pytest.raises(NotCompiledError, match=f"{finder.__name__} is imported already"):
        use_compiled(tmp_path, True)
