"""Identifiers without a random source: uuid4-shaped, from a seed and a counter handed in from above."""

from collections.abc import Callable
from hashlib import blake2b


class IdSource:
    """Gives a new identifier at every call, the same series for the same seed.

    A daemon seeds it with fresh entropy at start, so that its identifiers are as unique as random ones; a simulation with its
    seed.
    """

    def __init__(self, seed: bytes) -> None:
        """Remember the seed (at most 64 bytes)."""
        self._seed = seed
        self._count = 0
        self._digits = ""

    def __call__(self) -> str:
        """The next identifier in the form of a uuid4."""
        if not self._digits:
            self._count += 1
            self._digits = blake2b(self._count.to_bytes(8, "big"), digest_size=64, key=self._seed).hexdigest()
        digits, self._digits = self._digits[:32], self._digits[32:]
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class DigitSource:
    """Gives decimal digits by the chance of an identifier source."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Remember the source."""
        self._new_id = new_id

    def __call__(self) -> int:
        """The next digit, 0 to 9."""
        return int(self._new_id()[:8], 16) % 10
