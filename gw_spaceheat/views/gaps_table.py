"""What is missing of each channel and hour, as text: lines for a person, JSON for programmes. Times are UTC."""

import json
from collections.abc import Iterator, Sequence

from gw_spaceheat.core.telemetry.gaps import ChannelHour
from gw_spaceheat.views.readings_table import utc_text

HEADER = f"{'hour (UTC)':17} {'channel':28} {'expected':>8} {'stored':>7} {'thinned':>7} {'missing':>7}  why"


def gaps_text(rows: Sequence[ChannelHour], *, everything: bool = False) -> Iterator[str]:
    """A line per channel and hour of which something is missing, or of each if wanted; and how many are whole."""
    shown = [row for row in rows if everything or row.missing != 0]
    if shown:
        yield HEADER
    for row in shown:
        hour = utc_text(row.hour_ms)[:16] + "Z"
        numbers = f"{_number(row.expected):>8} {row.stored:>7} {row.thinned:>7} {_number(row.missing):>7}"
        yield f"{hour:17} {row.channel:28} {numbers}  {'; '.join(row.why)}".rstrip()
    whole = sum(row.missing == 0 for row in rows)
    yield f"{whole} of {len(rows)} hours of channels are whole"


def gaps_json(rows: Sequence[ChannelHour]) -> Iterator[str]:
    """A JSON object per line, channel and hour; null where something is not known."""
    for row in rows:
        yield json.dumps(
            {
                "hour_utc": utc_text(row.hour_ms),
                "hour_ms": row.hour_ms,
                "channel": row.channel,
                "expected": row.expected,
                "captured": row.captured,
                "stored": row.stored,
                "thinned": row.thinned,
                "missing": row.missing,
                "why": list(row.why),
            }
        )


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)
