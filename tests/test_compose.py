"""The containers that ship: what their files say, and that what they start is what this package has. Needs no Docker."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links.broker import start_broker
from gw_spaceheat.links.rabbitmq import Rabbit, find_rabbitmq

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("meter", "pv", "ear", "web")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "VOLUME", "USER", "ENTRYPOINT", "CMD"}
PATIENCE_S = 60.0


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_there_are_six_services() -> None:
    assert set(SERVICES) == {"mosquitto", "rabbitmq", *OURS}
    assert set(COMPOSE) <= {"name", "services", "networks", "volumes"} | {key for key in COMPOSE if key.startswith("x-")}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_comes_back_keeps_its_log_small_and_has_no_secret_in_it(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"] == {"max-size": "1m", "max-file": "5"}
    for key, value in service.get("environment", {}).items():
        if "PASS" in key or "BROKER" in key:
            assert re.search(r"\$\{GWS_\w+_PASSWORD:\?", value), f"{key} of {name} is taken from deploy/.env, and must be there"
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (DEPLOY / source).is_file()
    assert set(service["networks"]) <= set(COMPOSE["networks"])


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_can_do_little_and_is_built_from_this_checkout(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    target = service["build"]["target"]
    assert re.search(rf"^FROM \S+ AS {target}$", DOCKERFILE, re.MULTILINE)
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).samefile(DEPLOY / "Dockerfile")
    assert service["image"] == f"gw-spaceheat/{target}"
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


def test_images_of_others_have_a_version() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    images += [rest.split()[0] for word, rest in instructions() if word == "FROM" and " AS web" not in rest]
    assert [image for image in images if not re.search(r":\d+(\.\d+)*\S*$", image)] == []


def test_the_dockerfile_is_in_order() -> None:
    found = instructions()
    assert {word for word, _ in found} <= INSTRUCTIONS
    for word, rest in found:
        if word in {"ENTRYPOINT", "CMD"}:
            assert isinstance(json.loads(rest), list), "as a list, so that signals reach the process"
        if word == "COPY":
            *sources, _ = rest.split()
            for source in sources:
                assert (ROOT / source).exists(), source
                assert f"!{Path(source).parts[0]}" in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    users = [rest for word, rest in found if word == "USER"]
    assert users[-1] == "10001:10001"
    first = next(index for index, (word, _) in enumerate(found) if word == "USER")
    assert found[first][1] == "10001:10001"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The services of ours as processes of this machine."""

    def __init__(self, folder: Path, amqp_url: str, mqtt_url: str) -> None:
        self.folder = folder
        self.ports = {port: str(_free_port()) for port in ("8081", "8082", "8050")}
        self._urls = {"amqp": amqp_url, "mqtt": mqtt_url}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """What the service's container would start."""
        own = self.folder / name
        own.mkdir()
        environment = {key: self._here(str(value), own) for key, value in SERVICES[name]["environment"].items()}
        command = [self._here(word, own) for word in SERVICES[name]["command"]]
        houses = str(ROOT / "input_data" / "houses.json")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "gw_spaceheat", *command],
            env={**child_environment(), "GWS_DATA_FOLDER": str(own), "GWS_HOUSES_FILE": houses, **environment},
            cwd=own,
            stdout=(own / "out").open("wb"),
            stderr=subprocess.STDOUT,
        )

    def _here(self, text: str, own: Path) -> str:
        text = re.sub(r"^amqp://.*@rabbitmq:5672/$", self._urls["amqp"], text)
        text = text.replace("mqtt://mosquitto:1883", self._urls["mqtt"]).replace("0.0.0.0:", "127.0.0.1:")
        text = re.sub(r"\$\{(\w+):\?[^}]*\}", "secret", text)
        text = re.sub(r"^/data", str(own), text)
        text = re.sub(r"^/ear/", f"{self.folder / 'ear'}/", text)
        for theirs, ours in self.ports.items():
            text = re.sub(rf":{theirs}$", f":{ours}", text)
        return text

    def page(self, port: str, path: str) -> tuple[int, bytes]:
        """Status and text of a page, once it is served."""
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[port]}{path}", timeout=5.0) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()
            except OSError:
                assert time.monotonic() < until_s, self.said()
                time.sleep(0.05)

    def said(self) -> str:
        """What the processes have written."""
        return "\n".join(f"{name}: {(self.folder / name / 'out').read_text(errors='replace')}" for name in self.processes)

    def stop(self) -> dict[str, int]:
        """Stop all in order; their exit codes."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(PATIENCE_S) for name, process in self.processes.items()}

    def kill(self) -> None:
        """End what still is."""
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_the_commands_start_without_brokers_say_so_and_stop_when_told(tmp_path: Path, stack: ExitStack) -> None:
    running = Running(tmp_path, "amqp://127.0.0.1:1/", "mqtt://127.0.0.1:1")
    stack.callback(running.kill)
    for name in OURS:
        running.start(name)
    for port in ("8081", "8082"):
        status, body = running.page(port, "/healthz")
        assert (status, json.loads(body)["status"]) == (503, "degraded")
    assert running.page("8050", "/")[0] == 200
    assert [name for name, process in running.processes.items() if process.poll() is not None] == [], running.said()
    assert running.stop() == dict.fromkeys(OURS, 0), running.said()
    log = (tmp_path / "pv" / "log" / "pv.log").read_text(encoding="utf-8")
    assert log.count("not connected") == 1
    assert "secret" not in log + running.said()


@pytest.mark.slow
@pytest.mark.skipif(find_rabbitmq() is None, reason="RabbitMQ is not installed (Debian package rabbitmq-server)")
def test_the_commands_work_together(tmp_path: Path, stack: ExitStack) -> None:
    rabbit = stack.enter_context(Rabbit(tmp_path / "rabbit"))
    broker = stack.enter_context(start_broker(tmp_path / "broker"))
    running = Running(tmp_path, rabbit.url, broker.url)
    stack.callback(running.kill)
    for name in OURS:
        running.start(name)
    until_s = time.monotonic() + PATIENCE_S
    while json.loads(running.page("8082", "/healthz")[1]).get("written", 0) < 6:
        assert time.monotonic() < until_s, running.said()
        time.sleep(0.1)
    for port in ("8081", "8082"):
        assert running.page(port, "/healthz")[0] == 200
    assert running.stop() == dict.fromkeys(OURS, 0), running.said()
    files = sorted((tmp_path / "pv" / "pv").glob("*.csv"))
    assert len({path.name.split("_")[0] for path in files}) == 3
