"""Chance without a generator that has state: a number is a hash of (seed, stream, counter).

So the same question always gets the same answer, in whatever order the questions come, on any machine, compiled or not.
The mixer is the 32-bit finaliser of C. Wellons' hash-prospector ("lowbias32"); all arithmetic fits signed 64-bit integers
after masking, so that Numba's wrap-around and Python's long integers agree.
"""

MASK32 = 0xFFFFFFFF


def mix32(x: int) -> int:
    """A well-mixed 32-bit hash of the low 32 bits of x."""
    x &= 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x7FEB352D) & 0xFFFFFFFF
    x ^= x >> 15
    x = (x * 0x846CA68B) & 0xFFFFFFFF
    x ^= x >> 16
    return x


def uniform(seed: int, stream: int, counter: int) -> float:
    """A number in [0, 1) for this seed, stream and counter (each a non-negative integer below 2**31)."""
    return uniform_of(stream_key(seed, stream), counter)


def stream_key(seed: int, stream: int) -> int:
    """What seed and stream have in common for all counters, for those who ask often."""
    return mix32(mix32(seed) ^ (stream * 0x9E3779B9 & 0xFFFFFFFF))


def uniform_of(key: int, counter: int) -> float:
    """As `uniform`, with the key of seed and stream."""
    return mix32(key ^ counter) * 2.3283064365386963e-10


def bell(seed: int, stream: int, counter: int) -> float:
    """A number of mean 0 and standard deviation 1, nearly normal, never beyond 3.47 (Irwin-Hall sum of four uniforms)."""
    return bell_of(stream_key(seed, stream), counter)


def bell_of(key: int, counter: int) -> float:
    """As `bell`, with the key of seed and stream."""
    total = 0.0
    for part in range(4):
        total += uniform_of(key, counter * 4 + part & 0x7FFFFFFF)
    return (total - 2.0) * 1.7320508075688772
