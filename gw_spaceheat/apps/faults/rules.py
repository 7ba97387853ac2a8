"""What must hold whatever happens: looked at with every effect, at every relay, and when all is over.

It believes nobody. It is shown what the two nodes put out, what reaches the outputs and what the house's water really is, and
keeps accounts of its own: which commands the AtomicTNode really gave, when the SCADA really said what, when each output moved.
All times are those of the simulation, which no clock of a node can change [ms].
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.life import OPEN, Life
from gw_spaceheat.core.contract.log import PeerHead, Verified
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.state import Pact, ScadaMemory
from gw_spaceheat.core.events import Authority, Command, LeaseChanged
from gw_spaceheat.house.model import MinimumTimes
from gw_spaceheat.messages.gws_command import GwsCommand
from gw_spaceheat.vocabulary.moment import HOUR_MS, MINUTE_MS

MOST_OF_A_RULE = 3
"""So many times a broken rule is told in one seed."""
UNASKED_MS = 11 * MINUTE_MS
"""Local heating that commands is asked at least this often, even if no sensor says anything [ms]."""
ACCOUNTS_AGREE_WH = 1.0
NEARLY_ON = 0.5
MIXING_K = 0.2
"""A layer of a tank can get so much warmer from one look to the next without being heated [K]."""


class Rule(StrEnum):
    """What must hold."""

    ONE_CONTROLLER = "two controllers never command at once"
    MINIMUM_TIMES = "no load is switched faster than its minimum times, but for safety"
    WARM = "the house never falls below its freeze limits"
    COOL = "no tank gets hotter than its limit"
    RIGHTFUL = "no expired, fenced, forged, replayed or wrong-house command is obeyed"
    ONCE = "each command is executed at most once"
    SILENCE = "silence leads to local control in time"
    NEVER_WITHOUT = "there is no moment without a controller"
    OUTCOMES = "both sides agree how every contract ended"
    ACCOUNTS = "both sides' energy accounts agree"
    LOGS = "both logs verify"
    ALIVE = "nothing raises"


class Broken(NamedTuple):
    """A rule that did not hold.

    Attributes:
        at_ms: When, from the story's start [ms].
        rule: Which.
        text: What was seen, for a person.
    """

    at_ms: int
    rule: Rule
    text: str


class Seen(NamedTuple):
    """The SCADA's side as it shows itself between two calls.

    Attributes:
        remote: It says that the AtomicTNode commands.
        holder: Who has the lease.
        token: The lease's token.
        active_ends_ms: When its active contract ends, by its own clock, UTC [ms]; None if none is active.
        wall_ms: What its clock shows, UTC [ms].
        asked_ms: When local heating was last asked [ms]; None if it never was.
    """

    remote: bool
    holder: Holder
    token: int
    active_ends_ms: int | None
    wall_ms: int
    asked_ms: int | None


class Spent(NamedTuple):
    """The energy used under a contract, as both sides have it [Wh]."""

    contract_id: str
    scada_wh: float
    atn_wh: float


class _CommandBody(msgspec.Struct):
    node: str
    value: float
    trigger: str
    sequence: int
    token: int


class _CommandLine(msgspec.Struct):
    body: _CommandBody


_command_decoder = msgspec.json.Decoder(_CommandLine)
_COMMAND_KIND = '"kind":"command"'


class _Load:
    """A load with minimum times: what it is, since when, and when it started."""

    def __init__(self, times: MinimumTimes) -> None:
        self.times = times
        self.on = False
        self.since_ms: int | None = None
        self.starts: deque[int] = deque(maxlen=times.starts_per_hour)


class Rules:
    """Watches one seed.

    Attributes:
        broken: What did not hold, in order.
    """

    def __init__(self, spared: Mapping[str, MinimumTimes], options: ContractOptions) -> None:
        """Nothing has happened.

        Args:
            spared: What loads must be spared, by the alias of their actuator.
            options: The contracts' times.
        """
        self.broken: list[Broken] = []
        self._options = options
        self._told: dict[Rule, int] = {}
        self._token = 0
        self._by: Authority | None = None
        self._by_token: dict[int, Authority] = {}
        self._lease_ms = 0
        self._ordered: dict[str, GwsCommand] = {}
        self._executed: set[tuple[str, int]] = set()
        self._said_ms: dict[int, int] = {}
        self._alive_ms: int | None = None
        self._set_back_ms = 0
        self._given: dict[str, Command] = {}
        self._kept: dict[str, int] = {}
        self._acted: set[tuple[str, str]] = set()
        self._fences: dict[str, int] = {}
        self._loads = {alias: _Load(times) for alias, times in spared.items()}

    def find(self, rule: Rule, text: str, now_ms: int) -> None:
        """A rule does not hold."""
        told = self._told[rule] = self._told.get(rule, 0) + 1
        if told <= MOST_OF_A_RULE:
            self.broken.append(Broken(now_ms, rule, text))

    # the two nodes

    def scada_started(self) -> None:
        """A new process of the SCADA: what the old one said no longer tells a command's age."""
        self._said_ms.clear()

    def said(self, number: int, now_ms: int) -> None:
        """The SCADA sends this message of its own numbering."""
        self._said_ms.setdefault(number, now_ms)

    def alive(self, sent_ms: int) -> None:
        """The SCADA hears a message that the AtomicTNode really sent then."""
        if self._alive_ms is None or sent_ms > self._alive_ms:
            self._alive_ms, self._set_back_ms = sent_ms, 0

    def set_back_unseen(self, by_ms: int) -> None:
        """The clock was set back by this [ms] while no process of the SCADA ran.

        How long it was dead is told by that clock alone, so that so much more silence is borne until the AtomicTNode is heard.
        """
        self._set_back_ms += max(by_ms, 0)

    def ordered(self, command: GwsCommand) -> None:
        """The AtomicTNode really gives this command."""
        self._ordered[command.asked().trigger_id] = command

    def kept(self, memory: ScadaMemory, now_ms: int) -> None:
        """The SCADA makes this durable."""
        token = memory.lease.token
        if token < self._token:
            self.find(Rule.ONE_CONTROLLER, f"token {token} is kept after token {self._token}", now_ms)
        self._kept = {pact.id: pact.last_sequence for pact in memory.pacts}

    def lease(self, event: LeaseChanged, now_ms: int) -> None:
        """The lease changes hands, or is told at a start."""
        known = self._by_token.setdefault(event.token, event.by)
        if event.token < self._token or known is not event.by:
            text = f"lease {event.token} goes to {event.by} after {self._token} of {self._by}"
            self.find(Rule.ONE_CONTROLLER, text, now_ms)
        self._token, self._by, self._lease_ms = event.token, event.by, now_ms

    def given(self, command: Command, now_ms: int) -> None:
        """The SCADA gives a command to an actuator."""
        if command.token != self._token or command.by not in (self._by, Authority.SAFETY):
            text = f"{_short(command)} under token {command.token} while {self._by} has the lease with token {self._token}"
            self.find(Rule.ONE_CONTROLLER, text, now_ms)
        ordered = self._ordered.get(command.trigger)
        if ordered is not None and self._kept.get(ordered.contract_id, 0) < ordered.sequence:
            text = f"{_short(command)} before it is durable that its number {ordered.sequence} is used up"
            self.find(Rule.ONCE, text, now_ms)
        self._given[command.trigger] = command

    def logged(self, line: str, contract_id: str, ends_ms: int, wall_ms: int, now_ms: int) -> bool:
        """A line of the SCADA's log: if it tells that a command from outside is obeyed, is that rightful?

        Args:
            line: The line.
            contract_id: The contract that is active with the SCADA; empty if none is.
            ends_ms: When that ends, UTC [ms].
            wall_ms: What the SCADA's clock shows, UTC [ms].
            now_ms: When [ms].

        Returns:
            Whether it tells of such a command.
        """
        if _COMMAND_KIND not in line:
            return False
        body = _command_decoder.decode(line).body
        fault = self._wrong_in(body, contract_id, ends_ms, wall_ms, now_ms)
        if fault:
            self.find(Rule.RIGHTFUL, f"command {body.sequence} ({body.node} = {body.value:g}) was taken: {fault}", now_ms)
        known = self._ordered.get(body.trigger)
        number = ("" if known is None else known.contract_id, body.sequence)
        if number in self._executed:
            self.find(Rule.ONCE, f"command {body.sequence} ({body.node} = {body.value:g}) was taken twice", now_ms)
        self._executed.add(number)
        return True

    def _wrong_in(self, body: _CommandBody, contract_id: str, ends_ms: int, wall_ms: int, now_ms: int) -> str:
        known = self._ordered.get(body.trigger)
        if known is None:
            return "the AtomicTNode never gave it"
        if (known.sequence, known.fencing_token) != (body.sequence, body.token):
            return f"the AtomicTNode gave it as number {known.sequence} under token {known.fencing_token}"
        if known.contract_id != contract_id or wall_ms >= ends_ms:
            return f"it was given under contract {known.contract_id}, which is not active"
        if self._by is not Authority.REMOTE or body.token != self._token:
            return f"token {body.token} is over; {self._by} has token {self._token}"
        said_ms = self._said_ms.get(known.heard_heartbeat)
        if said_ms is None or now_ms - said_ms > self._options.allowed_age_ms:
            age = "never" if said_ms is None else f"{now_ms - said_ms} ms ago"
            return f"what its sender had heard last was said {age}"
        return ""

    def look(self, seen: Seen, now_ms: int) -> None:
        """The SCADA between two calls."""
        if seen.remote:
            silent_ms = None if self._alive_ms is None else now_ms - self._alive_ms
            if silent_ms is None or silent_ms > self._options.contact_ms + self._set_back_ms:
                self.find(Rule.SILENCE, f"RemoteControl {silent_ms} ms after the last sign of life", now_ms)
            if seen.active_ends_ms is None or seen.wall_ms > seen.active_ends_ms:
                self.find(Rule.SILENCE, "RemoteControl without an active contract", now_ms)
        if (seen.holder is Holder.Remote) != seen.remote:
            self.find(Rule.NEVER_WITHOUT, f"{seen.holder} has the lease, and RemoteControl is {seen.remote}", now_ms)
        if seen.token != self._token or seen.holder.value != self._by:
            text = f"{seen.holder} has token {seen.token}, and told was {self._by} with token {self._token}"
            self.find(Rule.ONE_CONTROLLER, text, now_ms)
        if seen.holder is Holder.Local:
            asked_ms = seen.asked_ms
            if asked_ms is None or asked_ms < self._lease_ms or now_ms - asked_ms > UNASKED_MS:
                text = f"local has the lease since {self._lease_ms} ms, and local heating was last asked at {asked_ms} ms"
                self.find(Rule.NEVER_WITHOUT, text, now_ms)

    # the outputs

    def wrote(self, node: str, value: float, command: Command | None, now_ms: int) -> None:
        """An output is set, by a command or (None) into a state for the case of failure."""
        if command is not None:
            self._judge_write(node, command, now_ms)
        load = self._loads.get(node)
        if load is not None:
            self._judge_switching(node, load, value > NEARLY_ON, command, now_ms)

    def _judge_write(self, node: str, command: Command, now_ms: int) -> None:
        fence = self._fences.get(node, 0)
        if command.token < fence:
            text = f"{_short(command)} under token {command.token} after one under token {fence}"
            self.find(Rule.ONE_CONTROLLER, text, now_ms)
        self._fences[node] = max(fence, command.token)
        if self._given.get(command.trigger) != command:
            self.find(Rule.RIGHTFUL, f"{_short(command)}, which the SCADA never gave", now_ms)
        if now_ms > command.valid_until_mono_ms:
            late_ms = now_ms - command.valid_until_mono_ms
            self.find(Rule.RIGHTFUL, f"{_short(command)}, {late_ms} ms after it had expired", now_ms)
        if (node, command.trigger) in self._acted:
            self.find(Rule.ONCE, f"{_short(command)} was executed twice", now_ms)
        self._acted.add((node, command.trigger))

    def _judge_switching(self, node: str, load: _Load, on: bool, command: Command | None, now_ms: int) -> None:
        if on == load.on:
            return
        spared = command is not None and command.by is not Authority.SAFETY
        if spared and load.since_ms is not None:
            least_s = load.times.off_s if on else load.times.on_s
            lasted_s = (now_ms - load.since_ms) / 1000
            if lasted_s < least_s:
                was = "off" if on else "on"
                self.find(Rule.MINIMUM_TIMES, f"{node} was {was} for {lasted_s:.1f} s; at least {least_s:g} s", now_ms)
        load.on, load.since_ms = on, now_ms
        if not on:
            return
        if spared and len(load.starts) == load.starts.maxlen and now_ms - load.starts[0] < HOUR_MS:
            text = f"{node} starts more than {load.starts.maxlen} times in an hour"
            self.find(Rule.MINIMUM_TIMES, text, now_ms)
        load.starts.append(now_ms)

    # when all is over

    def compare(self, scada: Iterable[Pact], atn: Mapping[str, str], now_ms: int) -> None:
        """How the contracts ended, with the SCADA and (identifier to life) with the AtomicTNode."""
        theirs = {pact.id: pact.life for pact in scada}
        unsettled = {life.value for life in OPEN} | {Life.Ending.value, Life.NoContract.value}
        for contract_id, life in theirs.items():
            other = atn.get(contract_id, life.value)
            if life.value != other:
                text = f"{contract_id} is {life.value} for the SCADA and {other} for the AtomicTNode"
                self.find(Rule.OUTCOMES, text, now_ms)
            elif life.value in unsettled:
                self.find(Rule.OUTCOMES, f"{contract_id} is still {life.value} for the SCADA", now_ms)
        for contract_id, other in atn.items():
            if other in unsettled and contract_id not in theirs:
                self.find(Rule.OUTCOMES, f"{contract_id} is still {other} for the AtomicTNode", now_ms)

    def account(self, spent: Spent, now_ms: int) -> None:
        """An account whose readings are complete."""
        if abs(spent.scada_wh - spent.atn_wh) > ACCOUNTS_AGREE_WH:
            text = f"{spent.contract_id}: {spent.scada_wh:.2f} Wh by the SCADA's account, {spent.atn_wh:.2f} Wh by the readings"
            self.find(Rule.ACCOUNTS, text, now_ms)

    def log(self, whose: str, verified: Verified, heads: Sequence[PeerHead], now_ms: int) -> None:
        """A log as it is at the end, against so many heads that the other side has kept."""
        for fault in verified.faults[:1]:
            text = f"entry {fault.entry} of the {whose}'s log, against {len(heads)} kept heads: {fault.what}"
            self.find(Rule.LOGS, text, now_ms)


class Limits(NamedTuple):
    """Between what the water of a house must stay [degC].

    Attributes:
        tanks_c: The coldest that a tank may be.
        pipes_c: The coldest that a pipe may be.
        hottest_c: The hottest that a tank may be.
        off_k: By how much a sensor's lag, noise and scan let it go beyond that before safety can see it [K].
        mending_ms: How long a SCADA that has just come needs until what went wrong without it is mended [ms].
    """

    tanks_c: float
    pipes_c: float
    hottest_c: float
    off_k: float
    mending_ms: int


def judge_water(
    rules: Rules,
    limits: Limits,
    tanks_c: Collection[float],
    pipes_c: Collection[float],
    hottest_before_c: float,
    guarded_ms: int,
    now_ms: int,
) -> float:
    """The house's real temperatures, while the SCADA has been there, and could see, for so long [ms].

    A tank that was overheated in spite of it, behind sensors that lied, stays hot for hours; it must get no hotter.

    Returns:
        The hottest [degC], to be handed in the next time.
    """
    hottest_c = max(tanks_c, default=limits.hottest_c)
    if guarded_ms < limits.mending_ms:
        return hottest_c
    for name, temperatures, least_c in (("tank", tanks_c, limits.tanks_c), ("pipe", pipes_c, limits.pipes_c)):
        coldest_c = min(temperatures, default=least_c)
        if coldest_c < least_c - limits.off_k:
            rules.find(Rule.WARM, f"a {name} has {coldest_c:.1f} degC; the limit is {least_c:g} degC", now_ms)
    if hottest_c > limits.hottest_c + limits.off_k and hottest_c > hottest_before_c + MIXING_K:
        text = f"a tank has {hottest_c:.1f} degC after {hottest_before_c:.1f}; the limit is {limits.hottest_c:g} degC"
        rules.find(Rule.COOL, text, now_ms)
    return hottest_c


def _short(command: Command) -> str:
    return f"{command.node} = {command.value:g} by {command.by} ({command.reason})"
