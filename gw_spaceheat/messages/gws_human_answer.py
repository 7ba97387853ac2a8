"""Our own: what became of what a person at the house asked for, and who commands the house now."""

from enum import StrEnum

from msgspec import UNSET

from gw_spaceheat.messages.base import Malformed, Maybe, Message, given
from gw_spaceheat.messages.formats import LeftRightDot, PositiveInteger, UnixMs, Uuid4


class HumanVerdict(StrEnum):
    """How a person's request ended; the words are those of CommandVerdict, and one more."""

    Done = "Done"
    Accepted = "Accepted"
    """It will be done, and the reason says when."""
    Refused = "Refused"
    OutOfRange = "OutOfRange"
    DeviceFailed = "DeviceFailed"


class GwsHumanAnswer(Message, frozen=True, kw_only=True, tag="gws.human.answer"):
    """The SCADA's answer to a `gws.human.take`, `.release`, `.set` or `.local`.

    Attributes:
        from_g_node_alias: The SCADA.
        trigger_id: Identifier of the request.
        verdict: How it ended, a word of HumanVerdict.
        reason: Why, for a person; empty when done.
        read_back: What the device says it now has [SI]; left out if it cannot say, or nothing was set.
        lease_by: Who has the house now: local, remote or human; left out if that is not known yet.
        fencing_token: Token of that lease.
        lease_cause: Why he has it, for a person.
        lease_until_unix_ms: When a person's lease ends by itself [ms]; left out for the other two.
        answer_unix_ms: When this was so [ms].
    """

    from_g_node_alias: LeftRightDot
    trigger_id: Uuid4
    verdict: str
    reason: str
    read_back: Maybe[float] = UNSET
    lease_by: Maybe[str] = UNSET
    fencing_token: Maybe[PositiveInteger] = UNSET
    lease_cause: Maybe[str] = UNSET
    lease_until_unix_ms: Maybe[UnixMs] = UNSET
    answer_unix_ms: UnixMs
    version: str = "000"

    def check(self) -> None:
        """A lease is told with its token and its cause, or not at all."""
        told = {given(self.lease_by) is None, given(self.fencing_token) is None, given(self.lease_cause) is None}
        if len(told) > 1:
            raise Malformed("LeaseBy, FencingToken and LeaseCause are given together or not at all")
        if given(self.lease_by) is None and given(self.lease_until_unix_ms) is not None:
            raise Malformed("LeaseUntilUnixMs needs LeaseBy")
