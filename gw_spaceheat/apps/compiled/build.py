"""Compiles the control code into a folder of its key. Built aside, tried out, then put in place in one step."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from gw_spaceheat.apps.compiled.cache import BUILDING, Build, find_build, key_of, prune
from gw_spaceheat.apps.compiled.modules import CHECKOUT, choose, path_of, sources

LINES_SHOWN = 15
_TRY_OUT = """
import importlib, sys
from pathlib import Path
from gw_spaceheat.apps.compiled.cache import read_build
from gw_spaceheat.apps.compiled.finder import serve
build = read_build(Path(sys.argv[1]))
serve(build)
for name in build.files:
    importlib.import_module(name)
"""


class ToolMissingError(Exception):
    """Something that compiling needs is not installed; names it and how to get it."""


class BuildFailedError(Exception):
    """The sources cannot be compiled; shows the last lines of whoever says so."""


def compile_control_code(folder: Path) -> tuple[Build, bool]:
    """The build of the present sources, and whether it had to be made.

    Raises:
        ToolMissingError: mypyc, setuptools, a C compiler or Python's headers are missing.
        BuildFailedError: The sources cannot be compiled.
        OSError: The folder cannot be written.
    """
    of = sources()
    key = key_of(of)
    found = find_build(folder, key)
    if found is not None:
        return found, False
    check_tools()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=BUILDING, dir=folder, ignore_cleanup_errors=True) as aside:
        made = _make(of, Path(aside))
        if key_of(sources()) != key:
            raise BuildFailedError("sources changed while they were compiled: run it again")
        try:
            made.folder.rename(folder / key)
        except OSError:  # somebody else was faster; or there are remains of a build that is not whole
            if find_build(folder, key) is None:
                shutil.rmtree(folder / key)
                made.folder.rename(folder / key)
    prune(folder, key)
    return Build(folder / key, made.files, made.left_out, made.seconds), True


def check_tools() -> None:
    """Look for everything that compiling needs.

    Raises:
        ToolMissingError: Something is not there.
    """
    for module, package in (("mypyc", "mypy"), ("setuptools", "setuptools")):
        if importlib.util.find_spec(module) is None:
            raise ToolMissingError(f"{module} is not installed: pip install {package} (pinned in requirements/dev.txt)")
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        raise ToolMissingError(f"there is no C compiler {compiler}: on Debian, apt-get install gcc libc6-dev")
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        raise ToolMissingError(f"the headers of {sys.executable} are not installed: on Debian, apt-get install python3-dev")


def _make(of: dict[str, bytes], aside: Path) -> Build:
    began_s = time.monotonic()
    choice = choose(of)
    paths = [str(path.relative_to(CHECKOUT)) for path in map(path_of, choice.compiled) if path is not None]
    _run(["-m", "gw_spaceheat.apps.compiled.worker", str(aside), *paths])
    modules = aside / "modules"
    ending = str(sysconfig.get_config_var("EXT_SUFFIX"))
    files = {
        ".".join(path.relative_to(modules).parts).removesuffix(ending): str(path.relative_to(modules))
        for path in sorted(modules.rglob(f"*{ending}"))
    }
    build = Build(modules, files, choice.left_out, round(time.monotonic() - began_s, 1))
    build.write()
    _run(["-c", _TRY_OUT, str(modules)])
    return build


def _run(words: Sequence[str]) -> None:
    """Run a Python of its own, because setuptools and mypyc change the one that they run in."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, *words], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        raise BuildFailedError("the control code was not compiled:\n" + "\n".join(lines[-LINES_SHOWN:]))
