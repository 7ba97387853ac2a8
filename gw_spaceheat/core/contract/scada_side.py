"""The SCADA's side: accepts offers, keeps mode and lease, judges commands, keeps the account, and can prove it afterwards."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from msgspec import UNSET

from gw_spaceheat.core.contract.energy import LastPower, begun_late, closed, power_rules, read
from gw_spaceheat.core.contract.gate import Authorized, Gate, Ground, Refuse, Repeat, Taken
from gw_spaceheat.core.contract.lease import Holder, LeaseKeeper
from gw_spaceheat.core.contract.life import OPEN, SCADA_LIFE, Life, Result, Side, Turn, says_agreed
from gw_spaceheat.core.contract.log import NO_ENTRIES, LogHead
from gw_spaceheat.core.contract.mode import Condition, ModeKeeper, ModeState
from gw_spaceheat.core.contract.offers import offer_fault
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.party import NO_KEYS, UPLINK, Keys, Party, Said
from gw_spaceheat.core.contract.response import Responses, attested, meter_serials, metered_loads
from gw_spaceheat.core.contract.state import SCADA_STATE, Pact, ScadaMemory
from gw_spaceheat.core.contract.voice import Digit
from gw_spaceheat.core.events import (
    Authority,
    ClockStepped,
    Command,
    ContractQuit,
    Event,
    HumanReleases,
    HumanTakes,
    LeaseChanged,
    Level,
    LinkChanged,
    LocalControlAsked,
    MeterAnswered,
    MinimumTime,
    ModeChanged,
    Obey,
    Outcome,
    Readings,
    Received,
    SafetyActs,
    Started,
    StateChanged,
    Verdict,
)
from gw_spaceheat.core.table import Table
from gw_spaceheat.house.model import House
from gw_spaceheat.messages.analog_dispatch import AnalogDispatch
from gw_spaceheat.messages.base import given
from gw_spaceheat.messages.fsm_event import FsmEvent
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.messages.gws_command_answer import GwsCommandAnswer
from gw_spaceheat.messages.gws_contract import ContractMode, GwsContract
from gw_spaceheat.messages.slow_contract_heartbeat import SlowContractHeartbeat, SlowDispatchContractStatus
from gw_spaceheat.vocabulary.moment import Moment

OF_CONTRACT = GwsContract | GwsCommand | FsmEvent | AnalogDispatch | SlowContractHeartbeat
"""Messages of the AtomicTNode that are its contract's affair."""
MODE_MACHINE = "contract.mode"
KEPT_COMMANDS = 8
"""A command is asked about again within seconds, if at all; each is written with every state that is kept. Beside these the
last one of every actuator is kept, for a restart."""
_STATUSES = frozenset(SlowDispatchContractStatus)
_STRANGERS = frozenset({Ground.Unsigned, Ground.WrongHouse})
"""Grounds on which nobody is answered: who spoke is not who he says."""


class ScadaSide(Party):
    """The machine of a house's side of its contracts."""

    SIDE = Side.SCADA
    TABLE: ClassVar[Table[Life, Turn]] = SCADA_LIFE
    STATE = SCADA_STATE

    def __init__(
        self,
        house: House,
        new_id: Callable[[], str],
        digit: Digit,
        *,
        memory: ScadaMemory | None = None,
        head: LogHead = NO_ENTRIES,
        keys: Keys = NO_KEYS,
        allow_bare: bool = False,
        options: ContractOptions | None = None,
    ) -> None:
        """Go on with what was kept.

        Args:
            house: Whose side this is.
            new_id: Gives identifiers [uuid4].
            digit: Gives digits by chance, 0 to 9.
            memory: What the last `Keep` held; None for a house that never had a contract.
            head: Where the log stands: `log.head_of` its last line.
            keys: What is signed and verified with.
            allow_bare: The house file says `unsigned_commands: allow`.
            options: Times and bounds.
        """
        memory = memory or ScadaMemory()
        super().__init__(house, new_id, digit, keys, options, memory.voice, memory.pacts, head)
        self._kept = memory
        self._lease = LeaseKeeper(memory.lease)
        self._mode = ModeKeeper(self._options.hold_ms, memory.mode, memory.mode_cause)
        self._told_mode = memory.mode
        self._gate = Gate(house, self._options.allowed_age_ms, keys.verify, allow_bare=allow_bare)
        self._rules = power_rules(house)
        self._powers = {name: [known] for name, known in memory.powers if name in self._rules}
        self._responses = Responses(metered_loads(house), meter_serials(house), memory.responses)
        self._watched = frozenset(self._rules) | self._responses.channels
        self._contact_mono_ms: int | None = None
        self._contact_ms = memory.contact_ms
        self._owner_asks = memory.owner_asks
        self._atn_wants_local = memory.atn_wants_local
        self._taken = memory.taken
        self._served_mono_ms: int | None = None
        self._by_type: dict[type, Callable[..., None]] = {
            Started: self._on_started,
            Received: self._on_received,
            LinkChanged: self._on_link_changed,
            Outcome: self._on_outcome,
            HumanTakes: self._on_human_takes,
            HumanReleases: self._on_human_releases,
            LocalControlAsked: self._on_local_asked,
            SafetyActs: self._on_safety,
            MinimumTime: lambda event, _now: self._responses.block(event.node, event.until_mono_ms),
            MeterAnswered: self._on_meter,
            ContractQuit: self._on_quit,
            ClockStepped: self._on_clock_stepped,
        }

    # what is seen from outside

    @property
    def remote(self) -> bool:
        """Whether the AtomicTNode commands: its contract is active, the mode is RemoteControl, and it has the lease."""
        return self._mode.remote and self._lease.lease.holder is Holder.Remote

    @property
    def token(self) -> int:
        """The fencing token of the lease that runs."""
        return self._lease.lease.token

    @property
    def holder(self) -> Holder:
        """Who has the lease on the house."""
        return self._lease.lease.holder

    @property
    def holder_as_authority(self) -> Authority:
        """The same, as commands name him."""
        return self._lease.lease.by

    def lease_now(self, cause: str, now: Moment) -> LeaseChanged:
        """The lease as an event, for those who have just come."""
        lease = self._lease.lease
        return LeaseChanged(lease.by, lease.token, cause, now.wall_ms, lease.until_ms)

    @property
    def last_obeyed(self) -> dict[str, float]:
        """What the AtomicTNode commanded last of each actuator, as far as it is remembered; nothing of a lease that is over."""
        return {taken.node: taken.value for taken in self._taken if taken.token == self.token}

    @property
    def mode(self) -> ModeState:
        """The mode, and the steps on the way to it."""
        return self._mode.state

    @property
    def mode_cause(self) -> str:
        """Why the mode is what it is, for a person."""
        return self._mode.cause

    @property
    def power_channels(self) -> frozenset[str]:
        """The channels whose readings matter here; others need not be handed in."""
        return self._watched

    # the machine

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """React to what happened; what is not a contract's business changes nothing."""
        if type(event) is Readings:
            return self._on_readings(event, now)
        if type(event) is Command:
            self._on_given(event, now)
            return self._finish(now)  # nothing else goes on between a command and its being given
        react = self._by_type.get(type(event))
        if react is None:
            return ()
        self._tally(now)
        react(event, now)
        self._go_on(now)
        return self._finish(now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """Begin and end contracts, say what is due, let conditions and leases run out."""
        if self._deadline is None or now.mono_ms < self._deadline:
            return ()
        self._tally(now)
        self._mode.wake(now)
        if self._lease.wake(now):
            self._tell_lease("the time of the person who had it is over", now)
            self._look_at_owner(now)
        if self._responses.wake(now):
            self._desk.changed()
        self._sign_head(now)
        self._go_on(now)
        self._send_due(now)
        return self._finish(now)

    def _go_on(self, now: Moment) -> None:
        """Contracts begin and end, and mode and lease follow, whatever it was that happened."""
        self._look_at_responses(now)
        self._expire(now)
        self._begin(now)
        self._give_up_old_ends(now)
        self._settle_mode(now)

    def _other_deadlines(self, _now: Moment) -> Sequence[int | None]:
        return (self._mode.deadline(), self._lease.deadline(), self._responses.deadline())

    def _memory(self) -> ScadaMemory:
        return ScadaMemory(
            voice=self._voice.memory,
            pacts=self._book.pacts,
            lease=self._lease.lease,
            mode=self._mode.state,
            mode_cause=self._mode.cause,
            contact_ms=self._contact_ms,
            owner_asks=self._owner_asks,
            atn_wants_local=self._atn_wants_local,
            taken=self._taken,
            powers=tuple(sorted((name, known[-1]) for name, known in self._powers.items())),
            responses=self._responses.memory,
        )

    # beginning, also anew after a restart

    def _on_started(self, _event: Started, now: Moment) -> None:
        self._lease = LeaseKeeper(self._kept.lease, now)
        self._responses.begin(now)
        self._desk.log("started", {"signed": self.signs, "pacts": len(self.pacts)}, now)
        if not self.signs:
            self._desk.note(
                Level.WARNING, "nothing is signed, so nothing can be proved; make keys with `gws keys init` on both sides"
            )
        self._mode.raise_(Condition.LinkDown, "the link is down", now, at_mono_ms=now.mono_ms + self._options.link_ms)
        self._look_at_owner(now)
        self._look_at_wish(now)
        self._served_mono_ms = now.mono_ms
        self._mode.resume(now)
        for pact in self._book.open():
            if now.wall_ms >= pact.end_ms:
                self._end(pact, Turn.Expire, now, at_ms=pact.end_ms)
        for pact in self._book.ending():
            if pact.claim is None:
                cause = "the SCADA was not running when it ended"
                self._claim(pact, Result.CompletedUnknownOutcome, cause, now)
        for taken in self._taken:
            if taken.answer is None:
                reason = "the SCADA was restarted before it was known how it ended"
                self._answer_taken(Outcome(taken.node, taken.value, Verdict.DEVICE_FAILED, reason, taken.trigger, None), now)
        if self._contact_ms is not None:
            silent_ms = now.wall_ms - self._contact_ms
            # a clock that was set back meanwhile cannot tell how long it was: then it was too long
            self._contact(now.mono_ms - (silent_ms if silent_ms >= 0 else self._options.contact_ms), now)

    # the link and what comes over it

    def _on_link_changed(self, event: LinkChanged, now: Moment) -> None:
        if event.link != UPLINK:
            return
        if event.up:
            self._mode.clear(Condition.LinkDown, now)
        else:
            self._mode.raise_(Condition.LinkDown, "the link is down", now, at_mono_ms=now.mono_ms + self._options.link_ms)
        self._on_link(event, now)

    def _on_received(self, event: Received, now: Moment) -> None:
        message = event.message
        if event.link != UPLINK or not isinstance(message, OF_CONTRACT):
            return
        if event.src != self._house.alias:
            self._desk.complain("Stranger", f"{message.type_name()} from {event.src}; only {self._house.alias} may", now)
        elif isinstance(message, GwsContract):
            self._on_contract(message, now)
        elif isinstance(message, GwsCommand):
            self._on_command(message, now)
        elif isinstance(message, SlowContractHeartbeat):
            self._desk.complain("Bare", "a slow.contract.heartbeat without mode and token; send it within a gws.contract", now)
        else:
            self._on_bare(message, now)

    def _on_contract(self, message: GwsContract, now: Moment) -> None:
        is_good, alive_mono_ms = self._listen(message, now)
        if not is_good:
            return
        if alive_mono_ms is not None:
            self._contact(alive_mono_ms, now)
        self._atn_wants_local = given(message.mode_wish) == ContractMode.LocalControl
        self._look_at_wish(now)
        contract = message.heartbeat.contract
        pact = self._book.find(contract.contract_id)
        if pact is None:
            pact = Pact(contract=contract, standing=message.standing, created_ms=message.heartbeat.message_created_ms)
            self._on_unknown(pact, message, now)
        else:
            self._on_known(pact, message, now)

    def _on_unknown(self, pact: Pact, message: GwsContract, now: Moment) -> None:
        """A contract that this side hears of for the first time, or has forgotten."""
        status, claim = message.heartbeat.status, given(message.claim)
        if claim is not None:
            self._hear_claim(pact, message, claim, now)
        elif status not in _STATUSES:
            self._desk.complain("UnknownStatus", f"{pact.id} is said to be {status}; nothing was done", now)
        elif status != SlowDispatchContractStatus.Created:
            self._quit(pact, Turn.Refuse, "it is not known here", now)
        else:
            self._expire(now)  # what is over does not stand in the way of what follows it
            fault = offer_fault(
                pact.contract,
                standing=pact.standing,
                scada_alias=self._alias,
                open_pacts=self._book.open(),
                ahead_ms=self._options.ahead_ms,
                now=now,
            )
            if fault:
                self._desk.note(Level.WARNING, f"offer {pact.id} refused: {fault}")
                self._quit(pact, Turn.Refuse, fault, now)
            else:
                self._accept(pact, now)

    def _accept(self, pact: Pact, now: Moment) -> None:
        account = begun_late(pact.start_ms, pact.end_ms, self._powers, self._rules)  # the offer was under way for minutes
        accepted = self._book.turn(msgspec.structs.replace(pact, account=account), Turn.Offer)
        if accepted is not None:
            self._tell(accepted, now)

    def _on_known(self, pact: Pact, message: GwsContract, now: Moment) -> None:
        status, claim = message.heartbeat.status, given(message.claim)
        if claim is not None:
            self._hear_claim(pact, message, claim, now)
        elif pact.life not in OPEN:
            self._tell(pact, now)  # the other side does not know yet that it is over
        elif status == SlowDispatchContractStatus.Created:
            self._tell(pact, now)
        elif says_agreed(self.SIDE, status):
            agreed = self._book.turn(pact, Turn.Agree)
            if agreed is not None:
                self._next_mono_ms[agreed.id] = now.mono_ms + self._options.heartbeat_ms

    def _contact(self, alive_mono_ms: int, now: Moment) -> None:
        """The AtomicTNode was alive then; for so long nothing more need be heard of it."""
        if self._contact_mono_ms is not None and alive_mono_ms <= self._contact_mono_ms:
            return
        self._contact_mono_ms = alive_mono_ms
        self._contact_ms = now.wall_ms - (now.mono_ms - alive_mono_ms)
        self._watch_contact(now)

    def _watch_contact(self, now: Moment) -> None:
        """While a contract is active, silence leads to LocalControl."""
        if self._mode.state is ModeState.Dormant:
            self._mode.clear(Condition.ContactLost, now)
            return
        alive_mono_ms = self._contact_mono_ms
        lost_mono_ms = now.mono_ms if alive_mono_ms is None else alive_mono_ms + self._options.contact_ms
        if lost_mono_ms > now.mono_ms:
            self._mode.clear(Condition.ContactLost, now)
        minutes = self._options.contact_ms / 60_000
        self._mode.raise_(
            Condition.ContactLost, f"nothing heard from the AtomicTNode for {minutes:g} min", now, at_mono_ms=lost_mono_ms
        )

    # contracts begin, and end

    def _begin(self, now: Moment) -> None:
        if self._book.active() is None:
            for pact in self._book.open():
                if pact.life is Life.Accepted and now.wall_ms >= pact.start_ms:
                    self._tally(now)
                    self._book.turn(pact, Turn.Start)
                    self._next_mono_ms[pact.id] = now.mono_ms
                    self._desk.changed()
                    break
        if self._book.active() is None:
            if self._mode.end("no contract is active"):
                self._watch_contact(now)
        elif self._mode.begin(now):
            self._watch_contact(now)

    def _end(self, pact: Pact, turn: Turn, now: Moment, *, at_ms: int | None = None) -> Pact:
        self._tally(now)
        return super()._end(self._book.find(pact.id) or pact, turn, now, at_ms=at_ms)

    def _on_quit(self, event: ContractQuit, now: Moment) -> None:
        for pact in self._book.open():
            self._quit(pact, Turn.Quit, event.cause, now)

    def _closed(self, pact: Pact, _now: Moment) -> Pact:
        if pact.account is None or pact.ended_ms is None:
            return pact
        return msgspec.structs.replace(pact, account=closed(pact.account, pact.ended_ms, self._rules))

    def _own_claim(self, pact: Pact, now: Moment) -> tuple[Result, str]:
        """How it was served, as a part of the contract's time; whoever is to blame for most of what is lost has failed."""
        if pact.account is None:
            return Result.CompletedUnknownOutcome, "it is not known here"
        whole_ms = pact.end_ms - pact.start_ms
        may_lose_ms = self._options.failing_share * whole_ms
        served = pact.served
        missing_s = closed(pact.account, pact.ended_ms or now.wall_ms, self._rules).missing_s
        if missing_s * 1000 > may_lose_ms * max(len(self._rules), 1):
            return Result.CompletedUnknownOutcome, f"the power is not known for {missing_s:.0f} s of channels"
        if whole_ms - served.remote_ms - served.agreed_ms <= may_lose_ms:
            return Result.CompletedSuccess, ""
        unknown_ms = whole_ms - served.remote_ms - served.agreed_ms - served.scada_ms - served.atn_ms
        if served.scada_ms >= max(served.atn_ms, unknown_ms):
            return Result.CompletedFailureByScada, f"the house heated by itself for {served.scada_ms / 1000:.0f} s"
        if served.atn_ms >= unknown_ms:
            return Result.CompletedFailureByLtn, f"the AtomicTNode was not heard for {served.atn_ms / 1000:.0f} s"
        return Result.CompletedUnknownOutcome, f"out of contact for {unknown_ms / 1000:.0f} s"

    def _tally(self, now: Moment) -> None:
        """Book the time since the last look on the active contract: before anything changes whose doing it is."""
        since_mono_ms, self._served_mono_ms = self._served_mono_ms, now.mono_ms
        pact = self._book.active()
        if pact is not None and since_mono_ms is not None and now.mono_ms > since_mono_ms:
            blame = None if self._told_mode is ModeState.RemoteControl else self._mode.blame
            self._book.put(msgspec.structs.replace(pact, served=pact.served.longer(now.mono_ms - since_mono_ms, blame)))

    # mode and lease

    def _settle_mode(self, now: Moment) -> None:
        """Whatever happened in this call: the lease follows the mode, and all are told."""
        if self._mode.state is self._told_mode:
            return
        self._tally(now)
        self._told_mode = self._mode.state
        cause = self._mode.cause
        self._desk.log("mode", {"mode": self._mode.state.value, "cause": cause}, now)
        if self._lease.grant() if self._mode.remote else self._lease.revoke():
            self._tell_lease(cause, now)
        self._desk.changed()
        self._desk.act(ModeChanged(self._mode.remote, cause, now.wall_ms))
        self._desk.act(StateChanged(MODE_MACHINE, self._mode.state.value))
        active = self._book.active()
        if active is not None:
            self._tell(active, now)

    def _tell_lease(self, cause: str, now: Moment) -> None:
        lease = self._lease.lease
        self._desk.log("lease", {"by": lease.holder.value, "token": lease.token, "cause": cause}, now)
        self._desk.changed()
        self._desk.act(LeaseChanged(lease.by, lease.token, cause, now.wall_ms, lease.until_ms))
        self._desk.note(Level.INFO, f"{lease.holder} commands now, token {lease.token}: {cause}")

    def _on_human_takes(self, event: HumanTakes, now: Moment) -> None:
        self._lease.take(event.for_ms, now)
        self._tell_lease(f"taken by {event.who} for {event.for_ms / 60_000:g} min", now)
        self._look_at_owner(now)

    def _on_human_releases(self, event: HumanReleases, now: Moment) -> None:
        if self._lease.leave():
            self._tell_lease(f"given back by {event.who}", now)
        self._look_at_owner(now)

    def _on_local_asked(self, event: LocalControlAsked, now: Moment) -> None:
        self._owner_asks = event.who if event.asked else ""
        self._desk.changed()
        self._look_at_owner(now)

    def _look_at_owner(self, now: Moment) -> None:
        if self._lease.lease.holder is Holder.Human:
            self._mode.raise_(Condition.AskedByHomeOwner, "a person at the house has taken command", now)
        elif self._owner_asks:
            self._mode.raise_(Condition.AskedByHomeOwner, f"{self._owner_asks} asked for local control", now)
        else:
            self._mode.clear(Condition.AskedByHomeOwner, now)

    def _look_at_wish(self, now: Moment) -> None:
        if self._atn_wants_local:
            self._mode.raise_(Condition.AskedByAtomicTNode, "the AtomicTNode asked for local control", now)
        else:
            self._mode.clear(Condition.AskedByAtomicTNode, now)

    def _on_safety(self, event: SafetyActs, now: Moment) -> None:
        if event.acts:
            self._mode.raise_(
                Condition.SafetyActs, f"safety acts: {event.reason}", now, at_mono_ms=now.mono_ms + self._options.safety_ms
            )
        else:
            self._mode.clear(Condition.SafetyActs, now)

    def _on_clock_stepped(self, event: ClockStepped, now: Moment) -> None:
        self._responses.clock_stepped(event.by_ms)
        if self._contact_mono_ms is not None:
            self._contact_ms = now.wall_ms - (now.mono_ms - self._contact_mono_ms)
        self._desk.changed()

    # readings, commands and their outcomes

    def _on_readings(self, event: Readings, now: Moment) -> Sequence[Event]:
        if self._watched.isdisjoint(event.channels):
            return ()
        for pact in self._book.pacts:
            if pact.account is not None and pact.claim is None:
                account = read(pact.account, event, self._rules)
                if account is not pact.account:
                    self._book.put(msgspec.structs.replace(pact, account=account))
        for name, power_w in zip(event.channels, event.values, strict=True):
            if name in self._rules and power_w is not None:
                self._remember(self._powers.setdefault(name, []), LastPower(event.taken_ms, power_w))
        for seen in self._responses.read(event):
            self._desk.log("seen", seen._asdict(), now)
            self._desk.changed()
        if self._desk.is_empty:
            return ()
        self._tally(now)
        self._go_on(now)
        return self._finish(now)

    def _remember(self, known: list[LastPower], power: LastPower) -> None:
        """Of each channel what was read since an offer could have been made that comes now, and one reading before that."""
        if known and power.taken_ms <= known[-1].taken_ms:
            return
        known.append(power)
        forget_ms = power.taken_ms - 2 * self._options.offer_patience_ms
        while len(known) > 1 and known[1].taken_ms <= forget_ms:
            del known[0]

    def _on_given(self, event: Command, now: Moment) -> None:
        """A command was given to an actuator, by whomever."""
        self._responses.commanded(event, now)
        body = {"node": event.node, "value": event.value, "by": event.by.value, "why": event.reason, "trigger": event.trigger}
        self._desk.log("given", body, now)

    def _on_meter(self, event: MeterAnswered, now: Moment) -> None:
        if self._responses.answered(event, now):
            self._desk.log("meter", {"component": event.component, "serial": event.serial}, now)
            self._desk.changed()

    def _look_at_responses(self, now: Moment) -> None:
        says = self._responses.attestation(now)
        for condition, fault in (
            (Condition.ResponseFails, self._responses.fault(now)),
            (Condition.NotAttested, attested(says)),
        ):
            if not fault:
                self._mode.clear(condition, now)
            elif condition is Condition.ResponseFails:
                self._mode.raise_(condition, fault, now)
            else:
                self._mode.raise_(condition, fault, now, at_mono_ms=self._responses.counts_from_mono_ms(says))

    def _authorized(self) -> Authorized:
        active = self._book.active()
        holder = self._lease.lease.holder
        why_not = self._mode.cause if holder is not Holder.Human else "a person at the house has taken command"
        return Authorized(
            contract_id="" if active is None else active.id,
            remote=self.remote,
            why_not=why_not,
            token=self.token,
            last_sequence=0 if active is None else active.last_sequence,
            taken=self._taken,
            sent_mono_ms=self._voice.sent_mono_ms,
        )

    def _on_command(self, command: GwsCommand, now: Moment) -> None:
        self._go_on(now)  # a contract or lease that is over is over for this command too
        trigger = command.asked().trigger_id
        judgement = self._gate.judge(command, self._authorized(), now)
        if isinstance(judgement, Refuse):
            if judgement.ground in _STRANGERS:
                self._desk.complain(judgement.ground.value, judgement.reason, now)
            else:
                self._refuse(judgement, trigger, command.sequence, now)
        elif isinstance(judgement, Repeat):
            self._repeat(judgement, trigger, now)
        else:
            self._obey(judgement, now)

    def _on_bare(self, message: FsmEvent | AnalogDispatch, now: Moment) -> None:
        self._go_on(now)
        trigger = message.trigger_id
        known = next((taken for taken in self._taken if taken.trigger == trigger), None)
        if known is not None:
            self._repeat(Repeat("it was taken before", known.answer), trigger, now)
            return
        judgement = self._gate.judge_bare(message, self._authorized(), now)
        if isinstance(judgement, Refuse):
            self._refuse(judgement, trigger, 0, now)
        elif isinstance(judgement, Obey):
            self._obey(judgement, now)

    def _obey(self, obey: Obey, now: Moment) -> None:
        active = self._book.active()
        if active is not None and obey.sequence:
            self._book.put(msgspec.structs.replace(active, last_sequence=obey.sequence))
        taken = (*self._taken, Taken(obey.sequence, obey.trigger, obey.node, obey.value, token=obey.token))
        last = {known.node: known for known in taken}
        self._taken = tuple(known for known in taken[:-KEPT_COMMANDS] if last[known.node] is known) + taken[-KEPT_COMMANDS:]
        body = {"node": obey.node, "value": obey.value, "trigger": obey.trigger, "sequence": obey.sequence, "token": obey.token}
        self._desk.log("command", body, now)
        self._desk.changed()
        self._desk.act(obey)

    def _refuse(self, refuse: Refuse, trigger: str, sequence: int, now: Moment) -> None:
        body = {"ground": refuse.ground.value, "reason": refuse.reason, "trigger": trigger, "sequence": sequence}
        self._desk.log("refused", body, now)
        verdict = Verdict.OUT_OF_RANGE if refuse.ground is Ground.OutOfRange else Verdict.REFUSED
        refused = Outcome(refuse.node, refuse.value, verdict, refuse.reason, trigger, None)
        self._send(self._answer(refused, sequence, now))

    def _repeat(self, repeat: Repeat, trigger: str, now: Moment) -> None:
        self._desk.log("repeated", {"trigger": trigger, "reason": repeat.reason}, now)
        if repeat.answer is not None:
            self._send(repeat.answer)

    def _on_outcome(self, event: Outcome, now: Moment) -> None:
        body = {"node": event.node, "value": event.value, "verdict": event.verdict.value, "reason": event.reason}
        self._desk.log("outcome", {**body, "trigger": event.trigger, "read_back": event.read_back}, now)
        self._answer_taken(event, now)

    def _answer_taken(self, event: Outcome, now: Moment) -> None:
        """A command that came from outside has ended: its answer is kept for those who ask again, and sent."""
        for taken in self._taken:
            if taken.trigger == event.trigger and taken.answer is None:
                answer = self._answer(event, taken.sequence, now)
                answered = msgspec.structs.replace(taken, answer=answer)
                self._taken = tuple(answered if known is taken else known for known in self._taken)
                self._desk.changed()
                self._send(answer)

    def _answer(self, event: Outcome, sequence: int, now: Moment) -> GwsCommandAnswer:
        return GwsCommandAnswer(
            from_g_node_alias=self._alias,
            trigger_id=event.trigger,
            sequence=sequence or UNSET,
            node=event.node,
            value=event.value,
            verdict=event.verdict.value,
            reason=event.reason,
            read_back=UNSET if event.read_back is None else event.read_back,
            answer_unix_ms=now.wall_ms,
        )

    # what is said

    def _tell(self, pact: Pact, now: Moment) -> None:
        self._tally(now)
        super()._tell(self._book.find(pact.id) or pact, now)

    def _said(self, pact: Pact, now: Moment) -> Said:
        used_wh = 0 if pact.account is None else pact.account.used_whole_wh
        return Said(
            {
                "mode": (ContractMode.RemoteControl if self.remote else ContractMode.LocalControl).value,
                "mode_cause": self._mode.cause,
                "fencing_token": self.token,
                "attestation_says": self._responses.attestation(now),
            },
            used_wh,
        )
