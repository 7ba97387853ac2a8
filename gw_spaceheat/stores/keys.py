"""The keys of a site: its own pair, and the public keys of those whom it trusts, in files that nobody else can read.

    FOLDER/private.key            the private key, base64; mode 0600
    FOLDER/public.key             the public key, base64
    FOLDER/trusted/ALIAS.key      the public key of an AtomicTNode or SCADA

A key is named by its fingerprint, which every line of the log and every command that shows keys repeats. This module knows
files only; what signs is in `ed25519`, so that a daemon without keys does not carry the library.
"""

import binascii
import os
import re
import stat
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from gw_spaceheat.stores.journal import sync_folder, write_at

KEY_BYTES = 32
PRIVATE_FILE = "private.key"
PUBLIC_FILE = "public.key"
TRUSTED_FOLDER = "trusted"
ENDING = ".key"
MOST_BYTES = 1024
"""A longer file is no key."""
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")


class KeysError(Exception):
    """Keys that cannot be used; the text says why and what to do, and holds no secret."""


class KeyExistsError(KeysError):
    """There is a key already; it is not overwritten unless that is said."""


class NoAliasError(KeysError):
    """Nobody can be called so."""


def fingerprint(public: bytes) -> str:
    """The name of a key, from its public part."""
    return f"ed25519-{sha256(public).hexdigest()[:16]}"


def as_text(public: bytes) -> str:
    """A public key as people pass it on."""
    return b64encode(public).decode()


def from_text(text: str, what: str = "this") -> bytes:
    """A key from its text; what is named in the error, and never the text, which might be a secret.

    Raises:
        KeysError: It is none.
    """
    try:
        key = b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeysError(f"{what} is no key: {KEY_BYTES} bytes in base64 are wanted, as `gws keys show` prints them")
    return key


class KeyFolder:
    """Reads and writes the keys of a site. Whoever makes keys passes their bytes in."""

    def __init__(self, folder: Path) -> None:
        """Remember where; nothing is read."""
        self.folder = folder

    def secret(self) -> bytes | None:
        """The private key; None if this site has none.

        Raises:
            KeysError: Others could read it, or it is none.
        """
        path = self.folder / PRIVATE_FILE
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise KeysError(f"{path} cannot be read: {error.strerror}; it must be a file of the user who runs this") from error
        with os.fdopen(descriptor, "rb") as file:
            _refuse_others(path, os.fstat(file.fileno()), _OTHERS)
            _refuse_others(self.folder, self.folder.stat(), _OTHERS)
            data = file.read(MOST_BYTES)
        return from_text(data.decode("ascii", "replace"), f"what {path} holds")

    def put(self, secret: bytes, public: bytes, *, force: bool = False) -> None:
        """Write a pair.

        Raises:
            KeyExistsError: There is a private key and force was not given.
            OSError: The folder cannot be written.
        """
        path = self.folder / PRIVATE_FILE
        self._make(self.folder)
        if not force and os.path.lexists(path):
            raise KeyExistsError(
                f"there is a key in {self.folder}; with another, nobody who trusts it knows this site any more"
            )
        _write(path, as_text(secret))
        _write(self.folder / PUBLIC_FILE, as_text(public))

    def trusted(self, alias: str) -> bytes | None:
        """The public key of a peer; None if none is trusted under this alias. Raises KeysError."""
        path = self._trusted_path(alias)
        try:
            with path.open("rb") as file:
                _refuse_others(path, os.fstat(file.fileno()), _OTHERS_WRITE)
                data = file.read(MOST_BYTES)
            for folder in (path.parent, self.folder):
                _refuse_others(folder, folder.stat(), _OTHERS_WRITE)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise KeysError(f"{path} cannot be read: {error.strerror}; it must be a file of the user who runs this") from error
        return from_text(data.decode("ascii", "replace"), f"what {path} holds")

    def all_trusted(self) -> dict[str, bytes]:
        """The public keys of all peers, by alias. Raises KeysError."""
        folder = self.folder / TRUSTED_FOLDER
        aliases = sorted(path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}")) if folder.is_dir() else []
        found = {alias: self.trusted(alias) for alias in aliases if _ALIAS.fullmatch(alias)}
        return {alias: key for alias, key in found.items() if key is not None}

    def trust(self, alias: str, public: bytes, *, force: bool = False) -> None:
        """Trust a peer's key.

        Raises:
            KeyExistsError: Another key is trusted under this alias and force was not given.
            NoAliasError: Nobody can be called so.
            OSError: The folder cannot be written.
        """
        path = self._trusted_path(alias)
        known = self.trusted(alias)
        if known == public:
            return
        if known is not None and not force:
            raise KeyExistsError(f"{alias} is known by another key, {fingerprint(known)}")
        self._make(self.folder)
        self._make(self.folder / TRUSTED_FOLDER)
        _write(path, as_text(public))

    def _trusted_path(self, alias: str) -> Path:
        if _ALIAS.fullmatch(alias) is None or len(alias) > 200:
            raise NoAliasError(f"{alias[:80]!r} is no alias: dotted words of a-z and 0-9 are wanted")
        return self.folder / TRUSTED_FOLDER / f"{alias}{ENDING}"

    def _make(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _refuse_others(path: Path, state: os.stat_result, bits: int) -> None:
    """Raise KeysError if others than its owner may use a file or folder in this way, or if we are not its owner."""
    if state.st_mode & bits:
        mode = "700" if stat.S_ISDIR(state.st_mode) else "600"
        raise KeysError(f"others than its owner can use {path}: chmod {mode} it, and think about a new key")
    if state.st_uid != os.geteuid():
        raise KeysError(f"{path} belongs to another user: chown it to the one who runs this")


def _write(path: Path, text: str) -> None:
    """Put a file that only its owner can use in the place of another, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)  # from a process that was killed
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        write_at(descriptor, f"{text}\n".encode(), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(path)
    sync_folder(path.parent)
