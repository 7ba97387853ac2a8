"""What both sides of a contract do in the same way: speak, send again, end a contract and agree how it ended."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
from msgspec import UNSET

from gw_spaceheat.core.contract.beat import LastSaid, beat
from gw_spaceheat.core.contract.book import Book, result
from gw_spaceheat.core.contract.desk import Desk
from gw_spaceheat.core.contract.life import (
    OPEN,
    OWN_TERMINATION,
    TERMINATED,
    Life,
    Result,
    Side,
    Turn,
    claimed_status,
    open_status,
)
from gw_spaceheat.core.contract.log import HEARD_BEAT, RECEIVED, UNSIGNED, LogHead, PeerHead, head_entry
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.state import Pact, VoiceMemory
from gw_spaceheat.core.contract.voice import Digit, Hearing, Voice
from gw_spaceheat.core.events import Event, Level, LinkChanged, Send, StateChanged, Urgency
from gw_spaceheat.core.table import Table
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.base import Message, given
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.messages.signing import Sign, Verify
from gw_spaceheat.messages.slow_contract_heartbeat import SlowContractHeartbeat, SlowDispatchContractStatus
from gw_spaceheat.vocabulary.moment import Moment

UPLINK = "uplink"
CONTRACT_MACHINE = "contract"
"""The contract's life, as `StateChanged` says it."""
_NEEDS_CAUSE = frozenset({result.value for result in Result} - {Result.CompletedSuccess.value})


class Keys(NamedTuple):
    """What a side signs and verifies with.

    Attributes:
        sign: Signs with our key; None if there is none.
        verify: Tells the other side's signatures; None if its key is not known.
        name: Name of our key, for the log; lines of a side without a key say `unsigned`.
    """

    sign: Sign | None = None
    verify: Verify | None = None
    name: str = UNSIGNED


NO_KEYS = Keys()


class Said(NamedTuple):
    """What a side adds to a message: see `GwsContract`."""

    fields: dict[str, Any]
    watt_hours_used: int | None


class Party(ABC):
    """One side of a contract. Subclasses say what is special about theirs.

    It is a machine: effects come out of `handle` and `wake` in the order in which they must be carried out.
    """

    SIDE: ClassVar[Side]
    TABLE: ClassVar[Table[Life, Turn]]
    STATE: ClassVar[str]

    def __init__(
        self,
        house: House,
        new_id: Callable[[], str],
        digit: Digit,
        keys: Keys,
        options: ContractOptions | None,
        voice: VoiceMemory,
        pacts: tuple[Pact, ...],
        head: LogHead,
    ) -> None:
        """Remember; nothing is said before the link is up."""
        self._house = house
        self._new_id = new_id
        self._keys = keys
        self._options = options or ContractOptions()
        names = (house.scada_alias, house.alias) if self.SIDE is Side.SCADA else (house.alias, house.scada_alias)
        self._alias, self._peer = names
        self._voice = Voice(self.SIDE, self._alias, self._peer, digit, keys.sign, keys.verify, voice)
        self._book = Book(self.SIDE, self.TABLE, pacts, self._options.most_ended)
        self._desk = Desk(self.STATE, head, keys.name)
        # the AtomicTNode answers every heartbeat, and speaks by itself only where none came
        self._heartbeat_ms = self._options.heartbeat_ms + (0 if self.SIDE is Side.SCADA else self._options.answer_ms)
        self._link_up = False
        self._next_mono_ms: dict[str, int] = {}
        self._tries: dict[str, int] = {}
        self._told_life = ""
        self._last_said, self._last_heard = LastSaid(), LastSaid()
        self._turns_seen = self._turns_told = -1
        self._boundary_ms: int | None = None
        self._head_mono_ms: int | None = None
        self._signed_length = head.length
        self._deadline: int | None = None

    # what is seen from outside

    @property
    def pacts(self) -> tuple[Pact, ...]:
        """The contracts that are known, the past ones too."""
        return self._book.pacts

    @property
    def active(self) -> Pact | None:
        """The contract that runs; None if none does."""
        return self._book.active()

    @property
    def signs(self) -> bool:
        """Whether messages and log are signed."""
        return self._keys.sign is not None

    @property
    def log_head(self) -> LogHead:
        """How far the log goes."""
        return self._desk.head

    def deadline(self) -> int | None:
        """When it next wants to be woken [mono ms]."""
        return self._deadline

    # what subclasses say

    @abstractmethod
    def _memory(self) -> msgspec.Struct:
        """All that must be kept."""

    @abstractmethod
    def _said(self, _pact: Pact, _now: Moment) -> Said:
        """What this side says of itself in every message."""

    @abstractmethod
    def _own_claim(self, _pact: Pact, _now: Moment) -> tuple[Result, str]:
        """How this side sees the end of a contract that ran its time, and why, for a person."""

    def _closed(self, pact: Pact, _now: Moment) -> Pact:
        """The pact with its accounts closed."""
        return pact

    @abstractmethod
    def _other_deadlines(self, _now: Moment) -> Sequence[int | None]:
        """When the subclass itself wants to be woken [mono ms]."""

    # the end of every call

    def _finish(self, now: Moment) -> list[Event]:
        """The effects of a call, and the deadline after it."""
        self._tell_life()
        self._find_deadline(now)
        return self._desk.clear(self._memory)

    def _find_deadline(self, now: Moment) -> None:
        earliest_ms = self._head_due(now)
        for at_ms in self._other_deadlines(now):
            if at_ms is not None and (earliest_ms is None or at_ms < earliest_ms):
                earliest_ms = at_ms
        if self._link_up:
            for due_ms in self._next_mono_ms.values():
                if earliest_ms is None or due_ms < earliest_ms:
                    earliest_ms = due_ms
        if self._book.turns != self._turns_seen:
            self._turns_seen, self._boundary_ms = self._book.turns, min(self._boundaries(), default=None)
        if self._boundary_ms is not None:
            due_ms = now.mono_ms + max(self._boundary_ms - now.wall_ms, 0)
            earliest_ms = due_ms if earliest_ms is None else min(due_ms, earliest_ms)
        self._deadline = earliest_ms

    def _boundaries(self) -> list[int]:
        """When contracts begin, end, and are to be settled, UTC [ms]."""
        times = []
        for pact in self._book.pacts:
            if pact.life in OPEN:
                times.append(pact.start_ms if pact.life is Life.Accepted else pact.end_ms)
            elif pact.life is Life.Ending and pact.claim is None and pact.ended_ms is not None:
                times.append(pact.ended_ms + self._options.settle_ms)
        return times

    def _head_due(self, now: Moment) -> int | None:
        if self._keys.sign is None or self._desk.head.length <= self._signed_length:
            self._head_mono_ms = None
        elif self._head_mono_ms is None:
            self._head_mono_ms = now.mono_ms + self._options.head_ms
        return self._head_mono_ms

    def _tell_life(self) -> None:
        if self._book.turns == self._turns_told:
            return
        self._turns_told = self._book.turns
        shown = self._book.active() or next(iter(self._book.open()), None)
        last = next(reversed(self._book.pacts), None)
        life = shown.life if shown is not None else last.life if last is not None else Life.NoContract
        if life.value != self._told_life:
            self._told_life = life.value
            self._desk.act(StateChanged(CONTRACT_MACHINE, life.value))

    # time

    def _sign_head(self, now: Moment) -> None:
        if self._head_mono_ms is not None and now.mono_ms >= self._head_mono_ms:
            self._desk.append(*head_entry(self._desk.head, now.wall_ms, self._keys.sign, self._keys.name))
            self._signed_length = self._desk.head.length
            self._head_mono_ms = None

    def _expire(self, now: Moment) -> None:
        """End what is over, and settle what has had time for its last readings."""
        for pact in self._book.open():
            if now.wall_ms >= pact.end_ms:
                self._end(pact, Turn.Expire, now, at_ms=pact.end_ms)
        for pact in self._book.ending():
            if pact.claim is None and pact.ended_ms is not None and now.wall_ms >= pact.ended_ms + self._options.settle_ms:
                self._claim(pact, *self._own_claim(pact, now), now)

    def _give_up_old_ends(self, now: Moment) -> None:
        """The other side has said nothing about the end of so many contracts: the oldest are not asked about any more."""
        ending = self._book.ending()
        for pact in ending[: max(len(ending) - self._options.most_ending, 0)]:
            claim = pact.claim or Result.CompletedUnknownOutcome
            alone = msgspec.structs.replace(pact, claim=claim, heard_claim=pact.heard_claim or claim, settled=True)
            self._desk.note(Level.WARNING, f"{pact.id} ended and the other side never said how; given up")
            self._conclude(alone, now)

    def _send_due(self, now: Moment) -> None:
        if not self._link_up:
            return
        for contract_id in [known for known, at_ms in self._next_mono_ms.items() if at_ms <= now.mono_ms]:
            pact = self._book.find(contract_id)
            if pact is None or self._period_ms(pact) is None:
                self._next_mono_ms.pop(contract_id)
            else:
                self._tell(pact, now)

    # ending

    def _end(self, pact: Pact, turn: Turn, now: Moment, *, at_ms: int | None = None) -> Pact:
        """A contract is over for this side; what it claims is for the caller to say, now or when it is settled."""
        ended = self._book.turn(pact, turn)
        if ended is None:
            return pact
        ended = msgspec.structs.replace(ended, ended_ms=min(at_ms or now.wall_ms, max(pact.end_ms, pact.start_ms)))
        self._book.put(ended)
        self._next_mono_ms.pop(pact.id, None)
        self._desk.changed()
        return ended

    def _claim(self, pact: Pact, claim: Result, cause: str, now: Moment) -> None:
        """Say how a contract ended; this is said once, and never otherwise."""
        self._tell(self._conclude(self._claimed(pact, claim, cause, now), now), now)

    def _claimed(self, pact: Pact, claim: Result, cause: str, now: Moment) -> Pact:
        """The pact with its claim, if it had none yet."""
        if pact.claim is not None:
            return pact
        self._desk.log("claim", {"contract": pact.id, "claim": claim.value, "cause": cause}, now)
        self._desk.changed()
        self._tries.pop(pact.id, None)
        return msgspec.structs.replace(self._closed(pact, now), claim=claim, cause=cause)

    def _conclude(self, pact: Pact, now: Moment) -> Pact:
        before = result(pact)
        pact = self._book.conclude(pact)
        agreed = result(pact)
        if agreed is not None and before is None:
            theirs = pact.heard_claim.value if pact.heard_claim else ""
            body = {"contract": pact.id, "result": agreed.value, "claim": pact.claim, "heard": theirs}
            self._desk.log("result", body, now)
            self._desk.note(Level.INFO, f"{pact.id} ended: {agreed.value}{f' ({pact.cause})' if pact.cause else ''}")
            if pact.claim is not pact.heard_claim:
                self._desk.note(Level.WARNING, f"{pact.id}: the claims differ: ours {pact.claim}, theirs {pact.heard_claim}")
            self._desk.changed()
        return pact

    def _hear_claim(self, pact: Pact, message: GwsContract, claim: str, now: Moment) -> None:
        """The other side says how a contract ended.

        Each message is answered once at most, and one of a side that has nothing more to learn not at all: whatever the two
        have forgotten, their exchange comes to an end.
        """
        if message.is_settled and pact.life is Life.NoContract:
            return
        theirs = Result(claim) if claim in Result.__members__ else Result.CompletedUnknownOutcome
        if pact.heard_claim is None:
            pact = msgspec.structs.replace(pact, heard_claim=theirs)
            self._book.put(pact)
        if pact.life in OPEN or pact.life is Life.NoContract:
            pact = self._end(pact, Turn.Drop, now)
            pact = self._claimed(pact, *self._answering_claim(pact, message, theirs, now), now)
        if given(message.heard_claim) is not None and pact.claim is not None:
            pact = msgspec.structs.replace(pact, settled=True)
        pact = self._conclude(pact, now)
        self._desk.changed()
        if pact.settled:
            self._next_mono_ms.pop(pact.id, None)
        if not message.is_settled and pact.claim is not None:
            self._tell(pact, now)

    def _answering_claim(self, pact: Pact, message: GwsContract, theirs: Result, now: Moment) -> tuple[Result, str]:
        """What this side claims when it hears of the end from the other.

        Of a contract that it does not know any more it says what it said before, if the other side has heard that.
        """
        before = given(message.heard_claim)
        if before is not None and before in Result.__members__:
            return Result(before), "said before"
        said = given(message.heartbeat.cause) or "no cause was given"
        if theirs in TERMINATED:
            return theirs, said
        return self._own_claim(pact, now)

    def _quit(self, pact: Pact, turn: Turn, cause: str, now: Moment) -> None:
        """End a contract, or refuse it, of our own accord."""
        ended = self._end(pact, turn, now)
        if ended.life is Life.Ending:
            self._claim(ended, OWN_TERMINATION[self.SIDE], cause, now)

    # speaking

    def _on_link(self, event: LinkChanged, now: Moment) -> None:
        """What was not heard is said again as soon as the link is up."""
        self._link_up = event.up
        if event.up:
            self._tries.clear()
            for pact in self._book.pacts:
                if self._period_ms(pact) is not None:
                    self._next_mono_ms[pact.id] = now.mono_ms
            self._send_due(now)

    def _period_ms(self, pact: Pact) -> int | None:
        """How often this pact is to be spoken of [ms]; None if there is nothing to say."""
        if pact.life is Life.Offered:
            doubled_ms: int = self._options.resend_ms << min(self._tries.get(pact.id, 0), 8)
            return min(doubled_ms, self._options.heartbeat_ms)
        if pact.life in OPEN:
            return self._heartbeat_ms
        return self._options.claim_ms if pact.claim is not None and not pact.settled else None

    def _tell(self, pact: Pact, now: Moment) -> None:
        """Say where a contract stands; kept for later while the link is down."""
        period_ms = self._period_ms(pact)
        if period_ms is None:
            self._next_mono_ms.pop(pact.id, None)
        else:
            self._next_mono_ms[pact.id] = now.mono_ms + period_ms
        if not self._link_up or (pact.life is Life.Ending and pact.claim is None):
            return
        if pact.life is Life.Offered:
            self._tries[pact.id] = self._tries.get(pact.id, 0) + 1
        else:
            self._tries.pop(pact.id, None)
        message = self._voice.signed(self._message(pact, now))
        self._book.put(msgspec.structs.replace(pact, told=message.heartbeat.status))
        self._log_sent(message, now)
        self._signed_length = self._desk.head.length if self.signs else self._signed_length
        self._desk.changed()
        self._send(message)

    def _log_sent(self, message: GwsContract, now: Moment) -> None:
        """In full where it says something new; a heartbeat like the one before only by what tells it from that."""
        if self._last_said.repeats(message):
            self._desk.log("beat", beat(message), now)
        else:
            self._desk.log("sent", message, now)

    def _log_heard(self, message: GwsContract, now: Moment) -> None:
        """Likewise, with the other side's head, which must be found here again."""
        if self._last_heard.repeats(message):
            head = PeerHead(message.log_length, message.log_head, message.log_signature)
            created_ms = message.heartbeat.message_created_ms
            self._desk.log(HEARD_BEAT, beat(message) | {"created_ms": created_ms, "head": head}, now)
        else:
            self._desk.log(RECEIVED, message, now)

    def _send(self, message: Message) -> None:
        dst = Side.ATOMIC_T_NODE if self.SIDE is Side.SCADA else Side.SCADA
        self._desk.send(Send(UPLINK, _SHORT[dst], message, Urgency.PLAIN, self._new_id()))

    def _message(self, pact: Pact, now: Moment) -> GwsContract:
        heard = self._voice.memory
        number, digit = self._voice.numbered(now)
        said = self._said(pact, now)
        head = self._desk.head
        return GwsContract(
            from_g_node_alias=self._alias,
            heartbeat=self._heartbeat(pact, digit, heard.their_digit, said.watt_hours_used, now),
            standing=pact.standing,
            heartbeat_number=number,
            heard_number=heard.heard or UNSET,
            claim=UNSET if pact.claim is None else pact.claim.value,
            heard_claim=UNSET if pact.heard_claim is None else pact.heard_claim.value,
            is_settled=pact.settled,
            log_length=head.length,
            log_head=head.hash,
            log_signature=head.signature(self._keys.sign),
            **said.fields,
        )

    def _heartbeat(
        self, pact: Pact, digit: int, their_digit: int | None, watt_hours_used: int | None, now: Moment
    ) -> SlowContractHeartbeat:
        status = open_status(self.SIDE, pact.life) if pact.claim is None else claimed_status(self.SIDE, pact.claim)
        is_created = status is SlowDispatchContractStatus.Created
        return SlowContractHeartbeat(
            from_node=self.SIDE.value,
            contract=pact.contract,
            previous_status=UNSET if pact.told in ("", status.value) else pact.told,
            status=status.value,
            # an offer that is sent again was still made when it was made
            message_created_ms=pact.created_ms if is_created else now.wall_ms,
            cause=(pact.cause or "no cause is known") if status.value in _NEEDS_CAUSE else UNSET,
            is_authoritative=not status.value.startswith("Completed") or status.value == Result.CompletedUnknownOutcome,
            watt_hours_used=UNSET if watt_hours_used is None else watt_hours_used,
            my_digit=digit,
            your_last_digit=UNSET if their_digit is None else their_digit,
        )

    # hearing

    def _listen(self, message: GwsContract, now: Moment) -> tuple[bool, int | None]:
        """Whether a message is to be acted on, and since when the other side is known to have been alive [mono ms]."""
        hearing, why = self._voice.judge(message)
        if hearing is Hearing.Old:
            return False, None
        if hearing is not Hearing.Good:
            self._desk.complain(hearing.value, why, now)
            return False, None
        known = self._book.find(message.heartbeat.contract.contract_id)
        if known is not None and (known.contract != message.heartbeat.contract or known.standing != message.standing):
            self._desk.complain("OtherTerms", f"{known.id} was agreed with other terms than those now spoken of", now)
            return False, None
        self._log_heard(message, now)
        self._desk.changed()
        return True, self._voice.hear(message)


_SHORT = {Side.SCADA: "s", Side.ATOMIC_T_NODE: "a"}
"""Short names of the two on the wire's topics."""
