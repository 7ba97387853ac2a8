"""A private RabbitMQ on free ports of the loopback interface, for tests and measurements; it needs Debian's rabbitmq-server.

It has its own node name, folders, cookie and port mapper (epmd), and leaves the machine's own RabbitMQ alone. For production
see `deploy/compose.yaml`.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

START_WITHIN_S = 90.0
STOP_WITHIN_S = 60.0
_HOST = "127.0.0.1"
_KEEPER = Path(__file__).with_name("broker_keeper.py")
"""Ends it when our process is gone, however it went."""
_PLACES = (Path("/usr/lib/rabbitmq/bin"), Path("/usr/local/sbin"), Path("/opt/homebrew/sbin"))
_CONF = """\
listeners.tcp.default = {host}:{port}
log.file.level = warning
disk_free_limit.absolute = 50MB
"""
_OWN_WORDS = ("PATH", "LANG", "LC_ALL", "TMPDIR")


class RabbitError(Exception):
    """It could not be started; the text says why and what to do."""


def find_rabbitmq() -> Path | None:
    """The script that starts RabbitMQ, not Debian's wrapper that changes the user; None if it is not installed."""
    found = next((place / "rabbitmq-server" for place in _PLACES if (place / "rabbitmq-server").is_file()), None)
    return found if found is not None and shutil.which("erl") is not None else None


class Rabbit:
    """One node; it can be stopped, killed and started again, and keeps what it was given in its folder."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Remember; nothing is started.

        Args:
            folder: For all that it keeps; made if it is not there.
            port: TCP port; None for a free one.
        """
        self._folder = folder
        self.port = port or _free_port()
        self._epmd_port, self._distribution_port = _free_port(), _free_port()
        self._node = f"gws{self.port}@localhost"
        self._process: subprocess.Popen[bytes] | None = None
        self._mapper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@{_HOST}:{self.port}/"

    def __enter__(self) -> "Rabbit":
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it for good."""
        self.end()

    def start(self) -> None:
        """Start it, and wait until it takes connections.

        Raises:
            RabbitError: It is not installed, ended at once, or does not answer.
        """
        program = find_rabbitmq()
        if program is None:
            raise RabbitError("RabbitMQ is not installed; install it with: apt install rabbitmq-server")
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "rabbitmq.conf").write_text(_CONF.format(host=_HOST, port=self.port), encoding="utf-8")
        (self._folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
        mapper = shutil.which("epmd")
        if self._mapper is None and mapper is not None:
            self._mapper = self._kept("mosquitto", mapper)  # else Erlang starts one, which would stay
        self._process = self._kept("group", str(program))
        until_s = time.monotonic() + START_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until_s:
                self.end()
                raise RabbitError(f"RabbitMQ does not come up on port {self.port}; see {self._folder / 'console.log'}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it in order; `start` starts it again."""
        self._end_process(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would; `start` starts it again."""
        self._end_process(signal.SIGKILL)

    def end(self) -> None:
        """End it and its port mapper, however it stands."""
        self._end_process(signal.SIGKILL)
        if self._mapper is not None:
            mapper, self._mapper = self._mapper, None
            if mapper.stdin is not None:
                mapper.stdin.close()  # which ends it
            mapper.wait()

    def _kept(self, kind: str, program: str) -> "subprocess.Popen[bytes]":
        """Start a program that ends when this process does."""
        with (self._folder / "console.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (no shell, and the arguments are our own)
                [sys.executable, "-P", str(_KEEPER), kind, program],
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _end_process(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
        until_s = time.monotonic() + STOP_WITHIN_S
        while self._accepts() and time.monotonic() < until_s:
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        own = {name: os.environ[name] for name in _OWN_WORDS if name in os.environ}
        folder = str(self._folder)
        return {
            **own,
            "HOME": folder,
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": _HOST,
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_NODE_IP_ADDRESS": _HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _answers(self) -> bool:
        """Whether it speaks AMQP, which it does later than it takes connections."""
        try:
            with socket.create_connection((_HOST, self.port), timeout=2.0) as probe:
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                return probe.recv(1) == b"\x01"
        except OSError:
            return False

    def _accepts(self) -> bool:
        try:
            socket.create_connection((_HOST, self.port), timeout=1.0).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
