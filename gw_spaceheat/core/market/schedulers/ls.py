"""Local search: at every registration and every forecast, jobs that have not started answer each other anew."""

from gw_spaceheat.core.market.online import Rule, as_time_goes_on
from gw_spaceheat.core.market.placing import SWEEPS
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable

RULE = Rule(sweeps=SWEEPS)


def schedule(timetable: Timetable, _seed: int) -> Schedule:
    """Best responses on every event."""
    return as_time_goes_on(timetable, RULE)
