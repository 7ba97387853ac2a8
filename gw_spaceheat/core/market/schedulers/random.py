"""Any start within the window: what the original does, whatever its algorithm is called."""

from gw_spaceheat.core.market.online import Rule
from gw_spaceheat.core.market.scheduler import Schedule
from gw_spaceheat.core.market.timetable import Slots, Timetable
from gw_spaceheat.vocabulary.chance import uniform


def schedule(timetable: Timetable, seed: int) -> Schedule:
    """A start for each job, by chance."""
    return {number: any_start(number, job, seed) for number, job in enumerate(timetable.jobs)}


def any_start(number: int, job: Slots, seed: int) -> int:
    """A start of a job, by chance."""
    place = int(uniform(seed, 0, number) * len(job.starts))
    return int(job.starts[min(place, len(job.starts) - 1)])


RULE = Rule(choose=any_start)
