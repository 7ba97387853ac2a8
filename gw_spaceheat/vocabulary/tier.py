"""How much is left of what was to be told: everything, or means over longer and longer times."""

from enum import IntEnum


class Tier(IntEnum):
    """How much of a report is left; what is no report is always whole."""

    EVENT = 0
    """No report: a problem, a start, a certificate."""
    WHOLE = 1
    """A report with every captured reading."""
    MINUTE = 2
    """Means of a minute, and every change of a state."""
    QUARTER = 3
    """Means of a quarter of an hour, and every change of a state."""
