"""When a component's channel is read and reported."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import PositiveInteger, SpaceheatName, WireInteger


class WireUnit(StrEnum):
    """Units of channels, in the protocol's spelling."""

    Unknown = "Unknown"
    Unitless = "Unitless"
    W = "W"
    Celcius = "Celcius"
    Fahrenheit = "Fahrenheit"
    Gpm = "Gpm"
    WattHours = "WattHours"
    AmpsRms = "AmpsRms"
    VoltsRms = "VoltsRms"
    Gallons = "Gallons"
    ThermostatStateEnum = "ThermostatStateEnum"


class ChannelConfig(Message, frozen=True, kw_only=True, tag="channel.config"):
    """Poll period [ms], capture period [s] and change that is captured at once [wire counts]; `unit` is a word of WireUnit."""

    channel_name: SpaceheatName
    poll_period_ms: Maybe[PositiveInteger] = UNSET
    capture_period_s: PositiveInteger
    async_capture: bool
    async_capture_delta: Maybe[PositiveInteger] = UNSET
    exponent: WireInteger
    unit: str
    version: str = "000"
