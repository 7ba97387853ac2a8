"""What `gws web` costs: a page of a month of thirty channels, ten people who look at such pages, and the memory for it."""

import gzip
import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gw_spaceheat.apps.bench.usage import usage
from gw_spaceheat.apps.process import child_environment

HOUSE = "hw1.isone.me.millinocket.oak"
START = datetime(2018, 1, 1, tzinfo=UTC)
DAYS = 31
OTHER_PLACES_MS = 60_000
"""Every view is of a month that begins a minute later, so that none was made before."""
LOOKS_S = 5.0
POLLS_S = 1.0
STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 10.0
_ADDRESS = re.compile(r"at http://([^:]+):(\d+)")
_CODE = re.compile(r"code ([0-9a-f]+)")


@dataclass(slots=True)
class _Viewer:
    """One browser: its connection, its cookie, and what its views have taken [ms]."""

    address: tuple[str, int]
    cookie: str = ""
    taken_ms: list[float] = field(default_factory=list)
    polls_ms: list[float] = field(default_factory=list)
    sent_bytes: int = 0

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, bytes, str]:
        """One request; gives its status, its body and the cookie that was set."""
        connection = http.client.HTTPConnection(*self.address, timeout=STARTS_WITHIN_S)
        try:
            host = f"http://{self.address[0]}:{self.address[1]}"
            headers = {"Accept-Encoding": "gzip", "Content-Type": kind, "Cookie": self.cookie, "Origin": host}
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            data = answer.read()
            self.sent_bytes += len(data) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
            is_packed = answer.getheader("Content-Encoding") == "gzip"
            return answer.status, gzip.decompress(data) if is_packed else data, answer.getheader("Set-Cookie") or ""
        finally:
            connection.close()

    def view(self, end_ms: int) -> dict[str, object]:
        """What a browser asks for to show a month, but for its libraries, which it keeps; raises RuntimeError if refused."""
        before_s = time.perf_counter()
        search = f"?house={HOUSE}&length=month&to={end_ms}"
        for path in (f"/day{search}", "/_dash-layout", "/_dash-dependencies"):
            self._need(self.ask("GET", path))
        outputs = [{"id": name, "property": prop} for name, prop in _OUTPUTS]
        inputs = [
            {"id": "address", "property": name, "value": value} for name, value in (("pathname", "/day"), ("search", search))
        ]
        body = {
            "output": ".." + "...".join(f"{name}.{prop}" for name, prop in _OUTPUTS) + "..",
            "outputs": outputs,
            "inputs": inputs,
            "changedPropIds": ["address.pathname"],
        }
        told = self._need(self.ask("POST", "/_dash-update-component", json.dumps(body)))
        self.taken_ms.append(1000.0 * (time.perf_counter() - before_s))
        found: dict[str, object] = json.loads(told)
        return found

    def poll(self) -> None:
        """What the page of the house asks for each second."""
        before_s = time.perf_counter()
        self._need(self.ask("GET", f"/live/?house={HOUSE}"))
        self.polls_ms.append(1000.0 * (time.perf_counter() - before_s))

    def _need(self, answer: tuple[int, bytes, str]) -> bytes:
        if answer[0] != http.client.OK:
            raise RuntimeError(f"the server answers {answer[0]}: {answer[1][:200]!r}")
        return answer[1]


_OUTPUTS = (("page", "children"), ("menu", "children"), ("house", "data"), ("house", "value"))


def measure(houses: Path, viewers: int = 10, views: int = 6, days: int = DAYS) -> dict[str, object]:
    """Serve a simulated month from one core, and look at it.

    Args:
        houses: The house file.
        viewers: How many people look at the same time; each opens a month every five seconds, and polls every second.
        views: How many months each opens.
        days: How many days are simulated.

    Raises:
        RuntimeError: The simulation or the server failed; the text has its last words.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _simulate(houses, folder, days)
        process, address, code = _serve(houses, folder, START + timedelta(days=days))
        try:
            first = _Viewer(address)
            first.cookie = _sign_in(first, code)
            return _looked(process.pid, first, viewers, views, days)
        finally:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _looked(pid: int, first: _Viewer, viewers: int, views: int, days: int) -> dict[str, object]:
    end_ms = round((START + timedelta(days=days)).timestamp() * 1000)
    first.view(end_ms)  # what is read or made once is there then
    first.taken_ms.clear()
    first.sent_bytes = 0
    channels = 0
    for number in range(1, 8):
        channels = _channels(first.view(end_ms - number * OTHER_PLACES_MS))
    page_ms, page_kb = statistics.median(first.taken_ms), first.sent_bytes / len(first.taken_ms) / 1000.0
    crowd = [_Viewer(first.address, first.cookie) for _ in range(viewers)]
    threads = [threading.Thread(target=_look, args=(one, index, viewers, views, end_ms)) for index, one in enumerate(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = sorted(ms for one in crowd for ms in one.taken_ms)
    polls = sorted(ms for one in crowd for ms in one.polls_ms)
    used = usage(pid)
    if len(taken) != viewers * views:
        raise RuntimeError(f"{viewers * views - len(taken)} of {viewers * views} views failed")
    return {
        "page_ms": page_ms,
        "page_kb": page_kb,
        "p95_ms": taken[int(0.95 * (len(taken) - 1))],
        "p50_ms": statistics.median(taken),
        "poll_p95_ms": polls[int(0.95 * (len(polls) - 1))],
        "viewers": viewers,
        "views": len(taken),
        "channels": channels,
        "days": days,
        "rss_mb": used.rss_mb,
        "peak_rss_mb": used.peak_rss_mb,
        "cores": len(os.sched_getaffinity(pid)),
    }


def _look(viewer: _Viewer, index: int, viewers: int, views: int, end_ms: int) -> None:
    """A person: opens a month, looks at it for a while, opens another one."""
    time.sleep(index * LOOKS_S / viewers)
    for number in range(views):
        until_s = time.monotonic() + LOOKS_S
        viewer.view(end_ms - (100 + index * views + number) * OTHER_PLACES_MS)
        while (left_s := until_s - time.monotonic()) > 0:
            viewer.poll()
            time.sleep(min(POLLS_S, left_s))


def _channels(told: dict[str, object]) -> int:
    """How many lines the figure has that stand for a channel."""
    return json.dumps(told).count('"legendgroup"') - json.dumps(told).count('"toself"')


def _simulate(houses: Path, folder: Path, days: int) -> None:
    words = ["simulate", HOUSE, "--file", str(houses), "--start", f"{START:%Y-%m-%d}", "--days", str(days), "--json"]
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "gw_spaceheat", *words, "--out", str(folder / "month")],
        capture_output=True,
        env=child_environment(),
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the simulation failed: {done.stderr.decode(errors='replace')[-400:]}")


def _serve(houses: Path, folder: Path, now: datetime) -> "tuple[subprocess.Popen[str], tuple[str, int], str]":
    """A server on one core, where it listens, and the code for its first start."""
    words = ["web", "--listen", "127.0.0.1:0", "--file", str(houses), "--house", HOUSE]
    words += ["--folder", str(folder / "month" / "readings"), "--start", f"{now:%Y-%m-%dT%H:%M:%S}"]
    nobody = {"GWS_UPLINK_URL": "None", "GWS_LOCAL_URL": "None", "GWS_DATA_FOLDER": str(folder / "data")}
    process = subprocess.Popen(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "gw_spaceheat", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**child_environment(), **nobody, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    address = _ADDRESS.search(process.stdout.readline())
    code = _CODE.search(process.stdout.readline())
    if address is None or code is None:
        process.kill()
        raise RuntimeError(f"the server did not start: it ended with {process.wait()}")
    core = min(os.sched_getaffinity(0))
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})
    return process, (address[1], int(address[2])), code[1]


def _sign_in(viewer: _Viewer, code: str) -> str:
    password = secrets.token_urlsafe(12)
    status, body, cookie = viewer.ask(
        "POST", "/setup", f"code={code}&operator={password}&viewer=", "application/x-www-form-urlencoded"
    )
    if status != http.client.FOUND or not cookie:
        raise RuntimeError(f"the first start failed: {status} {body[:200]!r}")
    return cookie.partition(";")[0]
