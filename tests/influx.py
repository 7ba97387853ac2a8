"""A real InfluxDB 1.x on a free port, for tests."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

PATIENCE_S = 30.0
DATABASE = "house"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Influx:
    """A server that can be stopped and started again on its port, with what it knew."""

    def __init__(self, folder: Path) -> None:
        self.port, rpc = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "influx.conf").write_text(
            f"""reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
""",
            encoding="utf-8",
        )

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["influxd", "run", "-config", str(self._folder / "influx.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert time.monotonic() < until, "influxd does not answer"
            assert self._process.poll() is None, "influxd has ended"
            time.sleep(0.05)  # a process of others, which cannot tell
        self.ask(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(PATIENCE_S)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ping", timeout=1.0).status_code == 204
        except httpx.HTTPError:
            return False

    def ask(self, query: str) -> Any:
        answer = httpx.post(f"{self.url}/query", params={"q": query, "db": DATABASE, "epoch": "ms"}, timeout=PATIENCE_S)
        return json.loads(answer.text)["results"][0]

    def rows(self, query: str) -> list[list[Any]]:
        """Values of the first series; empty for none."""
        series = self.ask(query).get("series", [])
        return list(series[0]["values"]) if series else []


@contextmanager
def influx(folder: Path) -> Iterator[Influx]:
    """A running server; skips where Debian's package is not installed."""
    if shutil.which("influxd") is None:
        pytest.skip("needs the Debian package influxdb")
    server = Influx(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
