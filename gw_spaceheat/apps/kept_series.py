"""Weather, heat need and prices of days that were, from what the Ear keeps, as the files that `gws simulate` takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from gw_spaceheat.apps.energy import energy_prices, kept_channels
from gw_spaceheat.core.telemetry.energy import Numbers
from gw_spaceheat.core.telemetry.energy_days import Hours
from gw_spaceheat.house.model import House
from gw_spaceheat.plant.demand import HEATING
from gw_spaceheat.plant.prices import PRICE_COLUMNS, Market
from gw_spaceheat.plant.series import TIME_COLUMN
from gw_spaceheat.plant.weather import DIFFUSE, DIRECT, OUTDOOR
from gw_spaceheat.vocabulary.moment import HOUR_MS, SECOND_MS

LONGEST_HOLE_H = 3
"""So many hours in a row of which nothing is known are bridged by a straight line [h]."""
LEAST_KNOWN = 0.5
"""An hour of which less is known counts as one of which nothing is [0-1]."""
MOST_DAYS = 62


class NotEnoughKeptError(ValueError):
    """The days cannot be told hour by hour; the text says what is missing and when."""


@dataclass(frozen=True, slots=True)
class KeptSeries:
    """Names of the files that were written.

    Attributes:
        weather: Outdoor temperature of each hour; no sun, which a given need has in it already.
        demand: Heat that went to the rooms in each hour.
        prices: What energy cost in each hour, without delivery.
    """

    weather: str
    demand: str
    prices: str


def write_kept_series(ear_folder: Path, house: House, first: date, last: date, into: Path) -> KeptSeries:
    """Write the series of the days from `first` to `last`, both included, local standard time.

    Args:
        ear_folder: The Ear's folder.
        house: The house.
        first: First day.
        last: Last day, at most `MOST_DAYS` from the first.
        into: Folder of the files; it is made if it is not there. Files of the same days are replaced.

    Raises:
        NotEnoughKeptError: Nothing is known of more hours in a row than can be bridged, or the days are too many.
        StoreError: The Ear's folder cannot be read, or nothing is kept of the house.
        OSError: A file cannot be written.
    """
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise NotEnoughKeptError(f"choose 1 to {MOST_DAYS} days, not {count}")
    offset_ms = round(house.utc_offset_standard_h * HOUR_MS)
    begin_ms = round(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * SECOND_MS) - offset_ms
    edges = [begin_ms + number * HOUR_MS for number in range(count * 24 + 1)]
    span = (edges[0], edges[-1])
    hours = Hours(house, kept_channels(ear_folder, house, span), energy_prices(ear_folder, house, span), edges)
    is_known = hours.rooms.known >= LEAST_KNOWN
    need_kwh = np.where(is_known, hours.rooms.kwh / np.where(is_known, hours.rooms.known, 1.0), np.nan)
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - local standard time, as in the files
    outdoor = _whole("the outdoor temperature", hours.outdoor_c, start)
    need = np.maximum(_whole("the heat that went to the rooms", need_kwh, start), 0.0)
    price = _whole("the price of energy", hours.energy_usd_per_kwh, start)
    nothing = np.zeros(len(outdoor))
    into.mkdir(parents=True, exist_ok=True)
    names = {word: f"kept-{house.alias}-{first.isoformat()}-{count}d-{word}.csv" for word in ("weather", "demand", "prices")}
    _write(into / names["weather"], start, {OUTDOOR.name: outdoor, DIFFUSE.name: nothing, DIRECT.name: nothing})
    _write(into / names["demand"], start, {HEATING.name: need})
    _write(into / names["prices"], start, {PRICE_COLUMNS[market].name: price for market in Market})
    return KeptSeries(**names)


def _whole(what: str, values: Numbers, start: datetime) -> Numbers:
    """The values with short holes bridged; raises NotEnoughKeptError if there are long ones."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    places = np.flatnonzero(missing)
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    longest = max(runs, key=len)
    if len(longest) > LONGEST_HOLE_H:
        when = f"{start + timedelta(hours=int(longest[0])):%Y-%m-%d %H:%M}"
        raise NotEnoughKeptError(
            f"of {what} nothing is known for {len(longest)} h from {when} on (local standard time); "
            f"holes of up to {LONGEST_HOLE_H} h can be bridged"
        )
    there = np.flatnonzero(~missing)
    return np.interp(np.arange(len(values)), there, values[there])


def _write(path: Path, start: datetime, columns: dict[str, Numbers]) -> None:
    """A line for each hour, and one for the end, which is as the last hour; there whole or not at all."""
    lines = ["# of what an Ear has kept", ",".join((TIME_COLUMN, *columns))]
    count = len(next(iter(columns.values())))
    lines += [_line(start + timedelta(hours=number), columns, min(number, count - 1)) for number in range(count + 1)]
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unfinished.replace(path)


def _line(time: datetime, columns: dict[str, Numbers], place: int) -> str:
    values: Sequence[str] = [f"{column[place]:.6f}" for column in columns.values()]
    return ",".join((time.isoformat(), *values))
