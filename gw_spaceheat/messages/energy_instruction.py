"""How much energy a house shall take in a slot."""

from gw_spaceheat.messages.base import Malformed, Message
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, UnixS, WireInteger

FIVE_MINUTES_S = 300
SENT_AT_MOST_LATE_S = 10


class EnergyInstruction(Message, frozen=True, kw_only=True, tag="energy.instruction"):
    """Average power [W] over the slot that begins at `slot_start_s` [s] and lasts `slot_duration_minutes` [min]."""

    from_g_node_alias: LeftRightDot
    slot_start_s: UnixS
    slot_duration_minutes: PositiveInteger
    send_time_ms: UnixMs
    avg_power_watts: WireInteger
    version: str = "000"

    def check(self) -> None:
        """The slot begins at a full five minutes, and the instruction comes at most 10 s after that."""
        if self.slot_start_s % FIVE_MINUTES_S:
            raise Malformed(f"SlotStartS {self.slot_start_s} must be at a full five minutes")
        late_s = self.send_time_ms / 1000 - self.slot_start_s
        if late_s > SENT_AT_MOST_LATE_S:
            raise Malformed(f"SendTimeMs is {late_s:.2f} s after SlotStartS; at most {SENT_AT_MOST_LATE_S} s are allowed")
