"""What can be set about contracts, the same for every house and for both sides."""

from dataclasses import dataclass

from gw_spaceheat.core.contract.mode import HOLD_MS
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS, SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractOptions:
    """Times and bounds of a contract.

    Attributes:
        heartbeat_ms: Each side says at least this often that it is there [ms].
        answer_ms: The AtomicTNode, which answers each heartbeat of the SCADA, waits so much longer for the next one before it
            says so by itself [ms].
        late_ms: A command may name a message of the SCADA that was sent so much longer ago than a heartbeat period [ms].
        contact_ms: From the last sign of life of the AtomicTNode to LocalControl [ms]; more than two heartbeat periods.
        link_ms: A link that is down for so long counts as not alive [ms].
        safety_ms: Safety that acts for so long leads to LocalControl [ms].
        hold_ms: All must be well for so long before RemoteControl comes back [ms].
        resend_ms: Offers and their answers are sent again this often until they are heard [ms].
        claim_ms: Claims of how a contract ended are sent again this often until they are heard [ms].
        settle_ms: After a contract's end so much time is left for the last readings, before the account is closed [ms].
        offer_patience_ms: An offer not answered so long after its start is given up [ms].
        renew_ms: A standing contract is renewed so long before its end [ms].
        head_ms: The log's head is signed this often, if the log has grown [ms].
        ahead_ms: A contract may begin this far in the future [ms].
        failing_share: What part of a contract's time may be lost, and it is a success still [0-1].
        most_ending: Contracts whose outcome is not agreed yet; the oldest above that is given up as of unknown outcome.
        most_ended: Contracts of the past that are remembered, so that late messages about them are known for what they are.
    """

    heartbeat_ms: int = MINUTE_MS
    answer_ms: int = 5 * SECOND_MS
    late_ms: int = 30 * SECOND_MS
    contact_ms: int = 5 * MINUTE_MS
    link_ms: int = MINUTE_MS
    safety_ms: int = MINUTE_MS
    hold_ms: int = HOLD_MS
    resend_ms: int = 5 * SECOND_MS
    claim_ms: int = 30 * SECOND_MS
    settle_ms: int = 2 * SECOND_MS
    offer_patience_ms: int = 5 * MINUTE_MS
    renew_ms: int = 5 * MINUTE_MS
    head_ms: int = MINUTE_MS
    ahead_ms: int = 2 * HOUR_MS
    failing_share: float = 0.1
    most_ending: int = 24
    most_ended: int = 8

    @property
    def allowed_age_ms(self) -> int:
        """How long ago the message that a command names may have been sent [ms]."""
        return self.heartbeat_ms + self.late_ms
