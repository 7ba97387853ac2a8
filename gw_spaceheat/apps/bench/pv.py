"""Meters and panels: a year of a roof, a day of a street, and readings per second through RabbitMQ into files."""

import hashlib
import json
import logging
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gw_spaceheat.apps.bench.usage import cpu_s, usage
from gw_spaceheat.apps.meter.street import StreetRequest
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.apps.pv.simulate import Days, simulate
from gw_spaceheat.apps.pv.sites import PanelsRequest, production_of
from gw_spaceheat.links.rabbitmq import Rabbit, find_rabbitmq
from gw_spaceheat.plant.pv.clouds import Clouds
from gw_spaceheat.plant.pv.day import Place
from gw_spaceheat.plant.pv.field import Field
from gw_spaceheat.plant.pv.production import Site, production_w
from gw_spaceheat.plant.pv.snow import AirYear
from gw_spaceheat.vocabulary.moment import DAY_MS, MINUTE_MS

NEW_YEAR_MS = 1_767_225_600_000
"""2026-01-01T00:00Z."""
PLACE = Place(44.6, -69.8, 60.0)
BURST_S = 30
SETTLE_S = 10.0
"""Memory counts from here on: until then tables of the houses' days are made [s]."""


def measure(rounds: int = 5, seconds: float = 60.0, meters: int = 1000) -> dict[str, object]:
    """Measure.

    Args:
        rounds: How often a year and a day are made; medians count.
        seconds: For so long `meters` meters say something every second, through RabbitMQ [s]; 0 leaves RabbitMQ out.
        meters: How many.

    Returns:
        `year_clear_s, year_cloudy_s` (525,600 minutes of one roof), `day_s, day_rows, day_identical` (10-s readings of three
        meters into files), and, with RabbitMQ, `burst_rows_per_s` (as fast as can be), `rows, rows_per_s` (at their time),
        `rss_mb, rss_growth_mb, cpu_percent` (of the process that keeps them), `lost, doubled`.
    """
    figures: dict[str, object] = {**_years(rounds), **_days(rounds)}
    if seconds and find_rabbitmq() is None:
        return {**figures, "missing": ["rabbitmq-server"]}
    if seconds:
        with tempfile.TemporaryDirectory() as made, Rabbit(Path(made) / "rabbit") as rabbit:
            figures |= {"burst_rows_per_s": _through(rabbit, Path(made) / "burst", meters, BURST_S, at_once=True)["rows_per_s"]}
            figures |= _through(rabbit, Path(made) / "paced", meters, seconds, at_once=False)
    return figures


def _years(rounds: int) -> dict[str, object]:
    minutes = NEW_YEAR_MS + np.arange(365 * DAY_MS // MINUTE_MS, dtype=np.int64) * MINUTE_MS
    clear = Site(PLACE, (Field(peak_w=4000.0),), (3.0,) * 12, Clouds(cloudiness=0.0), PLACE, AirYear())
    cloudy = clear._replace(clouds=Clouds(), snow=0.25)
    return {"year_clear_s": _median_s(rounds, clear, minutes), "year_cloudy_s": _median_s(rounds, cloudy, minutes)}


def _median_s(rounds: int, site: Site, minutes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    took = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        production_w(site, minutes)
        took.append(time.perf_counter() - began_s)
    return round(float(np.median(took)), 3)


def _days(rounds: int) -> dict[str, object]:
    took, seen, rows = [], set(), 0
    for _ in range(max(rounds, 2)):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            days = Days(street=StreetRequest(), start_ms=NEW_YEAR_MS, end_ms=NEW_YEAR_MS + DAY_MS, folder=folder)
            began_s = time.perf_counter()
            told = simulate(days, production_of(PanelsRequest()), logging.getLogger("gw_spaceheat"))
            took.append(time.perf_counter() - began_s)
            files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.csv")}
            seen.add(json.dumps(files, sort_keys=True))
            rows = int(str(told["rows"]))
    return {"day_s": round(float(np.median(took)), 3), "day_rows": rows, "day_identical": len(seen) == 1}


def _through(rabbit: Rabbit, folder: Path, meters: int, seconds: float, *, at_once: bool) -> dict[str, object]:
    """Readings of meters through RabbitMQ into files, by the two processes that do that in life."""
    queue = f"bench_{folder.name}"
    common = ["--broker", rabbit.url, "--queue", queue, "--json"]
    keep = [sys.executable, "-m", "gw_spaceheat", "pv", "run", *common, "--folder", str(folder), "--utc-days"]
    days = seconds / 86_400.0
    send = [sys.executable, "-m", "gw_spaceheat", "meter", "run", *common, "--houses", str(meters), "--interval", "1"]
    send += ["--days", f"{days:.9f}", "--zone", "UTC"]
    if at_once:
        send += ["--at-once", "--start", f"{datetime.now(UTC):%Y-%m-%d}"]
    keeper = _started(keep)
    sender = None
    try:
        began_s = time.monotonic()
        sender = _started(send)
        settled, settled_cpu_s, settled_s = usage(keeper.pid), cpu_s(keeper.pid), began_s
        while sender.poll() is None:
            if settled_s == began_s and time.monotonic() - began_s > SETTLE_S:
                settled, settled_cpu_s, settled_s = usage(keeper.pid), cpu_s(keeper.pid), time.monotonic()
            time.sleep(0.02)
        rows = int(json.loads(sender.communicate()[0])["kept"])
        last, last_cpu_s, last_s = usage(keeper.pid), cpu_s(keeper.pid), time.monotonic()
        took_s = last_s - began_s
        written = _count_when_still(folder, rows)
        took_s = max(took_s, time.monotonic() - began_s) if at_once else took_s
        keeper.terminate()
        keeper.communicate(timeout=30.0)
    finally:
        for process in (keeper, sender):
            if process is not None:
                process.kill()
                process.wait()
    return {
        "meters": meters,
        "rows": rows,
        "rows_per_s": round(rows / took_s),
        "rss_mb": round(last.rss_mb, 1),
        "rss_growth_mb": round(last.rss_mb - settled.rss_mb, 1),
        "cpu_percent": round(100.0 * (last_cpu_s - settled_cpu_s) / max(last_s - settled_s, 1e-9), 1),
        "lost": rows - written,
        "doubled": _doubled(folder),
    }


def _started(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 (no shell, and the arguments are our own)
        command, env=child_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _count_when_still(folder: Path, rows: int) -> int:
    """Rows in the files, when all are there or none have come for 5 s."""
    seen, still_s = -1, time.monotonic()
    while True:
        count = sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.csv"))
        if count >= rows or time.monotonic() - still_s > 5.0:
            return count
        if count != seen:
            seen, still_s = count, time.monotonic()
        time.sleep(0.05)


def _doubled(folder: Path) -> int:
    """Rows of a file that tell of a moment that another row of it tells of."""
    found = 0
    for path in folder.glob("*.csv"):
        times = [line.split(b",", 1)[0] for line in path.read_bytes().splitlines()]
        found += len(times) - len(set(times))
    return found
