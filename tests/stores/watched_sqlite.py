"""What SQLite does to its files, call by call: recorded below it, made to fail at will, and cut short as a power cut would.

SQLite reaches files through a table of functions (its VFS). The one that is registered here is the usual one, but for the calls
that change something: they are written down before they are carried out, or fail. What Python itself does to the same folder
is written down too. Needs the shared library that Python's own module uses; without one there is nothing to watch.
"""

import contextlib
import ctypes
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SECTOR = 512
FULL, IOERR, IOERR_READ = 13, 10, 266
_KINDS = 0x100 | 0x800 | 0x80000
"""Database, rollback journal, write-ahead log."""
_INT, _POINTER, _INT64 = ctypes.c_int, ctypes.c_void_p, ctypes.c_int64
# paths as they are, not as Python's bytes: SQLite keeps the pointer
_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
_DELETE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT)
_WRITE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _INT64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _POINTER, _INT64)
_SYNC = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _INT),
        ("file_size", _INT),
        ("longest_path", _INT),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _POINTER),
        ("delete", _POINTER),
        ("rest", _POINTER * 13),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", _INT),
        ("close", _POINTER),
        ("read", _POINTER),
        ("write", _POINTER),
        ("truncate", _POINTER),
        ("sync", _POINTER),
        ("rest", _POINTER * 13),
    ]


class Op(NamedTuple):
    """One call: create, write, truncate, sync, delete; folder for a sync of the folder; said for a word of the test's own."""

    what: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


@dataclass
class WatchedSqlite:
    """Everything that was done to the files of one folder, in order.

    Attributes:
        folder: The folder.
        ops: The calls.
        fault: Asked before each call with what and name; another answer than 0 is given to SQLite in place of the call.
    """

    folder: Path
    ops: list[Op] = field(default_factory=list)
    fault: Callable[[str, str], int] = lambda _what, _name: 0

    def say(self, word: str) -> None:
        """Remember that the test has come so far."""
        self.ops.append(Op("said", word))


def _library() -> ctypes.CDLL | None:
    with contextlib.suppress(OSError):
        library = ctypes.CDLL("libsqlite3.so.0")
        import _sqlite3

        if "libsqlite3.so.0" in Path("/proc/self/maps").read_text() and Path(_sqlite3.__file__).exists():
            library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
            return library
    return None


@contextlib.contextmanager
def watched_sqlite(folder: Path) -> Iterator[WatchedSqlite]:
    """Watch a folder, which must be there; connections must be made and closed within."""
    library = _library()
    if library is None:
        pytest.skip("Python's SQLite is not a shared library here")
    usual = library.sqlite3_vfs_find(None)
    watch = WatchedSqlite(folder)
    names: dict[int, str] = {}
    kept: list[Any] = []  # what SQLite holds pointers to
    usual_open, usual_delete = _OPEN(usual.contents.open), _DELETE(usual.contents.delete)

    def known(path: int | None) -> str:
        found = Path(os.fsdecode(ctypes.string_at(path) if path else b""))
        return found.name if found.parent == folder else ""

    def opens(_vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        name = known(path) if flags & _KINDS else ""
        is_new = bool(name) and not (folder / name).exists()
        code = int(watch.fault("open", name)) if name else 0
        code = code or usual_open(ctypes.addressof(usual.contents), path, file, flags, out)
        if code == 0 and name:
            if is_new and (folder / name).exists():
                watch.ops.append(Op("create", name))
            names[file] = name
            place = ctypes.cast(file, ctypes.POINTER(_POINTER))
            methods = _Methods.from_address(place[0])  # type: ignore[arg-type]
            place[0] = ctypes.addressof(watched_methods(methods))
        return code

    def watched_methods(usual_methods: _Methods) -> _Methods:
        usual_write, usual_truncate = _WRITE(usual_methods.write), _TRUNCATE(usual_methods.truncate)
        usual_sync, usual_read = _SYNC(usual_methods.sync), _WRITE(usual_methods.read)

        def reads(file: int, data: int, length: int, offset: int) -> int:
            return watch.fault("read", names[file]) or usual_read(file, data, length, offset)

        def writes(file: int, data: int, length: int, offset: int) -> int:
            code = watch.fault("write", names[file])
            if code == 0:
                watch.ops.append(Op("write", names[file], offset, ctypes.string_at(data, length)))
            return code or usual_write(file, data, length, offset)

        def truncates(file: int, size: int) -> int:
            code = watch.fault("truncate", names[file])
            if code == 0:
                watch.ops.append(Op("truncate", names[file], size))
            return code or usual_truncate(file, size)

        def syncs(file: int, flags: int) -> int:
            code = watch.fault("sync", names[file])
            code = code or usual_sync(file, flags)
            if code == 0:
                watch.ops.append(Op("sync", names[file]))
            return code

        made = _Methods()
        ctypes.memmove(ctypes.addressof(made), ctypes.addressof(usual_methods), ctypes.sizeof(_Methods))
        calls = (_WRITE(writes), _TRUNCATE(truncates), _SYNC(syncs), _WRITE(reads))
        made.write, made.truncate, made.sync, made.read = (ctypes.cast(call, _POINTER).value for call in calls)
        kept.extend((made, *calls))
        return made

    def deletes(_vfs: int, path: int, sync_folder: int) -> int:
        code = watch.fault("delete", known(path))
        if code == 0 and known(path):
            watch.ops.append(Op("delete", known(path)))
            if sync_folder:
                watch.ops.append(Op("folder"))
        return code or usual_delete(ctypes.addressof(usual.contents), path, sync_folder)

    own = _Vfs()
    ctypes.memmove(ctypes.addressof(own), usual, ctypes.sizeof(_Vfs))
    own.name = b"watched"
    own_open, own_delete = _OPEN(opens), _DELETE(deletes)
    kept.extend((own_open, own_delete))
    own.open, own.delete = ctypes.cast(own_open, _POINTER).value, ctypes.cast(own_delete, _POINTER).value
    library.sqlite3_vfs_register(ctypes.byref(own), 1)
    try:
        with pytest.MonkeyPatch.context() as patched:
            _watch_python(watch, patched)
            yield watch
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(own))
        library.sqlite3_vfs_register(usual, 1)
        kept.clear()


def _watch_python(watch: WatchedSqlite, patched: pytest.MonkeyPatch) -> None:
    plain_pwrite, plain_fsync = os.pwrite, os.fsync

    def name_of(descriptor: int) -> str | None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        return "" if path == watch.folder else path.name if path.parent == watch.folder else None

    def pwrite(descriptor: int, data: Any, offset: int) -> int:
        name = name_of(descriptor)
        if name:
            if not any(op.name == name and op.what in {"create", "write"} for op in watch.ops):
                watch.ops.append(Op("create", name))
            watch.ops.append(Op("write", name, offset, bytes(data)))
        return plain_pwrite(descriptor, data, offset)

    def fsync(descriptor: int) -> None:
        plain_fsync(descriptor)
        name = name_of(descriptor)
        if name is not None:
            watch.ops.append(Op("sync", name) if name else Op("folder"))

    patched.setattr(os, "pwrite", pwrite)
    patched.setattr(os, "fsync", fsync)


class _File:
    """A file as the disk has it, and what is still on its way there."""

    def __init__(self) -> None:
        self.durable = bytearray()
        self.pending: list[Op] = []
        self.is_named = False

    def sync(self) -> None:
        for op in self.pending:
            _apply(self.durable, op)
        self.pending.clear()


def after_power_cut(ops: list[Op], chance: random.Random) -> dict[str, bytes]:
    """What the disk may hold when the power goes after these calls.

    What was synced is there. Of the rest each sector is there or not, or torn, in any order, as the disk and the kernel liked;
    a file whose name was not made durable may be missing, one that was removed may still be there.
    """
    files: dict[str, _File] = {}
    removed: dict[str, _File] = {}
    for op in ops:
        if op.what == "create":
            files[op.name] = _File()
        elif op.what in {"write", "truncate"}:
            files.setdefault(op.name, _File()).pending.append(op)
        elif op.what == "sync":
            if op.name in files:
                files[op.name].sync()
                files[op.name].is_named |= op.name.endswith(("-wal", "-journal"))  # SQLite syncs the folder with them
        elif op.what == "delete":
            if op.name in files:
                removed[op.name] = files.pop(op.name)
        elif op.what == "folder":
            removed.clear()
            for file in files.values():
                file.is_named = True
    image: dict[str, bytes] = {}
    how = chance.choice(("none", "all", "some", "some", "torn"))
    for name, file in removed.items():
        if file.is_named and chance.random() < 0.5:
            image[name] = _left(file, "all", chance)
    for name, file in files.items():
        if file.is_named or how == "all" or (how != "none" and chance.random() < 0.5):
            image[name] = _left(file, how, chance)
    return image


def _left(file: _File, how: str, chance: random.Random) -> bytes:
    data = bytearray(file.durable)
    for place, op in enumerate(file.pending):
        is_last = place == len(file.pending) - 1
        if how == "none" or (how == "torn" and chance.random() < 0.2 and not is_last):
            continue
        if op.what == "truncate":
            if how == "all" or chance.random() < 0.5:
                _apply(data, op)
            continue
        for start in range(0, len(op.data), SECTOR):
            sector = op.data[start : start + SECTOR]
            if how == "some" and chance.random() < 0.5:
                continue
            if how == "torn" and is_last:
                sector = sector[: chance.randrange(len(sector) + 1)]
            _apply(data, Op("write", op.name, op.offset + start, sector))
    return bytes(data)


def _apply(data: bytearray, op: Op) -> None:
    if op.what == "truncate":
        del data[op.offset :]
        data.extend(bytes(op.offset - len(data)))
        return
    if len(data) < op.offset:
        data.extend(bytes(op.offset - len(data)))
    data[op.offset : op.offset + len(op.data)] = op.data
