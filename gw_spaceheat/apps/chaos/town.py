"""A house, its AtomicTNode, an Ear and the broker between them: four processes that can be killed at any moment."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt_settings import MqttVersion

START = datetime(2018, 1, 8, 5)  # noqa: DTZ001 - UTC: midnight in Maine
STANDING_W = 3000
"""Average power of the standing contract, under which reports go up [W]."""
STOP_WITHIN_S = 10.0


class Part(StrEnum):
    """One of the processes."""

    BROKER = "broker"
    SCADA = "scada"
    ATN = "atn"
    EAR = "ear"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownPlan:
    """What runs, and where.

    Attributes:
        house: Alias of the simulated house.
        houses: The house file.
        folder: For everything that is written; its own.
        speed: How much faster than life.
        broker: Which program is the broker; None for mosquitto where it is installed.
    """

    house: str
    houses: Path
    folder: Path
    speed: float
    broker: BrokerKind | None = None


class Town:
    """Starts them, kills them, starts them again. A context manager: at its end nothing runs any more."""

    def __init__(self, plan: TownPlan) -> None:
        """Remember; nothing runs before `start`."""
        self._plan = plan
        self._origin_s = time.time()
        self._broker: RunningBroker | None = None
        self._port: int | None = None
        self._urls: dict[Part, str] = {}
        self._processes: dict[Part, subprocess.Popen[bytes]] = {}
        self._logs = ExitStack()

    @property
    def ear_folder(self) -> Path:
        """Where the Ear keeps what it hears."""
        return self._plan.folder / "ear"

    @property
    def data_folder(self) -> Path:
        """Where SCADA and AtomicTNode keep theirs."""
        return self._plan.folder / "data"

    def broker(self) -> RunningBroker:
        """The broker that runs at present, or ran last."""
        if self._broker is None:
            raise RuntimeError("the broker has not been started")
        return self._broker

    def send_over(self, urls: Mapping[Part, str]) -> None:
        """Where processes that are started from now on find their broker, such as behind a proxy; else at the broker itself."""
        self._urls = dict(urls)

    def start(self, part: Part) -> None:
        """Start a part that does not run. Raises BrokerError if it is the broker and cannot be started."""
        if part is Part.BROKER:
            self._broker = start_broker(self._plan.folder / "broker", self._plan.broker, self._port)
            self._port = self._broker.port
            return
        log = self._logs.enter_context(self.log(part).open("ab"))
        self._processes[part] = subprocess.Popen(  # noqa: S603 - our own words, no shell
            [sys.executable, "-m", "gw_spaceheat", *self._words(part)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**child_environment(), **self._environment()},
            cwd=self._plan.folder,  # where no .env lies
            start_new_session=True,
        )

    def kill(self, part: Part) -> None:
        """End a part as a power cut does it, and wait until it is gone."""
        if part is Part.BROKER:
            self.broker().stop()
            return
        self._processes[part].kill()
        self._processes[part].wait()

    def pid(self, part: Part) -> int:
        """Identifier of a part's process, which is not the broker's."""
        return self._processes[part].pid

    def log(self, part: Part) -> Path:
        """Where a part writes its log."""
        return self._plan.folder / f"{part.value}.log"

    def ended(self) -> list[Part]:
        """The parts that have ended by themselves, which none should."""
        return [part for part, process in self._processes.items() if process.poll() not in (None, -9)]

    def tracebacks(self) -> list[str]:
        """The last line of each thing that was raised and written to a log, which none should be, with whose log it was."""
        found = []
        for part in self._processes:
            lines = iter(self.log(part).read_text(encoding="utf-8", errors="replace").splitlines())
            for line in lines:
                if line.startswith("Traceback"):
                    found.append(f"{part.value}: {next((more for more in lines if more[:1].strip()), line)}")
        return found

    def stop(self) -> dict[Part, int]:
        """Stop the processes in order, the SCADA first; the answer is their exit codes."""
        codes = {}
        for part in (Part.SCADA, Part.ATN, Part.EAR):
            process = self._processes.get(part)
            if process is None:
                continue
            process.terminate()
            try:
                codes[part] = process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[part] = process.wait()
        return codes

    def __enter__(self) -> "Town":
        """Itself."""
        self._plan.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Whatever still runs is killed."""
        for process in self._processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        if self._broker is not None:
            self._broker.stop()
        self._logs.close()

    def _environment(self) -> dict[str, str]:
        version = "5" if self.broker().version is MqttVersion.V5 else "3"
        return {"GWS_DATA_FOLDER": str(self.data_folder), "GWS_MQTT_VERSION": version, "GWS_LOG_LEVEL": "INFO"}

    def _words(self, part: Part) -> Sequence[str]:
        plan = self._plan
        url = self._urls.get(part, self.broker().url)
        pace = ["--speed", f"{plan.speed:g}", "--start", START.isoformat(), "--origin", f"{self._origin_s:.6f}"]
        here = ["--house", plan.house, "--file", str(plan.houses)]
        if part is Part.EAR:
            return ["ear", "run", "--folder", str(self.ear_folder), "--url", url, *pace]
        if part is Part.SCADA:
            return ["run", *here, "--broker", url, "--local-broker", "none", *pace]
        return ["atn", *here, "--url", url, "--standing", str(STANDING_W), "--mirror", *pace]
