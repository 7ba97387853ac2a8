"""Heartbeats that say nothing new: which those are, and what of them is worth a line of the log."""

from msgspec import UNSET, structs

from gw_spaceheat.core.contract.log import GENESIS
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.gws_contract import GwsContract

MOST_CONTRACTS = 8
"""Of so many it is remembered what was last said: of one that runs, one that follows, and some that have ended."""


class LastSaid:
    """What one side has last said of each of the newest contracts."""

    def __init__(self) -> None:
        """Nothing was said yet, or before a restart."""
        self._said: dict[str, GwsContract] = {}

    def repeats(self, message: GwsContract) -> bool:
        """Whether a message says of its contract what the one before did; from now on this is the one before."""
        contract_id, said = message.heartbeat.contract.contract_id, _but_for_the_beat(message)
        if self._said.get(contract_id) == said:
            return True
        self._said[contract_id] = said
        if len(self._said) > MOST_CONTRACTS:
            del self._said[next(iter(self._said))]
        return False


def beat(message: GwsContract) -> dict[str, object]:
    """What tells a heartbeat from the one before: its numbers, the energy used so far [Wh], and its signature."""
    heartbeat = message.heartbeat
    return {
        "number": message.heartbeat_number,
        "heard": given(message.heard_number),
        "digits": (heartbeat.my_digit, given(heartbeat.your_last_digit)),
        "used_wh": given(heartbeat.watt_hours_used),
        "signature": message.signature,
    }


def _but_for_the_beat(message: GwsContract) -> GwsContract:
    """What it says, without what differs from one heartbeat to the next."""
    like = structs.replace(
        message.heartbeat,
        message_created_ms=0,
        my_digit=0,
        previous_status=UNSET,
        your_last_digit=UNSET,
        watt_hours_used=UNSET,
    )
    return structs.replace(
        message,
        heartbeat=like,
        heartbeat_number=1,
        heard_number=UNSET,
        log_length=0,
        log_head=GENESIS,
        log_signature="",
        signature="",
    )
