"""What a running `gws run` costs: memory, processor time, threads, time to start and to stop."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gw_spaceheat.apps.bench.usage import cpu_s, usage
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import start_broker

HOUSE = "hw1.isone.me.millinocket.oak"
READY = re.compile(r"uplink: connected")
READY_WITHIN_S = 60.0
SETTLE_S = 5.0
STOP_WITHIN_S = 30.0


def measure(houses: Path, seconds: float = 60.0, house: str = HOUSE) -> dict[str, object]:
    """Watch a daemon of its own for some time, then stop it with SIGTERM. The broker runs beside it and is not counted.

    Args:
        houses: The house file.
        seconds: How long to watch it, after it has settled [s].
        house: Alias of the house, with simulated devices.

    Raises:
        RuntimeError: The daemon did not become ready; the text has its last words.
    """
    with tempfile.TemporaryDirectory() as folder, start_broker(Path(folder)) as broker:
        log_path = Path(folder) / "daemon.log"
        words = ["run", "--house", house, "--file", str(houses), "--broker", broker.url, "--local-broker", broker.url]
        began_s = time.monotonic()
        with log_path.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words, no shell
                [sys.executable, "-m", "gw_spaceheat", *words],
                stderr=log,
                env={**child_environment(), "GWS_MQTT_VERSION": "5" if broker.version.value == "5" else "3"},
            )
        try:
            ready_s = _wait_until_ready(process, log_path, began_s)
            ready_cpu_s = cpu_s(process.pid)
            time.sleep(SETTLE_S)
            cpu_before_s, threads_before, watched_from_s = cpu_s(process.pid), usage(process.pid).threads, time.monotonic()
            time.sleep(seconds)
            watched_s = time.monotonic() - watched_from_s
            used_cpu_s = cpu_s(process.pid) - cpu_before_s
            used = usage(process.pid)
            stop_s, code = _stop(process)
        finally:
            process.kill()
            process.wait()
    return {
        "house": house,
        "rss_mb": used.rss_mb,
        "peak_rss_mb": used.peak_rss_mb,
        "cpu_percent": 100.0 * used_cpu_s / watched_s,
        "threads": used.threads,
        "threads_before": threads_before,
        "ready_s": ready_s,
        "ready_cpu_s": ready_cpu_s,
        "stop_s": stop_s,
        "exit_code": code,
        "watched_s": watched_s,
        "broker": broker.kind.value,
    }


def _wait_until_ready(process: "subprocess.Popen[bytes]", log_path: Path, began_s: float) -> float:
    while time.monotonic() - began_s < READY_WITHIN_S:
        if READY.search(log_path.read_text(errors="replace")):
            return time.monotonic() - began_s
        if process.poll() is not None:
            break
        time.sleep(0.005)
    raise RuntimeError(f"the daemon did not become ready: {log_path.read_text(errors='replace')[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> tuple[float, int]:
    began_s = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code = process.wait(STOP_WITHIN_S)
    return time.monotonic() - began_s, code
