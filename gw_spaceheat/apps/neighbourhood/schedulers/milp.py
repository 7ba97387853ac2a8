"""Mixed-integer programme: the best starts there are, everything known beforehand, by HiGHS; for streets that are not large.

The search begins with what `offline` finds. Where its time is over, the best that was found counts; on another machine that may
be something else.
"""

import numpy as np

from gw_spaceheat.apps.neighbourhood.programme import groups, solve
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.schedulers import offline
from gw_spaceheat.core.market.timetable import Timetable

MOST_S = 20.0
"""For so long each group of jobs is searched [s]."""


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """The best choice of starts; raises ImportError where HiGHS is not installed."""
    begun = offline.schedule(timetable, seed)
    found: Schedule = {}
    for group in groups(timetable.jobs):
        jobs = [timetable.jobs[number] for number in group]
        choices = solve(timetable.all_known_wh, jobs, [begun[number] for number in group], MOST_S).choices
        at = 0
        for number, job in zip(group, jobs, strict=True):
            found[number] = int(job.starts[int(np.argmax(choices[at : at + len(job.starts)]))])
            at += len(job.starts)
    return found
