"""Streets that people at pages work with: made by hand, drawn from a seed, or laid in from elsewhere."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.apps.neighbourhood.convert import open_street
from gw_spaceheat.apps.neighbourhood.drafts import Held, Kept
from gw_spaceheat.apps.neighbourhood.shelf import Shelf, safe_name
from gw_spaceheat.core.market.draft import Consumer, Draft, DraftHouse, Roof, draft_of
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_devices import read_devices, write_devices
from gw_spaceheat.stores.street_folder import CONSUMERS
from gw_spaceheat.stores.street_form import STREET, is_form, write_form
from gw_spaceheat.stores.street_xml import DEVICES, devices_from, is_xml

MOST_STREETS = 500


class Listed(NamedTuple):
    """A street of the folder.

    Attributes:
        name: Its name.
        form: How it lies there: `own`, `XML`, `CSV`, or empty for what is no street.
        changed_s: Unix time of its last change [s].
    """

    name: str
    form: str
    changed_s: float


class Streets:
    """The streets of a folder; used by every thread of a server."""

    def __init__(self, folder: Path) -> None:
        """Remember; the folder is made when it is needed."""
        self._shelf = Shelf(folder, "street", MOST_STREETS)

    def names(self) -> tuple[str, ...]:
        """Streets by name, those that were laid in by hand too."""
        return self._shelf.names()

    def listed(self) -> tuple[Listed, ...]:
        """The same, with what is seen from outside."""
        return tuple(each for name in self.names() for each in _listed(self._shelf.folder / name))

    def path(self, name: str) -> Path:
        """Folder of a street; raises CannotKeepError where there is none."""
        return self._shelf.path(name)

    def make(self, name: str, kind: StreetKind) -> str:
        """Make a SYNTHETIC street; the answer is its name, with a number behind if there was one of that name already.

        Raises:
            CannotKeepError: There are too many.
            OSError: It cannot be written.
        """
        with self._shelf.lock:
            free = self._shelf.free(name)
            self._shelf.put(free, lambda folder: write_form(make_street(kind, free), folder))
            return free

    def open(self, name: str) -> Held:
        """A draft of a street.

        Raises:
            CannotKeepError: There is no such street.
            StreetFileError: It cannot be understood.
            OSError: A file cannot be read.
        """
        folder = self.path(name)
        stamp = _stamp(folder)
        read = open_street(folder)
        described = _described(folder) if is_xml(folder) else read_devices(folder)
        draft = replace(draft_of(read.street, described), name=name)
        return Held(draft=draft, kept=Kept(name=name, stamp=stamp), warnings=read.warnings)

    def save(self, draft: Draft, name: str, kept: Kept | None) -> Kept:
        """Keep a draft as a folder in our own form, whole or not at all; the answer is where.

        It takes the place of the street that it was opened from or saved as, if its name is still that one. Whatever else is
        there stays: another street of that name, one that somebody has changed meanwhile, one that was laid in by hand in
        another form. Then the draft is kept under the name with a number behind.

        Raises:
            CannotKeepError: There are too many.
            DraftError: It is no street yet.
            OSError: It cannot be written.
        """
        with self._shelf.lock:
            wanted = safe_name(name, "street")
            if kept is None or kept.name != wanted or not self._is_as_it_was(kept):
                wanted = self._shelf.free(wanted)
            street = draft.called(wanted).street()

            def write(folder: Path) -> None:
                write_form(street, folder)
                write_devices(draft.houses, folder)

            self._shelf.put(wanted, write)
            return Kept(name=wanted, stamp=_stamp(self._shelf.folder / wanted))

    def delete(self, name: str) -> None:
        """Remove a street for good; raises CannotKeepError where there is none, and OSError."""
        self._shelf.delete(name)

    def _is_as_it_was(self, kept: Kept) -> bool:
        path = self._shelf.folder / kept.name
        return is_form(path) and not path.is_symlink() and _stamp(path) == kept.stamp


def _listed(path: Path) -> Iterator[Listed]:
    with contextlib.suppress(OSError):  # it may be gone by now
        form = "own" if is_form(path) else "XML" if is_xml(path) else "CSV" if (path / CONSUMERS).is_file() else ""
        yield Listed(path.name, form, path.stat().st_mtime)


def _described(folder: Path) -> tuple[DraftHouse, ...]:
    """Houses and devices of an XML file."""
    found: dict[str, list[Consumer | Roof]] = {}
    for device in devices_from((folder / DEVICES).read_bytes()):
        kind = Roof if device.is_producer else Consumer
        found.setdefault(device.house, []).append(kind(id=device.id, name=device.name, template=device.template))
    return tuple(DraftHouse(id=house, devices=tuple(devices)) for house, devices in found.items())


def _stamp(folder: Path) -> tuple[int, ...]:
    """What differs once a street in our own form was written anew."""
    file = folder / STREET
    state = file.stat() if file.exists() else folder.stat()
    return (state.st_ino, state.st_mtime_ns, state.st_size)
