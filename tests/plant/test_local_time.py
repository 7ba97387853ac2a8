from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gw_spaceheat.plant.local_time import LocalTime

SPRING_MS, AUTUMN_MS = 1_772_953_200_000, 1_793_512_800_000
"""07:00 UTC on 2026-03-08, 06:00 UTC on 2026-11-01: the moments at which New York sets its clocks."""


@pytest.mark.parametrize(
    ("zone", "at_ms", "before_h", "after_h"),
    [
        ("America/New_York", SPRING_MS, -5, -4),
        ("America/New_York", AUTUMN_MS, -4, -5),
        ("UTC", SPRING_MS, 0, 0),
        ("Asia/Kathmandu", SPRING_MS, 5.75, 5.75),
    ],
)
def test_offsets_change_at_their_moment(zone: str, at_ms: int, before_h: float, after_h: float) -> None:
    moments = at_ms + np.array([-1000, 0, 1000, -1000])
    offsets = LocalTime(ZoneInfo(zone))(moments) - moments // 1000
    assert offsets.tolist() == [before_h * 3600, after_h * 3600, after_h * 3600, before_h * 3600]
