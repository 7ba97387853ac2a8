"""Keeps the server small: a Pi has little memory, and what is freed is to go back to it."""

import contextlib
import ctypes
import sys

import pyarrow as pa

M_ARENA_MAX = -8
ARENAS = 1
"""glibc keeps freed memory in as many heaps as there are threads, up to eight for each core, unless told otherwise."""
ARROW_THREADS = 1


def spare_memory() -> None:
    """To be called once, before anything is served."""
    pa.set_memory_pool(pa.system_memory_pool())  # its own pool keeps 60 MB of what it has freed
    pa.set_cpu_count(ARROW_THREADS)
    pa.set_io_thread_count(ARROW_THREADS)
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such knob
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """To be called after something large: what was freed goes back to the system."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class _NotHere:
    """Says of one library that it is not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse it; any other is for the next finder."""
        del path, target
        if name == "pandas":
            raise ModuleNotFoundError("gws web leaves pandas out", name=name)


def leave_out_pandas() -> None:
    """Nothing here uses pandas, but pyarrow and plotly load it where it is installed, which costs 45 MB and half a second."""
    sys.meta_path.insert(0, _NotHere())
