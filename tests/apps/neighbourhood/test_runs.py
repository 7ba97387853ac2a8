"""Several runs at a time: the same as one after the other, and clean when a person has had enough."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
from gw_spaceheat.apps.neighbourhood.wire import WireFaults
from gw_spaceheat.core.market.scheduler import UnknownSchedulerError
from gw_spaceheat.core.market.synthetic import StreetKind, make_street
from gw_spaceheat.stores.street_folder_writer import write_street


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_street(make_street(StreetKind(houses=4, roofs=2, days=1, seed=2)), tmp_path / "street")
    return tmp_path / "street"


@pytest.mark.parametrize("messages", [None, WireFaults(lost=0.2, doubled=0.2, late_ms=10_000)])
def test_in_processes_of_their_own_the_same_bytes_come_out(folder: Path, tmp_path: Path, messages: WireFaults | None) -> None:
    request = StreetRequest(folder=folder, algorithm="random", seed=4, runs=5, messages=messages)
    kept: list[list[bytes]] = []
    for processes in (1, 2):
        results, done = tmp_path / f"kept{processes}", list[int]()
        run_street(replace(request, processes=processes, results=results), done.append)
        assert done == [1, 2, 3, 4, 5]
        kept.append([path.read_bytes() for path in sorted(results.iterdir())])
    assert kept[0] == kept[1]


def test_what_is_wrong_is_told_before_anything_begins(folder: Path) -> None:
    with pytest.raises(UnknownSchedulerError):
        run_street(StreetRequest(folder=folder, algorithm="best", runs=4, processes=2))


INTERRUPTED = 130
PROGRAM = f"""
import signal
import sys
from pathlib import Path
from gw_spaceheat.apps.neighbourhood.request import StreetRequest
from gw_spaceheat.apps.neighbourhood.run import run_street
request = StreetRequest(folder=Path(sys.argv[1]), algorithm="random", runs=10_000, processes=2)
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it
try:
    run_street(request, lambda done: print(done, flush=True))
except KeyboardInterrupt:
    sys.exit({INTERRUPTED})
"""


def test_ctrl_c_ends_it_and_its_processes(folder: Path) -> None:
    """The signal goes to the whole group of processes, as a terminal's does."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == b"1\n"
        os.killpg(running.pid, signal.SIGINT)
        _, err = running.communicate(timeout=60)  # until nobody has the other end of its pipes: none of its processes lives
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
    assert (running.returncode, err) == (INTERRUPTED, b"")
