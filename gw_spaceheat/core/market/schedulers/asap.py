"""As soon as possible: every job at its earliest start. What happens without any market."""

from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Slots, Timetable


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """The first start of each job."""
    return {number: first_start(number, job, seed) for number, job in enumerate(timetable.jobs)}


def first_start(_number: int, job: Slots, _seed: int) -> int:
    """The first start of a job."""
    return job.first


RULE = Rule(choose=first_start)
