"""Local search by the clock: every quarter of an hour, jobs that have not started answer each other anew. For many houses."""

from gw_spaceheat.core.market.online import TICK_S, Rule, as_time_goes_on
from gw_spaceheat.core.market.placing import SWEEPS
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable

RULE = Rule(sweeps=SWEEPS, tick_s=TICK_S)


def schedule(timetable: Timetable, _seed: int) -> Schedule:
    """Best responses to what has come within each quarter of an hour."""
    return as_time_goes_on(timetable, RULE)
