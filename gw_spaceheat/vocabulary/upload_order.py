"""Which of what waited goes up first."""

from enum import StrEnum


class UploadOrder(StrEnum):
    """Which of the messages that waited go first."""

    OLDEST_FIRST = "oldest-first"
    NEWEST_DAY_FIRST = "newest-day-first"
    """The last day first, each day from its morning on: who has been away wants to know how things are now. Days are of UTC."""
