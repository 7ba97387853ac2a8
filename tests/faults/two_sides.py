"""Both sides of a contract in virtual time, with a wire between them that can do anything to messages."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from gw_spaceheat.core.contract.atn_side import AtnSide
from gw_spaceheat.core.contract.lease import Holder
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.contract.log import NO_ENTRIES, head_of
from gw_spaceheat.core.contract.options import ContractOptions
from gw_spaceheat.core.contract.party import NO_KEYS, Keys
from gw_spaceheat.core.contract.scada_side import ScadaSide
from gw_spaceheat.core.contract.state import AtnMemory, ScadaMemory
from gw_spaceheat.core.events import (
    Append,
    Event,
    Keep,
    LeaseChanged,
    LinkChanged,
    ModeChanged,
    Note,
    Obey,
    Outcome,
    Received,
    Send,
    Started,
    Verdict,
)
from gw_spaceheat.house.model import Actuator, House, Node
from gw_spaceheat.messages import codec
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.fsm_event import CHANGE_RELAY_STATE, ChangeRelayState, FsmEvent
from gw_spaceheat.messages.gws_contract import GwsContract
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment
from gw_spaceheat.vocabulary.roles import ActorClass, Role
from tests.houses import bare_house

TEN_O_CLOCK_MS = 1_700_000_000_000 - 1_700_000_000_000 % 3_600_000
"""A full hour, UTC."""
RELAY = "a.elt1.relay"
DELAY_MS = 20
CRASH_MS = 7_000
"""A process that is killed between two effects is back after this."""


def relay_house() -> House:
    relay = Node(alias=RELAY, role=Role.BooleanActuator, actor=ActorClass.BooleanActuator, actuator=Actuator())
    return replace(bare_house(), nodes={RELAY: relay})


def close_relay(new_id: Callable[[], str], now: Moment) -> FsmEvent:
    return FsmEvent(
        from_handle="a",
        to_handle="a.a-elt1-relay",
        event_type=CHANGE_RELAY_STATE,
        event_name=ChangeRelayState.CloseRelay.value,
        trigger_id=new_id(),
        send_time_unix_ms=now.wall_ms,
    )


@dataclass
class End:
    """One side, and what is durable of it."""

    side: Side
    machine: ScadaSide | AtnSide
    memory: ScadaMemory | AtnMemory | None = None
    lines: list[str] = field(default_factory=list)
    mono_zero_ms: int = 0
    clock_ahead_ms: int = 0
    link_up: bool = False
    dead: bool = False
    heard_ms: int = 0
    notes: list[str] = field(default_factory=list)
    modes: list[tuple[int, bool, str]] = field(default_factory=list)


Fate = Callable[[Side, Message], Sequence[int]]
"""What becomes of a message of a side: the delays [ms] after which it arrives; none if it is lost, two if it is doubled."""


class TwoSides:
    """Runs both sides; `fate` decides what the wire does."""

    def __init__(
        self, options: ContractOptions | None = None, keys: tuple[Keys, Keys] = (NO_KEYS, NO_KEYS), house: House | None = None
    ) -> None:
        self.options = options or ContractOptions()
        self.keys = {Side.SCADA: keys[0], Side.ATOMIC_T_NODE: keys[1]}
        self.house = house or relay_house()
        self.now_ms = 0
        self.ids = IdSource(b"two sides")
        self._digits = count(3)
        self.fate: Fate = lambda _side, _message: (DELAY_MS,)
        self._wire: list[tuple[int, int, Side, Side, Message]] = []
        self._order = count()
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self.posted = 0
        self.crash_after: dict[Side, int] = {}
        self.obeyed: list[tuple[int, Obey]] = []
        self.leases: list[tuple[int, LeaseChanged]] = []
        self.ends = {side: End(side, self._build(side, None, [])) for side in Side}

    def _build(self, side: Side, memory: ScadaMemory | AtnMemory | None, lines: list[str]) -> ScadaSide | AtnSide:
        head = head_of(lines[-1]) if lines else NO_ENTRIES

        def digit() -> int:
            return next(self._digits) * 7 % 10

        if side is Side.SCADA:
            assert memory is None or isinstance(memory, ScadaMemory)
            return ScadaSide(self.house, self.ids, digit, memory=memory, head=head, keys=self.keys[side], options=self.options)
        assert memory is None or isinstance(memory, AtnMemory)
        return AtnSide(self.house, self.ids, digit, memory=memory, head=head, keys=self.keys[side], options=self.options)

    @property
    def scada(self) -> ScadaSide:
        machine = self.ends[Side.SCADA].machine
        assert isinstance(machine, ScadaSide)
        return machine

    @property
    def atn(self) -> AtnSide:
        machine = self.ends[Side.ATOMIC_T_NODE].machine
        assert isinstance(machine, AtnSide)
        return machine

    def now(self, side: Side) -> Moment:
        end = self.ends[side]
        return Moment(self.now_ms - end.mono_zero_ms, TEN_O_CLOCK_MS + self.now_ms + end.clock_ahead_ms)

    def at(self, ms: int, do: Callable[[], None]) -> None:
        """Have something done then."""
        heapq.heappush(self._due, (ms, next(self._order), do))

    def start(self) -> None:
        for side in Side:
            self.give(side, Started())
            self.link(side, up=True)

    def link(self, side: Side, *, up: bool) -> None:
        self.ends[side].link_up = up
        self.give(side, LinkChanged("uplink", up=up, reason=""))

    def kill(self, side: Side) -> None:
        """kill -9."""
        self.ends[side].dead = True
        self.ends[side].link_up = False

    def revive(self, side: Side) -> None:
        """A new process, with what is durable."""
        end = self.ends[side]
        if not end.dead:
            return
        end.machine = self._build(side, end.memory, end.lines)
        end.mono_zero_ms = self.now_ms - 5_000
        end.dead = False
        self.give(side, Started())
        if not end.dead:
            self.link(side, up=True)

    def give(self, side: Side, event: Event) -> None:
        if not self.ends[side].dead:
            self.take(side, self.ends[side].machine.handle(event, self.now(side)))

    def command(self) -> None:
        """The AtomicTNode commands, if it may."""
        end = self.ends[Side.ATOMIC_T_NODE]
        now = self.now(end.side)
        if not end.dead and not self.atn.command_fault(now):
            self.take(end.side, self.atn.command(close_relay(self.ids, now), now))

    def take(self, side: Side, effects: Sequence[Event]) -> None:
        """Carry out what a side put out, in order."""
        end = self.ends[side]
        crash_after = self.crash_after.get(side)
        crashes = crash_after is not None and len(effects) > crash_after
        if crashes:
            effects = effects[: self.crash_after.pop(side)]
        outcomes: list[Event] = []
        for effect in effects:
            if isinstance(effect, Append):
                end.lines.append(effect.line)
            elif isinstance(effect, Keep):
                assert isinstance(effect.state, ScadaMemory | AtnMemory)
                end.memory = effect.state
            elif isinstance(effect, Send):
                self._post(side, effect.message)
            elif isinstance(effect, Note):
                end.notes.append(effect.text)
            elif isinstance(effect, ModeChanged):
                end.modes.append((self.now_ms, effect.remote, effect.cause))
            elif isinstance(effect, LeaseChanged):
                self.leases.append((self.now_ms, effect))
            elif isinstance(effect, Obey):
                self._check_obeyed(effect)
                outcomes.append(Outcome(effect.node, effect.value, Verdict.DONE, "", effect.trigger, effect.value))
        if crashes:
            self.kill(side)
            self.at(self.now_ms + CRASH_MS, lambda: self.revive(side))
        for outcome in outcomes:
            self.give(side, outcome)

    def _check_obeyed(self, obey: Obey) -> None:
        scada, memory = self.scada, self.ends[Side.SCADA].memory
        assert scada.remote
        assert scada.holder is Holder.Remote
        assert obey.token == scada.token
        assert isinstance(memory, ScadaMemory)
        active = next(pact for pact in memory.pacts if pact.id == (scada.active.id if scada.active else ""))
        assert active.last_sequence == obey.sequence, "the number must be durable before the relay moves"
        assert self.now(Side.SCADA).wall_ms < active.end_ms
        assert obey.sequence not in {earlier.sequence for _, earlier in self.obeyed}, "executed twice"
        self.obeyed.append((self.now_ms, obey))

    def _post(self, side: Side, message: Message) -> None:
        if not self.ends[side].link_up:
            return
        self.posted += 1
        decoded = codec.decode_bare(message.type_name(), codec.encode_bare(message))
        assert decoded == message
        for delay_ms in self.fate(side, decoded):
            heapq.heappush(self._wire, (self.now_ms + delay_ms, next(self._order), side, side.other, decoded))

    def _deliver(self, src: Side, dst: Side, message: Message) -> None:
        end = self.ends[dst]
        if end.dead or not end.link_up:
            return
        if isinstance(message, GwsContract):
            end.heard_ms = self.now_ms
        alias = self.house.scada_alias if src is Side.SCADA else self.house.alias
        arrived_ms = self.now(dst).wall_ms
        self.give(dst, Received("uplink", alias, "", ack_required=False, message=message, arrived_ms=arrived_ms))

    def run(self, until_ms: int) -> None:
        """Go on until then [ms since the beginning]."""
        while True:
            times = [self._wire[0][0]] if self._wire else []
            times += [self._due[0][0]] if self._due else []
            for end in self.ends.values():
                due = None if end.dead else end.machine.deadline()
                if due is not None:
                    times.append(max(due + end.mono_zero_ms, self.now_ms))
            if not times or min(times) > until_ms:
                break
            self.now_ms = max(self.now_ms, min(times))
            if self._wire and self._wire[0][0] <= self.now_ms:
                _, _, src, dst, message = heapq.heappop(self._wire)
                self._deliver(src, dst, message)
            elif self._due and self._due[0][0] <= self.now_ms:
                heapq.heappop(self._due)[2]()
            else:
                for side, end in self.ends.items():
                    due = None if end.dead else end.machine.deadline()
                    if due is not None and due + end.mono_zero_ms <= self.now_ms:
                        self.take(side, end.machine.wake(self.now(side)))
        self.now_ms = until_ms

    def command_every(self, ms: int, until_ms: int) -> None:
        for at_ms in range(ms, until_ms, ms):
            self.at(at_ms, self.command)

    def outcomes(self, side: Side) -> dict[str, str]:
        """How each contract ended, as a side has it."""
        return {pact.id: pact.life.value for pact in self.ends[side].machine.pacts}


HOUR = 60 * MINUTE_MS
