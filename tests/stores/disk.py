"""A disk that is watched: after every call that changes it, what a kill and what a power cut would leave is put to a test."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Image = dict[str, bytes]
"""Contents of a folder's files, by name."""


def put(image: Image, folder: Path) -> Path:
    """Make a folder with these files."""
    folder.mkdir(parents=True)
    for name, data in image.items():
        (folder / name).write_bytes(data)
    return folder


@dataclass
class Disk:
    """Knows what of a folder is durable, and shows images of it."""

    folder: Path
    look: Callable[[Image], None]
    durable: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    images: int = 0

    def watch(self, patched: pytest.MonkeyPatch) -> None:
        """From now on show an image, or some, after each change."""
        for name in ("pwrite", "fdatasync", "fsync", "ftruncate", "replace", "rename"):
            patched.setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def watched(*arguments: object) -> object:
            if name == "pwrite":
                descriptor, data, offset = arguments
                view = memoryview(data)  # type: ignore[arg-type]
                call(descriptor, view[: len(view) // 2], offset)  # killed within the write
                self._show()
            answer = call(*arguments)
            if name in {"fdatasync", "fsync"}:
                self._synced(arguments[0])  # type: ignore[arg-type]
            self._show()
            return answer

        return watched

    def _synced(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path == self.folder:
            self.names = {each.name: each.stat().st_ino for each in self._files()}
        else:
            self.durable[path.stat().st_ino] = path.read_bytes()

    def _files(self) -> Iterator[Path]:
        return (path for path in sorted(self.folder.iterdir()) if path.is_file())

    def _show(self) -> None:
        now = {path.name: path.read_bytes() for path in self._files()}
        after_power_cut = {name: self.durable.get(inode, b"") for name, inode in self.names.items()}
        for image in (now, after_power_cut):
            self.images += 1
            self.look(image)
