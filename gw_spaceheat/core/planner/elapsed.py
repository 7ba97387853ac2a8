"""How long the source has been on or off, as far as it matters: the modes over which a plan is worked out.

Time is counted in quanta; whoever has been on for longer than start-up and minimum time is simply on. So minimum times are
minutes and not steps, and steps may be uneven.
"""

from dataclasses import dataclass
from math import ceil

from gw_spaceheat.core.planner.figures import SourceFigures

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The modes of a source: first those in which it is on, by quanta elapsed from 1, then those in which it is off.

    Attributes:
        quantum_h: Length of a quantum [h].
        on: How many modes are on.
        off: How many are off.
        stoppable: The first on mode from which it may stop.
    """

    quantum_h: float
    on: int
    off: int
    stoppable: int

    @property
    def modes(self) -> int:
        """How many modes there are."""
        return self.on + self.off

    @property
    def rested(self) -> int:
        """The mode of a source that is off and may start."""
        return self.modes - 1

    def mode_of(self, *, running: bool, for_h: float) -> int:
        """The mode of a source that has been on or off for so long [h]."""
        quanta = max(int(for_h / self.quantum_h + ROUNDING), 1)
        return min(quanta, self.on) - 1 if running else self.on + min(quanta, self.off) - 1

    def elapsed_h(self, mode: int) -> float:
        """How long it has been on or off, at least [h]."""
        return (mode + 1 if mode < self.on else mode - self.on + 1) * self.quantum_h

    def may_start(self, mode: int) -> bool:
        """Whether it may run from this mode on, or is running."""
        return mode < self.on or mode == self.rested

    def may_rest(self, mode: int) -> bool:
        """Whether it may be off from this mode on, or is off."""
        return mode >= self.stoppable

    def following(self, mode: int, *, runs: bool, step_h: float) -> int:
        """The mode after a step in which it runs or rests."""
        same = (mode < self.on) == runs
        return self.mode_of(running=runs, for_h=(self.elapsed_h(mode) if same else 0.0) + step_h)

    def starting_h(self, mode: int, start_up_h: float, step_h: float) -> float:
        """How much of a step in which it runs goes into starting up [h]."""
        done_h = self.elapsed_h(mode) if mode < self.on else 0.0
        return min(max(start_up_h - done_h, 0.0), step_h)


def elapsed_modes(source: SourceFigures, quantum_h: float) -> Elapsed:
    """The modes that a source needs, with steps that are multiples of the quantum [h]."""
    on = _quanta(max(source.minimum_on_h, source.start_up_h), quantum_h)
    return Elapsed(
        quantum_h=quantum_h,
        on=on,
        off=_quanta(source.minimum_off_h, quantum_h),
        stoppable=_quanta(source.minimum_on_h, quantum_h) - 1,
    )


def _quanta(time_h: float, quantum_h: float) -> int:
    """Whole quanta that a time takes, at least one."""
    return max(ceil(time_h / quantum_h - ROUNDING), 1)
