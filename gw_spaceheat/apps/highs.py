"""The solver HiGHS, without the lines that it prints when it is made: where JSON is printed, nothing else may be."""

import ctypes
import os
import sys
from typing import Any


def solver() -> Any:
    """A solver that prints nothing.

    Raises:
        ImportError: HiGHS is not installed.
    """
    import highspy  # noqa: PLC0415 - only who solves needs it

    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        made: Any = highspy.Highs
        found = made()
        ctypes.CDLL(None).fflush(None)  # it prints by C's own buffer, which may be written much later
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    found.silent()
    return found
