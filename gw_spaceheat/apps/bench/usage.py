"""What a process has of the machine at this moment, as Linux tells it."""

import os
import re
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """What it has.

    Attributes:
        rss_mb: Memory that is really there [MB].
        peak_rss_mb: The most that it ever was [MB].
        threads: How many threads.
        descriptors: How many open files, sockets and pipes.
    """

    rss_mb: float
    peak_rss_mb: float
    threads: int
    descriptors: int


def usage(pid: int) -> Usage:
    """What a process has now; raises OSError if there is none of this number, or we may not look."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")

    def number(key: str) -> int:
        found = re.search(rf"^{key}:\s+(\d+)", text, re.MULTILINE)
        return int(found[1]) if found else 0

    descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return Usage(number("VmRSS") / 1024.0, number("VmHWM") / 1024.0, number("Threads"), descriptors)


def cpu_s(pid: int) -> float:
    """Processor time that it has used, and the kernel for it [s]; raises OSError if there is none of this number."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
