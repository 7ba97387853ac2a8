"""Where in the data folder something of one house lies."""

import re
from pathlib import Path

from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.stores.faults import StoreError

_ALIAS = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*")


def house_folder(settings: Settings, what: str, house: str) -> Path:
    """The folder of a house among those of one kind; raises StoreError for a name that is no alias."""
    if _ALIAS.fullmatch(house) is None or len(house) > 200:
        raise StoreError(f"{house[:80]!r} is no alias of a house: dotted words of a-z and 0-9 are wanted")
    return settings.data_folder / what / house
