"""What a manager or monitor in a house puts out beside commands."""

from gw_spaceheat.core.events import Event
from gw_spaceheat.core.netbalance.manager import Kept


class LoadPoint(Event, frozen=True, tag=True):
    """A load at a moment.

    Attributes:
        name: Its name.
        on: Whether its relay is on; None if that is not known.
        power_w: What it takes, as measured; None if it is not [W].
        change: 1 if it went on since the point before, -1 if it went off, else 0.
    """

    name: str
    on: bool | None
    power_w: float | None
    change: int


class BalancePoint(Event, frozen=True, tag=True):
    """A reading of the meter, and where the balance stands with it: what is stored of each.

    Attributes:
        wall_ms: When, UTC [ms].
        production_w: What the sun gives; None if it is missing [W].
        consumption_w: All that is consumed; None if it is missing [W].
        balance_wh: Production less consumption since the period began [Wh].
        produced_wh: Production since the period began [Wh].
        partial: Some of the period was not seen.
        loads: Each load.
    """

    wall_ms: int
    production_w: float | None
    consumption_w: float | None
    balance_wh: float
    produced_wh: float
    partial: bool
    loads: tuple[LoadPoint, ...]


class BalanceKept(Event, frozen=True, tag=True):
    """What must be known across a restart in mid-period; the newest takes the place of all earlier ones."""

    kept: Kept
