"""Three guards as tables: tanks that get too hot, tanks that get too cold, pipes that get too cold."""

from enum import StrEnum

from gw_spaceheat.core.table import Table


class Danger(StrEnum):
    """States of the guards; `Quiet` is the normal one of each."""

    Quiet = "Quiet"
    TankTooHot = "TankTooHot"
    """Everything that heats is off."""
    TankUnseen = "TankUnseen"
    """No tank sensor works: elements are off, or limited where they are the only source."""
    TankTooCold = "TankTooCold"
    """The heat source is on, or the elements where there is none."""
    TankStillCold = "TankStillCold"
    """The heat source did not do it: the elements are on too."""
    PipeTooCold = "PipeTooCold"
    """All pumps of the distribution run."""
    PipeStillCold = "PipeStillCold"
    """Pumps alone did not do it: the heat source is on too."""
    PipeUnseen = "PipeUnseen"
    """No pipe sensor works: in frost the pumps run from time to time."""


class Sight(StrEnum):
    """What a guard sees."""

    Hot = "Hot"
    """Beyond the upper limit."""
    Cold = "Cold"
    """Beyond the lower limit."""
    Fine = "Fine"
    """Within the limits and far enough from them, for long enough."""
    StillCold = "StillCold"
    """Cold, and what was done has had time enough."""
    Lost = "Lost"
    """No sensor works."""
    Back = "Back"
    """One works again."""


TOO_HOT: Table[Danger, Sight] = Table(
    Danger.Quiet,
    {
        Danger.Quiet: {Sight.Hot: Danger.TankTooHot, Sight.Lost: Danger.TankUnseen},
        Danger.TankTooHot: {Sight.Fine: Danger.Quiet, Sight.Lost: Danger.TankUnseen},
        Danger.TankUnseen: {Sight.Back: Danger.Quiet, Sight.Hot: Danger.TankTooHot},
    },
)
"""Over-temperature. What cannot be seen is not taken for cool."""

TOO_COLD: Table[Danger, Sight] = Table(
    Danger.Quiet,
    {
        Danger.Quiet: {Sight.Cold: Danger.TankTooCold},
        Danger.TankTooCold: {
            Sight.Fine: Danger.Quiet,
            Sight.StillCold: Danger.TankStillCold,
            Sight.Lost: Danger.Quiet,
        },
        Danger.TankStillCold: {Sight.Fine: Danger.Quiet, Sight.Lost: Danger.Quiet},
    },
)
"""Cold tanks. A guard that cannot see leaves heating to its own schedule: it must not heat without an eye on the tank."""

PIPES: Table[Danger, Sight] = Table(
    Danger.Quiet,
    {
        Danger.Quiet: {Sight.Cold: Danger.PipeTooCold, Sight.Lost: Danger.PipeUnseen},
        Danger.PipeTooCold: {
            Sight.Fine: Danger.Quiet,
            Sight.StillCold: Danger.PipeStillCold,
            Sight.Lost: Danger.PipeUnseen,
        },
        Danger.PipeStillCold: {Sight.Fine: Danger.Quiet, Sight.Lost: Danger.PipeUnseen},
        Danger.PipeUnseen: {Sight.Back: Danger.Quiet, Sight.Cold: Danger.PipeTooCold},
    },
)
"""Cold pipes."""

TABLES = {"too_hot": TOO_HOT, "too_cold": TOO_COLD, "pipes": PIPES}

SEVERITY = (
    Danger.TankTooHot,
    Danger.TankStillCold,
    Danger.TankTooCold,
    Danger.PipeStillCold,
    Danger.PipeTooCold,
    Danger.TankUnseen,
    Danger.PipeUnseen,
    Danger.Quiet,
)
"""Which of the guards' states is told as that of safety as a whole: the first of these that any of them is in."""


class Guard:
    """One table and where it stands.

    Attributes:
        state: The state.
        since_mono_ms: Since when [mono ms].
    """

    __slots__ = ("_table", "since_mono_ms", "state")

    def __init__(self, table: Table[Danger, Sight]) -> None:
        """Quiet."""
        self._table = table
        self.state = table.initial
        self.since_mono_ms = 0

    def see(self, sight: Sight, mono_ms: int) -> bool:
        """Go where the table leads; whether that is elsewhere. A pair that is not in the table changes nothing."""
        following = self._table.after(self.state, sight)
        if following is None:
            return False
        self.state = following
        self.since_mono_ms = mono_ms
        return True
