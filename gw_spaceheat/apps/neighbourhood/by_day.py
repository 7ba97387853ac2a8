"""A street day by day: what was used of its sun on each, beside what nobody could pass on that day by itself."""

from collections.abc import Sequence
from itertools import zip_longest

from gw_spaceheat.apps.neighbourhood.bound import Bounds
from gw_spaceheat.apps.neighbourhood.runs import Run
from gw_spaceheat.core.market.settlement import local_by_day
from gw_spaceheat.core.market.street import Street
from gw_spaceheat.core.market.timetable import DAY_S


def by_day(street: Street, runs: Sequence[Run], bounds: Bounds) -> list[dict[str, float]]:
    """For each day when it begins (Unix time), what was used in the mean of the runs, the bound, and the gap between them.

    Days on which only the last of what runs ends, and nothing could be used, are left out.

    Args:
        street: The street.
        runs: Its runs.
        bounds: Its bounds.
    """
    each = [local_by_day(run.decided.street, run.decided.starts_s).tolist() for run in runs]
    used = [sum(wh) / len(runs) / 1000.0 for wh in zip_longest(*each, fillvalue=0.0)]
    found = [
        {
            "begins_unix_s": street.epoch_s + number * DAY_S,
            "local_kwh": local_kwh,
            "bound_kwh": bound_kwh,
            "gap_kwh": bound_kwh - local_kwh,
        }
        for number, (local_kwh, bound_kwh) in enumerate(zip_longest(used, bounds.by_day_kwh, fillvalue=0.0))
    ]
    while len(found) > street.days and not found[-1]["local_kwh"] and not found[-1]["bound_kwh"]:
        found.pop()
    return found
