"""What every thread is doing, for a process that hangs."""

import sys
import threading
import traceback
from typing import TextIO


def dump_stacks(file: TextIO) -> None:
    """Write the stack of every thread of this process, under its name; meant for a signal such as SIGUSR1."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sorted(sys._current_frames().items()):
        file.write(f"--- {names.get(ident, 'unknown')} ({ident})\n")
        file.writelines(traceback.format_stack(frame))
    file.flush()
