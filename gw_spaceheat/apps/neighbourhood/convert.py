"""Streets made, and brought from one form into another."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from gw_spaceheat.apps.neighbourhood.simulated import Additions, make_simulated
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.synthetic import StreetKind
from gw_spaceheat.stores.street_folder import CONSUMERS, ReadStreet, StreetFileError, read_street
from gw_spaceheat.stores.street_folder_writer import write_street
from gw_spaceheat.stores.street_xml import DEVICES, is_xml, read_xml

STREET = "street.json"
"""A street in our own form has it; what reads that needs PyArrow, and the name does not."""


class Form(StrEnum):
    """How a street lies in its folder."""

    ORIGINAL = "original"
    OWN = "own"


def is_street(folder: Path) -> bool:
    """Whether a folder has a street in any form."""
    return any((folder / name).is_file() for name in (DEVICES, STREET, CONSUMERS))


def open_street(folder: Path, days: int | None = None) -> ReadStreet:
    """A street in whichever form it is; for so many days of sun, if that is said.

    Raises:
        StreetFileError: It cannot be understood.
        ImportError: It is in our own form, and PyArrow is not installed.
        OSError: A file cannot be read.
    """
    if is_xml(folder):
        return read_xml(folder, days)
    if not (folder / STREET).is_file():
        return read_street(folder, days)
    from gw_spaceheat.stores.street_form import read_form  # noqa: PLC0415 - the original's form needs no PyArrow

    street = read_form(folder)
    try:
        return ReadStreet(street if days is None else replace(street, days=days), ())
    except ValueError as error:  # heat is told of for fewer days
        raise StreetFileError(f"{STREET}: {error}") from None


def convert_street(source: Path, target: Path, form: Form) -> tuple[dict[str, object], tuple[str, ...]]:
    """Bring a street into a form; what was written, and what was odd about the source.

    Raises:
        StreetFileError: The street cannot be understood.
        NoPlaceError: The form has no place for something that the street has.
        StreetExistsError: The target is there.
        OSError: A file cannot be read or written.
    """
    read = open_street(source)
    _write(read.street, target, form)
    return {**told_of(read.street, target), "form": form.value}, read.warnings


def new_street(
    kind: StreetKind, folder: Path, form: Form | None = None, additions: Additions | None = None
) -> dict[str, object]:
    """A SYNTHETIC street as a folder.

    Args:
        kind: What street is wanted.
        folder: Where to.
        form: How it is written; None for the original's form, or our own where that has no place for something.
        additions: What it gets beside jobs and drawn sun.

    Raises:
        NoPlaceError: The form has no place for something.
        StreetExistsError: The folder is there.
        OSError: It cannot be written.
    """
    street = make_simulated(kind, folder.name, additions or Additions())
    if form is None:
        form = Form.OWN if street.base or street.batteries or street.heated else Form.ORIGINAL
    _write(street, folder, form)
    return told_of(street, folder)


def _write(street: Street, folder: Path, form: Form) -> None:
    if form is Form.ORIGINAL:
        write_street(street, folder)
        return
    from gw_spaceheat.stores.street_form import write_form  # noqa: PLC0415

    write_form(street, folder)


def told_of(street: Street, folder: Path) -> dict[str, object]:
    """What was written where."""
    return {
        "folder": str(folder),
        "street": street.name,
        "days": street.days,
        "jobs": len(street.jobs),
        "producers": len(street.producers),
        "base_loads": len(street.base),
        "batteries": len(street.batteries),
        "heated": len(street.heated),
    }
