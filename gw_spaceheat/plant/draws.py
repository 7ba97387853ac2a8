"""When a household draws hot water: the same days for the same seed."""

from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS

DRAW_KG_S = 0.13
"""Flow of mixed water while a tap is open: about 8 l/min."""

# usual local hour of a draw, and its share of the day's water before chance
USUAL_DRAWS = (
    (6.5, 0.20),
    (7.25, 0.18),
    (8.0, 0.06),
    (10.5, 0.04),
    (12.5, 0.07),
    (15.0, 0.04),
    (17.75, 0.08),
    (19.0, 0.10),
    (20.5, 0.08),
    (21.75, 0.15),
)
SHIFT_MS = 15 * MINUTE_MS
STREAM = 0x0D4A
CHANCES_PER_DAY = 64


def draws_of_day(seed: int, day: int, litres: float) -> list[tuple[int, int]]:
    """The day's draws as (start, end) [ms from its local midnight], in order and apart.

    Each lies within 15 minutes of its usual time; chance shares the day's water out, and all of it is drawn.

    Args:
        seed: Seed of the simulation.
        day: Number of the day.
        litres: Mixed hot water drawn in the day [l].
    """
    counter = day * CHANCES_PER_DAY
    weights = [share * (0.5 + uniform(seed, STREAM, counter + index)) for index, (_, share) in enumerate(USUAL_DRAWS)]
    draws = []
    free_ms = 0
    for index, (hour, _) in enumerate(USUAL_DRAWS):
        shift = 2.0 * uniform(seed, STREAM, counter + len(USUAL_DRAWS) + index) - 1.0
        start_ms = max(round(hour * HOUR_MS + shift * SHIFT_MS), free_ms)
        free_ms = start_ms + round(litres * weights[index] / sum(weights) / DRAW_KG_S * 1000)
        draws.append((start_ms, free_ms))
    return draws


def draw_schedule(seed: int, litres_per_day: float, start_ms: int, end_ms: int, utc_offset_ms: int) -> list[tuple[int, int]]:
    """All draws that end after start_ms and begin before end_ms, as (start, end) in UTC [ms].

    Args:
        seed: Seed of the simulation.
        litres_per_day: Mixed hot water [l/day].
        start_ms: Start of the span, UTC [ms].
        end_ms: End of the span, UTC [ms].
        utc_offset_ms: Local standard time less UTC [ms].
    """
    if litres_per_day <= 0.0:
        return []
    schedule = []
    for day in range((start_ms + utc_offset_ms) // DAY_MS, (end_ms + utc_offset_ms) // DAY_MS + 1):
        midnight_ms = day * DAY_MS - utc_offset_ms
        for first_ms, last_ms in draws_of_day(seed, day, litres_per_day):
            if midnight_ms + last_ms > start_ms and midnight_ms + first_ms < end_ms:
                schedule.append((midnight_ms + first_ms, midnight_ms + last_ms))
    return schedule
