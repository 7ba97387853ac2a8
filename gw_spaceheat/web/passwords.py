"""The site's passwords, as Argon2id in a file that only its owner can read; the passwords themselves are kept nowhere."""

import json
import os
import threading
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from gw_spaceheat.web.sessions import Role

SHORTEST, LONGEST = 10, 200
MEMORY_KIB = 19_456
"""With two passes the least that OWASP recommends; a Pi takes a fifth of a second for it [KiB]."""


class PasswordError(ValueError):
    """A password that cannot be set; says what is wanted."""


class PasswordFileError(Exception):
    """The file of the passwords cannot be used; says why and what to do."""


class Passwords:
    """One password for each role; used by every thread of the server, one after the other, because each look costs memory."""

    def __init__(self, path: Path) -> None:
        """Remember where they are kept."""
        self._path = path
        self._lock = threading.Lock()
        self._hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)

    def are_set(self) -> bool:
        """Whether there are any; raises PasswordFileError."""
        return bool(self._read())

    def set_first(self, operator: str, viewer: str) -> None:
        """Set both at the first start; the viewer's may be empty for none.

        Raises:
            PasswordError: There are some already, one is too short or too long, or both are the same.
            OSError: They cannot be written.
        """
        if viewer == operator:
            raise PasswordError("operator and viewer need different passwords")
        given = {Role.OPERATOR: operator} | ({Role.VIEWER: viewer} if viewer else {})
        for role, password in given.items():
            if not SHORTEST <= len(password) <= LONGEST:
                raise PasswordError(f"the {role} password must have {SHORTEST} to {LONGEST} characters")
        with self._lock:
            if self._read():
                raise PasswordError(f"passwords are set already; whoever may remove {self._path.name} can begin anew")
            self._write({role.value: self._hasher.hash(password) for role, password in given.items()})

    def role_of(self, password: str) -> Role | None:
        """Whose password it is; None if nobody's. All are looked at, so that time tells nothing. Raises PasswordFileError."""
        found = None
        if len(password) > LONGEST:
            return None
        with self._lock:
            for role, known in self._read().items():
                if self._fits(known, password):
                    found = Role(role)
        return found

    def _fits(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            raise PasswordFileError(f"{self._path} cannot be understood; remove it to set new passwords") from error

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise PasswordFileError(f"{self._path} cannot be read; mend it, or remove it to set new passwords") from error
        is_known = isinstance(found, dict) and set(found) <= set(Role) and all(isinstance(one, str) for one in found.values())
        if not is_known or not found:
            raise PasswordFileError(f"{self._path} cannot be understood; remove it to set new passwords")
        return dict(found)

    def _write(self, hashes: dict[str, str]) -> None:
        """All or nothing, and readable for the owner only from the first byte."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(hashes, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
