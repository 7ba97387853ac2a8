"""The life of a slow dispatch contract: both sides tell each other where they think it stands."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import Digit, SpaceheatName, UnixMs, WireInteger
from gw_spaceheat.messages.slow_dispatch_contract import SlowDispatchContract

SCADA = "s"
LEAF_TRANSACTIVE_NODE = "ltn"
CREATED_AT_MOST_LATE_S = 10


class SlowDispatchContractStatus(StrEnum):
    """Where a contract stands."""

    Created = "Created"
    Received = "Received"
    Confirmed = "Confirmed"
    Active = "Active"
    TerminatedByLtn = "TerminatedByLtn"
    TerminatedByScada = "TerminatedByScada"
    CompletedUnknownOutcome = "CompletedUnknownOutcome"
    CompletedSuccess = "CompletedSuccess"
    CompletedFailureByScada = "CompletedFailureByScada"
    CompletedFailureByLtn = "CompletedFailureByLtn"


_Status = SlowDispatchContractStatus
_KNOWN_STATUSES: frozenset[str] = frozenset(SlowDispatchContractStatus)
_ONLY_FROM: dict[str, str] = {
    _Status.Created: LEAF_TRANSACTIVE_NODE,
    _Status.Confirmed: LEAF_TRANSACTIVE_NODE,
    _Status.TerminatedByLtn: LEAF_TRANSACTIVE_NODE,
    _Status.Received: SCADA,
    _Status.TerminatedByScada: SCADA,
}
_ONLY_CLAIMED: frozenset[str] = frozenset(
    {_Status.CompletedSuccess, _Status.CompletedFailureByLtn, _Status.CompletedFailureByScada}
)
_NEEDS_CAUSE: frozenset[str] = frozenset(
    {
        _Status.TerminatedByLtn,
        _Status.TerminatedByScada,
        _Status.CompletedUnknownOutcome,
        _Status.CompletedFailureByLtn,
        _Status.CompletedFailureByScada,
    }
)


class SlowContractHeartbeat(Message, frozen=True, kw_only=True, tag="slow.contract.heartbeat"):
    """One side's view of a contract.

    Attributes:
        from_node: `ltn` or `s`: the cloud agent or the SCADA.
        contract: What was agreed.
        previous_status: Where it stood before.
        status: Where it stands.
        message_created_ms: When this was said [ms].
        cause: Why it ended; only where it did not simply succeed.
        is_authoritative: Whether the sender may decide this status; claims about the outcome are not authoritative.
        watt_hours_used: Energy taken so far [Wh]; the SCADA says it, and only the SCADA.
        my_digit: A digit by chance.
        your_last_digit: The digit last heard from the other side.
        signed_proof: Signature of the sender.
    """

    from_node: SpaceheatName
    contract: SlowDispatchContract
    previous_status: Maybe[str] = UNSET
    status: str
    message_created_ms: UnixMs
    cause: Maybe[str] = UNSET
    is_authoritative: bool = True
    watt_hours_used: Maybe[WireInteger] = UNSET
    my_digit: Digit
    your_last_digit: Maybe[Digit] = UNSET
    signed_proof: str = "signed_proof_stub"
    version: str = "001"

    def check(self) -> None:
        """Who says what, when, and with which cause must fit the status; a status that we do not know is not judged."""
        self.contract.check()
        if self.from_node not in (SCADA, LEAF_TRANSACTIVE_NODE):
            raise Malformed(f"FromNode must be {SCADA!r} or {LEAF_TRANSACTIVE_NODE!r}, got {self.from_node!r}")
        self._check_energy()
        if self.status in _KNOWN_STATUSES:
            self._check_authority()
            self._check_time()
            self._check_cause()

    def _check_time(self) -> None:
        late_s = self.message_created_ms / 1000 - self.contract.start_s
        if self.status == _Status.Created and late_s > CREATED_AT_MOST_LATE_S:
            raise Malformed(
                f"a contract must be Created within {CREATED_AT_MOST_LATE_S} s of its start, not {late_s:.2f} s late"
            )

    def _check_authority(self) -> None:
        decides = _ONLY_FROM.get(self.status)
        if decides is not None and self.from_node != decides:
            raise Malformed(f"only {decides!r} can say {self.status}, got it from {self.from_node!r}")
        if decides is not None and not self.is_authoritative:
            raise Malformed(f"{self.from_node!r} is authoritative for {self.status}, but IsAuthoritative is false")
        if self.status in _ONLY_CLAIMED and self.is_authoritative:
            raise Malformed(f"{self.status} is a claim, but IsAuthoritative is true")

    def _check_cause(self) -> None:
        has_cause = given(self.cause) is not None
        if has_cause != (self.status in _NEEDS_CAUSE):
            raise Malformed(f"{self.status} {'must not have' if has_cause else 'needs'} a Cause")

    def _check_energy(self) -> None:
        used = given(self.watt_hours_used)
        if self.from_node == SCADA and used is None:
            raise Malformed("a heartbeat of the SCADA needs WattHoursUsed")
        if self.from_node != SCADA and used:
            raise Malformed("only the SCADA says WattHoursUsed")
