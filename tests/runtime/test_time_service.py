"""What the traces of time services say of the wall clock."""

import re
from pathlib import Path

import pytest

from gw_spaceheat.core.timekeeper import Sync
from gw_spaceheat.runtime.time_service import boot_id, kernel_says_synchronised, sync_of, sync_of_system


@pytest.mark.parametrize(
    ("traces", "kernel", "sync"),
    [
        ((), True, Sync.CONFIRMED),
        ((), False, Sync.UNKNOWN),
        ((), None, Sync.UNKNOWN),
        (("systemd/timesync",), False, Sync.AWAITED),
        (("systemd/timesync",), True, Sync.CONFIRMED),
        (("systemd/timesync/synchronized",), None, Sync.CONFIRMED),
        (("systemd/timesync/synchronized",), False, Sync.AWAITED),
        (("chrony",), False, Sync.AWAITED),
        (("chrony.pid",), None, Sync.AWAITED),
    ],
)
def test_traces(tmp_path: Path, traces: tuple[str, ...], kernel: bool | None, sync: Sync) -> None:
    for trace in traces:
        (tmp_path / trace).mkdir(parents=True)
    assert sync_of(tmp_path, kernel) is sync


def test_this_machine_answers() -> None:
    assert kernel_says_synchronised() in {True, False, None}
    assert isinstance(sync_of_system(), Sync)
    assert re.fullmatch(r"[0-9a-f-]{36}|", boot_id())
    assert boot_id() == boot_id()
