"""An outbox on a disk of its own, a few megabytes in memory, that becomes full, has room again, and becomes read-only.

To be run in a mount namespace of its own, with the folder as its only word; what is wrong is an AssertionError.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from gw_spaceheat.stores.outbox import DATABASE, RESERVE, SqliteOutbox
from tests.stores.sends import NOW_MS, send, walked

DISK_MB = 8
LENGTH = 2000


def opened(folder: Path) -> SqliteOutbox:
    """An open outbox."""
    outbox = SqliteOutbox(folder)
    outbox.open()
    return outbox


def fill(folder: Path) -> Path:
    """Take all room that is left; the file that has it."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(1))
    return ballast


def main(folder: Path) -> None:
    """Everything, one after another."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], check=True)
    outbox = opened(folder)
    for number in range(100):
        assert list(outbox.put(send(number, length=LENGTH), NOW_MS)) == []
    assert (folder / RESERVE).stat().st_blocks * 512 >= 1024 * 1024
    ballast = fill(folder)

    given_up: list[str] = []
    written = 0
    for number in range(100, 1100):
        if number == 300:
            fill(folder)  # somebody else takes what the reserve has let go
        given_up += [gone.message_id for gone in outbox.put(send(number, length=LENGTH), NOW_MS)]
        written += bool(outbox.stream)  # which it names only while everything is on the disk
        if number % 7 == 0:
            oldest = outbox.after(0)
            assert oldest is not None
            assert outbox.forget(oldest.send.message_id)
    left = walked(outbox)
    numbers = [int(name.removeprefix("id-")) for name in left]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 1099
    assert given_up == sorted(given_up, key=lambda name: int(name.removeprefix("id-"))), "the oldest first"
    assert len(outbox) == len(left)
    assert not (folder / RESERVE).exists()
    assert any("is full" in text for text in outbox.troubles())
    assert outbox.troubles() == []
    print(f"{written} of 1000 were on the full disk, {len(given_up)} were given up, {len(left)} are left")  # noqa: T201
    assert written > 900, "those that it gives up make room for others"

    copy = folder.with_name("copy")  # as a kill leaves it
    copy.mkdir()
    for path in folder.glob(f"{DATABASE}*"):
        shutil.copy(path, copy)
    with closing(opened(copy)) as after_kill:
        assert after_kill.troubles() == []
        if outbox.stream:
            assert set(walked(after_kill)) >= set(left)

    ballast.unlink()
    outbox.rest()
    assert (folder / RESERVE).exists()
    assert any("room" in text for text in outbox.troubles())
    outbox.put(send(2000), NOW_MS)
    assert outbox.stream
    outbox.close()

    with closing(opened(folder)) as outbox:
        assert outbox.troubles() == []
        assert walked(outbox) == [*left, "id-2000"]
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with closing(opened(folder)) as outbox:
        outbox.put(send(3000), NOW_MS)
        assert any("wait in memory" in text for text in outbox.troubles())
        assert "id-3000" in walked(outbox)
        assert outbox.stream == ""
        outbox.rest()
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        outbox.rest()
        assert any("nothing was lost" in text for text in outbox.troubles())
        assert walked(outbox) == [*left, "id-2000", "id-3000"]
    os.sync()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
