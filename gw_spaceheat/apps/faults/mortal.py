"""Processes that can be killed between two effects, with clocks of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gw_spaceheat.core.events import (
    Append,
    Event,
    Keep,
)
from gw_spaceheat.core.machine import Machine
from gw_spaceheat.core.scada import UPLINK
from gw_spaceheat.stores.contract_memory import ContractMemory
from gw_spaceheat.vocabulary.moment import Moment

SCADA, ATOMIC_T_NODE, SENSORS, DIRECTOR = "scada", "atn", "sensors", "director"
ENDS = {SCADA: f"{SCADA}/{UPLINK}", ATOMIC_T_NODE: f"{ATOMIC_T_NODE}/{UPLINK}"}


class ProcessKilled(Event, frozen=True, tag=True):
    """A process has died between two effects; what it had put out before is under way."""

    node: str


@dataclass(slots=True)
class Clock:
    """A node's wall clock: how far it is ahead of the true time [ms]."""

    ahead_ms: int = 0

    def shown(self, now: Moment) -> Moment:
        """What the node sees."""
        return Moment(now.mono_ms, now.wall_ms + self.ahead_ms)


class Dead:
    """Hosted in the place of a process that was killed."""

    def handle(self, _event: Event, _now: Moment) -> tuple[Event, ...]:
        """Nobody is there."""
        return ()

    def wake(self, _now: Moment) -> tuple[Event, ...]:
        """Nobody is there."""
        return ()

    def deadline(self) -> int | None:
        """Never."""
        return None


@dataclass(slots=True)
class Fate:
    """After how many more effects a process dies; None for not at all."""

    effects: int | None = None


class Process:
    """Hosts a node's machine: with its own clock, a durable store, and a death that can come between any two effects."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        clock: Clock,
        store: ContractMemory,
        fate: Fate,
        heard: Callable[[Event], None],
        show: Callable[[Event, Moment], None],
        looked: Callable[[Moment], None],
        *,
        kept_first: bool,
    ) -> None:
        """Remember.

        Args:
            name: Of the node.
            machine: Its machine.
            clock: Its wall clock.
            store: Where its state and log are durable.
            fate: When it dies.
            heard: Is shown every event that comes.
            show: Is shown every effect that is carried out.
            looked: Is called after every call.
            kept_first: What is to be durable becomes so before anything else of the same call.
        """
        self._name = name
        self._machine = machine
        self._clock = clock
        self._store = store
        self._fate = fate
        self._heard = heard
        self._show = show
        self._looked = looked
        self._kept_first = kept_first
        self._dead = False

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Have it handled, and carry out what comes of it."""
        if self._dead:
            return ()
        self._heard(event)
        return self._carry_out(self._machine.handle(event, self._clock.shown(now)), now)

    def wake(self, now: Moment) -> Sequence[Event]:
        """As of any machine."""
        return () if self._dead else self._carry_out(self._machine.wake(self._clock.shown(now)), now)

    def deadline(self) -> int | None:
        """As of any machine."""
        return None if self._dead else self._machine.deadline()

    def _carry_out(self, effects: Sequence[Event], now: Moment) -> Sequence[Event]:
        if not effects:
            return effects
        if self._kept_first:
            kept = [effect for effect in effects if isinstance(effect, Append | Keep)]
            effects = [*kept, *[effect for effect in effects if not isinstance(effect, Append | Keep)]]
        left = self._fate.effects
        if left is not None:
            self._fate.effects = left - len(effects)
            if left <= len(effects):
                self._dead, effects = True, effects[:left]
        out: list[Event] = []
        for effect in effects:
            if isinstance(effect, Append | Keep):
                self._store.commit((effect,))
            else:
                out.append(effect)
            self._show(effect, now)
        if self._dead:
            out.append(ProcessKilled(self._name))
        else:
            self._looked(now)
        return out


@dataclass(slots=True)
class Node:
    """What of a node outlives its process, and what of the process is of interest.

    Attributes:
        clock: Its wall clock.
        store: What is durable.
        fate: When it dies.
        alive: It runs.
        starts: How often it was started.
        stepped_ms: When its clock stepped [ms].
        died_ms: When it died [ms].
        link_up: Its link stands, as far as the world is concerned.
    """

    clock: Clock = field(default_factory=Clock)
    store: ContractMemory = field(default_factory=ContractMemory)
    fate: Fate = field(default_factory=Fate)
    alive: bool = False
    starts: int = 0
    stepped_ms: list[int] = field(default_factory=list)
    died_ms: list[int] = field(default_factory=list)
    link_up: bool = True
