"""Where the time goes: a run's shares by part of the package, for telling what limits it.

Python's own profiler makes every call dearer, small ones most; so these are shares to compare, not times to add up.
"""

import cProfile
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath
from pstats import Stats

ELSEWHERE = "elsewhere"
PACKAGE = "gw_spaceheat"

_Place = tuple[str, int, str]
"""File, line and name of a function, as the profiler has it; file "~" for what is built in."""


def shares(run: Callable[[], object]) -> dict[str, float]:
    """Share of each part in the time of a run [0-1], the largest first.

    A part is a folder of the package two levels deep (`core/heating`), or a module that lies above (`core/scada`). What is
    built in, or belongs to a library, counts for whoever called it.
    """
    profile = cProfile.Profile()
    profile.runcall(run)
    stats = Stats(profile).stats  # type: ignore[attr-defined]  # there is no other way to the numbers
    spent_s: Counter[str] = Counter()
    for place, (_, _, own_s, _, callers) in stats.items():
        part = part_of(place)
        if part != ELSEWHERE or not callers:
            spent_s[part] += own_s
            continue
        for caller, (_, _, own_there_s, _) in callers.items():
            spent_s[part_of(caller)] += own_there_s
    total_s = sum(spent_s.values())
    return {part: round(own_s / total_s, 3) for part, own_s in spent_s.most_common()}


def part_of(place: _Place) -> str:
    """The part of the package in which a function stands; `ELSEWHERE` for any other."""
    parts = PurePath(place[0]).with_suffix("").parts
    if PACKAGE not in parts:
        return ELSEWHERE
    inside = parts[len(parts) - parts[::-1].index(PACKAGE) :]
    return "/".join(inside[:2])
