"""What `gws watch` costs while nobody types: processor time and memory, beside a house that runs."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from gw_spaceheat.apps.bench.usage import cpu_s, usage
from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import RunningBroker, start_broker

HOUSE = "hw1.isone.me.millinocket.oak"
LINES, COLUMNS = 24, 80
FULL_OF = b"Buffer"
"""What stands on the screen when it shows the house."""
SHOWN_WITHIN_S = 60.0
SETTLE_S = 5.0
STOP_WITHIN_S = 10.0


def measure(houses: Path, seconds: float = 60.0, house: str = HOUSE) -> dict[str, object]:
    """Look at a house of its own in a terminal of 80 by 24 for some time, then press q.

    Args:
        houses: The house file.
        seconds: How long, after it has settled [s].
        house: Alias of the house, with simulated devices.

    Raises:
        RuntimeError: The screen did not come, or did not go; the text has its last words.
    """
    with tempfile.TemporaryDirectory() as name, start_broker(Path(name) / "broker") as broker:
        daemon = _start(["run"], houses, house, broker, Path(name), subprocess.DEVNULL)
        ours, theirs = pty.openpty()
        try:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            began_s = time.monotonic()
            screen = _start(["watch"], houses, house, broker, Path(name), theirs)
            os.close(theirs)
            try:
                shown_s = _read(ours, SHOWN_WITHIN_S, FULL_OF) - began_s
                _read(ours, SETTLE_S)
                before_s, from_s = cpu_s(screen.pid), time.monotonic()
                _read(ours, seconds)
                watched_s = time.monotonic() - from_s
                used_s, used = cpu_s(screen.pid) - before_s, usage(screen.pid)
                os.write(ours, b"q")
                _read(ours, 1.0)
                code = screen.wait(STOP_WITHIN_S)
            finally:
                screen.kill()
                screen.wait()
        finally:
            os.close(ours)
            daemon.kill()
            daemon.wait()
    return {
        "house": house,
        "cpu_percent": 100.0 * used_s / watched_s,
        "rss_mb": used.rss_mb,
        "shown_s": shown_s,
        "watched_s": watched_s,
        "exit_code": code,
    }


def _start(
    words: list[str], houses: Path, house: str, broker: RunningBroker, folder: Path, output: int
) -> "subprocess.Popen[bytes]":
    settings = {
        "GWS_ATN_ALIAS": house,
        "GWS_HOUSES_FILE": str(houses),
        "GWS_UPLINK_URL": broker.url,
        "GWS_LOCAL_URL": broker.url,
        "GWS_DATA_FOLDER": str(folder / "data"),
        "GWS_MQTT_VERSION": "5" if broker.version.value == "5" else "3",
        "TERM": "xterm-256color",
    }
    return subprocess.Popen(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "gw_spaceheat", *words],
        stdin=output,
        stdout=output,
        stderr=output if output >= 0 else subprocess.DEVNULL,
        env={**child_environment(), **settings},
    )


def _read(terminal: int, seconds: float, until: bytes = b"") -> float:
    """Take what the screen draws, for some time or until it draws something; gives the time [s, monotonic]."""
    drawn, until_s = b"", time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        if not select.select([terminal], [], [], left_s)[0]:
            continue
        try:
            drawn = (drawn + os.read(terminal, 65_536))[-65_536:]
        except OSError:  # the other end is gone
            break
        if until and until in drawn:
            return time.monotonic()
    if until:
        raise RuntimeError(f"the screen does not show the house within {seconds:g} s: {drawn[-400:]!r}")
    return time.monotonic()
