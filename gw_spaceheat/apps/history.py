"""The one place that answers what was: for the command line, the HTTP API and the web pages alike."""

from dataclasses import dataclass
from pathlib import Path

from gw_spaceheat.core.telemetry.downsample import Point, downsampled
from gw_spaceheat.core.telemetry.gaps import ChannelHour, hours_of
from gw_spaceheat.stores import query
from gw_spaceheat.stores.compaction import KeptDays, compact_next, drop_old
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.stores.history import Ask, Step, channels_of, steps
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import HOUR_MS


@dataclass(frozen=True, slots=True)
class ChannelAbout:
    """A channel of which something is kept.

    Attributes:
        name: Its name.
        telemetry: Name of what it measures; empty if no layout told it.
    """

    name: str
    telemetry: str


def houses(folder: Path) -> list[str]:
    """Aliases of the houses of which something is kept; raises StoreError."""
    return query.houses(folder)


def channels(folder: Path, house: str) -> list[ChannelAbout]:
    """The channels of a house, by name; raises StoreError if nothing is kept of it."""
    with query.reading(folder, house) as reader:
        telemetry = reader.telemetry()
        return [ChannelAbout(name, telemetry.get(name, "")) for name in channels_of(reader)]


def answer(folder: Path, house: str, ask: Ask) -> list[Step]:
    """Steps of time of channels of a house, also those without readings.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        ask: What is wanted.

    Raises:
        StoreError: Nothing is kept of that house, it has no such channel, or too many steps are wanted.
    """
    with query.reading(folder, house) as reader:
        found = steps(reader, ask)
        empty = {step.channel for step in found} - {step.channel for step in found if step.readings} - reader.telemetry().keys()
        unknown = sorted(empty - set(channels_of(reader))) if empty else []
        if unknown:
            there = ", ".join(channels_of(reader)) or "none"
            raise StoreError(f"{house} has no channel {', '.join(name[:80] for name in unknown)}; there is: {there}")
        return found


def gaps(folder: Path, house: str, from_ms: int, to_ms: int, now_ms: int) -> list[ChannelHour]:
    """What is missing of each channel in the hours that touch a stretch of time; raises StoreError.

    Args:
        folder: The Ear's folder.
        house: Alias of the house.
        from_ms: From the hour of this time on, UTC [ms].
        to_ms: Until the hour that ends at this time or after, UTC [ms].
        now_ms: The time, UTC [ms].
    """
    begin_ms, end_ms = from_ms // HOUR_MS * HOUR_MS, -(-to_ms // HOUR_MS) * HOUR_MS
    return hours_of(
        begin_ms,
        end_ms,
        query.certificates(folder, house),
        query.stored_counts(folder, house, begin_ms, end_ms),
        query.unsent(folder, house, begin_ms, end_ms),
        now_ms,
    )


def compacted(folder: Path, kept: KeptDays, now_ms: int) -> tuple[int, int]:
    """Join days into months and remove what is older than it is kept, in a folder in which no Ear runs.

    Args:
        folder: The Ear's folder.
        kept: How long.
        now_ms: The time, UTC [ms].

    Returns:
        How many months were joined, and how many files removed.

    Raises:
        StoreBusyError: An Ear runs there; it joins by itself.
        OSError: It could not be written; nothing is lost.
    """
    store = ReadingsStore(folder)
    store.open()
    try:
        while store.seal_next(now_ms):
            pass
        removed = drop_old(folder, kept, now_ms)
        joined = 0
        while compact_next(folder, now_ms):
            joined += 1
        return joined, removed
    finally:
        store.close()


def for_chart(found: list[Step], most: int) -> dict[str, list[Point]]:
    """The series of each channel in at most so many points, extremes and gaps kept; see `downsampled`."""
    series: dict[str, list[Point]] = {}
    for step in found:
        series.setdefault(step.channel, []).append((step.from_ms, step.value))
    return {channel: downsampled(points, most) for channel, points in series.items()}
