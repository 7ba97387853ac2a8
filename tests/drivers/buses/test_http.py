"""HTTP to devices that misbehave: a body, or an error in bounded time, and the next call is none the worse."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from gw_spaceheat.drivers.base import DeviceError
from gw_spaceheat.drivers.buses import http
from gw_spaceheat.drivers.buses.http import HttpDevice
from gw_spaceheat.drivers.buses.shared import BusError
from tests.drivers.fakes.http import Device, served


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.3)


def bounded(call: Callable[[], object]) -> object:
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(call())
        except DeviceError as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert outcome, "the call does not end"
    return outcome[0]


def device() -> Device:
    return Device({"/hello": lambda query: {"said": query.get("say", "")}})


def test_a_body_comes() -> None:
    with served(device()) as port:
        client = HttpDevice("127.0.0.1", port)
        assert client.get("/hello", say="yes") == b'{"said": "yes"}'
        client.close()
        client.close()
        assert client.get("/hello") == b'{"said": ""}'
        client.close()


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("silence", "within 0.3 s"),
        ("drip", "within 0.3 s"),
        ("drip-body", "within 0.3 s"),
        ("hang-up", "does not answer well"),
        ("garbage", "does not answer well"),
        ("500", "answers 500"),
        ("huge", "more than 65536 bytes"),
    ],
)
def test_what_misbehaves_is_an_error_in_time_and_passes(mood: str, words: str) -> None:
    fake = device()
    with served(fake) as port:
        client = HttpDevice("127.0.0.1", port)
        fake.mood = mood
        told = bounded(lambda: client.get("/hello"))
        assert isinstance(told, BusError), told
        assert words in str(told)
        assert f"127.0.0.1:{port}/hello" in str(told)
        fake.mood = "well"
        assert bounded(lambda: client.get("/hello")) == b'{"said": ""}'
        client.close()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_authentication(algorithm: str) -> None:
    fake = device()
    fake.digest = ("me", "secret-word", "a realm", algorithm)
    with served(fake) as port:
        right = HttpDevice("127.0.0.1", port, "me", "secret-word", digest=True)
        assert right.get("/hello", say="a b") == b'{"said": "a b"}'
        right.close()
        for user, password in (("me", "wrong"), ("", "")):
            wrong = HttpDevice("127.0.0.1", port, user, password, digest=True)
            told = bounded(lambda wrong=wrong: wrong.get("/hello"))
            assert "answers 401" in str(told)
            assert "secret-word" not in str(told)
            assert "wrong" not in str(told)
            wrong.close()


def test_a_resolver_that_takes_its_time_holds_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    lookup, questions, real = threading.Event(), [], socket.getaddrinfo

    def slow(host: str, *more: Any, **named: Any) -> Any:
        questions.append(host)
        lookup.wait(30)
        return real("127.0.0.1", *more, **named)

    with served(device()) as port:
        monkeypatch.setattr(http.socket, "getaddrinfo", slow)
        client = HttpDevice("device.local", port)
        for _ in range(2):
            told = bounded(lambda: client.get("/hello"))
            assert "device.local is not resolved in time; give the device a fixed address" in str(told)
        lookup.set()
        assert bounded(lambda: client.get("/hello")) == b'{"said": ""}'
        assert questions.count("device.local") == 1, "an open question is not asked again"
        client.close()


def test_a_name_that_is_none() -> None:
    for host in ("no.such.host.invalid", "x" * 70 + ".example"):
        assert isinstance(bounded(lambda host=host: HttpDevice(host, 80).get("/hello")), BusError)


def test_nobody_there() -> None:
    told = bounded(lambda: HttpDevice("127.0.0.1", 9).get("/hello"))
    assert isinstance(told, BusError)


STREAMS: dict[str, list[bytes]] = {
    "one line": [b"data: 17\n\n"],
    "in halves": [b"da", b"ta: 1", b"7\n"],
    "other lines first": [b": comment\nevent: x\nda: no\n", b"data: 17\ndata: 18\n"],
    "a line cut short before": [b"ta: 16\ndata: 17\n"],
}


@pytest.mark.parametrize("chunks", STREAMS.values(), ids=STREAMS)
def test_the_first_whole_line_of_a_stream(chunks: list[bytes]) -> None:
    fake = device()
    fake.stream = chunks
    with served(fake) as port:
        client = HttpDevice("127.0.0.1", port)
        for _ in range(2):
            assert bounded(lambda: client.first_line("/stream/meter", "data:")) == "17"
        client.close()


@pytest.mark.parametrize("chunks", [[], [b"data: half a line"], [b"x" * 1000 + b"\n"] * 100], ids=["none", "half", "flood"])
def test_a_stream_without_a_whole_line_is_an_error_in_time(chunks: list[bytes]) -> None:
    fake = device()
    fake.stream = chunks
    with served(fake) as port:
        client = HttpDevice("127.0.0.1", port)
        assert isinstance(bounded(lambda: client.first_line("/stream/meter", "data:")), BusError)
        client.close()
