"""A channel that is calculated from others, as the layout tells it."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import LeftRightDot, SpaceheatName, Uuid4


class DerivedUnit(StrEnum):
    """Units of derived channels."""

    Unknown = "Unknown"
    Unitless = "Unitless"
    FahrenheitX100 = "FahrenheitX100"
    Watts = "Watts"
    WattHours = "WattHours"
    Gallons = "Gallons"
    GpmX100 = "GpmX100"


class DerivedChannelGt(Message, frozen=True, kw_only=True, tag="derived.channel.gt"):
    """One calculated quantity: by which node, in which way, in which unit (a word of DerivedUnit)."""

    id: Uuid4
    name: SpaceheatName
    created_by_node_name: SpaceheatName
    strategy: SpaceheatName
    output_unit: Maybe[str] = UNSET
    display_name: str
    terminal_asset_alias: LeftRightDot
    version: str = "000"
