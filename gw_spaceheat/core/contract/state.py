"""What each side keeps so that it can be killed at any moment and goes on: frozen, and small enough to be written at once."""

import msgspec

from gw_spaceheat.core.contract.energy import Account, LastPower
from gw_spaceheat.core.contract.gate import Taken
from gw_spaceheat.core.contract.lease import Lease
from gw_spaceheat.core.contract.life import Life, Result
from gw_spaceheat.core.contract.mode import Blame, ModeState
from gw_spaceheat.core.contract.response_memory import ResponseMemory
from gw_spaceheat.messages.slow_dispatch_contract import SlowDispatchContract


class Served(msgspec.Struct, frozen=True, gc=False):
    """How long an active contract was in which mode, and whose doing it was [ms].

    Attributes:
        remote_ms: In RemoteControl.
        agreed_ms: In LocalControl because the AtomicTNode asked for it.
        scada_ms: In LocalControl because of the house.
        atn_ms: In LocalControl because the AtomicTNode was not heard over a link that was up.
        nobody_ms: In LocalControl because the link was down.
    """

    remote_ms: int = 0
    agreed_ms: int = 0
    scada_ms: int = 0
    atn_ms: int = 0
    nobody_ms: int = 0

    def longer(self, ms: int, blame: Blame | None) -> "Served":
        """With some more time in RemoteControl (None), or in LocalControl by somebody's doing."""
        name = _FIELDS[blame]
        return msgspec.structs.replace(self, **{name: getattr(self, name) + ms})


_FIELDS = {
    None: "remote_ms",
    Blame.Agreed: "agreed_ms",
    Blame.Scada: "scada_ms",
    Blame.AtomicTNode: "atn_ms",
    Blame.Nobody: "nobody_ms",
}


class Pact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One contract as one side sees it.

    Attributes:
        contract: What was agreed, as on the wire.
        standing: It is renewed until it is released.
        life: Where it stands.
        created_ms: When it was offered, UTC [ms].
        told: The wire's status that this side told last; empty if it told none.
        ended_ms: When it ended with this side, UTC [ms]; None while it has not.
        claim: How this side says that it ended; None while it says nothing.
        cause: Why, for a person.
        heard_claim: How the other side says that it ended; None while nothing was heard.
        settled: The other side knows both claims.
        account: Energy used under it; kept by the SCADA.
        served: Time in each mode; kept by the SCADA.
        last_sequence: The highest number of a command that was taken under it; kept by the SCADA.
    """

    contract: SlowDispatchContract
    standing: bool
    life: Life = Life.NoContract
    created_ms: int
    told: str = ""
    ended_ms: int | None = None
    claim: Result | None = None
    cause: str = ""
    heard_claim: Result | None = None
    settled: bool = False
    account: Account | None = None
    served: Served = Served()
    last_sequence: int = 0

    @property
    def id(self) -> str:
        """Identifier of the contract."""
        return self.contract.contract_id

    @property
    def start_ms(self) -> int:
        """When it begins, UTC [ms]."""
        return self.contract.start_s * 1000

    @property
    def end_ms(self) -> int:
        """When it is over, UTC [ms]."""
        return self.start_ms + self.contract.duration_minutes * 60_000


class VoiceMemory(msgspec.Struct, frozen=True, gc=False):
    """What is kept of the exchange of messages.

    Attributes:
        number: Number of the last message that this side sent; 0 if it sent none.
        digit: The digit in it.
        heard: Number of the last message that was heard from the other side; 0 if none was.
        their_digit: The digit in it; None if none was heard.
    """

    number: int = 0
    digit: int = 0
    heard: int = 0
    their_digit: int | None = None


class ScadaMemory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the SCADA's side keeps.

    Attributes:
        voice: The exchange of messages.
        pacts: The contracts that it knows.
        lease: Who has the house.
        mode: Whether the AtomicTNode commands.
        mode_cause: Why, for a person.
        contact_ms: Last sign of life of the AtomicTNode, UTC [ms]; None if there was none.
        owner_asks: Who at the house wants LocalControl; empty if nobody does.
        atn_wants_local: The AtomicTNode wants LocalControl.
        taken: The last commands that were taken from outside, with their answers.
        powers: The last known power by channel.
        responses: What is known of the loads' responses.
    """

    voice: VoiceMemory = VoiceMemory()
    pacts: tuple[Pact, ...] = ()
    lease: Lease = Lease()
    mode: ModeState = ModeState.Dormant
    mode_cause: str = "no contract"
    contact_ms: int | None = None
    owner_asks: str = ""
    atn_wants_local: bool = False
    taken: tuple[Taken, ...] = ()
    powers: tuple[tuple[str, LastPower], ...] = ()
    responses: ResponseMemory = ResponseMemory()


class Terms(msgspec.Struct, frozen=True, gc=False):
    """What a standing contract is offered for: average power [W], or oil instead."""

    avg_power_w: int
    oil_boiler_on: bool = False


class AtnMemory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the AtomicTNode's side keeps.

    Attributes:
        voice: The exchange of messages.
        pacts: The contracts that it knows.
        standing: Terms of the standing contract that it keeps up; None if it keeps none.
        wants_local: It asks the house to heat by itself.
        sequence: Number of the last command that it sent.
        mode: The mode that the SCADA told last, a word of ContractMode.
        mode_cause: Why, as the SCADA told it.
        token: The fencing token that the SCADA told last.
        last_offer_s: Start of the last contract that it offered, UTC [s].
    """

    voice: VoiceMemory = VoiceMemory()
    pacts: tuple[Pact, ...] = ()
    standing: Terms | None = None
    wants_local: bool = False
    sequence: int = 0
    mode: str = "LocalControl"
    mode_cause: str = "nothing heard from the SCADA"
    token: int = 0
    last_offer_s: int = 0


SCADA_STATE = "contract.scada"
"""Name of the SCADA's state in `Keep`."""
ATN_STATE = "contract.atn"
"""Name of the AtomicTNode's state in `Keep`."""
