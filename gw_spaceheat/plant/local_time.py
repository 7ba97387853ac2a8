"""Local wall time of many moments at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gw_spaceheat.vocabulary.moment import MINUTE_MS, SECOND_MS

Times = NDArray[np.int64]
QUARTER_MS = 15 * MINUTE_MS
"""Clocks are set at whole quarters of an hour."""


class LocalTime:
    """Local time of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Remember."""
        self._zone = zone

    def __call__(self, unix_ms: Times) -> Times:
        """Local wall time [s since 1970-01-01 00:00 there] of moments [ms, UTC]."""
        quarters, index = np.unique(unix_ms // QUARTER_MS, return_inverse=True)
        offsets = np.array([self._offset_s(int(quarter)) for quarter in quarters], dtype=np.int64)
        return unix_ms // SECOND_MS + offsets[index]

    def _offset_s(self, quarter: int) -> int:
        moment = datetime.fromtimestamp(quarter * QUARTER_MS / SECOND_MS, UTC).astimezone(self._zone)
        offset = moment.utcoffset()
        return 0 if offset is None else round(offset.total_seconds())
