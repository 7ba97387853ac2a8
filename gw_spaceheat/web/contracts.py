"""The contracts of a house as the SCADA on this machine keeps them, read at most every two seconds."""

import threading
import time
from typing import Any

from gw_spaceheat.apps.contract_show import shown_contracts
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.web.site import Site

FRESH_S = 2.0
_lock = threading.Lock()
_kept: dict[tuple[str, str], tuple[float, dict[str, Any] | None]] = {}


def contracts_of(site: Site, alias: str) -> dict[str, Any] | None:
    """What is kept here of a house's contracts; None if nothing is, or it cannot be read."""
    key = (str(site.settings.data_folder), alias)
    with _lock:
        known = _kept.get(key)
        if known is not None and time.monotonic() - known[0] < FRESH_S:
            return known[1]
        try:
            told: dict[str, Any] | None = shown_contracts(alias, site.settings, Side.SCADA)
        except (StoreError, OSError):
            told = None
        _kept[key] = (time.monotonic(), told)
        return told
