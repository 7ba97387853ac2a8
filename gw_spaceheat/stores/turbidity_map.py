"""The map of Linke turbidity that ships with the package: monthly means over squares of one degree.

Source: maps of the SoDa project (J. Remund, L. Wald, M. Lefevre, T. Ranchin, J. Page 2003, *Worldwide Linke turbidity
information*), averaged from the twelfth of a degree in which the pvlib project ships them. In twentieths, each month less the
one before, packed by zlib.
"""

import zlib
from functools import cache
from importlib.resources import files

import numpy as np

from gw_spaceheat.plant.pv.turbidity import TurbidityMap

FILE = "linke_turbidity.bin"
MONTHS, ROWS, COLUMNS, PER_UNIT = 12, 180, 360, 20.0


@cache
def turbidity_map() -> TurbidityMap:
    """The map; read once."""
    packed = files("gw_spaceheat.stores").joinpath(FILE).read_bytes()
    changes = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(MONTHS, ROWS, COLUMNS)
    return TurbidityMap(np.cumsum(changes, axis=0, dtype=np.uint8).astype(np.float64) / PER_UNIT)
