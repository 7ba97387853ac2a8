"""Days of a house with all its threads and stores, much faster than life: does anything grow that should not?

SCADA, AtomicTNode and Ear run in this process as they do in their own, with their threads, a broker, and every store on a disk:
outbox, contract state and log, slot readings, archive, the Ear's journal and its sealed days. For a fifth of the time the
AtomicTNode is away, so that messages wait, are thinned when they are old, and go up again.
"""

import contextlib
import ctypes
import gc
import logging
import os
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal, NamedTuple

from gw_spaceheat.apps.archive import archive_path, open_archive
from gw_spaceheat.apps.atn import STOP_ORDER as ATN_STOP_ORDER
from gw_spaceheat.apps.atn import AtnPlan, atn_runtime
from gw_spaceheat.apps.bench.steady_clock import SteadyClock
from gw_spaceheat.apps.bench.usage import Usage, usage
from gw_spaceheat.apps.chaos.audit import audit
from gw_spaceheat.apps.contracts import open_contract_side
from gw_spaceheat.apps.ear import STOP_ORDER as EAR_STOP_ORDER
from gw_spaceheat.apps.ear import ear_runtime
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.local import LocalRequest, local_runtime
from gw_spaceheat.apps.outboxes import open_outbox
from gw_spaceheat.apps.process import Life
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.slots import open_slot_readings
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.house.model import House
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.runtime.threaded import ThreadedRuntime
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.stores.readings import ReadingsStore
from gw_spaceheat.vocabulary.moment import DAY_MS

HOUSE = "hw1.isone.me.millinocket.oak"
SPEED = 1500.0
START_MS = 1_515_367_800_000
"""2018-01-07T23:30Z: the Ear has sealed a day, and loaded what it needs for that, before anything is measured."""
STANDING_W = 3000
SETTLED_AFTER = 0.2
AWAY_FROM, AWAY_TO = 0.35, 0.55
"""Parts of the time: from when on it is measured, and the AtomicTNode's absence."""
LONG, FULL_DAY_SEALED = 4.0, 1.1
"""A run of so many days is measured from when the first full day is sealed: sorting it takes its memory once [days]."""
RSS_CAP_MB = 20.0
DESCRIPTORS_CAP = 4
THREADS_CAP = 0
FILES_CAP = 4
"""By so much it may grow after it has settled; files of SQLite that come and go are among the descriptors and files."""
SEALED_FILES_PER_DAY = 3
DRAINED_WITHIN_S = 15.0
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.1
LOOK_AT_MAIL_EVERY_S = 0.004
MOST_MAIL, CALM_MAIL = 30, 3
"""Mails in the fullest mailbox at which time stands still, and at which it goes on."""
CALM_WITHIN_S = 20.0


class Grown(NamedTuple):
    """What there was at one moment.

    Attributes:
        used: Of the machine.
        files: Files of all stores, but for the Ear's sealed days.
        sealed_files: Files of the Ear's sealed days.
        stored_mb: Length of all files [MB].
    """

    used: Usage
    files: int
    sealed_files: int
    stored_mb: float


def measure(houses: Path, days: float = 7.0, speed: float = SPEED) -> dict[str, object]:
    """Let so many days pass.

    Args:
        houses: The house file.
        days: How many [days].
        speed: How much faster than life at most; time stands still where threads, broker or disk cannot follow. A time-out of
            five seconds lasts a few milliseconds, and is missed now and then: links are lost and found again, which is more
            work and no harm.

    Returns:
        For memory, threads, descriptors and files `..._start` when it had settled, `..._end`, and `..._cap`, by how much it may
        grow; `within_caps`; `most_waiting` in the outbox; `lost` and `doubled` readings of what the AtomicTNode has committed,
        read back from the Ear; `errors` in the log, of which there should be none.
    """
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gws-endurance-") as folder, start_broker(Path(folder) / "broker") as broker:
        crowd = _Crowd(house_to_start(houses, HOUSE)[0], Path(folder) / "stores", broker, speed)
        with crowd:
            crowd.start_atn()
            crowd.wait_until(max(SETTLED_AFTER * days, FULL_DAY_SEALED if days >= LONG else 0.0))
            start = crowd.look()
            crowd.wait_until(AWAY_FROM * days)
            crowd.stop_atn()
            crowd.wait_until(AWAY_TO * days)
            most_waiting = len(crowd.outbox)
            crowd.start_atn()
            crowd.wait_until(days)
            crowd.wait_until_drained()
            end = crowd.look()
        found = audit(crowd.archive, crowd.ear_folder, crowd.house.alias, ())
    sealed_cap = round(SEALED_FILES_PER_DAY * (days + 2))
    return {
        "days": days,
        "speed": speed,
        "within_caps": is_within_caps(start, end, sealed_cap),
        "rss_mb_start": round(start.used.rss_mb, 1),
        "rss_mb_end": round(end.used.rss_mb, 1),
        "rss_mb_cap": RSS_CAP_MB,
        "threads_start": start.used.threads,
        "threads_end": end.used.threads,
        "threads_cap": THREADS_CAP,
        "descriptors_start": start.used.descriptors,
        "descriptors_end": end.used.descriptors,
        "descriptors_cap": DESCRIPTORS_CAP,
        "files_start": start.files,
        "files_end": end.files,
        "files_cap": FILES_CAP,
        "sealed_files_end": end.sealed_files,
        "sealed_files_cap": sealed_cap,
        "stored_mb_start": round(start.stored_mb, 1),
        "stored_mb_end": round(end.stored_mb, 1),
        "most_waiting": most_waiting,
        "waiting_end": crowd.waiting_end,
        "reports": found.reports,
        "readings": found.readings,
        "lost": found.lost,
        "doubled": found.doubled,
        "errors": crowd.errors.count,
        "first_error": crowd.errors.first,
        "warnings": crowd.errors.warnings,
        "held_s": round(crowd.held_s, 1),
        "hanging": crowd.hanging,
        "broker": broker.kind.value,
        "wall_s": round(time.perf_counter() - began_s, 1),
    }


def is_within_caps(start: Grown, end: Grown, sealed_cap: int) -> bool:
    """Whether nothing has grown by more than it may."""
    return (
        end.used.rss_mb - start.used.rss_mb <= RSS_CAP_MB
        and end.used.threads - start.used.threads <= THREADS_CAP
        and end.used.descriptors - start.used.descriptors <= DESCRIPTORS_CAP
        and end.files - start.files <= FILES_CAP
        and end.sealed_files <= sealed_cap
    )


def _give_back_memory() -> None:
    """What is free, to the system: after a day was sealed the allocator holds ten megabytes of it, which is no growth."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # glibc has it, others have not
        ctypes.CDLL("libc.so.6").malloc_trim(0)


class _Errors(logging.Handler):
    """Counts what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.warnings = 0
        self.first = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.ERROR:
            self.warnings += record.levelno >= logging.WARNING
            return
        self.count += 1
        self.first = self.first or record.getMessage()


class _Crowd:
    """SCADA, AtomicTNode and Ear over one broker and by one clock. A context manager; the AtomicTNode comes and goes."""

    def __init__(self, house: House, folder: Path, broker: RunningBroker, speed: float) -> None:
        self.house = house
        self.errors = _Errors()
        self.hanging: list[str] = []
        self.waiting_end = 0
        self._folder = folder
        self._url = broker.url
        version: Literal[3, 5] = 5 if broker.version.value == "5" else 3
        self._settings = Settings(data_folder=folder, mqtt_version=version)
        self._clock = SteadyClock(speed, START_MS)
        self._log = logging.Logger("endurance")
        self._log.addHandler(self.errors)
        self._open = ExitStack()
        self._atn = ExitStack()
        self._running: dict[str, ThreadedRuntime] = {}
        self.held_s = 0.0
        self.outbox: SqliteOutbox

    @property
    def archive(self) -> Path:
        return archive_path(self.house.alias, self._settings)

    @property
    def ear_folder(self) -> Path:
        return self._folder / "ear"

    def __enter__(self) -> "_Crowd":
        with ExitStack() as opened:
            self._start_ear(opened)
            self._start_scada(opened)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.waiting_end = len(self.outbox)
        self._clock.hold()
        self._wait_for_calm()  # at this speed a busy machine would not get through its mail before the end
        self._clock.go()
        with self._open, self._atn:
            pass

    def _start_ear(self, opened: ExitStack) -> None:
        store = ReadingsStore(self.ear_folder)
        store.open()
        opened.callback(store.close)
        runtime = ear_runtime(store, self._url, self._settings, self._clock, Life(self._log))
        opened.callback(lambda: self.hanging.extend(runtime.stop(EAR_STOP_ORDER, STOP_WITHIN_S)))
        runtime.start()
        self._running["ear"] = runtime

    def _start_scada(self, opened: ExitStack) -> None:
        settings = self._settings
        side = opened.enter_context(closing(open_contract_side(self.house, Side.SCADA, settings)))
        self.outbox = opened.enter_context(closing(open_outbox(self.house, settings)))
        slots = opened.enter_context(closing(open_slot_readings(self.house, settings, side)))
        request = LocalRequest(house=self.house, nodes=None, uplink_url=self._url, local_url=None)
        runtime, order = local_runtime(request, settings, self._clock, Life(self._log), side, outbox=self.outbox, slots=slots)
        opened.callback(lambda: self.hanging.extend(runtime.stop(order, STOP_WITHIN_S)))
        runtime.start()
        self._running["scada"] = runtime

    def start_atn(self) -> None:
        """It comes, or comes back."""
        settings = self._settings
        with ExitStack() as opened:
            archive = opened.enter_context(closing(open_archive(self.house.alias, settings)))
            side = opened.enter_context(closing(open_contract_side(self.house, Side.ATOMIC_T_NODE, settings)))
            plan = AtnPlan(standing_w=STANDING_W, mirrors=True)
            life = Life(self._log)
            runtime = atn_runtime(self.house, self._url, settings, self._clock, life, lambda _: None, archive, side, plan)
            opened.callback(lambda: self.hanging.extend(runtime.stop(ATN_STOP_ORDER, STOP_WITHIN_S)))
            runtime.start()
            self._running["atn"] = runtime
            self._atn = opened.pop_all()

    def stop_atn(self) -> None:
        """It goes."""
        self._clock.go()
        del self._running["atn"]
        self._atn.close()

    def wait_until(self, day: float) -> None:
        """Until so much of the time has passed [days]; time stands still while too much mail waits."""
        until_ms = round(day * DAY_MS)
        while self._clock.now().mono_ms < until_ms:
            if self._mail() > MOST_MAIL:
                self._clock.hold()
                self._wait_for_calm()
                self._clock.go()
            time.sleep(LOOK_AT_MAIL_EVERY_S)

    def _wait_for_calm(self) -> None:
        began_s = time.monotonic()
        while self._mail() > CALM_MAIL and time.monotonic() - began_s < CALM_WITHIN_S:
            time.sleep(LOOK_AT_MAIL_EVERY_S)
        self.held_s += time.monotonic() - began_s

    def _mail(self) -> int:
        """How many mails wait in the fullest mailbox."""
        return max(host.waiting for runtime in self._running.values() for host in runtime.report())

    def wait_until_drained(self) -> None:
        """Until nothing old waits any more, or it has taken too long."""
        until_s = time.monotonic() + DRAINED_WITHIN_S
        while len(self.outbox) > 1 and time.monotonic() < until_s:
            time.sleep(LOOK_EVERY_S)

    def look(self) -> Grown:
        """What there is now."""
        _give_back_memory()
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        sealed = [path for path in files if path.suffix == ".parquet"]
        stored_mb = sum(path.stat().st_size for path in files) / 1e6
        return Grown(usage(os.getpid()), len(files) - len(sealed), len(sealed), stored_mb)
