"""Words of the markets: their units, their types, and the names of their slots."""

import re
from enum import StrEnum

from gw_spaceheat.messages.base import Malformed
from gw_spaceheat.messages.formats import LEFT_RIGHT_DOT


class MarketPriceUnit(StrEnum):
    """Unit of a price."""

    USDPerMWh = "USDPerMWh"


class MarketQuantityUnit(StrEnum):
    """Unit of a quantity: average power over the slot."""

    AvgMW = "AvgMW"
    AvgkW = "AvgkW"


MARKET_MINUTES: dict[str, int] = {
    "da60": 60,
    "rt5gate5": 5,
    "rt15gate5": 15,
    "rt30gate5": 30,
    "rt60gate5": 60,
    "rt60gate30": 60,
    "rt60gate30b": 60,
}
"""Length of a slot of each market type [min]."""

_SLOT_NAME = re.compile(rf"[erd]\.([a-z0-9]+)\.{LEFT_RIGHT_DOT}\.([0-9]{{10}})")


def require_market_slot_name(name: str) -> None:
    """Raise Malformed unless name is like `e.rt60gate5.d1.isone.ver.keene.1673539200`.

    That is: energy, regulation or distribution; market type; alias of the market maker; start of a slot of that market [s].
    """
    match = _SLOT_NAME.fullmatch(name)
    if match is None:
        raise Malformed(f"MarketSlotName {name!r} must be like e.rt60gate5.d1.isone.ver.keene.1673539200")
    minutes = MARKET_MINUTES.get(match[1])
    if minutes is None:
        raise Malformed(f"MarketSlotName {name!r}: unknown market type {match[1]!r}; known are {', '.join(MARKET_MINUTES)}")
    if int(match[2]) % (minutes * 60):
        raise Malformed(f"MarketSlotName {name!r}: {match[2]} is not the start of a slot of {minutes} min")
