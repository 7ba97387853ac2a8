"""Pages over real sockets; whoever is slow, talks nonsense or comes in numbers holds nobody up."""

import socket
import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from gw_spaceheat.core.events import Level, Note
from gw_spaceheat.links import http_pages
from gw_spaceheat.links.http_pages import MOST_AT_ONCE, HttpPages, Page
from tests.asking import PATIENCE_S, ask
from tests.scenarios.scene import Gathered


def fail() -> Page:
    raise ZeroDivisionError("a bug")


class Site:
    """Pages that are served, and what was told of it."""

    def __init__(self) -> None:
        self.told: Gathered[Note] = Gathered()
        self.go_on = threading.Event()
        self.inside: Gathered[bool] = Gathered()
        pages = {
            "/hello": lambda: Page(HTTPStatus.OK, "text/plain", b"hello\n"),
            "/ill": lambda: Page(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"ill\n"),
            "/fails": fail,
            "/slow": self.slow,
        }
        self.pages = HttpPages("127.0.0.1", 0, pages, self.told.add, "health")
        self.pages.open()
        (note,) = self.told.wait(lambda note: "http://" in note.text)
        self.port = int(note.text.split("/hello")[0].rpartition(":")[2])

    def slow(self) -> Page:
        self.inside.add(True)
        assert self.go_on.wait(PATIENCE_S)
        return Page(HTTPStatus.OK, "text/plain", b"at last\n")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def get(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        return ask(self.port, path, method)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.go_on.set()
    site.pages.close()


def test_pages_are_made_for_each_request(site: Site) -> None:
    assert site.get("/hello") == (200, b"hello\n")
    assert site.get("/ill?verbose=1") == (503, b"ill\n")
    assert site.get("/hello", "HEAD") == (200, b"")
    assert site.get("/") == (404, b"there are: /hello /ill /fails /slow\n")
    assert site.get("/hello", "POST")[0] == 501


def test_a_page_that_cannot_be_made_is_told_and_the_others_go_on(site: Site) -> None:
    assert site.get("/fails")[0] == 500
    assert site.told.all[-1] == Note(Level.ERROR, "health: /fails could not be made: ZeroDivisionError: a bug")
    assert site.get("/hello")[0] == 200


@pytest.mark.parametrize("nonsense", [b"\x00\xff" * 100 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET " + b"x" * 70_000])
def test_nonsense_ends_its_own_connection_only(site: Site, nonsense: bytes) -> None:
    with site.connect() as stranger:
        stranger.sendall(nonsense)
        stranger.shutdown(socket.SHUT_WR)
        try:
            answer = stranger.recv(1_000)
        except ConnectionError:
            answer = b""
    assert b"200" not in answer
    assert site.get("/hello")[0] == 200


def test_only_a_few_are_served_at_once(site: Site) -> None:
    """Who comes then is sent away without an answer."""
    waiting = [site.connect() for _ in range(MOST_AT_ONCE)]
    for one in waiting:
        one.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
    site.inside.wait(lambda _: True, MOST_AT_ONCE)
    with site.connect() as too_many, pytest.raises((ConnectionError, AssertionError)):
        too_many.sendall(b"GET /hello HTTP/1.0\r\n\r\n")
        assert too_many.recv(100)
    site.go_on.set()
    for one in waiting:
        with one, one.makefile("rb") as answer:
            assert answer.read().endswith(b"at last\n")
    assert site.get("/hello")[0] == 200


def test_who_says_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pages._Request, "timeout", 0.05)
    site = Site()
    with site.connect() as silent:
        assert silent.recv(100) == b""
    site.pages.close()


def test_who_says_little_by_little_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """He is never silent for long, and yet does not keep one of the few places."""
    monkeypatch.setattr(http_pages, "LONGEST_S", 0.1)
    monkeypatch.setattr(http_pages, "LOOK_EVERY_S", 0.05)
    site = Site()
    with site.connect() as slow:
        slow.settimeout(0.01)
        slow.sendall(b"GET /hello HTTP/1.0\r\n")
        ended = False
        while not ended:  # ends when he is cut off, as he must be
            try:
                slow.sendall(b"x-more: x\r\n")
                ended = slow.recv(100) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True
    assert site.get("/hello")[0] == 200
    site.pages.close()


def test_an_address_that_is_taken_is_told_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pages, "TRY_AGAIN_S", 0.01)
    told: Gathered[Note] = Gathered()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        pages = HttpPages("127.0.0.1", port, {"/hello": fail}, told.add)
        pages.open()
        told.wait(lambda note: note.level is Level.WARNING)
    told.wait(lambda note: note.level is Level.INFO)
    pages.close()
    assert [note.text for note in told.all] == [
        f"pages: 127.0.0.1:{port} cannot be listened on: Address already in use; goes on trying",
        f"pages: http://127.0.0.1:{port}/hello",
    ]


def test_it_can_be_closed_while_it_still_tries() -> None:
    told: Gathered[Note] = Gathered()
    with socket.create_server(("127.0.0.1", 0)) as other:
        pages = HttpPages("127.0.0.1", other.getsockname()[1], {}, told.add)
        pages.open()
        told.wait(lambda note: note.level is Level.WARNING)
        pages.close()


def test_nothing_listens_after_the_end(site: Site) -> None:
    site.pages.close()
    with pytest.raises(ConnectionError):
        site.connect()
