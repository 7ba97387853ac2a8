"""How often somebody may try a password: a few times from one address, and not without end from all together."""

import threading
from collections import deque

FROM_ONE = 5
FROM_ALL = 50
WITHIN_S = 300.0
MOST_ADDRESSES = 1000


class Attempts:
    """Failed attempts of the last minutes; used by every thread of the server."""

    def __init__(self, from_one: int = FROM_ONE, from_all: int = FROM_ALL, within_s: float = WITHIN_S) -> None:
        """Nobody has tried.

        Args:
            from_one: How many may fail from one address,
            from_all: and from all together,
            within_s: within so long [s].
        """
        self._from_one = from_one
        self._from_all = from_all
        self._within_s = within_s
        self._lock = threading.Lock()
        self._of: dict[str, deque[float]] = {}
        self._all: deque[float] = deque(maxlen=from_all)

    def wait_s(self, address: str, now_s: float) -> float:
        """How long this address must wait before it may try [s]; 0 if it may now."""
        with self._lock:
            waits = (self._left(self._of.get(address), self._from_one, now_s), self._left(self._all, self._from_all, now_s))
        return max(waits)

    def failed(self, address: str, now_s: float) -> None:
        """An attempt has failed."""
        with self._lock:
            self._all.append(now_s)
            self._of.setdefault(address, deque(maxlen=self._from_one)).append(now_s)
            while len(self._of) > MOST_ADDRESSES:
                self._of.pop(next(iter(self._of)))

    def succeeded(self, address: str) -> None:
        """The right password came: what failed before from there is forgotten."""
        with self._lock:
            self._of.pop(address, None)

    def _left(self, times: "deque[float] | None", most: int, now_s: float) -> float:
        if times is None or len(times) < most:
            return 0.0
        return max(times[0] + self._within_s - now_s, 0.0)
