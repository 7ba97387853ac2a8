"""A private RabbitMQ leaves nothing behind."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.links import rabbitmq
from gw_spaceheat.links.rabbitmq import Rabbit, RabbitError, find_rabbitmq

PATIENCE_S = 60.0
OWNER = """\
import os, pathlib, signal, sys
from gw_spaceheat.links.rabbitmq import Rabbit
rabbit = Rabbit(pathlib.Path(sys.argv[1]))
rabbit.start()
print(rabbit.port, rabbit._epmd_port, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_where_it_is_not_installed_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbitmq, "find_rabbitmq", lambda: None)
    with pytest.raises(RabbitError, match="apt install rabbitmq-server"):
        Rabbit(tmp_path).start()


@pytest.mark.slow
@pytest.mark.skipif(find_rabbitmq() is None, reason="RabbitMQ is not installed (Debian package rabbitmq-server)")
def test_it_ends_with_its_owner_however_that_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OWNER, tmp_path / "rabbit"],
        env=child_environment(),
        stdout=subprocess.PIPE,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == -9
    for port in done.stdout.split():
        for _ in range(3000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) != 0:
                    break
            threading.Event().wait(0.01)
        else:
            pytest.fail(f"something still listens on port {int(port)}")
