"""The demonstration: two brokers, a simulated house in a Maine winter, its AtomicTNode, an Ear and the pages, a process each.

Each of them ends when this process is gone, however it went: they, like the brokers' keepers, read a pipe that only this
process holds open (a signal at the parent's death, prctl, exists on Linux only).
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from gw_spaceheat.apps.archive import ARCHIVE_FOLDER
from gw_spaceheat.apps.contracts import CONTRACTS_FOLDER
from gw_spaceheat.apps.houses import house_to_start
from gw_spaceheat.apps.outboxes import OUTBOX_FOLDER
from gw_spaceheat.apps.process import STOP_WITHIN_S, child_environment
from gw_spaceheat.apps.settings import read_settings
from gw_spaceheat.core.planner.figures import can_be_planned
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.runtime.ending import END_SIGNALS, Ending, ended_by_signals

HOUSE = "hw1.isone.me.millinocket.oak"
SPEED = 60.0
START = datetime(2018, 1, 8, 5)  # noqa: DTZ001 - UTC: midnight in Maine
STATUS_EVERY_S = 15.0
LOOK_EVERY_S = 0.2
FREE_PORT = "127.0.0.1:0"
"""Where the SCADA tells how it is, if nothing else is said, and where the pages are; each says which port it got."""
LISTENING = b"uplink: connected"
EAR_LISTENS_WITHIN_S = 15.0


FORECASTS = "synthetic"
"""Prices and weather that the AtomicTNode plans with, if the settings name none."""
STANDING_W = 3000
"""Average power of the standing contract that the AtomicTNode keeps [W]."""


def run_demo(
    house: str | None,
    file: Path | None,
    speed: float | None,
    start: datetime | None,
    seconds: float | None,
    say: Callable[[str], None],
    health: str | None = None,
) -> int:
    """Start all of it, wait for Ctrl-C, SIGTERM or the end of a part, and stop all of it.

    Returns:
        0 after an orderly stop; 1 when one of the processes ended by itself.
    """
    settings = read_settings()
    houses = file or settings.houses_path()
    alias = house or HOUSE
    found, _ = house_to_start(houses, alias)  # tell what is wrong with it before anything starts
    plans = can_be_planned(found)
    folder = settings.data_folder / "demo"
    broker = start_broker(folder / "broker-cloud")
    inside = start_broker(folder / "broker-house")
    pace = ["--speed", f"{speed or SPEED:g}", "--start", (start or START).isoformat(), "--origin", f"{time.time():.6f}"]
    does = "buys when it is cheap" if plans else "does what the house would do by itself"
    say(_welcome(alias, does, speed or SPEED, broker, inside, folder))
    here = ["--house", alias, "--file", str(houses)]
    commands = {
        "ear": ["ear", "run", "--folder", str(folder / "ear"), "--url", broker.url, *pace],
        "scada": [
            *["run", *here, "--broker", broker.url, "--local-broker", inside.url],
            *["--health", health or settings.health_listen or FREE_PORT, *pace],
        ],
        "atn": [
            *["atn", *here, "--url", broker.url, "--status-every", f"{STATUS_EVERY_S:g}"],
            *["--standing", str(STANDING_W), "--plan" if plans else "--mirror", *pace],
        ],
    }
    if find_spec("dash") is not None:
        brokers = ["--url", broker.url, "--local-broker", inside.url]
        commands["web"] = ["web", *here, *brokers, "--folder", str(folder / "ear"), "--listen", FREE_PORT, *pace]
    for kept in (CONTRACTS_FOLDER, OUTBOX_FOLDER, ARCHIVE_FOLDER):  # each demonstration begins on the same simulated day
        shutil.rmtree(folder / kept, ignore_errors=True)
    environment = {
        "GWS_DATA_FOLDER": str(folder),
        "GWS_PRICES": settings.prices or FORECASTS,
        "GWS_WEATHER": settings.weather or FORECASTS,
    }
    over = Ending()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    belongs, owns = os.pipe()
    with ended_by_signals(over, *END_SIGNALS, signal.SIGHUP):
        try:
            for name, words in commands.items():
                processes[name] = _start(words, environment, belongs)
                if name == "ear":
                    _wait_until_it_listens(processes[name], over)
            return _watch(processes, over, seconds, say)
        finally:
            _stop(processes)
            inside.stop()
            broker.stop()
            os.close(belongs)
            os.close(owns)
            say(f"What the Ear heard: gws ear tail {alias} --folder {folder / 'ear'}")


def _welcome(alias: str, does: str, speed: float, broker: RunningBroker, inside: RunningBroker, folder: Path) -> str:
    return (
        f"{alias}, simulated, {speed:g} times faster than life, broker {broker.kind} at {broker.url}.\n"
        f"Its AtomicTNode {does}, and shows below what it knows, every {STATUS_EVERY_S:g} s; type status, on NODE, off NODE\n"
        "or help.\n"
        f"To take the house yourself: gws take --for 30m --house {alias} --local-broker {inside.url}\n"
        f"Every message is written to {folder / 'ear'}. Ctrl-C ends it."
    )


def _start(words: list[str], more: Mapping[str, str], owner: int) -> "subprocess.Popen[bytes]":
    at_terminal = words[0] == "atn"
    return subprocess.Popen(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "gw_spaceheat", *words, "--owner", str(owner)],
        stdin=None if at_terminal else subprocess.DEVNULL,
        stderr=subprocess.PIPE if words[0] == "ear" else None,
        env={**child_environment(), **more},
        pass_fds=(owner,),
        # Ctrl-C goes to all processes at the terminal at once; the others are to end in order
        start_new_session=not at_terminal,
    )


def _wait_until_it_listens(ear: "subprocess.Popen[bytes]", over: Ending) -> None:
    """The others start when the Ear listens, for what is said before that it cannot keep. Its log goes on to ours."""
    listens = threading.Event()

    def pass_on() -> None:
        for line in ear.stderr or ():
            sys.stderr.write(line.decode(errors="replace"))
            if LISTENING in line:
                listens.set()

    threading.Thread(target=pass_on, name="log of the ear", daemon=True).start()
    until_s = time.monotonic() + EAR_LISTENS_WITHIN_S
    while not listens.wait(LOOK_EVERY_S) and not over.is_set() and ear.poll() is None and time.monotonic() < until_s:
        pass


def _watch(
    processes: dict[str, "subprocess.Popen[bytes]"], over: Ending, seconds: float | None, say: Callable[[str], None]
) -> int:
    ends_s = None if seconds is None else time.monotonic() + seconds
    while not over.wait(LOOK_EVERY_S):
        for name, process in processes.items():
            if process.poll() is not None:
                say(f"{name} has ended with code {process.returncode}")
                return 0 if name == "atn" and process.returncode == 0 else 1
        if ends_s is not None and time.monotonic() >= ends_s:
            return 0
    return 0


def _stop(processes: dict[str, "subprocess.Popen[bytes]"]) -> None:
    """The SCADA first, so that its last words are heard."""
    for name in ("web", "scada", "atn", "ear"):
        process = processes.get(name)
        if process is None or process.poll() is not None:
            continue
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S + 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
