"""One small thing kept as JSON, whole or not at all; a file that is damaged is set aside."""

import contextlib
import os
from pathlib import Path
from typing import TypeVar

import msgspec

Kept = TypeVar("Kept")
DAMAGED = ".damaged"


class JsonFile:
    """A file that holds one value."""

    def __init__(self, path: Path) -> None:
        """Remember where; nothing is read."""
        self._path = path

    def read(self, kind: type[Kept], missing: Kept) -> Kept:
        """What is kept; `missing` if nothing is, or it is damaged, which then lies beside it. Raises OSError."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return missing
        try:
            return msgspec.json.decode(data, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(self._path.name + DAMAGED))
            return missing

    def write(self, value: object) -> None:
        """Keep this from now on; raises OSError, and then what was kept is kept."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(self._path.name + ".new")
        with unfinished.open("wb") as file:
            file.write(msgspec.json.encode(value))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)
