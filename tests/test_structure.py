"""The order of the repository: each thing where a newcomer would look for it, and nothing that belongs to one machine only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gw_spaceheat"
TESTS = ROOT / "tests"
WHOLE_SYSTEM_TESTS = {"scenarios", "replay", "interop", "faults", "browser", "peers"}
"""Folders of tests that go across floors and mirror none, or are of what tests themselves need."""
ABOUT_SEVERAL = {
    "core/heating/test_always.py",  # what must hold for every strategy, whatever comes
    "core/heating/test_closed_loop.py",
    "core/heating/test_documentation.py",  # the page's tables and diagrams are those of the code
    "core/heating/test_parts.py",
    "core/heating/test_takes_over.py",
    "core/netbalance/algorithms/test_rules.py",  # the simple ones, side by side
    "core/retention/test_on_disk.py",  # with the outbox that the daemon has
    "drivers/test_random_answers.py",  # for every decoder
    "house/test_houses.py",  # the houses that ship
    "house/test_points_in_plant.py",
    "links/test_deploy.py",  # the broker's files that ship
    "messages/test_checks.py",
    "messages/test_examples.py",
    "messages/test_fuzz.py",
}
"""Tests of a folder as a whole, and not of one module in it."""

MACHINE_WORDS = ("/" + "work/", "/" + "farm/", "/" + "tmp/v", "file" + ":///opt")
"""Traces of the machine that a file was written on. Put together here so that this file does not hold them."""


def packages() -> list[Path]:
    return sorted(path.parent for path in PACKAGE.rglob("__init__.py"))


def modules() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip()
    )


def floor_tests() -> list[Path]:
    return sorted(
        path
        for path in TESTS.glob("*/**/test_*.py")
        if path.relative_to(TESTS).parts[0] not in WHOLE_SYSTEM_TESTS and str(path.relative_to(TESTS)) not in ABOUT_SEVERAL
    )


def files_of_the_repository() -> Iterator[Path]:
    """Every file but those that .gitignore leaves out (it holds only plain names and `*.ending`)."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()] + [".git"]
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if any(path.match(pattern) for pattern in ignored):
                continue
            if path.is_dir():
                folders.append(path)
            elif path.is_file():
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("package", packages(), ids=name)
def test_every_package_has_a_short_readme(package: Path) -> None:
    readme = package / "README.md"
    assert readme.is_file(), f"write {name(readme)}: what may be in this folder, what it may import"
    if package != PACKAGE:  # that one is the application's readme
        assert 3 <= len(readme.read_text(encoding="utf-8").splitlines()) <= 8


@pytest.mark.parametrize("module", modules(), ids=name)
def test_every_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), f"{name(module)} begins without a docstring"


@pytest.mark.parametrize("test", floor_tests(), ids=name)
def test_tests_mirror_the_package(test: Path) -> None:
    floor = PACKAGE / test.relative_to(TESTS).parts[0]
    subject = test.stem.removeprefix("test_")
    found = [path for path in floor.rglob("*") if path.name in {subject, f"{subject}.py", f"{subject}_.py"}]
    assert found, f"{name(test)} tests {subject}, and there is no such module below {name(floor)}"


def test_only_settings_reads_the_settings_file() -> None:
    pattern = re.compile(r"^\s*(?:import|from) (?:dotenv|pydantic_settings)\b", re.MULTILINE)
    readers = [name(path) for path in PACKAGE.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))]
    assert readers == ["gw_spaceheat/apps/settings.py"]


def test_nothing_names_the_machine_it_was_written_on() -> None:
    found = [
        f"{name(path)}: {word}"
        for path in files_of_the_repository()
        for word in MACHINE_WORDS
        if word.encode() in path.read_bytes()
    ]
    assert not found


@pytest.mark.parametrize("pinned", sorted((ROOT / "requirements").glob("*.txt")), ids=name)
def test_pins_are_exact_and_name_no_registry(pinned: Path) -> None:
    for line in pinned.read_text(encoding="utf-8").splitlines():
        assert "://" not in line
        assert not line or re.match(r"\s*#|[A-Za-z0-9._-]+==\S+", line), f"{name(pinned)}: {line}"


def test_every_dependency_has_a_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text(encoding="utf-8")
    for layer in sorted((ROOT / "requirements").glob("*.in")):
        for line in layer.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-c")):
                library = re.split(r"[<>=;]", line)[0].strip()
                assert f"| {library} |" in reasons, f"{library} of {name(layer)} has no line in the decision page"


def test_every_decision_tells_what_would_change_it() -> None:
    for page in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings[-3:] == ["What we chose", "What we did not choose", "What would change our mind"], name(page)


def test_links_between_documents_lead_somewhere() -> None:
    documents = [path for path in files_of_the_repository() if path.suffix == ".md"]
    dead = [
        f"{name(document)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert not dead
