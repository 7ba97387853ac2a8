"""Pages over real sockets: taken, kept, and too large, too slow, gone or odd."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gw_spaceheat.links.web_page import Fetched, PageError, WebPage

BODIES = {"/good": b"one,two", "/large": b"x" * 2000, "/odd": b"\xff\xfe"}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = BODIES.get(self.path.split("?")[0])
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def page(server: ThreadingHTTPServer, path: str, folder: Path) -> WebPage:
    return WebPage(f"http://127.0.0.1:{server.server_address[1]}{path}", folder, largest_bytes=1000)


def test_a_page_is_kept_for_when_the_server_is_gone(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    good = page(server, "/good?key=secret", tmp_path / "kept")
    assert good.fetch(1000) == Fetched("one,two", 1000)
    BODIES["/good"], before = b"x" * 2000, BODIES["/good"]
    try:
        kept = good.fetch(5000)
    finally:
        BODIES["/good"] = before
    assert (kept.text, kept.made_ms) == ("one,two", 1000)
    assert "larger than 1000 bytes" in kept.trouble
    assert "secret" not in kept.trouble
    assert good.fetch(6000) == Fetched("one,two", 6000)


@pytest.mark.parametrize(("path", "words"), [("/large", "larger"), ("/odd", "UTF-8"), ("/none", "404")])
def test_what_cannot_be_had(server: ThreadingHTTPServer, tmp_path: Path, path: str, words: str) -> None:
    with pytest.raises(PageError, match=words):
        page(server, path, tmp_path).fetch(1000)


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="ConnectError"):
        WebPage("http://127.0.0.1:9/x", tmp_path).fetch(1000)


def test_a_folder_that_takes_nothing_harms_nobody(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here")
    assert page(server, "/good", blocked).fetch(1000).text == "one,two"


@pytest.mark.parametrize("url", ["ftp://host/x", "https:///x", "https://user:password@host/x", "x.csv"])
def test_what_is_no_address(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https") as caught:
        WebPage(url, tmp_path)
    assert "password@" not in str(caught.value)
