"""The embedded broker: there when started, gone when stopped or when its owner is."""

import contextlib
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gw_spaceheat.links import broker as broker_module
from gw_spaceheat.links.broker import BrokerError, BrokerKind, RunningBroker, start_broker
from gw_spaceheat.links.mqtt_settings import MqttVersion

PATIENCE_S = 20.0


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def test_answers_until_it_is_stopped(broker: RunningBroker) -> None:
    assert broker.url == f"mqtt://127.0.0.1:{broker.port}"
    assert broker.version is (MqttVersion.V5 if broker.kind is BrokerKind.MOSQUITTO else MqttVersion.V311)
    connect(broker.port).close()
    broker.stop()
    with pytest.raises(OSError, match="refused"):
        connect(broker.port)
    broker.stop()


def test_is_not_reachable_from_outside(broker: RunningBroker) -> None:
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", broker.port), timeout=PATIENCE_S)


def test_starts_again_on_the_same_port(broker: RunningBroker, tmp_path: Path) -> None:
    connection = connect(broker.port)
    broker.stop()
    connection.close()
    with start_broker(tmp_path / "again", broker.kind, broker.port) as again:
        assert again.port == broker.port


def test_a_taken_port_is_said(kind: BrokerKind, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(BrokerError, match="taken by another program"):
        start_broker(tmp_path, kind, other.getsockname()[1])


def test_ends_with_the_process_that_started_it(kind: BrokerKind, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from gw_spaceheat.links.broker import start_broker, BrokerKind\n"
            "running = start_broker(pathlib.Path(sys.argv[1]), BrokerKind(sys.argv[2]))\n"
            "sys.stdout.write(f'{running.port}\\n'); sys.stdout.flush(); sys.stdin.read()",
            str(tmp_path),
            kind,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(broker_module.__file__).parents[2],
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    port = int(owner.stdout.readline())
    with connect(port) as connection:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        with contextlib.suppress(ConnectionResetError):  # a killed program's connections end in one way or the other
            assert connection.recv(1) == b""
    owner.stdin.close()
    owner.stdout.close()


def test_without_mosquitto_amqtt_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "find_mosquitto", lambda: None)
    with start_broker(tmp_path) as running:
        assert running.kind is BrokerKind.AMQTT


def test_asked_for_and_not_installed_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "find_mosquitto", lambda: None)
    with pytest.raises(BrokerError, match="apt install mosquitto"):
        start_broker(tmp_path, BrokerKind.MOSQUITTO)


def test_mosquitto_is_found_where_only_root_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mosquitto"
    program.touch()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(broker_module, "_USUAL_PLACES", (str(tmp_path / "nowhere"), str(tmp_path)))
    assert broker_module.find_mosquitto() == program


def test_a_program_that_ends_at_once_is_said_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\necho sick >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(broker_module, "find_mosquitto", lambda: program)
    with pytest.raises(BrokerError, match=r"ended at once on port \d+; see .*broker\.log"):
        start_broker(tmp_path / "folder", BrokerKind.MOSQUITTO)
    assert "sick" in (tmp_path / "folder" / "broker.log").read_text()
