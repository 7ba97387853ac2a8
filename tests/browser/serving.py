"""A server of pages for browsers, and pages that are opened in one."""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import RunningBroker
from tests.scenarios.scene import OAK

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 30_000
OPERATOR = "operator-secret"
START = "2018-01-08T06:00:00"


class Served:
    """A server of pages with a house on its broker.

    Attributes:
        time: Words of a command that is to live in the same time.
    """

    def __init__(self, folder: Path, broker: RunningBroker, start: str = START, speed: float = 1.0) -> None:
        self.folder = folder
        self.broker = broker
        self.time = ["--start", start, "--speed", f"{speed:g}", "--origin", f"{time.time():.6f}"]
        words = ["web", "--listen", "127.0.0.1:0", "--url", broker.url, "--local-broker", broker.url, "--house", OAK]
        version = {"GWS_MQTT_VERSION": "5" if broker.version.value == "5" else "3"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gw_spaceheat", *words, "--folder", str(folder / "month" / "readings"), *self.time],
            stdout=subprocess.PIPE,
            text=True,
            env={**child_environment(), **version, "GWS_DATA_FOLDER": str(folder / "data"), "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]  # type: ignore[index]
        self.code = re.search(r"code ([0-9a-f]+)", self.process.stdout.readline())[1]  # type: ignore[index]

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 0


def opened(chromium: Any, served: Served, state: Any, path: str, **how: Any) -> Any:
    """A page of somebody who is signed in; whatever fails in its scripts fails the test, by `faults`."""
    page = chromium.new_context(storage_state=state, **how).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.faults.append(request.url) if not _is_ours(request.url, served) else None)
    page.goto(served.url + path)
    page.wait_for_selector("#page h1")
    return page


def _is_ours(url: str, served: Served) -> bool:
    return url.startswith((served.url, "data:", "blob:"))


def serious_faults(page: Any, script: str) -> list[Any]:
    """Faults of accessibility that axe-core calls serious, with where they are."""
    page.add_script_tag(content=script)
    result = page.evaluate("axe.run()")
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
        for one in result["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
