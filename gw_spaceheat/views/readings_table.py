"""Messages and readings that the Ear kept, as text: lines for a person, CSV and JSON for programmes. Times are UTC."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from gw_spaceheat.stores.query import MessageRow, ReadingRow, ThinnedRow

CSV_HEADER = "taken_utc,channel,value,unit"
THINNED_HEADER = "from_utc,bin_s,channel,mean,min,max,count,unit"
_DECIMALS = 6
_LONGEST_PAYLOAD = 160


def utc_text(unix_ms: int) -> str:
    """A time [UTC ms] as ISO 8601 with milliseconds, such as 2018-01-08T05:00:00.250Z."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{unix_ms % 1000:03d}Z"


def readings_csv(rows: Iterable[ReadingRow]) -> Iterator[str]:
    """A header and a line per reading."""
    yield CSV_HEADER
    for row in rows:
        yield f"{utc_text(row.taken_ms)},{row.channel},{_number(row.value)},{row.unit}"


def readings_json(rows: Iterable[ReadingRow]) -> Iterator[str]:
    """A JSON object per line and reading; the time stands there as text and in milliseconds."""
    for row in rows:
        yield json.dumps(
            {
                "taken_utc": utc_text(row.taken_ms),
                "taken_ms": row.taken_ms,
                "channel": row.channel,
                "value": round(row.value, _DECIMALS),
                "unit": row.unit,
            }
        )


def thinned_csv(rows: Iterable[ThinnedRow]) -> Iterator[str]:
    """A header and a line per bin."""
    yield THINNED_HEADER
    for row in rows:
        numbers = ",".join(_number(value) for value in (row.mean, row.least, row.most))
        yield f"{utc_text(row.from_ms)},{row.bin_s},{row.channel},{numbers},{row.count},{row.unit}"


def thinned_json(rows: Iterable[ThinnedRow]) -> Iterator[str]:
    """A JSON object per line and bin; each says that it is thinned."""
    for row in rows:
        yield json.dumps(
            {
                "thinned": True,
                "from_utc": utc_text(row.from_ms),
                "from_ms": row.from_ms,
                "bin_s": row.bin_s,
                "channel": row.channel,
                "mean": round(row.mean, _DECIMALS),
                "min": round(row.least, _DECIMALS),
                "max": round(row.most, _DECIMALS),
                "count": row.count,
                "unit": row.unit,
            }
        )


def messages_text(rows: Iterable[MessageRow]) -> Iterator[str]:
    """A line per message: arrival, sender and receiver, type, and the beginning of the payload."""
    for row in rows:
        payload = row.payload if len(row.payload) <= _LONGEST_PAYLOAD else row.payload[: _LONGEST_PAYLOAD - 3] + "..."
        yield f"{utc_text(row.arrived_ms)}  {row.src} > {row.dst or '?'}  {row.type_name:24}  {payload}"


def messages_json(rows: Iterable[MessageRow]) -> Iterator[str]:
    """A JSON object per line and message, with the whole payload."""
    for row in rows:
        yield json.dumps(
            {
                "arrived_utc": utc_text(row.arrived_ms),
                "arrived_ms": row.arrived_ms,
                "src": row.src,
                "dst": row.dst,
                "type_name": row.type_name,
                "message_id": row.message_id,
                "payload": json.loads(row.payload),
            }
        )


def _number(value: float) -> str:
    """At most six decimals, without useless zeros."""
    return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
