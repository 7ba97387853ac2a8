"""What a service manager is told, over a real socket."""

import os
import sys
from pathlib import Path

import pytest

from gw_spaceheat.runtime.notify import MOST_CHARACTERS, ServiceManager
from tests.service_manager import FakeManager

PID = 4711


@pytest.mark.parametrize("abstract", [False, True])
def test_each_state_is_told_in_its_own_words(tmp_path: Path, abstract: bool) -> None:
    if abstract and sys.platform != "linux":
        pytest.skip("abstract sockets are of Linux")
    with FakeManager(tmp_path, abstract) as heard:
        manager = ServiceManager.from_environment(heard.environment, PID)
        manager.ready("runs")
        manager.pat()
        manager.status("in trouble: a.tank.temp0")
        manager.stopping("stops")
        heard.wait_for("STATUS=stops")
    told = ["READY=1", "STATUS=runs", "WATCHDOG=1", "STATUS=in trouble: a.tank.temp0", "STOPPING=1", "STATUS=stops"]
    assert heard.all == told


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(PID)}, 30.0),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_whether_it_watches(environment: dict[str, str], watchdog_s: float | None) -> None:
    assert ServiceManager.from_environment({"NOTIFY_SOCKET": "/run/notify", **environment}, PID).watchdog_s == watchdog_s


@pytest.mark.parametrize("address", ["", "/", "@", "vsock:2:1", "relative"])
def test_a_socket_of_another_kind_is_none_at_all(address: str) -> None:
    manager = ServiceManager.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"}, PID)
    manager.ready("runs")
    assert manager.watchdog_s is None


def test_nobody_listens_and_nothing_happens(tmp_path: Path) -> None:
    manager = ServiceManager(str(tmp_path / "nowhere"))
    manager.ready("runs")
    manager.pat()
    manager.stopping("stops")


def test_what_could_not_be_said_is_said_with_the_next_but_no_pat_of_old(tmp_path: Path) -> None:
    """A late pat would be for a moment at which nobody knows whether all was well."""
    manager = ServiceManager(str(tmp_path / "notify"))
    manager.ready("runs")
    manager.pat()
    with FakeManager(tmp_path) as heard:
        manager.status("in trouble: scada")
        heard.wait_for("STATUS=")
    assert heard.all == ["READY=1", "STATUS=in trouble: scada"]


def test_a_listener_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    """Its queue is full after some hundred; what is newest is told when there is room again."""
    heard = FakeManager(tmp_path)
    heard._ear.bind(heard.address)
    manager = ServiceManager(heard.address)
    for number in range(5_000):
        manager.status(f"status {number}")
    heard._ear.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            heard._ear.recv(4096)
    manager.pat()
    assert heard._ear.recv(4096) == b"STATUS=status 4999\nWATCHDOG=1"
    heard._ear.close()


def test_a_status_is_one_line_and_not_too_long(tmp_path: Path) -> None:
    """Else what a device says could pat the watchdog."""
    with FakeManager(tmp_path) as heard:
        manager = ServiceManager(heard.address)
        manager.status("lost\nWATCHDOG=1\r\n" + os.linesep + "x" * 2 * MOST_CHARACTERS)
        heard.wait_for("STATUS=")
    assert heard.all[0].startswith("STATUS=lost WATCHDOG=1 xxx")
    assert len(heard.all[0]) == len("STATUS=") + MOST_CHARACTERS
