"""1-wire as the Linux kernel offers it: a folder per probe under `/sys/bus/w1/devices`, a file with the answer in it.

The kernel itself lets one probe after another speak, so nothing is locked here. Reading the file makes the probe convert, which
takes the kernel 0.75 s and more; probes with a supply of their own convert side by side (Linux 5.10 and later), those without
one after another. A read that gives nothing within `TIMEOUT_S` is given up.
"""

import os
import select
import time
from pathlib import Path

from gw_spaceheat.drivers.buses.shared import BusError

DEVICES = Path("/sys/bus/w1/devices")
TIMEOUT_S = 3.0
LONGEST = 4096


def names() -> tuple[str, ...]:
    """The probes that the kernel sees at present; empty if there is no 1-wire bus."""
    return tuple(sorted(path.name for path in DEVICES.glob("[0-9a-f][0-9a-f]-*"))) if DEVICES.is_dir() else ()


def check_bus() -> None:
    """Raise BusError if this machine has no 1-wire bus."""
    if not DEVICES.is_dir():
        raise BusError(f"there is no {DEVICES}; switch 1-wire on (raspi-config nonint do_onewire 0) and restart")


def read_text(name: str, file: str) -> str:
    """What a probe's file holds; raises BusError."""
    check_bus()
    path = DEVICES / name / file
    ends_s = time.monotonic() + TIMEOUT_S
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            text = _read(handle, ends_s).decode("ascii", "replace")
        finally:
            os.close(handle)
    except TimeoutError as error:
        raise BusError(f"probe {name} gave nothing within {TIMEOUT_S:g} s; look at its cable") from error
    except OSError as error:
        raise BusError(f"probe {name} is not on the 1-wire bus ({error}); look at its cable, and at `ls {DEVICES}`") from error
    if not text:  # the kernel's way to say that the probe did not convert, or that another program has all probes convert
        raise BusError(f"probe {name} gave an empty answer; look at its cable and its supply")
    return text


def _read(handle: int, ends_s: float) -> bytes:
    read = b""
    while len(read) < LONGEST:
        left_s = ends_s - time.monotonic()
        if left_s <= 0.0:
            raise TimeoutError
        try:
            chunk = os.read(handle, LONGEST)
        except BlockingIOError:
            select.select([handle], [], [], left_s)
            continue
        if not chunk:
            break
        read += chunk
    return read
