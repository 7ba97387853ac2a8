"""The end of a process: told by a signal or by any thread, awaited by any."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

END_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """Used like a `threading.Event` that is never cleared, but safe in a signal handler.

    A handler runs in the main thread between any two of its steps, also while that thread is inside `wait`. `Event.set` would
    then wait for a lock that its own thread holds, for ever: a daemon that no signal ends. `SimpleQueue.put` is reentrant.
    """

    def __init__(self) -> None:
        """Nobody has told it yet."""
        self._told: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Let all who wait go on, now and later; from any thread and from signal handlers."""
        self._told.put(None)

    def is_set(self) -> bool:
        """Whether it was told."""
        return not self._told.empty()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is told, or for so many seconds [s]; whether it was told. None waits for ever."""
        try:
            self._told.get(timeout=None if seconds is None else max(seconds, 0.0))
        except Empty:
            return False
        self._told.put(None)  # for whoever else waits
        return True


@contextmanager
def ended_by_signals(ending: Ending, *numbers: signal.Signals) -> Iterator[None]:
    """Within it signals (SIGTERM and SIGINT, if none are named) set an ending; only in the main thread."""
    before = {number: signal.signal(number, lambda _number, _frame: ending.set()) for number in numbers or END_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def until_told(seconds: float | None = None) -> Iterator[Ending]:
    """An ending that SIGTERM and SIGINT set, and the time if it is limited [s]; only in the main thread."""
    ending = Ending()
    timer = None if seconds is None else threading.Timer(seconds, ending.set)
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        with ended_by_signals(ending):
            yield ending
    finally:
        if timer is not None:
            timer.cancel()
