"""An OpenTherm Gateway at the far end of a pseudo-terminal, with a boiler behind it."""

import os
import pty
import selectors
import threading
import tty

VERSION = "PR: A=OpenTherm Gateway 6.6"


def report(speaker: str, kind: int, identifier: int, value: int) -> str:
    """A line as the gateway prints it for a message, with even parity."""
    bits = kind << 28 | identifier << 16 | value & 0xFFFF
    bits |= (bits.bit_count() & 1) << 31
    return f"{speaker}{bits:08X}"


def degrees(identifier: int, value_c: float, speaker: str = "B", kind: int = 4) -> str:
    """A temperature as a boiler answers it."""
    return report(speaker, kind, identifier, round(value_c * 256))


class Gateway:
    """Answers commands; `say` prints lines in between.

    Attributes:
        path: Our end's path.
        taken: What was commanded, by its two letters.
        answers: Answers other than the usual, by command word.
    """

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.taken: dict[str, str] = {}
        self.count: dict[str, int] = {}
        self.answers: dict[str, str] = {}
        self.version = VERSION
        self.noise = b""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def say(self, *lines: str) -> None:
        os.write(self._master, "".join(f"{line}\r\n" for line in lines).encode())

    def say_raw(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        self._over.set()
        self._thread.join(10)
        os.close(self._master)
        os.close(self._slave)

    def _live(self) -> None:
        kept = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            while not self._over.is_set():
                if not selector.select(0.02):
                    continue
                try:
                    kept += os.read(self._master, 1024)
                except OSError:
                    continue
                *lines, kept = kept.split(b"\r\n")
                for line in lines:
                    self._obey(line.decode("ascii"))

    def _obey(self, command: str) -> None:
        word, _, value = command.partition("=")
        self.count[word] = self.count.get(word, 0) + 1
        if self.noise:
            self.say_raw(self.noise)
        answer = self.answers.get(word)
        if answer is None:
            self.taken[word] = value
            answer = {"PR": self.version, "CS": f"CS: {float(value or 0):.2f}" if word == "CS" else ""}.get(
                word, f"{word}: {value}"
            )
        if answer:
            self.say(answer)
