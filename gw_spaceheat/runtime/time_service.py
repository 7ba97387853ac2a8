"""What the system knows of its wall clock: whether a time service has set it, and which boot this is."""

import ctypes
import sys
from pathlib import Path

from gw_spaceheat.core.timekeeper import Sync

RUN = Path("/run")
OF_SERVICES = ("systemd/timesync", "chrony", "chrony.pid", "ntpd.pid", "ntpsec")
"""What time services leave in /run while they run."""
SET_BY_TIMESYNCD = "systemd/timesync/synchronized"
"""Made by systemd-timesyncd when it has set the clock, once a boot."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
_UNSYNCHRONISED = 0x40
_SIZE = 512
"""More than the kernel's `struct timex` has, on any machine [bytes]."""
_STATUS_AT = 5 * ctypes.sizeof(ctypes.c_long)
"""Where its status is: after modes (padded), offset, freq, maxerror and esterror [bytes]."""


def sync_of_system() -> Sync:
    """What is known of the wall clock now."""
    return sync_of(RUN, kernel_says_synchronised())


def sync_of(run: Path, kernel: bool | None) -> Sync:
    """As the traces of time services in a folder, and the kernel's word, tell it.

    Args:
        run: The folder.
        kernel: Whether the kernel holds the clock for synchronised; None if it does not say (a hardened service may not ask).
    """
    if kernel:
        return Sync.CONFIRMED
    if kernel is None and (run / SET_BY_TIMESYNCD).exists():
        return Sync.CONFIRMED
    return Sync.AWAITED if any((run / name).exists() for name in OF_SERVICES) else Sync.UNKNOWN


def kernel_says_synchronised() -> bool | None:
    """The kernel's own word, by adjtimex(2) without a change; None where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return None
    timex = ctypes.create_string_buffer(_SIZE)
    try:
        answer: int = ctypes.CDLL(None).adjtimex(timex)
    except (OSError, AttributeError):
        return None
    if answer < 0:
        return None
    return not ctypes.c_int.from_buffer(timex, _STATUS_AT).value & _UNSYNCHRONISED


def boot_id() -> str:
    """Identifier of this boot; empty where the system does not tell."""
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return ""
