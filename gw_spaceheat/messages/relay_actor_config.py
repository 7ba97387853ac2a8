"""One relay of a board: who acts for it, and what energised means."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Maybe, Message
from gw_spaceheat.messages.formats import PositiveInteger, SpaceheatName, WireInteger


class RelayWiringConfig(StrEnum):
    """How a circuit is wired through a relay."""

    NormallyClosed = "NormallyClosed"
    NormallyOpen = "NormallyOpen"
    DoubleThrow = "DoubleThrow"


class RelayActorConfig(Message, frozen=True, kw_only=True, tag="relay.actor.config"):
    """Relay number `relay_idx` (from 1) of a board; the fields of `channel.config`, and the words of its state machine."""

    channel_name: SpaceheatName
    poll_period_ms: Maybe[PositiveInteger] = UNSET
    capture_period_s: PositiveInteger
    async_capture: bool
    async_capture_delta: Maybe[PositiveInteger] = UNSET
    exponent: WireInteger
    unit: str
    relay_idx: PositiveInteger
    actor_name: SpaceheatName
    wiring_config: str
    event_type: str
    de_energizing_event: str
    energizing_event: str
    state_type: str
    de_energized_state: str
    energized_state: str
    version: str = "002"
