"""Prices and weather from the text of a CSV file, as forecasts: strict about times, lenient about single numbers.

A header line names the columns; lines that begin with # are comments. One column tells when a line's values begin to hold:

- `hour_start_local_standard`: local standard time without a zone, as in the files of simulations;
- `start_utc`: UTC, such as 2018-01-08T05:15 (also with Z or +00:00), for steps of 5 min to 1 h;
- `time`: seconds since the beginning of a year in local standard time, as BOPTEST writes them; every year is the same.

All steps of prices are equally long. A number that cannot be read is NaN, and is taken out by whoever expects something of it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from gw_spaceheat.core.events import PricesHeard, WeatherHeard
from gw_spaceheat.plant.series import TIME_COLUMN, Problem, SeriesFileError
from gw_spaceheat.vocabulary.moment import DAY_MS, HOUR_MS, MINUTE_MS

UTC_COLUMN, YEAR_COLUMN = "start_utc", "time"
DEFAULT_PRICE_COLUMN = "energy_day_ahead_usd_per_kwh"
OUTDOOR_COLUMN, WIND_COLUMN = "outdoor_c", "wind_m_s"
BEFORE_MS, AFTER_MS = 8 * DAY_MS, 4 * DAY_MS
"""What a forecast takes of a longer file: from so long before the day at hand until so long after its beginning, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a file is to be understood.

    Attributes:
        utc_offset_h: Local standard time minus UTC [h].
        price_column: Which column has the energy price.
        usd_per_unit: USD for one unit of money of that column; 1 for USD.
    """

    utc_offset_h: float
    price_column: str = DEFAULT_PRICE_COLUMN
    usd_per_unit: float = 1.0


@dataclass(frozen=True, slots=True)
class _Rows:
    times_ms: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]


def prices_from_text(text: str, where: str, layout: Layout, now_ms: int, made_ms: int) -> PricesHeard:
    """Energy prices of the days around now.

    Raises:
        SeriesFileError: A column is missing, times cannot be read or are not evenly spaced, or nothing is of these days.
    """
    rows = _near(_read(text, where, (layout.price_column,), (), layout, now_ms), where, now_ms)
    times = rows.times_ms
    step_ms = times[1] - times[0] if len(times) > 1 else HOUR_MS
    uneven = next((place for place in range(1, len(times)) if times[place] - times[place - 1] != step_ms), None)
    if uneven is not None or not 5 * MINUTE_MS <= step_ms <= HOUR_MS:
        at = _utc(times[uneven or 0])
        text_ = f"steps of prices are equally long, 5 min to 1 h, without gaps; they are not at {at}"
        raise SeriesFileError(where, [Problem(1, layout.price_column, text_)])
    prices = tuple(value * layout.usd_per_unit for (value,) in rows.values)
    return PricesHeard(times[0], step_ms, prices, min(made_ms, now_ms), where)


def weather_from_text(text: str, where: str, layout: Layout, now_ms: int, made_ms: int) -> WeatherHeard:
    """Outdoor temperature (`outdoor_c`), and wind where there is a column `wind_m_s`, of the days around now.

    Raises:
        SeriesFileError: A column is missing, times cannot be read or do not rise, or nothing is of these days.
    """
    rows = _near(_read(text, where, (OUTDOOR_COLUMN,), (WIND_COLUMN,), layout, now_ms), where, now_ms)
    outdoor, wind = zip(*rows.values, strict=True)
    return WeatherHeard(rows.times_ms, outdoor, () if all(map(math.isnan, wind)) else wind, min(made_ms, now_ms), where)


def _read(text: str, where: str, needed: tuple[str, ...], optional: tuple[str, ...], layout: Layout, now_ms: int) -> _Rows:
    """Times that rise, and the numbers of the columns; an optional column that is not there is all NaN."""
    lines = [
        (number, [cell.strip().strip('"') for cell in line.split(",")])
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise SeriesFileError(where, [Problem(1, TIME_COLUMN, "the file is empty")])
    header_line, names = lines[0]
    reader = _time_reader(names, layout, now_ms)
    missing = [name for name in needed if name not in names]
    if reader is None or missing:
        wanted = f"{TIME_COLUMN}, {UTC_COLUMN} or {YEAR_COLUMN}" if reader is None else missing[0]
        raise SeriesFileError(where, [Problem(header_line, wanted, f"is needed and not there; found: {', '.join(names)}")])
    time_column, to_ms = reader
    time_place = names.index(time_column)
    places = [names.index(name) if name in names else -1 for name in (*needed, *optional)]
    times: list[int] = []
    values: list[tuple[float, ...]] = []
    problems: list[Problem] = []
    for number, cells in lines[1:]:
        try:
            at_ms = to_ms(cells[time_place])
        except (ValueError, OverflowError, IndexError):
            problems.append(Problem(number, time_column, f"{','.join(cells)[:40]!r} has no time that can be read"))
            continue
        if times and at_ms <= times[-1]:
            problems.append(Problem(number, time_column, f"{cells[time_place]} does not come after the line before"))
        times.append(at_ms)
        values.append(tuple(_number(cells, place) for place in places))
    if problems:
        raise SeriesFileError(where, problems)
    if time_column == YEAR_COLUMN:
        return _repeated(times, values, layout, now_ms)
    return _Rows(tuple(times), tuple(values))


def _time_reader(names: list[str], layout: Layout, now_ms: int) -> tuple[str, Callable[[str], int]] | None:
    """The column that tells the time, and how; None if there is none."""
    zone = timezone(timedelta(hours=layout.utc_offset_h))
    year_ms = _year_start_ms(now_ms, layout.utc_offset_h)

    def local(cell: str) -> int:
        return round(datetime.fromisoformat(cell).replace(tzinfo=zone).timestamp() * 1000)

    def universal(cell: str) -> int:
        at = datetime.fromisoformat(cell)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)

    def of_year(cell: str) -> int:
        return year_ms + round(float(cell) * 1000)

    readers = {TIME_COLUMN: local, UTC_COLUMN: universal, YEAR_COLUMN: of_year}
    return next(((name, reader) for name, reader in readers.items() if name in names), None)


def _year_start_ms(now_ms: int, utc_offset_h: float) -> int:
    zone = timezone(timedelta(hours=utc_offset_h))
    return round(datetime(datetime.fromtimestamp(now_ms / 1000, zone).year, 1, 1, tzinfo=zone).timestamp() * 1000)


def _repeated(times: list[int], values: list[tuple[float, ...]], layout: Layout, now_ms: int) -> _Rows:
    """Rows of one year, as those of the year before, of this and of the next; each year ends where the next begins."""
    this_ms = _year_start_ms(now_ms, layout.utc_offset_h)
    before_ms = _year_start_ms(this_ms - DAY_MS, layout.utc_offset_h)
    next_ms = _year_start_ms(this_ms + 370 * DAY_MS, layout.utc_offset_h)
    near: list[tuple[int, tuple[float, ...]]] = []
    for start_ms, end_ms in ((before_ms, this_ms), (this_ms, next_ms), (next_ms, next_ms + 365 * DAY_MS)):
        placed = ((at_ms - this_ms + start_ms, value) for at_ms, value in zip(times, values, strict=True))
        near += [(at_ms, value) for at_ms, value in placed if at_ms < end_ms]
    return _Rows(tuple(at_ms for at_ms, _ in near), tuple(value for _, value in near))


def _near(rows: _Rows, where: str, now_ms: int) -> _Rows:
    """Those of the days around now."""
    day_ms = now_ms - now_ms % DAY_MS
    kept = [
        (at_ms, value)
        for at_ms, value in zip(rows.times_ms, rows.values, strict=True)
        if day_ms - BEFORE_MS <= at_ms < day_ms + AFTER_MS
    ]
    if not kept:
        reach = f"it reaches from {_utc(rows.times_ms[0])} to {_utc(rows.times_ms[-1])}" if rows.times_ms else "it has no lines"
        raise SeriesFileError(
            where, [Problem(1, TIME_COLUMN, f"nothing in the file is of the days around {_utc(now_ms)}; {reach}")]
        )
    return _Rows(tuple(at_ms for at_ms, _ in kept), tuple(value for _, value in kept))


def _number(cells: list[str], place: int) -> float:
    try:
        return float(cells[place]) if place >= 0 else math.nan
    except (ValueError, IndexError):
        return math.nan


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
