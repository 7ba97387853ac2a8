"""A service manager for tests: the socket to which a process tells how it is, as systemd has it."""

import os
import socket
import sys
import threading
import uuid
from pathlib import Path

from tests.scenarios.scene import Gathered


class FakeManager(Gathered[str]):
    """Gathers every assignment that it is told, one by one and in order."""

    def __init__(self, folder: Path, abstract: bool = False, watchdog_s: float | None = None) -> None:
        super().__init__()
        self.address = f"@gws-{uuid.uuid4()}" if abstract else str(folder / "notify")
        self._watchdog_s = watchdog_s
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    @property
    def environment(self) -> dict[str, str]:
        """What systemd would put into the environment of the service."""
        watched = {} if self._watchdog_s is None else {"WATCHDOG_USEC": str(round(self._watchdog_s * 1e6))}
        return {"NOTIFY_SOCKET": self.address, **watched}

    def __enter__(self) -> "FakeManager":
        self._ear.bind(self.address.replace("@", "\0", 1) if self.address.startswith("@") else self.address)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def _listen(self) -> None:
        while text := self._ear.recv(4096).decode():
            for assignment in text.split("\n"):
                self.add(assignment)

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._ear.getsockname())
        self._thread.join()
        self._ear.close()

    def wait_for(self, beginning: str, count: int = 1, since: int = 0) -> list[str]:
        return self.wait(lambda assignment: assignment.startswith(beginning), count, since)

    def pats(self, since: int = 0) -> int:
        return self.all[since:].count("WATCHDOG=1")


def own_environment(**more: str) -> dict[str, str]:
    """The environment for a script of the tests in a process of its own."""
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *sys.path]), **more}
