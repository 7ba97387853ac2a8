"""Telling systemd how the process is: ready, alive, stopping, and in words for `systemctl status`.

The protocol is one datagram of `KEY=VALUE` lines to the socket that `$NOTIFY_SOCKET` names (sd_notify(3)). That is less code
than a library's own set-up, needs no other process, and costs some microseconds. Nothing in here blocks or raises: a service
manager that does not listen is no reason to heat any less.
"""

import os
import socket
from collections.abc import Mapping
from threading import Lock

MOST_CHARACTERS = 500
"""A status is a line for a person; the log has the rest."""
_US_PER_S = 1_000_000


class ServiceManager:
    """Whoever started us and wants to know how we are; nobody, when the address is None. May be told from any thread."""

    def __init__(self, address: str | None = None, watchdog_s: float | None = None) -> None:
        """Remember.

        Args:
            address: Path of its socket, or `@NAME` in the abstract namespace of Linux.
            watchdog_s: It ends us when it has not heard `WATCHDOG=1` for so long [s]; None if it does not watch.
        """
        self._address = address
        self._lock = Lock()
        self._unsaid: dict[str, str] = {}
        self.watchdog_s = watchdog_s

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], pid: int) -> "ServiceManager":
        """The one that the environment of the process with this pid names.

        A socket of a kind that is not spoken here counts as none, and so does a time that is no number, or for another pid.
        """
        address = environment.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")) or len(address) < 2:
            return cls()
        watched = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        duration = environment.get("WATCHDOG_USEC", "")
        watchdog_s = int(duration) / _US_PER_S if watched and duration.isdecimal() and int(duration) else None
        return cls(address, watchdog_s)

    def ready(self, status: str) -> None:
        """The process runs."""
        self._tell(READY="1", STATUS=_one_line(status))

    def status(self, status: str) -> None:
        """How it is, for a person."""
        self._tell(STATUS=_one_line(status))

    def pat(self) -> None:
        """All is well: the watchdog may wait anew."""
        self._tell(WATCHDOG="1")

    def stopping(self, status: str) -> None:
        """The process is about to end."""
        self._tell(STOPPING="1", STATUS=_one_line(status))

    def _tell(self, **said: str) -> None:
        """What cannot be said now is said with the next; only a pat is for its own moment."""
        if self._address is None:
            return
        with self._lock:
            self._unsaid |= said
            if self._sent("\n".join(f"{key}={value}" for key, value in self._unsaid.items())):
                self._unsaid.clear()
            else:
                self._unsaid.pop("WATCHDOG", None)

    def _sent(self, text: str) -> bool:
        address = os.fsencode(self._address or "")
        if address.startswith(b"@"):
            address = b"\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as voice:
                voice.settimeout(0)
                voice.sendto(text.encode(errors="replace"), address)
        except OSError:
            return False
        return True


def _one_line(text: str) -> str:
    """Without what would end the line and begin another assignment."""
    shown = " ".join(text.split())
    return shown if len(shown) <= MOST_CHARACTERS else shown[: MOST_CHARACTERS - 3] + "..."
