"""A SYNTHETIC year of a house's readings in the Ear's files: how soon means of a month are told, and how large it is.

Days are written by the writer that seals the Ear's days, and joined by its compaction. Nothing of it was measured in a house:
temperatures go up and down by the day in steps of their sensor, powers switch, and readings come a little early or late.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from gw_spaceheat.apps.history import answer
from gw_spaceheat.stores.compaction import compact_next
from gw_spaceheat.stores.history import Ask
from gw_spaceheat.stores.readings import READINGS, SCHEMAS, write_sealed
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS, SECOND_MS

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
HOUSE = "d1.synthetic.house"
NEW_YEAR_MS = 1_514_764_800_000
"""2018-01-01T00:00Z."""
REPORT_MS = 5 * MINUTE_MS
JITTER_MS = 3
"""Readings come so much early or late, at most [ms]."""
LOOKED_DAYS = 30


def measure(
    days: int = 365, channels: int = 30, every_s: int = 10, rounds: int = 5, folder: Path | None = None
) -> dict[str, object]:
    """Write, join, and ask.

    Args:
        days: How many [days].
        channels: How many channels.
        every_s: Time between readings of a channel [s].
        rounds: How often it is asked; the median counts.
        folder: On whose disk; that of temporary files without it.

    Returns:
        `readings, query_ms, query_worst_ms, bytes_per_reading, steps, write_s, join_s, days, channels`; asked is for 5-minute
        means of three channels over thirty days in the middle.
    """
    with tempfile.TemporaryDirectory(dir=folder) as made:
        store = Path(made)
        began_s = time.monotonic()
        readings, join_s = 0, 0.0
        for day in range(days):
            readings += _write_day(store, day, channels, every_s)
            if day % 31 == 30 or day == days - 1:  # no more days wait than a month has
                join_s += _join(store, NEW_YEAR_MS + (day + 1) * DAY_MS + (64 * DAY_MS if day == days - 1 else 0))
        write_s = time.monotonic() - began_s - join_s
        size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
        length = min(days, LOOKED_DAYS)
        from_ms = NEW_YEAR_MS + (days - length) // 2 * DAY_MS
        wanted = tuple(_name(number) for number in (0, channels // 2, channels - 1))
        ask = Ask(tuple(dict.fromkeys(wanted)), from_ms, from_ms + length * DAY_MS, REPORT_MS)
        times_ms = []
        for _ in range(rounds):
            began_s = time.perf_counter()
            found = answer(store, HOUSE, ask)
            times_ms.append((time.perf_counter() - began_s) * SECOND_MS)
    return {
        "readings": readings,
        "query_ms": round(sorted(times_ms)[len(times_ms) // 2], 1),
        "query_worst_ms": round(max(times_ms), 1),
        "bytes_per_reading": round(size / readings, 3),
        "steps": len(found),
        "write_s": round(write_s, 1),
        "join_s": round(join_s, 1),
        "days": days,
        "channels": channels,
    }


def _join(store: Path, now_ms: int) -> float:
    began_s = time.monotonic()
    while compact_next(store, now_ms):
        pass
    return time.monotonic() - began_s


def _name(number: int) -> str:
    return f"channel{number:02d}"


def _write_day(store: Path, day: int, channels: int, every_s: int) -> int:
    """Write a sealed day; how many readings it has."""
    chance = np.random.default_rng(day)
    begin_ms = NEW_YEAR_MS + day * DAY_MS
    due_ms = begin_ms + np.arange(0, DAY_MS, every_s * SECOND_MS)
    made = pa.concat_tables(_of_channel(number, day, due_ms, chance) for number in range(channels))
    folder = store / HOUSE / time.strftime("%Y-%m-%d", time.gmtime(begin_ms // SECOND_MS))
    folder.mkdir(parents=True)
    write_sealed(folder / f"{READINGS}.parquet", READINGS, made)
    return int(made.num_rows)


def _of_channel(number: int, day: int, due_ms: Numbers, chance: np.random.Generator) -> pa.Table:
    taken_ms = due_ms + chance.integers(0, JITTER_MS + 1, len(due_ms))
    report = (due_ms - due_ms[0]) // REPORT_MS
    ids = np.array(list(_report_ids(day)), dtype=object)
    switched = number % 5 == 4
    telemetry, values = (
        ("PowerW", _power(due_ms, chance)) if switched else ("WaterTempCTimes1000", _temperature(number, due_ms, chance))
    )
    columns = {
        "channel": pa.array([_name(number)] * len(due_ms)),
        "telemetry": pa.array([telemetry] * len(due_ms)),
        "value": pa.array(values),
        "taken_ms": pa.array(taken_ms),
        "arrived_ms": pa.array(due_ms[0] + (report + 1) * REPORT_MS + 200 + report % 90),
        "report_id": pa.array(ids[report]),
    }
    return pa.table(columns, schema=SCHEMAS[READINGS])


def _report_ids(day: int) -> Iterator[str]:
    """One for each report of a day, as hard to compress as real ones."""
    for raw in np.random.default_rng(1_000_000 + day).bytes(16 * (DAY_MS // REPORT_MS)).hex("-", 16).split("-"):
        yield f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"


def _temperature(number: int, due_ms: Numbers, chance: np.random.Generator) -> Numbers:
    """A tank's, up and down by the day, with noise, in the steps of 62 or 63 thousandths of a degree of a DS18B20."""
    by_day = np.sin(2 * np.pi * (due_ms % DAY_MS) / DAY_MS + number)
    steps = np.rint((45_000 + 10_000 * by_day + chance.normal(0, 20, len(due_ms))) / 62.5)
    return np.rint(steps * 62.5).astype(np.int64)


def _power(due_ms: Numbers, chance: np.random.Generator) -> Numbers:
    """A heat pump's: off with 12 W, or on with about 3 kW and its noise; it switches each hour or not."""
    on = chance.integers(0, 2, 25)[(due_ms - due_ms[0]) // (12 * REPORT_MS)]
    return np.where(on == 1, 3000 + chance.integers(-15, 16, len(due_ms)), 12).astype(np.int64)
