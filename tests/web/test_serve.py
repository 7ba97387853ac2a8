"""The server as it is started: it says where it is and with which code, answers, and ends with its owner or its time."""

import os
import re
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from gw_spaceheat.apps.settings import Settings, houses_file
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.runtime.clock import SystemClock
from gw_spaceheat.web.passwords import PasswordFileError
from gw_spaceheat.web.serve import MOST_BODY_BYTES, serve
from tests.web.site import OAK

NO_BROKERS = (None, None)


def run(
    folder: Path,
    say: Callable[[str], None],
    *,
    listen: str | None = None,
    seconds: float | None = None,
    owner: int | None = None,
    urls: tuple[str | None, str | None] = NO_BROKERS,
) -> int:
    settings = Settings(data_folder=folder)
    return serve(settings, listen, urls, OAK, folder / "ear", houses_file(), SystemClock(), say, seconds, owner)


def while_it_serves(folder: Path, look: Callable[[str], None]) -> list[BaseException]:
    """Start it, look at it from another thread once it has said where it is, and end it by its owner's end."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def look_and_end(said: str) -> None:
        try:
            look(said)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            failures.append(error)
        finally:
            os.close(writing)

    try:
        say: Callable[[str], None] = lambda said: threading.Thread(target=look_and_end, args=(said,)).start()  # noqa: E731
        assert run(folder, say, owner=reading) == 0
    finally:
        os.close(reading)
    return failures


def address_in(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None, said
    return found[0]


def test_it_says_where_it_is_and_answers(tmp_path: Path) -> None:
    def look(said: str) -> None:
        address = address_in(said)
        assert re.search(r"First start: code \S+ lets you set the passwords", said)
        assert httpx.get(f"{address}/healthz").text == "ok\n"
        assert httpx.get(f"{address}/").status_code == 302
        assert httpx.post(f"{address}/setup", content=b"x" * (MOST_BODY_BYTES + 1)).status_code == 413

    assert while_it_serves(tmp_path, look) == []


def test_it_ends_by_itself_and_gives_signals_and_port_back(tmp_path: Path) -> None:
    before, said = signal.getsignal(signal.SIGTERM), list[str]()
    assert run(tmp_path, said.append, seconds=0.0) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    port = address_in(said[0]).rsplit(":", 1)[1]
    assert run(tmp_path, said.append, listen=port, seconds=0.0) == 0
    assert f":{port}" in said[1]


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match=r".+"):
        run(tmp_path, print, listen=str(taken.getsockname()[1]), seconds=0.0)


def test_without_https_beyond_this_machine_there_is_a_warning(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(tmp_path, said.append, listen="0.0.0.0:0", seconds=0.0) == 0
    assert "GWS_WEB_CERT" in said[0]


def test_a_broker_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(BadUrl):
        run(tmp_path, print, urls=("somewhere", None), seconds=0.0)


def test_passwords_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "passwords.json").write_text("{", encoding="utf-8")
    with pytest.raises(PasswordFileError):
        run(tmp_path, print, seconds=0.0)
