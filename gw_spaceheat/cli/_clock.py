"""The options with which a daemon lives faster than life, and the clock that follows from them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from gw_spaceheat.apps.clocks import system_clock
from gw_spaceheat.runtime.clock import Clock, PacedClock

DATE_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

SLOWEST = 0.001
FASTEST = 10_000.0
"""As in the settings."""

SpeedOption = Annotated[
    float | None,
    typer.Option(
        min=SLOWEST,
        max=FASTEST,
        help="How many times faster than life time passes (simulated houses only).",
        show_default=False,
    ),
]
StartOption = Annotated[
    datetime | None,
    typer.Option(help="Time at which a faster life begins, UTC; now without it.", formats=DATE_FORMATS, show_default=False),
]
OriginOption = Annotated[
    float | None,
    typer.Option(help="Real Unix time [s] at which it began, so that several processes share one time.", hidden=True),
]


def clock_for(
    speed: float, start: datetime | None, origin_s: float | None, living: Callable[[], Clock] = system_clock
) -> Clock:
    """The clock of life, or one that runs faster (or elsewhere in time) and is the same in all processes of one origin.

    Args:
        speed: How many times faster.
        start: Where in time it begins, UTC; None for now.
        origin_s: Real Unix time at which it began [s]; None for now.
        living: Makes the clock of life.
    """
    if speed == 1.0 and start is None:
        return living()
    real_s = time.time()
    origin_s = real_s if origin_s is None else origin_s
    start_s = origin_s if start is None else start.replace(tzinfo=UTC).timestamp()
    return PacedClock(speed, round((start_s + (real_s - origin_s) * speed) * 1000))
