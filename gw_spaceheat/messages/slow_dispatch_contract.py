"""How much power a house shall take on average over a stretch of time."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixS, Uuid4, WireInteger

FIVE_MINUTES_S = 300


class SlowDispatchContract(Message, frozen=True, kw_only=True, tag="slow.dispatch.contract"):
    """From `start_s` [s] for `duration_minutes` [min] the house takes `avg_power_watts` [W], or burns oil and takes none."""

    scada_alias: LeftRightDot
    start_s: UnixS
    duration_minutes: PositiveInteger
    avg_power_watts: WireInteger
    oil_boiler_on: bool
    contract_id: Uuid4
    version: str = "000"

    def check(self) -> None:
        """It begins at a full five minutes, and oil and power exclude each other."""
        if self.start_s % FIVE_MINUTES_S:
            raise Malformed(f"StartS {self.start_s} is {self.start_s % FIVE_MINUTES_S} s past a full five minutes")
        if self.oil_boiler_on and self.avg_power_watts > 0:
            raise Malformed(f"OilBoilerOn needs AvgPowerWatts 0, got {self.avg_power_watts}")
