"""Which modules are compiled: by rule, those that a simulation is made of, but for what cannot be or gains nothing.

Reads sources as text and imports nothing of them, because whoever asks may want the compiled ones.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "gw_spaceheat"
CHECKOUT = Path(__file__).resolve().parents[3]
"""The folder that holds the package."""
ROOT = f"{PACKAGE}.apps.simulate"
FOUND_BY_NAME = f"{PACKAGE}.core.heating.strategies"
"""A simulation is made of what ROOT and the modules in this folder import, directly or not."""

LEFT_ALONE: Mapping[str, str] = {
    f"{PACKAGE}.vocabulary": "words only; imported before any command runs",
    f"{PACKAGE}.messages": "msgspec's classes: nothing but data, read and written by msgspec in C",
    f"{PACKAGE}.core.events": "msgspec's classes: nothing but data",
    FOUND_BY_NAME: "their parameters' fields and limits are read at run time",
    f"{PACKAGE}.house": "read from files by annotations, which compiled classes have no longer",
    f"{PACKAGE}.core.planner": "NumPy and Numba do its work",
    f"{PACKAGE}.plant": "Numba compiles it, and its numbers are NumPy's at run time",
}
"""Packages and modules of which nothing is compiled, and why."""

NOT_LEFT_ALONE = frozenset({f"{PACKAGE}.plant.plant", f"{PACKAGE}.plant.watch"})
"""Modules in there for which the reason does not hold: what they take out of a row they make Python's own number first."""

_IMPORT = re.compile(
    rf"^[ \t]*(?:from\s+({PACKAGE}[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+({PACKAGE}[\w.]*))", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is compiled.

    Attributes:
        compiled: Names of the modules, sorted.
        left_out: Names of the others that a simulation is made of, and why each is not.
    """

    compiled: tuple[str, ...]
    left_out: dict[str, str]


def sources(checkout: Path = CHECKOUT) -> dict[str, bytes]:
    """Text of every module that a simulation is made of, by name, sorted; packages are modules too."""
    found: dict[str, bytes] = {}
    waiting = [ROOT, *(f"{FOUND_BY_NAME}.{path.stem}" for path in checkout.joinpath(*FOUND_BY_NAME.split(".")).glob("*.py"))]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = path_of(name, checkout)
        if path is None:
            continue
        found[name] = path.read_bytes()
        waiting += imported(found[name].decode())
        if "." in name:
            waiting.append(name.rpartition(".")[0])
    return dict(sorted(found.items()))


def path_of(name: str, checkout: Path = CHECKOUT) -> Path | None:
    """The file of a module or package; None if there is none, as for a name that something else in a module has."""
    path = checkout.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def imported(text: str) -> list[str]:
    """Names that may be modules of the package and that this source imports, in functions too."""
    names = []
    for module, words, plain in _IMPORT.findall(text):
        names.append(module or plain)
        names += [f"{module}.{word}" for word in re.findall(r"(\w+)(?:\s+as\s+\w+)?", words)] if module else []
    return names


def choose(of: Mapping[str, bytes], checkout: Path = CHECKOUT) -> Choice:
    """Which of these modules are compiled. What the package's other modules inherit from is not: they could not do so."""
    left_out: dict[str, str] = {}
    trees = {name: ast.parse(text) for name, text in of.items()}
    for name, tree in trees.items():
        why = _left_alone(name) or _obstacle(name, tree, checkout)
        if why:
            left_out[name] = why
    ancestors = _ancestors(trees, checkout)
    while True:
        heirs = {
            parent: child
            for child, parents in ancestors.items()
            for parent in parents
            if parent in trees and parent not in left_out and (child not in trees or child in left_out)
        }
        if not heirs:
            break
        left_out |= {parent: f"{child} inherits from it" for parent, child in heirs.items()}
    return Choice(tuple(name for name in trees if name not in left_out), dict(sorted(left_out.items())))


def _left_alone(name: str) -> str | None:
    if name in NOT_LEFT_ALONE:
        return None
    return next((why for which, why in LEFT_ALONE.items() if name == which or name.startswith(f"{which}.")), None)


def _obstacle(name: str, tree: ast.Module, checkout: Path) -> str | None:
    """What mypyc cannot compile to the same effect, as far as it is found in the source; None if nothing is."""
    path = path_of(name, checkout)
    if path is None or path.name == "__init__.py":
        return "a package"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in {"__file__", "get_type_hints"}:
            return f"uses {node.id}"
        if isinstance(node, ast.ClassDef):
            if node.keywords:
                return f"{node.name} is defined with keywords, which mypyc leaves out"
            if any("runtime_checkable" in ast.unparse(decorator) for decorator in node.decorator_list):
                return f"{node.name} is a protocol that is checked at run time"
            used = _own_methods_used(node)
            if used:
                return f"the body of {node.name} names its own method {used}"
    return None


def _own_methods_used(node: ast.ClassDef) -> str | None:
    methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    values = [each.value for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None]
    names = {part.id for value in values for part in ast.walk(value) if isinstance(part, ast.Name)}
    return min(methods & names, default=None)


def _ancestors(known: Mapping[str, ast.Module], checkout: Path) -> dict[str, set[str]]:
    """For each module of the package with classes: the modules that its classes inherit from."""
    found = {}
    for name, text in _package(checkout):
        if "class " not in text:
            continue
        tree = known.get(name) or ast.parse(text)
        origin = {
            alias.asname or alias.name: {node.module, f"{node.module}.{alias.name}"}
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        bases = (base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases)
        names = (part.id for base in bases for part in ast.walk(base) if isinstance(part, ast.Name))
        found[name] = {module for each in names for module in origin.get(each, ())}
    return found


def _package(checkout: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((checkout / PACKAGE).rglob("*.py")):
        parts = path.relative_to(checkout).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path.read_text(encoding="utf-8")
