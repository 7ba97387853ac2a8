"""Work that somebody at a page has asked for: one at a time, in a process of its own, with progress and an end."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from gw_spaceheat.apps.process import child_environment, fresh_seed

MOST_TOLD = 400
LARGEST_BYTES = 4_000_000
STOP_WITHIN_S = 3.0
CANCELLED, DONE = "cancelled", "done"
_PROGRESS = re.compile(rb"([0-9]{1,9})/([0-9]{1,9})\n?")
Asked = TypeVar("Asked")


class CannotStartError(ValueError):
    """Work that cannot be started; says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(Generic[Asked]):
    """Work that goes on, or has ended.

    Attributes:
        identifier: Its identifier.
        asked: What was asked for.
        done: How many steps are done,
        steps: of how many.
        ended: `done`, `cancelled`, or why it failed; empty while it goes on.
    """

    identifier: str
    asked: Asked
    done: int
    steps: int
    ended: str = ""


class Beside(Generic[Asked]):
    """Starts one of our own commands, and watches it; used by every thread of a server."""

    def __init__(self, name: str) -> None:
        """Remember.

        Args:
            name: What such work is called, as in: another simulation runs.
        """
        self._name = name
        self._lock = threading.Lock()
        self._work: Work[Asked] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def work(self) -> Work[Asked] | None:
        """The last that was started; None if none was."""
        with self._lock:
            return self._work

    def start(
        self,
        asked: Asked,
        steps: int,
        words: Callable[[str], Sequence[str]],
        keep: Callable[[str, bytes], str],
        tidy: Callable[[str], None] = lambda _identifier: None,
    ) -> Work[Asked]:
        """Start it.

        Args:
            asked: What was asked for.
            steps: How many steps it will tell, each by a line `done/steps` on standard error.
            words: The command's words, for its identifier.
            keep: What to do with what it has printed, if it went well; gives what went wrong. In a thread of its own.
            tidy: What to do at any end, after that.

        Raises:
            CannotStartError: Another one goes on.
            OSError: No process can be started.
        """
        with self._lock:
            if self._work is not None and not self._work.ended:
                raise CannotStartError(f"Another {self._name} runs; wait for it, or cancel it.")
            identifier = fresh_seed()[:8].hex()
            process = subprocess.Popen(  # noqa: S603 - our own words, no shell
                [sys.executable, "-m", "gw_spaceheat", *words(identifier)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(),
            )
            self._process = process
            self._work = work = Work(identifier=identifier, asked=asked, done=0, steps=steps)
        threading.Thread(target=self._follow, args=(process, identifier, keep, tidy), name=self._name, daemon=True).start()
        return work

    def cancel(self) -> None:
        """End what goes on, if anything does."""
        with self._lock:
            if self._work is None or self._work.ended or self._process is None:
                return
            self._work = replace(self._work, ended=CANCELLED)
            process = self._process
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _follow(
        self,
        process: "subprocess.Popen[bytes]",
        identifier: str,
        keep: Callable[[str, bytes], str],
        tidy: Callable[[str], None],
    ) -> None:
        """Count its steps and keep what it gives; in a thread of its own."""
        assert process.stdout is not None  # noqa: S101 - both are pipes
        assert process.stderr is not None  # noqa: S101
        told = b""
        for line in process.stderr:
            progress = _PROGRESS.fullmatch(line)
            if progress is None:
                told = line
                continue
            with self._lock:
                if self._work is not None and self._work.identifier == identifier:
                    self._work = replace(self._work, done=int(progress[1]), steps=int(progress[2]))
        output = process.stdout.read(LARGEST_BYTES)
        code = process.wait()
        process.stdout.close()
        process.stderr.close()
        failure = "" if code == 0 else told.decode("utf-8", "replace").strip()[:MOST_TOLD] or f"it ended with code {code}"
        if not failure:
            failure = keep(identifier, output)
        tidy(identifier)
        with self._lock:
            if self._work is not None and self._work.identifier == identifier and not self._work.ended:
                self._work = replace(self._work, ended=failure or DONE)
