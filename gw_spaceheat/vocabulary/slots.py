"""Slots: aligned stretches of Unix time."""

from gw_spaceheat.vocabulary.moment import HOUR_MS

REPORT_SLOT_MS = 300_000
MARKET_SLOT_MS = HOUR_MS


def slot_start(wall_ms: int, slot_ms: int) -> int:
    """Start [ms] of the slot of length slot_ms that contains wall_ms; slots are aligned to 1970-01-01T00:00Z."""
    return wall_ms - wall_ms % slot_ms
