"""Our own: a contract's heartbeat together with what the common protocol has no word for, under one signature."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger
from gw_spaceheat.messages.slow_contract_heartbeat import SCADA, SlowContractHeartbeat

HashHex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A SHA-256 in hexadecimal."""
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class ContractMode(StrEnum):
    """Who heats while a contract is active."""

    RemoteControl = "RemoteControl"
    """The AtomicTNode commands, and data go up."""
    LocalControl = "LocalControl"
    """The SCADA heats by itself and refuses commands from outside."""


class AttestationSays(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """Whether the metering can be relied on.

    Attributes:
        serial_number_matches: Every meter whose serial number the house file gives has said that number in the last two days.
        steps_seen: What each metered load was switched to in the last day was seen at the meter.
        unseen: Aliases of the loads whose step was not.
        strange_meters: Components of the meters that say another serial number; left out if there are none.
        silent_meters: Components of the meters that have not said one; left out if there are none.
    """

    serial_number_matches: bool
    steps_seen: bool
    unseen: list[str] = []
    strange_meters: Maybe[list[str]] = UNSET
    silent_meters: Maybe[list[str]] = UNSET


class GwsContract(Message, frozen=True, kw_only=True, tag="gws.contract"):
    """One side's view of a contract, as `slow.contract.heartbeat` has it, and what that lacks.

    Both sides send it: the offer (Created), Received, Confirmed, the heartbeats (Active) and how it ended.

    Attributes:
        from_g_node_alias: Who says it: the SCADA or the AtomicTNode.
        heartbeat: The common protocol's message, unchanged.
        standing: The contract is renewed until it is released; else it is for its slot only.
        mode: Who heats, a word of ContractMode. The SCADA decides it; the AtomicTNode says what it last heard.
        mode_cause: Why, for a person.
        mode_wish: What the AtomicTNode asks for; left out if it asks for nothing.
        fencing_token: Token of the lease under which the AtomicTNode may command; it rises whenever the lease changes hands.
        heartbeat_number: The sender's own running number; it rises with every message.
        heard_number: Number of the last message that the sender had from the other side; left out if it had none.
        claim: How the sender says that the contract ended; left out while it has not.
        heard_claim: What the sender has heard the other side claim; left out if it has heard nothing.
        is_settled: The sender knows both claims, and knows that the other side does: no answer is needed.
        attestation_says: Whether the metering can be relied on; only the SCADA says it.
        log_length: Entries in the sender's contract log.
        log_head: Hash of the last of them.
        log_signature: The sender's signature of length and head; empty if it has no key.
        signature: Of everything else here; empty if the sender has no key.
    """

    from_g_node_alias: LeftRightDot
    heartbeat: SlowContractHeartbeat
    standing: bool
    mode: str
    mode_cause: str
    mode_wish: Maybe[str] = UNSET
    fencing_token: Count
    heartbeat_number: PositiveInteger
    heard_number: Maybe[PositiveInteger] = UNSET
    claim: Maybe[str] = UNSET
    heard_claim: Maybe[str] = UNSET
    is_settled: bool = False
    attestation_says: Maybe[AttestationSays] = UNSET
    log_length: Count
    log_head: HashHex
    log_signature: str = ""
    signature: str = ""
    version: str = "000"

    def check(self) -> None:
        """The heartbeat must be possible, and each side says only what is its own to say."""
        self.heartbeat.check()
        is_scada = self.heartbeat.from_node == SCADA
        if is_scada and self.from_g_node_alias != self.heartbeat.contract.scada_alias:
            raise Malformed(f"{self.from_g_node_alias!r} speaks as the SCADA of {self.heartbeat.contract.scada_alias!r}")
        if is_scada and given(self.mode_wish) is not None:
            raise Malformed("ModeWish is for the AtomicTNode to say; the SCADA decides")
        if not is_scada and given(self.attestation_says) is not None:
            raise Malformed("AttestationSays is for the SCADA to say")
        says = given(self.attestation_says)
        others = () if says is None else (given(says.strange_meters), given(says.silent_meters))
        if says is not None and says.serial_number_matches and any(others):
            raise Malformed("SerialNumberMatches, and yet StrangeMeters or SilentMeters")
        if self.is_settled and (given(self.claim) is None or given(self.heard_claim) is None):
            raise Malformed("IsSettled needs Claim and HeardClaim")
