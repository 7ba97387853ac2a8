"""Results of streets that are kept: those of runs at pages, and folders that were laid in from elsewhere."""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from gw_spaceheat.apps.neighbourhood.shelf import Shelf
from gw_spaceheat.stores.street_folder import StreetFileError
from gw_spaceheat.stores.street_results import FILES, RESULT, Results, read_results, read_told

MOST_RESULTS = 500


class ListedResult(NamedTuple):
    """A folder of results.

    Attributes:
        name: Its name.
        told: Its figures; empty where they cannot be understood.
        trouble: Why they cannot; empty if they can.
        changed_s: Unix time of its last change [s].
    """

    name: str
    told: dict[str, Any]
    trouble: str
    changed_s: float


class KeptResults:
    """The results of a folder; used by every thread of a server."""

    def __init__(self, folder: Path) -> None:
        """Remember; the folder is made when it is needed."""
        self.shelf = Shelf(folder, "result", MOST_RESULTS)

    def listed(self) -> tuple[ListedResult, ...]:
        """All of them, the newest first."""
        found = (each for name in self.shelf.names() for each in _listed(self.shelf.folder / name))
        return tuple(sorted(found, key=lambda each: (-each.changed_s, each.name)))

    def read(self, name: str) -> Results:
        """A result as a whole.

        Raises:
            CannotKeepError: There is none of that name.
            StreetFileError: It cannot be understood.
            OSError: A file cannot be read.
        """
        path = self.shelf.path(name)
        if not (path / RESULT).is_file():
            raise StreetFileError(f"{name[:60]} has no {RESULT}")
        stamp = tuple((file, _stamp(path / file)) for file in FILES)
        return _read(path, stamp)

    def zipped(self, name: str) -> bytes:
        """Its files as one; raises CannotKeepError where there is none, and OSError."""
        path = self.shelf.path(name)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in FILES:
                if (path / each).is_file():
                    archive.write(path / each, f"{name}/{each}")
        return file.getvalue()

    def delete(self, name: str) -> None:
        """Remove one for good; raises CannotKeepError where there is none, and OSError."""
        self.shelf.delete(name)


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: object) -> Results:
    """The same as long as its files are; a page looks at it again and again."""
    return read_results(path)


def _listed(path: Path) -> Iterator[ListedResult]:
    with contextlib.suppress(OSError):  # it may be gone by now
        changed_s = (path / RESULT).stat().st_mtime
        try:
            yield ListedResult(path.name, _told(path, _stamp(path / RESULT)), "", changed_s)
        except StreetFileError as error:
            yield ListedResult(path.name, {}, str(error), changed_s)


@lru_cache(maxsize=MOST_RESULTS)
def _told(path: Path, _stamp: object) -> dict[str, Any]:
    """Figures alone, without what is long."""
    return {name: value for name, value in read_told(path).items() if not isinstance(value, list | dict)}


def _stamp(path: Path) -> tuple[int, ...]:
    if not path.is_file():
        return ()
    state = path.stat()
    return (state.st_ino, state.st_mtime_ns, state.st_size)
