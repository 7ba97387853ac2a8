"""A channel of a house, as the layout tells it."""

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import LeftRightDot, SpaceheatName, UnixS, Uuid4
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName


class DataChannelGt(Message, frozen=True, kw_only=True, tag="data.channel.gt"):
    """One measured quantity: of which node, read by which, and in which scale (`telemetry_name`)."""

    name: SpaceheatName
    display_name: str
    about_node_name: SpaceheatName
    captured_by_node_name: SpaceheatName
    telemetry_name: str
    terminal_asset_alias: LeftRightDot
    in_power_metering: Maybe[bool] = UNSET
    start_s: Maybe[UnixS] = UNSET
    id: Uuid4
    version: str = "001"

    def check(self) -> None:
        """Only watts can count in the house's power."""
        if given(self.in_power_metering) and self.telemetry_name != TelemetryName.PowerW:
            raise Malformed(f"channel {self.name}: InPowerMetering needs TelemetryName PowerW, got {self.telemetry_name}")
