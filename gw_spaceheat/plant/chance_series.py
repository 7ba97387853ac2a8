"""Chance for whole series at once: the same numbers as `vocabulary.chance`, in NumPy."""

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.vocabulary.chance import MASK32, stream_key

Counters = NDArray[np.int64]
Values = NDArray[np.float64]

_INVERSE = 2.3283064365386963e-10


def uniforms(seed: int, stream: int, counters: Counters) -> Values:
    """Numbers in [0, 1) for seed, stream and each counter (non-negative, below 2**31)."""
    found: Values = np.multiply(mixed(stream_key(seed, stream) ^ counters), _INVERSE)
    return found


def bells(seed: int, stream: int, counters: Counters) -> Values:
    """Numbers of mean 0 and standard deviation 1, for each counter (non-negative, below 2**29)."""
    total = np.zeros(counters.shape)
    for part in range(4):
        total += uniforms(seed, stream, counters * 4 + part)
    return (total - 2.0) * 1.7320508075688772


def mixed(numbers: Counters) -> Counters:
    """Well-mixed 32-bit hashes, as `vocabulary.chance.mix32`."""
    x = numbers & MASK32
    x = x ^ (x >> 16)
    x = (x * 0x7FEB352D) & MASK32
    x = x ^ (x >> 15)
    x = _times(x, 0x846CA68B)
    return x ^ (x >> 16)


def _times(x: Counters, factor: int) -> Counters:
    """The low 32 bits of a product that does not fit into signed 64 bits as a whole."""
    low, high = factor & 0xFFFF, factor >> 16
    return ((x * low) + (((x * high) & 0xFFFF) << 16)) & MASK32


def value_noise(seed: int, stream: int, position: Values) -> Values:
    """Smooth noise along a line: bell numbers of standard deviation 1 at whole positions, a smooth curve between.

    Args:
        seed: A non-negative integer.
        stream: Which line.
        position: Where on it [knots], 0 or more.
    """
    knot = np.floor(position).astype(np.int64)
    into = position - knot
    smooth = into * into * (3.0 - 2.0 * into)
    last = int(knot.max()) + 1 if knot.size else 0
    first = int(knot.min()) if knot.size else 0
    bell = bells(seed, stream, np.arange(first, last + 1, dtype=np.int64) & 0x1FFFFFFF)
    left, right = bell[knot - first], bell[knot - first + 1]
    found: Values = left + (right - left) * smooth
    return found
