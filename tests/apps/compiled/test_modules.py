"""What is compiled, and why the rest is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.apps.compiled.modules import CHECKOUT, FOUND_BY_NAME, LEFT_ALONE, ROOT, choose, imported, path_of, sources
from tests.apps.compiled.checkout import make_checkout

CORE = "gw_spaceheat.core"


@pytest.mark.parametrize("name", [ROOT, FOUND_BY_NAME, *LEFT_ALONE])
def test_what_a_rule_names_exists(name: str) -> None:
    assert path_of(name) is not None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from gw_spaceheat.core import scada", {f"{CORE}.scada"}),
        ("from gw_spaceheat.core import (\n    scada as machine,\n    atn,\n)", {f"{CORE}.scada", f"{CORE}.atn"}),
        ("def late():\n    import gw_spaceheat.core.ear", {f"{CORE}.ear"}),
        ("import os\nfrom msgspec import Struct", set()),
    ],
)
def test_imports_are_read_from_the_source(text: str, names: set[str]) -> None:
    assert set(imported(text)) - {CORE} >= names
    assert bool(imported(text)) == bool(names)


def test_a_simulation_is_made_of_all_that_it_imports() -> None:
    script = f"import sys, {ROOT}; print(*[name for name in sys.modules if name.startswith('gw_spaceheat')])"
    done = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    known = sources()
    by_name = {name for name in done.stdout.split() if name.startswith("gw_spaceheat.messages.")}  # found by the codec
    assert set(done.stdout.split()) - by_name <= known.keys()
    assert "gw_spaceheat.cli.main" not in known


def test_what_decides_is_compiled() -> None:
    choice = choose(sources())
    assert {f"{CORE}.scada", f"{CORE}.heating.local", f"{CORE}.link.session", "gw_spaceheat.runtime.virtual", ROOT} <= set(
        choice.compiled
    )
    assert all(choice.left_out.values())
    assert choice.left_out.keys().isdisjoint(choice.compiled)
    assert choice.left_out.keys() | set(choice.compiled) == sources().keys()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import typing\n@typing.runtime_checkable\nclass A(typing.Protocol): ...", "checked at run time"),
        ("class A:\n    def f(self): ...\n    TABLE = {1: f}", "names its own method f"),
        ("class A:\n    def f(self): ...\n    table: dict = {1: f}", "names its own method f"),
        ("HERE = __file__", "uses __file__"),
        ("from typing import get_type_hints\nget_type_hints(int)", "uses get_type_hints"),
    ],
)
def test_what_cannot_be_compiled_is_left_out(tmp_path: Path, text: str, why: str) -> None:
    checkout = make_checkout(tmp_path, one=text, two="def f() -> None: ...")
    choice = choose(sources(checkout), checkout)
    assert why in choice.left_out[f"{CORE}.one"]
    assert choice.compiled == (ROOT, f"{CORE}.two")


def test_nobody_uncompiled_inherits_from_a_compiled_class(tmp_path: Path) -> None:
    checkout = make_checkout(
        tmp_path,
        base="class Base: ...",
        middle="from gw_spaceheat.core.base import Base\nclass Middle(Base): ...",
        other="class Other: ...",
    )
    assert f"{CORE}.base" in choose(sources(checkout), checkout).compiled
    heir = "from gw_spaceheat.core import middle as one\nclass Heir(list[one.Middle], one.Middle): ..."
    (checkout / "gw_spaceheat" / "heir.py").write_text(heir, encoding="utf-8")
    choice = choose(sources(checkout), checkout)
    assert choice.compiled == (ROOT, f"{CORE}.other")
    assert choice.left_out[f"{CORE}.base"] == f"{CORE}.middle inherits from it"
    assert choice.left_out[f"{CORE}.middle"] == "gw_spaceheat.heir inherits from it"
