"""How fast the Ear makes durable what it hears and how small it keeps it, against two plain peers on the same disk.

The peers do what is done where nobody thinks of it: `lines` appends each message as a line of JSON to a file of its house, and
syncs the files; `rows` inserts each reading as a row of one SQLite table that holds each reading once. All three commit the
same messages in the same groups, and sync each commit.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from typing import IO

from gw_spaceheat.core.events import Persist
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.readings import READINGS, ReadingsStore
from gw_spaceheat.vocabulary.chance import uniform
from gw_spaceheat.vocabulary.ids import IdSource

START_S = 1_515_369_600
SLOT_S = 300
CHANNELS = 12
POLL_S = 10
"""Channels are read so often; a value is captured each time."""
INSTANCE = "0384ef21-648b-4455-b917-58a1172d7fc1"


def measure(houses: int = 20, slots: int = 72, rounds: int = 3, folder: Path | None = None) -> dict[str, object]:
    """Keep the reports of some houses in three ways, in turn.

    Args:
        houses: How many; their reports of a slot are one commit.
        slots: How many reports of five minutes each has (at most 288).
        rounds: How often all is done; figures are medians.
        folder: On whose disk; None for that of temporary files.

    Returns:
        What was kept, and for each way messages and readings per second until they are durable, and bytes per reading; of the
        Ear also how fast it seals a day, and the sealed bytes per reading.
    """
    groups = list(_groups(houses, slots))
    messages = houses * slots
    readings = messages * CHANNELS * (SLOT_S // POLL_S)
    took: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, way in (("ear", _ear), ("lines", _lines), ("rows", _rows)):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                for what, seconds in way(groups, Path(place)).items():
                    took.setdefault(f"{name}_{what}", []).append(seconds)
                sizes[name] = _size(Path(place), f"{READINGS}.parquet" if name == "ear" else "*")
    figures: dict[str, object] = {
        "houses": houses,
        "messages": messages,
        "readings": readings,
        "messages_per_commit": houses,
        "report_bytes": len(encode_bare(groups[0][0].message)),
        "ear_seal_readings_per_s": readings / median(took["ear_seal_s"]),
    }
    for name in ("ear", "lines", "rows"):
        seconds = median(took[f"{name}_commit_s"])
        figures[f"{name}_messages_per_s"] = messages / seconds
        figures[f"{name}_readings_per_s"] = readings / seconds
        figures[f"{name}_bytes_per_reading"] = sizes[name] / readings
    return figures


def _groups(houses: int, slots: int) -> Iterator[list[Persist]]:
    """The reports of all houses, slot by slot: tanks that drift, pumps that are switched, read at slightly uneven times."""
    new_id = IdSource(b"bench/ear")
    counter = count()

    def draw() -> float:
        return uniform(1, 2, next(counter))

    values = [[40_000 + 1000 * channel for channel in range(CHANNELS)] for _ in range(houses)]
    for slot in range(slots):
        start_s = START_S + slot * SLOT_S
        yield [_report(f"bench.h{house}", start_s, values[house], new_id(), draw) for house in range(houses)]


def _report(house: str, start_s: int, values: list[int], identifier: str, draw: Callable[[], float]) -> Persist:
    channels = []
    for channel in range(CHANNELS):
        numbers, times = [], []
        for step in range(SLOT_S // POLL_S):
            values[channel] += (int(draw() * 3) - 1) * 62  # a step of a thermometer with 12 bits
            numbers.append(values[channel])
            times.append((start_s + step * POLL_S) * 1000 + int(draw() * 200))
        channels.append(
            ChannelReadings(channel_name=f"bench-{channel}", value_list=numbers, scada_read_time_unix_ms_list=times)
        )
    report = Report(
        from_g_node_alias=f"{house}.ta.scada",
        from_g_node_instance_id=INSTANCE,
        about_g_node_alias=f"{house}.ta",
        slot_start_unix_s=start_s,
        slot_duration_s=SLOT_S,
        channel_reading_list=channels,
        state_list=[],
        fsm_report_list=[],
        message_created_ms=(start_s + SLOT_S) * 1000,
        id=identifier,
    )
    src, made_ms = f"{house}.ta.scada", (start_s + SLOT_S) * 1000
    message = ReportEvent(message_id=identifier, time_created_ms=made_ms, src=src, report=report)
    return Persist(house, made_ms - 1, src, "a", identifier, message)


def _ear(groups: Sequence[list[Persist]], folder: Path) -> dict[str, float]:
    store = ReadingsStore(folder)
    store.open()
    store.heard()  # makes the file
    began_s = time.perf_counter()
    for group in groups:
        for event in group:
            store.keep(event)
        store.commit()
    committed_s = time.perf_counter()
    while store.seal_next():
        pass
    sealed_s = time.perf_counter()
    store.close()
    return {"commit_s": committed_s - began_s, "seal_s": sealed_s - committed_s}


def _lines(groups: Sequence[list[Persist]], folder: Path) -> dict[str, float]:
    files: dict[str, IO[bytes]] = {event.house: (folder / event.house).open("ab") for event in groups[0]}
    began_s = time.perf_counter()
    for group in groups:
        for event in group:
            files[event.house].write(encode_bare(event.message) + b"\n")
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
    took_s = time.perf_counter() - began_s
    for file in files.values():
        file.close()
    return {"commit_s": took_s}


def _rows(groups: Sequence[list[Persist]], folder: Path) -> dict[str, float]:
    connection = sqlite3.connect(folder / "readings.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE readings (house TEXT, channel TEXT, taken_ms INTEGER, value INTEGER, "
        "PRIMARY KEY (house, channel, taken_ms)) WITHOUT ROWID"
    )
    began_s = time.perf_counter()
    for group in groups:
        connection.execute("BEGIN")
        for event in group:
            connection.executemany("INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?)", _readings(event))
        connection.execute("COMMIT")
    took_s = time.perf_counter() - began_s
    connection.close()
    return {"commit_s": took_s}


def _readings(event: Persist) -> Iterator[tuple[str, str, int, int]]:
    message = event.message
    for channel in message.report.channel_reading_list if isinstance(message, ReportEvent) else ():
        for value, taken_ms in zip(channel.value_list, channel.scada_read_time_unix_ms_list, strict=True):
            yield event.house, channel.channel_name, taken_ms, value


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
