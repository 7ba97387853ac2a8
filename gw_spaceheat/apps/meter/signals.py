"""The end of a process with one loop: an event that SIGTERM and SIGINT set."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def until_told(seconds: float | None = None) -> Iterator[threading.Event]:
    """An event that is set by SIGTERM, SIGINT, or after so many seconds [s]; only in the main thread."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda _n, _f: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    timer = None if seconds is None else threading.Timer(seconds, stop.set)
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        yield stop
    finally:
        if timer is not None:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
