"""Where compiled modules lie, and whether they are those of the present sources.

A build lies in a folder named by its key: a hash of the sources that it was made of, of the sources that say how, and of the
Python, the platform and the compiler that made it. No folder of that name, no compiled modules.
"""

import json
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

KEPT = 3
"""How many builds are kept: going back and forth between two branches needs no new one."""
ABANDONED_S = 24 * 3600
MANIFEST = "manifest.json"
BUILDING = "building-"
"""How names of folders begin in which something is being built."""
_RECIPE = ("modules.py", "cache.py", "build.py", "worker.py")


class NotThisBuildError(ValueError):
    """A folder that does not hold a whole build."""


@dataclass(frozen=True, slots=True)
class Build:
    """Compiled modules.

    Attributes:
        folder: Where they lie.
        files: The extension module's file, below the folder, of each module by name; one more holds the code of all.
        left_out: Modules that run from their sources, and why.
        seconds: How long it took to build them [s].
    """

    folder: Path
    files: dict[str, str]
    left_out: dict[str, str]
    seconds: float

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules that are compiled."""
        return tuple(name for name in self.files if "." in name)

    def write(self) -> None:
        """Keep what this object knows beside the modules."""
        told = {"files": self.files, "left_out": self.left_out, "seconds": self.seconds}
        (self.folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def key_of(sources: Mapping[str, bytes]) -> str:
    """The key of a build of these sources, here and by what is installed here."""
    digest = blake2b(digest_size=12)
    here = Path(__file__).parent
    parts = {
        "python": f"{sys.version} {sysconfig.get_config_var('SOABI')} {sysconfig.get_platform()}".encode(),
        "compiler": _compiler_version().encode(),
        **{f"how/{name}": (here / name).read_bytes() for name in _RECIPE},
        **{f"what/{name}": sources[name] for name in sorted(sources)},
    }
    for name, content in parts.items():
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def find_build(folder: Path, key: str) -> Build | None:
    """The build of that key; None if there is none that is whole."""
    try:
        return read_build(folder / key)
    except (OSError, NotThisBuildError):
        return None


def read_build(folder: Path) -> Build:
    """The build in a folder.

    Raises:
        OSError: There is none.
        NotThisBuildError: Something is wrong with it.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        build = Build(folder, dict(told["files"]), dict(told["left_out"]), float(told["seconds"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotThisBuildError(f"{folder / MANIFEST} is not what it should be") from error
    if not all((folder / file).is_file() for file in build.files.values()):
        raise NotThisBuildError(f"modules are missing in {folder}")
    return build


def prune(folder: Path, kept: str) -> None:
    """Remove all builds but the newest few and the one named, and what builds that were broken off have left behind."""
    builds = sorted((path for path in _folders(folder) if (path / MANIFEST).is_file()), key=_made_s, reverse=True)
    others = [path for path in builds if path.name != kept]
    abandoned = [
        path for path in _folders(folder) if path.name.startswith(BUILDING) and _made_s(path) < time.time() - ABANDONED_S
    ]
    for path in (*others[KEPT - 1 :], *abandoned):
        shutil.rmtree(path, ignore_errors=True)


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_dir())


def _made_s(path: Path) -> float:
    return path.stat().st_mtime


def _compiler_version() -> str:
    try:
        return version("mypy")
    except PackageNotFoundError:
        return "none"
