"""Greedy: each job gets its best start when it is registered, and keeps it."""

from gw_spaceheat.core.market.online import Rule, as_time_goes_on
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable

RULE = Rule()


def schedule(timetable: Timetable, _seed: int) -> Schedule:
    """One decision for each job, at its registration."""
    return as_time_goes_on(timetable, RULE)
