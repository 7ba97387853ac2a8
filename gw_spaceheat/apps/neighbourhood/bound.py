"""How much of a street's sun could be used if everything were known: a linear programme by HiGHS.

Base load is where it is, each job is spread over its starts, and batteries know what will come; nobody can use more.
"""

from gw_spaceheat.apps.neighbourhood.programme import groups, solve
from gw_spaceheat.apps.neighbourhood.storing_programme import most_local_with_batteries_wh
from gw_spaceheat.core.market.timetable import Timetable


def most_local_kwh(timetable: Timetable) -> float:
    """The most sun that base load and jobs can use, in slots of the timetable [kWh].

    Raises:
        ImportError: HiGHS is not installed.
        RuntimeError: It has found no optimum.
    """
    if timetable.street.batteries:
        return most_local_with_batteries_wh(timetable) / 1000.0
    found = (solve(timetable.all_known_wh, [timetable.jobs[number] for number in group]) for group in groups(timetable.jobs))
    return (timetable.base_local_wh + sum(each.bound_wh for each in found)) / 1000.0
