"""How long a street's schedulers take: thirty houses over five days, and a thousand houses over one. SYNTHETIC streets."""

import time
from dataclasses import asdict

from gw_spaceheat.core.market.looks import looks_for
from gw_spaceheat.core.market.online import Rule, decisions
from gw_spaceheat.core.market.scheduler import rule_of
from gw_spaceheat.core.market.settlement import settle
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.core.market.timetable import Timetable
from gw_spaceheat.vocabulary.compiling import numba_is_here

STREETS = (StreetKind(houses=30, roofs=15, days=5, seed=13), StreetKind(houses=1_000, roofs=500, days=1, seed=16))
ALGORITHMS = ("ls", "lst")
MOST_FOR_LS = 100
"""`ls` answers every event by itself and is not meant for streets of more houses than this."""


def measure(rounds: int = 3, streets: tuple[StreetKind, ...] = STREETS) -> dict[str, object]:
    """Schedule, and look at the clock; what compiles is fetched before that (`core/market/looks.py`).

    Args:
        rounds: How often each is timed; the least counts, for others use the machine too.
        streets: Which streets.

    Returns:
        `compiled`, whether Numba is there; `streets`: of each its `houses`, `jobs`, `days`, `laying_out_cpu_s` (jobs and
        forecasts in slots), and for `ls` (up to a hundred houses) and `lst` `scheduling_cpu_s`, `worst_event_ms`, `events`,
        `local_kwh`, `peak_import_kw`.
    """
    return {"rounds": rounds, "compiled": numba_is_here(), "streets": [_street(kind, rounds) for kind in streets]}


def _street(kind: StreetKind, rounds: int) -> dict[str, object]:
    street = make_street(kind)
    looks_for(len(street.jobs))
    began_s = time.process_time()
    Timetable(street)
    laid_out_s = time.process_time() - began_s
    told: dict[str, object] = {**asdict(kind), "jobs": len(street.jobs), "laying_out_cpu_s": laid_out_s}
    for name in ALGORITHMS:
        rule = rule_of(name)
        if rule.tick_s is None and kind.houses > MOST_FOR_LS:
            continue
        told[name] = min((_timed(Timetable(street), rule) for _ in range(rounds)), key=lambda each: each["scheduling_cpu_s"])
    return told


def _timed(timetable: Timetable, rule: Rule) -> dict[str, float]:
    took: list[float] = []
    starts: dict[int, int] = {}
    at_s = time.process_time()
    for starts in decisions(timetable, rule):  # noqa: B007 - the last counts
        took.append(time.process_time() - at_s)
        at_s = time.process_time()
    outcome = settle(
        timetable.street,
        {timetable.jobs[number].job.id: timetable.jobs[number].start_s(slot) for number, slot in starts.items()},
    )
    return {
        "scheduling_cpu_s": sum(took),
        "worst_event_ms": max(took, default=0.0) * 1000.0,
        "events": len(took),
        "local_kwh": outcome.local_kwh,
        "peak_import_kw": outcome.peak_import_kw,
    }
