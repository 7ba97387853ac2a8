"""The manager in a house: readings of its meter in, commands for its loads out.

It is called as in the simulator, once for each reading of the meter. What it does beside that belongs to the world:

- each *on* carries a time after which the relay goes off by itself: a while after the end of the period. At the beginning of
a period loads that stay on are told so again. No *off* carries a time;
- a relay that did not obey, or that somebody else has switched, is told again, at most once in a while;
- a meter that says nothing for two polls is silent, and the manager is told that nothing was read;
- when it begins, loads stay as they are and as it had left them; when it ends, it leaves them to their times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gw_spaceheat.core.events import (
    Authority,
    Command,
    DeviceLost,
    Event,
    Level,
    Note,
    Outcome,
    Readings,
    Started,
    Stopping,
    Verdict,
)
from gw_spaceheat.core.netbalance.live_events import BalanceKept, BalancePoint, LoadPoint
from gw_spaceheat.core.netbalance.load import Load
from gw_spaceheat.core.netbalance.manager import Kept, Manager, MeterReading
from gw_spaceheat.vocabulary.moment import SECOND_MS, Moment

DEAD_MAN_MARGIN_S = 30.0
"""A relay goes off by itself so long after the end of the period [s]."""
AGAIN_POLLS = 6
"""A load that did not obey is told again after so many readings of the meter."""
VALID_MS = 10 * SECOND_MS
SILENT_POLLS = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNames:
    """Which node and channel is which.

    Attributes:
        meter: Node that reads the meter.
        production: Channel of what the sun gives [W]; empty if there is no sun.
        consumption: Channel of all that is consumed [W]; empty if `net` is there.
        net: Channel of what comes from the grid less what goes to it [W].
        relays: Node of each load's relay, in the order of the loads.
        states: Channel of each relay's state; empty where it is not read back.
        powers: Channel of each load's power [W]; empty where it is not measured.
        timed: Whether each load's relay can go off by itself.
    """

    meter: str
    production: str
    consumption: str
    net: str
    relays: tuple[str, ...]
    states: tuple[str, ...]
    powers: tuple[str, ...]
    timed: tuple[bool, ...]


class LiveManager:
    """The machine that manages the loads of one house."""

    def __init__(
        self,
        manager: Manager,
        loads: tuple[Load, ...],
        names: LiveNames,
        new_id: Callable[[], str],
        *,
        period_s: float,
        poll_ms: int,
        commands: bool = True,
        kept: Kept | None = None,
    ) -> None:
        """Nothing was read yet.

        Args:
            manager: Decides; fresh.
            loads: The loads, in its order.
            names: Which node and channel is which.
            new_id: Gives identifiers [uuid4].
            period_s: Length of the netting period [s].
            poll_ms: How often the meter is read [ms].
            commands: Whether it switches; else it only watches.
            kept: From before a restart; None for nothing.
        """
        self._manager, self._loads, self._names, self._new_id = manager, loads, names, new_id
        self._period_s, self._poll_ms, self._commands, self._kept = period_s, poll_ms, commands, kept
        self._values: dict[str, float | None] = {}
        self._wanted: tuple[bool, ...] = (False,) * len(loads)
        self._told_mono_ms: list[int | None] = [None] * len(loads)
        self._period = -1
        self._produced_wh = 0.0
        self._last: tuple[int, int] | None = None
        self._before: tuple[bool | None, ...] = (None,) * len(loads)
        self._due_mono_ms: int | None = None
        self._is_silent = False
        self._refused: dict[str, str] = {}

    def handle(self, event: Event, now: Moment) -> Sequence[Event]:
        """Take in what was read, and how commands ended."""
        if isinstance(event, Readings):
            return self._on_readings(event, now)
        if isinstance(event, Outcome):
            return self._on_outcome(event)
        if isinstance(event, DeviceLost):
            self._values.update(dict.fromkeys(event.channels))
            return ()
        if isinstance(event, Started):
            return self._begin(now)
        if isinstance(event, Stopping):
            self._due_mono_ms = None
            return (BalanceKept(self._manager.kept()),) if self._last is not None else ()
        return ()

    def wake(self, now: Moment) -> Sequence[Event]:
        """The meter has been silent."""
        if self._due_mono_ms is None or now.mono_ms < self._due_mono_ms:
            return ()
        told: list[Event] = []
        if not self._is_silent:
            self._is_silent = True
            told.append(Note(Level.WARNING, "the meter says nothing; loads are held for a while, and then go off"))
        return [*told, *self._take(now.wall_ms, now, read=False)]

    def deadline(self) -> int | None:
        """When the meter is silent [mono ms]."""
        return self._due_mono_ms

    def _begin(self, now: Moment) -> Sequence[Event]:
        self._due_mono_ms = now.mono_ms + round(SILENT_POLLS * self._poll_ms)
        kept = self._kept
        if kept is None or kept.wall_s > now.wall_ms / 1000.0 or len(kept.loads) != len(self._loads):
            return ()
        in_period = kept.period_start_s <= now.wall_ms / 1000.0 < kept.period_start_s + self._period_s
        if not in_period:  # by now the relays have gone off by themselves
            kept = replace(kept, loads=tuple(replace(load, on=False) for load in kept.loads))
        self._manager.restore(kept, now.wall_ms / 1000.0, now.mono_ms / 1000.0)
        self._wanted = self._manager.states
        if not in_period:
            return ()
        self._period = self._period_of(now.wall_ms)
        return (Note(Level.INFO, f"goes on in mid-period with a balance of {self._manager.balance_wh:.0f} Wh"),)

    def _on_readings(self, event: Readings, now: Moment) -> Sequence[Event]:
        self._values.update(zip(event.channels, event.values, strict=True))
        if event.source != self._names.meter:
            return ()
        over = [Note(Level.INFO, "the meter speaks again")] if self._is_silent else []
        self._is_silent = False
        return [*over, *self._take(event.taken_ms, now, read=True)]

    def _take(self, wall_ms: int, now: Moment, *, read: bool) -> list[Event]:
        """A reading, or that there is none; what follows from it."""
        self._due_mono_ms = now.mono_ms + round(SILENT_POLLS * self._poll_ms)
        production_w, consumption_w = self._powers() if read else (None, None)
        measured = [self._values.get(name) if name else None for name in self._names.powers]
        wanted = self._manager.take(MeterReading(wall_ms / 1000.0, now.mono_ms / 1000.0, production_w, consumption_w, measured))
        self._count(production_w, wall_ms, now)
        commands = self._switch(wanted, wall_ms, now) if self._commands else []
        point = self._point(wall_ms, production_w, consumption_w, measured)
        return [*commands, point, BalanceKept(self._manager.kept())]

    def _powers(self) -> tuple[float | None, float | None]:
        names, values = self._names, self._values
        production_w = values.get(names.production) if names.production else 0.0
        if names.consumption:
            return production_w, values.get(names.consumption)
        net_w = values.get(names.net)
        return production_w, None if net_w is None or production_w is None else production_w + net_w

    def _count(self, production_w: float | None, wall_ms: int, now: Moment) -> None:
        """Production since the period began."""
        if self._last is None or self._period_of(wall_ms) != self._period_of(self._last[0]):
            self._produced_wh = 0.0
        elif production_w is not None:
            self._produced_wh += production_w * (now.mono_ms - self._last[1]) / 3_600_000.0
        self._last = (wall_ms, now.mono_ms)

    def _period_of(self, wall_ms: int) -> int:
        return int(wall_ms / 1000.0 // self._period_s)

    def _switch(self, wanted: tuple[bool, ...], wall_ms: int, now: Moment) -> list[Event]:
        """Commands for what changes, for what must be told anew in a new period, and for what did not obey."""
        is_new = self._period_of(wall_ms) != self._period
        self._period = self._period_of(wall_ms)
        commands: list[Event] = []
        for place, (want, before) in enumerate(zip(wanted, self._wanted, strict=True)):
            reason = ""
            if want != before:
                reason = f"balance {self._manager.balance_wh:.1f} Wh"
                commands.append(Note(Level.INFO, f"{self._loads[place].name}: {'on' if want else 'off'}, {reason}"))
            elif want and is_new:
                reason = "stays on in the new period"
            elif self._differs(place, want) and self._may_tell(place, now):
                reason = "it is not as it should be"
            if reason:
                commands.append(self._command(place, wall_ms, now, on=want, reason=reason))
        self._wanted = wanted
        return commands

    def _differs(self, place: int, want: bool) -> bool:
        state = self._state(place)
        return state is not None and state is not want

    def _state(self, place: int) -> bool | None:
        """Whether a load's relay is on, as it was last read back; None if that is not known."""
        name = self._names.states[place]
        value = self._values.get(name) if name else None
        return None if value is None else value > 0.5

    def _may_tell(self, place: int, now: Moment) -> bool:
        told_ms = self._told_mono_ms[place]
        return told_ms is None or now.mono_ms - told_ms >= AGAIN_POLLS * self._poll_ms

    def _command(self, place: int, wall_ms: int, now: Moment, *, on: bool, reason: str) -> Command:
        self._told_mono_ms[place] = now.mono_ms
        left_s = self._period_s - wall_ms / 1000.0 % self._period_s
        return Command(
            node=self._names.relays[place],
            value=float(on),
            by=Authority.LOCAL,
            reason=reason,
            trigger=self._new_id(),
            valid_until_mono_ms=now.mono_ms + VALID_MS,
            off_after_s=left_s + DEAD_MAN_MARGIN_S if on and self._names.timed[place] else 0.0,
        )

    def _on_outcome(self, event: Outcome) -> Sequence[Event]:
        """A refusal is told once, until the load obeys again; it is told again by itself."""
        if event.verdict is Verdict.DONE:
            over = self._refused.pop(event.node, None)
            return (Note(Level.INFO, f"{event.node} obeys again"),) if over is not None else ()
        name = self._names.states[self._names.relays.index(event.node)]
        if name and event.read_back is None:
            self._values[name] = 1.0 - event.value  # until it says otherwise it is taken not to have obeyed
        if self._refused.get(event.node) == event.reason:
            return ()
        self._refused[event.node] = event.reason
        return (Note(Level.WARNING, f"{event.node} did not obey: {event.reason}"),)

    def _point(
        self, wall_ms: int, production_w: float | None, consumption_w: float | None, measured: Sequence[float | None]
    ) -> BalancePoint:
        states = tuple(self._shown(place) for place in range(len(self._loads)))
        loads = tuple(
            LoadPoint(load.name, on, watts, 0 if on is None or before is None else int(on) - int(before))
            for load, on, watts, before in zip(self._loads, states, measured, self._before, strict=True)
        )
        self._before = states
        manager = self._manager
        return BalancePoint(wall_ms, production_w, consumption_w, manager.balance_wh, self._produced_wh, manager.partial, loads)

    def _shown(self, place: int) -> bool | None:
        """Who switches knows what he wants; who watches what is read back."""
        return self._wanted[place] if self._commands else self._state(place)
