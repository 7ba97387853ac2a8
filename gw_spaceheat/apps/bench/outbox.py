"""What it costs to keep a message until its peer has it: time, bytes and flushes, beside two plain ways of doing the same.

Events of about 1 kB are put in and, as in a house that is connected, forgotten a little later. Beside the outbox stand plain
SQLite (WAL, FULL, one table with an automatic number, one commit per event) and a file per event (written, synced, renamed,
its folder synced). All run in turn on the same disk.

Bytes are those that this process made the kernel write (`write_bytes` of /proc/self/io: pages of files that were changed and
must go to the disk; what the file system writes for itself is not in them). Device bytes and flushes are counted by the device
on which the folder lies (/sys/dev/block/.../stat, its 7th and 16th figure), with those of all other processes: they are right
on a disk of its own, such as a loop mount. Where the device does not count there is no figure.
"""

import os
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.codec import encode_bare
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores.journal import sync_folder
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.vocabulary.ids import IdSource

NOW_MS = 1_700_000_000_000
TOGETHER = 50
BEHIND = 5
"""So many later a message is acknowledged."""
REPORTS_PER_DAY = 288
CHANNELS = 30
READINGS = 60
"""In each channel's part of a report."""
OTHERS_PER_DAY = 100
"""Problems, starts, certificates."""
WARM = 400
"""So many events are kept before the measurement, so that SQLite's log has its usual length."""
MB = 1_000_000
SECTOR_BYTES = 512

Keep = Callable[[Sequence[Send]], None]
Way = Callable[[Path], AbstractContextManager[Keep]]


class _Cost(NamedTuple):
    events: int
    seconds: float
    written: int
    device: tuple[int, int] | None
    """Bytes and flushes."""


def measure(
    events: int = 2000, waiting: int = 20_000, rounds: int = 3, days: float = 0.5, folder: Path | None = None
) -> dict[str, object]:
    """Measure in rounds, in turn; medians.

    Args:
        events: How many events each way keeps in a round.
        waiting: How many messages wait when the start-up is timed.
        rounds: How often everything is repeated.
        days: How much of a day of a house with 30 channels is written for the wear on its card.
        folder: On whose disk; None for that of temporary files.

    Returns:
        For each way `..._per_s, ..._bytes, ..._device_bytes, ..._flushes`, all but the first of one event; `waiting,
        waiting_mb, disk_mb, start_up_s`; and what a day of reports and events writes, and a start: `report_bytes,
        wear_bytes_per_day, wear_bytes_per_start`.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        ways: dict[str, Way] = {
            "outbox_1": lambda path: _outbox(path, 1),
            f"outbox_{TOGETHER}": lambda path: _outbox(path, TOGETHER),
            "plain_sqlite_1": _plain_sqlite,
            "file_each_1": _file_each,
        }
        costs: dict[str, list[_Cost]] = {name: [] for name in ways}
        for turn in range(rounds):
            for name, way in ways.items():
                costs[name].append(_cost(way, Path(place) / f"{name}-{turn}", events))
        figures: dict[str, object] = {
            "events": events,
            "event_bytes": len(encode_bare(_event().message)),
            "rounds": rounds,
            "sqlite": sqlite3.sqlite_version,
        }
        for name, taken in costs.items():
            figures |= _figures(name, taken)
        figures |= _start_up(Path(place) / "waiting", waiting)
        figures |= _wear(Path(place) / "wear", days)
    return figures


def _figures(name: str, costs: Sequence[_Cost]) -> dict[str, object]:
    devices = [(cost.device[0] / cost.events, cost.device[1] / cost.events) for cost in costs if cost.device is not None]
    return {
        f"{name}_per_s": median(cost.events / cost.seconds for cost in costs),
        f"{name}_bytes": median(cost.written / cost.events for cost in costs),
        f"{name}_device_bytes": median(size for size, _ in devices) if devices else None,
        f"{name}_flushes": median(flushes for _, flushes in devices) if devices else None,
    }


def _cost(way: Way, folder: Path, events: int) -> _Cost:
    warm, sends = [_event() for _ in range(min(WARM, events))], [_event() for _ in range(events)]
    folder.mkdir()
    counted = _device_counter(folder)
    with way(folder) as keep:
        keep(warm)
        os.sync()  # what others have left to be written is not ours
        before, written, began_s = counted(), _written_bytes(), time.perf_counter()
        keep(sends)
        seconds = time.perf_counter() - began_s
        written = _written_bytes() - written
        os.sync()
        after = counted()
    device = None if before is None or after is None else (after[0] - before[0], after[1] - before[1])
    return _Cost(events, seconds, written, device)


def _event() -> Send:
    message = GridworksEventProblem(
        message_id=_id(), time_created_ms=NOW_MS, src="a.s", problem_type="error", summary="x", details="y" * 850
    )
    return Send("uplink", "a", message, Urgency.EVENT, message.message_id)


def _id() -> str:
    return IdSource(secrets.token_bytes(16))()


@contextmanager
def _outbox(folder: Path, together: int) -> Iterator[Keep]:
    with closing(SqliteOutbox(folder)) as outbox:
        outbox.open()

        def keep(sends: Sequence[Send]) -> None:
            acknowledged = 0
            for start in range(0, len(sends), together):
                some = sends[start : start + together]
                with outbox.together():
                    for send in some:
                        outbox.put(send, NOW_MS)
                for send in sends[acknowledged : max(0, start + len(some) - BEHIND)]:
                    outbox.forget(send.message_id)
                    acknowledged += 1

        yield keep


@contextmanager
def _plain_sqlite(folder: Path) -> Iterator[Keep]:
    with closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE event (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, data BLOB)")

        def keep(sends: Sequence[Send]) -> None:
            for place, send in enumerate(sends):
                database.execute("BEGIN")
                database.execute("INSERT INTO event (id, data) VALUES (?, ?)", (send.message_id, encode_bare(send.message)))
                if place >= BEHIND:  # in the same commit, as the outbox does it
                    database.execute("DELETE FROM event WHERE id = ?", (sends[place - BEHIND].message_id,))
                database.execute("COMMIT")

        yield keep


@contextmanager
def _file_each(folder: Path) -> Iterator[Keep]:
    def keep(sends: Sequence[Send]) -> None:
        for place, send in enumerate(sends):
            unfinished = folder / "new"
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, encode_bare(send.message))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            unfinished.rename(folder / send.message_id)
            sync_folder(folder)
            if place >= BEHIND:
                (folder / sends[place - BEHIND].message_id).unlink()

    yield keep


def _start_up(folder: Path, waiting: int) -> dict[str, object]:
    with closing(SqliteOutbox(folder)) as outbox:
        outbox.open()
        for _ in range(0, waiting, TOGETHER):
            with outbox.together():
                for _ in range(TOGETHER):
                    outbox.put(_event(), NOW_MS)
    took_s: list[float] = []
    for _ in range(3):
        _drop_from_cache(folder)
        began_s = time.perf_counter()
        with closing(SqliteOutbox(folder)) as outbox:
            outbox.open()
            first = outbox.after(0)
            took_s.append(time.perf_counter() - began_s)
            waits, size = len(outbox), outbox.size_bytes
    assert first is not None  # noqa: S101 - they were put in above
    disk = sum(path.stat().st_size for path in folder.iterdir())
    return {"waiting": waits, "waiting_mb": size / MB, "disk_mb": disk / MB, "start_up_s": median(took_s)}


def _wear(folder: Path, days: float) -> dict[str, object]:
    """What a day writes: a report every five minutes, events in between, each acknowledged before the next."""
    written = _written_bytes()
    reports, others = max(1, round(REPORTS_PER_DAY * days)), max(1, round(OTHERS_PER_DAY * days))
    put = length = 0
    with closing(SqliteOutbox(folder)) as outbox:
        outbox.open()
        made = _written_bytes()
        for number in range(reports):
            sends = [_report(number)]
            while put < others * (number + 1) // reports:
                sends.append(_event())
                put += 1
            for send in sends:
                outbox.put(send, NOW_MS)
                outbox.forget(send.message_id)
            length = len(encode_bare(sends[0].message))
        a_day = (_written_bytes() - made) / reports * REPORTS_PER_DAY
    return {
        "report_bytes": length,
        "wear_bytes_per_day": a_day,
        "wear_bytes_per_start": made - written,
    }


def _report(number: int) -> Send:
    start_s = NOW_MS // 1000 // 300 * 300 + number * 300
    report_id = _id()
    times = [start_s * 1000 + step * 5000 for step in range(READINGS)]
    readings = [
        ChannelReadings(
            channel_name=f"tank{channel}-depth1",
            value_list=[20_000 + 62 * ((number + step * channel) % 97) for step in range(READINGS)],
            scada_read_time_unix_ms_list=times,
        )
        for channel in range(CHANNELS)
    ]
    report = Report(
        from_g_node_alias="hw1.isone.me.x.ta.scada",
        from_g_node_instance_id=_id(),
        about_g_node_alias="hw1.isone.me.x.ta",
        slot_start_unix_s=start_s,
        slot_duration_s=300,
        channel_reading_list=readings,
        state_list=[],
        fsm_report_list=[],
        message_created_ms=NOW_MS,
        id=report_id,
    )
    message: Message = ReportEvent(message_id=report_id, time_created_ms=NOW_MS, src=report.from_g_node_alias, report=report)
    return Send("uplink", "a", message, Urgency.HELD, report_id)


def _written_bytes() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def _device_counter(folder: Path) -> Callable[[], tuple[int, int] | None]:
    device = folder.stat().st_dev
    path = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")

    def counted() -> tuple[int, int] | None:
        try:
            figures = path.read_text(encoding="ascii").split()
            return int(figures[6]) * SECTOR_BYTES, int(figures[15])
        except (OSError, IndexError):
            return None

    return counted


def _drop_from_cache(folder: Path) -> None:
    """So that what is opened next comes from the disk."""
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
