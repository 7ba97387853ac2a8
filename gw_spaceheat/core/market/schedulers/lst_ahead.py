"""As `lst`, and it reckons with jobs that nobody has registered yet, as they came on the days that have passed."""

from gw_spaceheat.core.market.online import TICK_S, Rule, as_time_goes_on
from gw_spaceheat.core.market.placing import SWEEPS
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable

RULE = Rule(sweeps=SWEEPS, tick_s=TICK_S, looks_ahead=True)


def schedule(timetable: Timetable, _seed: int) -> Schedule:
    """Best responses to what has come, and to what is expected."""
    return as_time_goes_on(timetable, RULE)
