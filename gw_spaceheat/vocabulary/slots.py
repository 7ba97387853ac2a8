"""Slots: aligned stretches of Unix time."""

from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment

REPORT_SLOT_MS = 300_000
MARKET_SLOT_MS = HOUR_MS
EARLY_SHARE, MOST_EARLY_MS = 20, 100
"""Who is woken this much before a slot (a twentieth of it, and so many ms at most) was woken for it."""


def slot_start(wall_ms: int, slot_ms: int) -> int:
    """Start [ms] of the slot of length slot_ms that contains wall_ms; slots are aligned to 1970-01-01T00:00Z."""
    return wall_ms - wall_ms % slot_ms


def next_slot(now: Moment, slot_ms: int) -> int:
    """When the next slot of length slot_ms begins, by the monotonic clock [ms]."""
    return now.mono_ms + slot_ms - now.wall_ms % slot_ms


def early_ms(now: Moment, slot_ms: int) -> int:
    """How long [ms] it is until a slot begins for which somebody was woken too early; 0 if it has begun.

    The wall clock is set right by a millisecond now and then. What is done at 11:59:59.999 would be done once more at
    12:00:00.000.
    """
    left_ms = slot_ms - now.wall_ms % slot_ms
    return left_ms if left_ms <= min(slot_ms // EARLY_SHARE, MOST_EARLY_MS) else 0
