"""TNC of SciPy, with an objective that has a gradient (`descent.py`); one of the original's names."""

from gw_spaceheat.apps.neighbourhood.descent import schedule_downhill
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Timetable


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """Downhill by TNC."""
    return schedule_downhill(timetable, seed, "TNC")
