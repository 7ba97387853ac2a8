"""Steps of time of what the Ear keeps, as CSV and JSON for programmes. Times are UTC."""

import json
from collections.abc import Iterable, Iterator

from gw_spaceheat.stores.history import Step
from gw_spaceheat.views.readings_table import utc_text

HEADER = "from_utc,channel,value,unit,count,thinned"
_DECIMALS = 6


def steps_csv(found: Iterable[Step]) -> Iterator[str]:
    """A header and a line per step; the value is empty where nothing is kept."""
    yield HEADER
    for step in found:
        value = "" if step.value is None else f"{step.value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
        yield f"{utc_text(step.from_ms)},{step.channel},{value},{step.unit},{step.readings},{str(step.thinned).lower()}"


def steps_json(found: Iterable[Step]) -> Iterator[str]:
    """A JSON object per line and step; the value is null where nothing is kept."""
    for step in found:
        yield json.dumps(step_object(step))


def step_object(step: Step) -> dict[str, object]:
    """A step as an object of JSON."""
    return {
        "from_utc": utc_text(step.from_ms),
        "from_ms": step.from_ms,
        "channel": step.channel,
        "value": None if step.value is None else round(step.value, _DECIMALS),
        "unit": step.unit,
        "count": step.readings,
        "thinned": step.thinned,
    }
