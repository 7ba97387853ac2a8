"""Who plans for a house in a process that commands it: the planning machine, and whoever keeps its forecasts fresh."""

from gw_spaceheat.apps.forecasts import forecasters
from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.heating import PLANNED
from gw_spaceheat.core.planner.figures import figures_of
from gw_spaceheat.house.model import House
from gw_spaceheat.runtime.host import Hosted
from gw_spaceheat.vocabulary.ids import IdSource

PLANNER = "planner"
LATE_MS = 30_000
"""A plan takes less than a second on a Pi; one that is late leaves the last one standing."""


def planned(house: House, strategy: str | None) -> bool:
    """Whether a house's strategy, or another one that was asked for, goes by schedules that it makes by itself."""
    return (strategy or house.heating.strategy) == PLANNED


def planner(house: House, settings: Settings, link: str, src: str, *, bids: bool = False) -> list[Hosted]:
    """What is to be hosted.

    The planner wants `Received` of the house, or its `Readings` and `Command`s, with `PricesHeard` and `WeatherHeard`; what it
    puts out is for whoever heats (`FollowSchedule`), and over a link for whoever keeps or shows it (`Send`).

    Args:
        house: The house.
        settings: Where forecasts come from.
        link: Name of the link over which plans are told.
        src: Alias of who plans, as others know it.
        bids: It also puts out a bid for each market slot (`BidMade`).

    Raises:
        CannotPlanError: The house cannot be planned for; names what is missing.
    """
    # they load NumPy, which who does not plan is spared
    from gw_spaceheat.core.plan_telling import PlanTelling  # noqa: PLC0415
    from gw_spaceheat.core.planning import Planning, PlanningOptions  # noqa: PLC0415

    figures = figures_of(house)

    def make() -> Planning:
        return Planning(house, figures, PlanningOptions(bids=bids), PlanTelling(link, src, IdSource(fresh_seed())))

    return [
        Hosted(PLANNER, make(), late_after_ms=LATE_MS, factory=make),
        *forecasters(settings, house.utc_offset_standard_h),
    ]
