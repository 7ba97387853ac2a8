"""Python's collector of reference cycles, held back while a simulation runs.

What machines put out are trees, which are freed at once without it; it would only go through all that lives, again and again.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 200_000
"""So many more objects than before, as only cycles can leave behind, are worth a look (CPython: 700)."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Leave what is there now out of all collections, and collect what is made within only when much has gathered."""
    threshold = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *threshold[1:])
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
