"""`gws supervise`: words for the console and one-shot commands, with exit codes."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from gw_spaceheat.apps.process import child_environment
from gw_spaceheat.cli.exits import Exit
from gw_spaceheat.cli.main import main
from gw_spaceheat.links.broker import BrokerKind, start_broker
from tests.apps.supervise.people import PATIENCE_S, server
from tests.links.conftest import require_mosquitto


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a broker with a server."""
    require_mosquitto()
    monkeypatch.chdir(tmp_path)
    with start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as broker, server(tmp_path / "data", broker):
        yield broker.url


def test_one_shot_and_interactive(url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["supervise", "newHouse", "2", "--json", "--url", url]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {"neighbourhood": 0, "houses": [1, 2]}
    assert main(["supervise", "newConsumer", "1", "a big 'lamp'; touch x", "--url", url]) == Exit.OK
    assert "(a big 'lamp'; touch x)" in capsys.readouterr().out
    assert main(["supervise", "showHouse", "999", "--url", url]) == Exit.USAGE
    assert "has no house 999; houses are 1, 2" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", StringIO("showHouses()\n\nshowHuses\nexit\nnewHouse\n"))
    assert main(["supervise", "console", "--url", url]) == Exit.OK
    told = capsys.readouterr()
    assert "Neighborhood/0/House/2: 0 Consumers | 0 Suppliers" in told.out
    assert "did you mean showHouses?" in told.err
    monkeypatch.setattr("sys.stdin", StringIO("showHouses"))
    assert main(["supervise", "console", "--json", "--url", url]) == Exit.OK
    assert len(json.loads(capsys.readouterr().out.splitlines()[0])["data"][0]["houses"]) == 2
    assert not Path("x").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["showHouse"], "takes 1 argument"),
        (["setConsumer", "1", "1"], "write setConsumer HOUSE NUMBER 0|1"),
        (["newConsumer", "1", "\"'"], "both kinds of quotation marks"),
        (["newhouse"], "No such command 'newhouse'"),
    ],
)
def test_wrong_words_need_no_server(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["supervise", *words, "--url", "mqtt://127.0.0.1:1"]) == Exit.USAGE
    assert text in capsys.readouterr().err


def test_the_tabulator_completes_a_word(url: str) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gw_spaceheat", "supervise", "console", "--url", url],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**child_environment(), "TERM": "dumb", "GWS_UPLINK_URL": url},
    )
    os.close(theirs)
    try:
        read_until(ours, b"supervise> ")
        os.write(ours, b"STARTD\t\n")
        read_until(ours, b"with simulated devices")
        os.write(ours, b"exit\n")
        assert process.wait(PATIENCE_S) == Exit.OK
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, text: bytes) -> bytes:
    shown, until_s = b"", time.monotonic() + PATIENCE_S
    while text not in shown:
        ready, _, _ = select.select([terminal], [], [], max(until_s - time.monotonic(), 0.0))
        assert ready, shown
        shown += os.read(terminal, 4096)
    return shown


def test_a_broker_that_is_not_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.supervise.console.ANSWER_WITHIN_S", 0.4)
    assert main(["supervise", "showHouses", "--url", "mqtt://127.0.0.1:1"]) == Exit.UNAVAILABLE
    assert "check that the broker runs" in capsys.readouterr().err
