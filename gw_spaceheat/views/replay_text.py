"""What a replay showed, as a person reads it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any


def replay_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Lines about one replay, from `apps/replay.py`."""
    yield f"{told['record']}: {told['causes']} causes through {told['machines']} fresh machine(s)"
    if told["skipped"]:
        yield f"{told['skipped']} calls at the beginning were skipped: the machine they belong to began before the record"
    for place in told["torn"]:
        yield f"{place}: unfinished line (the process was killed); passed over"
    first = told["first_difference"]
    if first is None:
        yield "equal effects"
        return
    when = datetime.fromtimestamp(first["wall_ms"] / 1000, UTC)
    yield f"{told['differences']} calls had other effects; the first at {first['at']}:"
    yield f"  {when:%Y-%m-%d %H:%M:%S} UTC, {first['cause']}"
    yield f"  recorded: {first['expected']}"
    yield f"  now:      {first['got']}"
