"""Has Python import the compiled modules of a build in place of their sources: all of them, or none."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from gw_spaceheat.apps.compiled.cache import Build, find_build, key_of
from gw_spaceheat.apps.compiled.modules import sources


class NotCompiledError(Exception):
    """Compiled modules were demanded and cannot be had; says why."""


class CompiledFinder(MetaPathFinder):
    """Finds the modules of one build."""

    def __init__(self, build: Build) -> None:
        """Remember."""
        self._build = build

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - a build knows where its modules lie
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """How to import a module of the build; None for any other."""
        file = self._build.files.get(fullname)
        if file is None:
            return None
        place = str(self._build.folder / file)
        return spec_from_file_location(fullname, place, loader=ExtensionFileLoader(fullname, place))


def use_compiled(folder: Path, wanted: bool | None) -> bool:
    """Have the control code imported from its build in this folder, from now on and for good.

    To be called before anything of the control code is imported. Compiled classes and those of the sources do not mix, so
    nothing happens if some of it has been.

    Args:
        folder: Where builds are kept.
        wanted: False to use the sources; None to use the build if there is one for the present sources; True to insist.

    Returns:
        Whether compiled modules are used.

    Raises:
        NotCompiledError: wanted is True and there is no such build, or part of the control code is imported already.
    """
    if wanted is False:
        return False
    if in_use():
        return True
    build = find_build(folder, key_of(sources()))
    imported = sorted(build.files.keys() & sys.modules.keys()) if build is not None else []
    if build is not None and not imported:
        serve(build)
        return True
    if wanted:
        why = f"{imported[0]} is imported already" if imported else f"{folder} holds no build of these sources: run gws compile"
        raise NotCompiledError(f"GWS_COMPILED=1, and the control code cannot be used compiled: {why}")
    return False


def in_use() -> bool:
    """Whether the control code is imported from a build."""
    return any(isinstance(finder, CompiledFinder) for finder in sys.meta_path)


def serve(build: Build) -> None:
    """Put a finder for this build before all others."""
    sys.meta_path.insert(0, CompiledFinder(build))
