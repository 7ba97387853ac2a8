"""The AtomicTNode's side: offers contracts, keeps a standing one going, and commands only while it may."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from msgspec import UNSET

from gw_spaceheat.core.contract.life import ATOMIC_T_NODE_LIFE, OPEN, Life, Result, Side, Turn, says_agreed
from gw_spaceheat.core.contract.log import NO_ENTRIES, LogHead
from gw_spaceheat.core.contract.offers import MOST_OPEN, SLOT_MINUTES, SLOT_S, is_in_time, next_link
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.party import NO_KEYS, UPLINK, Keys, Party, Said
from gw_spaceheat.core.contract.state import ATN_STATE, AtnMemory, Pact, Terms
from gw_spaceheat.core.contract.voice import Digit
from gw_spaceheat.core.events import (
    ClockStepped,
    ContractQuit,
    Event,
    Level,
    LinkChanged,
    ModeChanged,
    ModeWished,
    Received,
    SlotWanted,
    StandingReleased,
    StandingWanted,
    Started,
)
from gw_spaceheat.core.table import Table
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import ContractMode, GwsContract
from gw_spaceheat.messages.signing import sign
from gw_spaceheat.messages.slow_dispatch_contract import FIVE_MINUTES_S, SlowDispatchContract
from gw_spaceheat.vocabulary.moment import Moment

LIVES_S = 60.0
"""How long a command may wait in the house, if nothing else is said [s]."""


class AtnSide(Party):
    """The machine of an AtomicTNode's side of the contracts with one house."""

    SIDE = Side.ATOMIC_T_NODE
    TABLE: ClassVar[Table[Life, Turn]] = ATOMIC_T_NODE_LIFE
    STATE = ATN_STATE

    def __init__(
        self,
        house: House,
        new_id: Callable[[], str],
        digit: Digit,
        *,
        memory: AtnMemory | None = None,
        head: LogHead = NO_ENTRIES,
        keys: Keys = NO_KEYS,
        options: ContractOptions | None = None,
    ) -> None:
        """Go on with what was kept.

        Args:
            house: The house that it has contracts with.
            new_id: Gives identifiers [uuid4].
            digit: Gives digits by chance, 0 to 9.
            memory: What the last `Keep` held; None for the first time.
            head: Where the log stands: `log.head_of` its last line.
            keys: What is signed and verified with.
            options: Times and bounds.
        """
        memory = memory or AtnMemory()
        super().__init__(house, new_id, digit, keys, options, memory.voice, memory.pacts, head)
        self._standing = memory.standing
        self._wants_local = memory.wants_local
        self._sequence = memory.sequence
        self._mode, self._mode_cause = memory.mode, memory.mode_cause
        self._token = memory.token
        self._last_offer_s = memory.last_offer_s
        self._heard_mono_ms: int | None = None
        self._by_type: dict[type, Callable[..., None]] = {
            Started: self._on_started,
            Received: self._on_received,
            LinkChanged: self._on_link_changed,
            SlotWanted: self._on_slot_wanted,
            StandingWanted: self._on_standing_wanted,
            StandingReleased: self._on_standing_released,
            ModeWished: self._on_mode_wished,
            ContractQuit: self._on_quit,
            ClockStepped: lambda _event, _now: None,
        }

    # what is seen from outside

    @property
    def mode(self) -> str:
        """The mode that the SCADA told last, a word of ContractMode."""
        return self._mode

    @property
    def mode_cause(self) -> str:
        """Why, as the SCADA told it."""
        return self._mode_cause

    @property
    def token(self) -> int:
        """The fencing token that the SCADA told last."""
        return self._token

    def command_fault(self, now: Moment) -> str:
        """Why no command can be given now, for a person; empty if one can."""
        active = self._book.active()
        if not self._link_up:
            return "no link to the house"
        if active is None or now.wall_ms >= active.end_ms:
            return "no contract is active"
        if self._mode != ContractMode.RemoteControl:
            return f"the house is in {self._mode}: {self._mode_cause}"
        if self._heard_mono_ms is None or now.mono_ms - self._heard_mono_ms > self._options.allowed_age_ms:
            return "the SCADA has not been heard lately"
        return ""

    # the machine

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """React to what happened; what is not a contract's business changes nothing."""
        react = self._by_type.get(type(event))
        if react is None:
            return ()
        react(event, now)
        self._go_on(now)
        return self._finish(now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Offer, renew, begin and end contracts, and say what is due."""
        if self._deadline is None or now.mono_ms < self._deadline:
            return ()
        self._sign_head(now)
        self._go_on(now)
        self._send_due(now)
        return self._finish(now)

    def command(self, message: FsmEvent | AnalogDispatch, now: Moment, time_to_live_s: float = LIVES_S) -> list[Event]:
        """Give a command; the answer is the message to send, or a note that says why not (see `command_fault`)."""
        self._go_on(now)
        fault = self.command_fault(now)
        active = self._book.active()
        if fault or active is None:
            self._desk.note(Level.WARNING, f"no command was sent: {fault}")
            return self._finish(now)
        self._sequence += 1
        command = GwsCommand(
            from_g_node_alias=self._alias,
            to_g_node_alias=self._peer,
            contract_id=active.id,
            fencing_token=self._token,
            sequence=self._sequence,
            heard_heartbeat=self._voice.memory.heard,
            time_to_live_s=time_to_live_s,
            event=message if isinstance(message, FsmEvent) else UNSET,
            dispatch=message if isinstance(message, AnalogDispatch) else UNSET,
        )
        signed = sign(command, self._keys.sign)
        self._desk.log("command", signed, now)
        self._desk.changed()
        self._send(signed)
        return self._finish(now)

    def _go_on(self, now: Moment) -> None:
        self._expire(now)
        self._begin(now)
        self._give_up_offers(now)
        self._give_up_old_ends(now)
        self._renew(now)

    def _other_deadlines(self, now: Moment) -> Sequence[int | None]:
        at_ms = [pact.start_ms + self._options.offer_patience_ms for pact in self._book.open() if pact.life is Life.Offered]
        if self._standing is not None and self._link_up:
            at_ms.append(self._next_offer_ms(now))
        return [now.mono_ms + max(due_ms - now.wall_ms, 0) for due_ms in at_ms]

    def _memory(self) -> AtnMemory:
        return AtnMemory(
            voice=self._voice.memory,
            pacts=self._book.pacts,
            standing=self._standing,
            wants_local=self._wants_local,
            sequence=self._sequence,
            mode=self._mode,
            mode_cause=self._mode_cause,
            token=self._token,
            last_offer_s=self._last_offer_s,
        )

    def _on_started(self, _event: Started, now: Moment) -> None:
        self._desk.log("started", {"signed": self.signs, "pacts": len(self.pacts)}, now)
        if not self.signs:
            self._desk.note(
                Level.WARNING, "nothing is signed, so nothing can be proved; make keys with `gws keys init` on both sides"
            )
        for pact in self._book.open():
            if now.wall_ms >= pact.end_ms:
                self._end(pact, Turn.Expire, now, at_ms=pact.end_ms)
        for pact in self._book.ending():
            if pact.claim is None:
                cause = "the AtomicTNode was not running when it ended"
                self._claim(pact, Result.CompletedUnknownOutcome, cause, now)

    # the link and what comes over it

    def _on_link_changed(self, event: LinkChanged, now: Moment) -> None:
        if event.link == UPLINK:
            self._on_link(event, now)

    def _on_received(self, event: Received, now: Moment) -> None:
        message = event.message
        if event.link != UPLINK or event.src != self._house.scada_alias:
            return  # strangers are told of elsewhere: on this link there are many kinds of messages
        if isinstance(message, GwsContract):
            self._on_contract(message, now)
        elif isinstance(message, GwsCommandAnswer):
            self._desk.log("answer", message, now)

    def _on_contract(self, message: GwsContract, now: Moment) -> None:
        is_good, _ = self._listen(message, now)
        if not is_good:
            return
        self._heard_mono_ms = now.mono_ms
        self._hear_mode(message, now)
        heartbeat, claim = message.heartbeat, given(message.claim)
        pact = self._book.find(heartbeat.contract.contract_id)
        is_known = pact is not None
        if pact is None:
            pact = Pact(contract=heartbeat.contract, standing=message.standing, created_ms=heartbeat.message_created_ms)
        if claim is not None:
            self._hear_claim(pact, message, claim, now)
        elif not is_known:
            self._quit(pact, Turn.Disown, "it is not known here", now)
        elif pact.life not in OPEN:
            self._tell(pact, now)  # the SCADA does not know yet that it is over
        elif says_agreed(self.SIDE, heartbeat.status):
            agreed = self._book.turn(pact, Turn.Agree) or pact
            self._begin(now)
            self._tell(self._book.find(agreed.id) or agreed, now)

    def _hear_mode(self, message: GwsContract, now: Moment) -> None:
        self._mode_cause = message.mode_cause
        self._token = message.fencing_token
        if message.mode != self._mode:
            self._mode = message.mode
            is_remote = message.mode == ContractMode.RemoteControl
            self._desk.act(ModeChanged(is_remote, message.mode_cause, now.wall_ms))
            self._desk.note(Level.INFO, f"{self._peer} is in {message.mode}: {message.mode_cause}")
            self._desk.log("mode", {"mode": message.mode, "cause": message.mode_cause, "token": message.fencing_token}, now)

    # offering

    def _on_slot_wanted(self, event: SlotWanted, now: Moment) -> None:
        fault = self._slot_fault(event, now)
        if fault:
            self._desk.note(Level.WARNING, f"no contract was offered: {fault}")
        else:
            terms = Terms(event.avg_power_w, event.oil_boiler_on)
            self._offer(event.start_s, SLOT_MINUTES, terms, now, standing=False)

    def _slot_fault(self, event: SlotWanted, now: Moment) -> str:
        if event.start_s % SLOT_S:
            return f"{event.start_s} is no full hour"
        if not is_in_time(event.start_s, now):
            return f"its slot began {now.wall_ms / 1000 - event.start_s:.0f} s ago"
        taken = self._book.overlapping(event.start_s * 1000, (event.start_s + SLOT_S) * 1000)
        return "" if taken is None else f"it would overlap with contract {taken.id}"

    def _on_standing_wanted(self, event: StandingWanted, _now: Moment) -> None:
        self._standing = Terms(event.avg_power_w, event.oil_boiler_on)
        self._desk.changed()

    def _on_standing_released(self, _event: StandingReleased, _now: Moment) -> None:
        self._standing = None
        self._desk.changed()

    def _next_offer_ms(self, now: Moment) -> int:
        """When the next link of a standing contract is to be offered, UTC [ms]: at most one for every five minutes."""
        open_pacts = self._book.open()
        if len(open_pacts) >= MOST_OPEN:
            return open_pacts[0].end_ms
        if open_pacts:
            return open_pacts[-1].end_ms - self._options.renew_ms
        start_s, _ = next_link(now, self._last_offer_s + 1)
        return (start_s - FIVE_MINUTES_S) * 1000

    def _renew(self, now: Moment) -> None:
        if self._standing is None or not self._link_up or now.wall_ms < self._next_offer_ms(now):
            return
        open_pacts = self._book.open()
        after_s = open_pacts[-1].end_ms // 1000 if open_pacts else self._last_offer_s + 1
        self._offer(*next_link(now, after_s), self._standing, now, standing=True)

    def _offer(self, start_s: int, minutes: int, terms: Terms, now: Moment, *, standing: bool) -> None:
        contract = SlowDispatchContract(
            scada_alias=self._peer,
            start_s=start_s,
            duration_minutes=minutes,
            avg_power_watts=terms.avg_power_w,
            oil_boiler_on=terms.oil_boiler_on,
            contract_id=self._new_id(),
        )
        offered = self._book.turn(Pact(contract=contract, standing=standing, created_ms=now.wall_ms), Turn.Offer)
        if offered is not None:
            self._last_offer_s = max(self._last_offer_s, start_s)
            self._desk.log("offer", {"contract": contract, "standing": standing}, now)
            self._desk.changed()
            self._tell(offered, now)

    def _give_up_offers(self, now: Moment) -> None:
        for pact in self._book.open():
            if pact.life is Life.Offered and now.wall_ms >= pact.start_ms + self._options.offer_patience_ms:
                self._quit(pact, Turn.GiveUp, "the SCADA did not answer the offer", now)

    # contracts begin, and end

    def _begin(self, now: Moment) -> None:
        if self._book.active() is not None:
            return
        for pact in self._book.open():
            if pact.life is Life.Accepted and now.wall_ms >= pact.start_ms:
                self._book.turn(pact, Turn.Start)
                self._next_mono_ms[pact.id] = now.mono_ms
                self._desk.changed()
                return

    def _on_quit(self, event: ContractQuit, now: Moment) -> None:
        for pact in self._book.open():
            self._quit(pact, Turn.Quit, event.cause, now)

    def _own_claim(self, pact: Pact, now: Moment) -> tuple[Result, str]:
        """The SCADA has the account and decides; this side says what it has seen of it."""
        if pact.heard_claim is not None:
            return pact.heard_claim, "as the SCADA says"
        heard_mono_ms = self._heard_mono_ms
        if heard_mono_ms is None or now.mono_ms - heard_mono_ms > self._options.contact_ms:
            return Result.CompletedUnknownOutcome, "the SCADA was not heard at the end"
        return Result.CompletedSuccess, ""

    def _on_mode_wished(self, event: ModeWished, now: Moment) -> None:
        self._wants_local = event.local
        self._desk.changed()
        active = self._book.active()
        if active is not None:
            self._tell(active, now)

    def _said(self, _pact: Pact, _now: Moment) -> Said:
        wish = ContractMode.LocalControl if self._wants_local else ContractMode.RemoteControl
        fields: dict[str, Any] = {
            "mode": self._mode,
            "mode_cause": self._mode_cause,
            "mode_wish": wish.value,
            "fencing_token": self._token,
        }
        return Said(fields, None)
