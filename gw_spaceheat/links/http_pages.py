"""Pages over HTTP for whoever looks in from this machine: a handful, made anew for each request, and only to be read.

Nobody who asks can hold up the process: he has a few seconds, only a few are served at once, and the others are sent away.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from gw_spaceheat.core.events import Level, Note

MOST_AT_ONCE = 4
LONGEST_S = 5.0
"""Whoever has not taken his page after this [s] is cut off."""
SILENT_S = 2.0
"""Whoever neither sends nor takes anything for this long [s] is cut off too."""
TRY_AGAIN_S = 30.0
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Page:
    """An answer."""

    status: HTTPStatus
    content_type: str
    body: bytes


class HttpPages:
    """Serves pages on one address, in threads of its own; an address that cannot be had is tried again."""

    def __init__(
        self, host: str, port: int, pages: Mapping[str, Callable[[], Page]], tell: Callable[[Note], None], name: str = "pages"
    ) -> None:
        """Remember; nothing is open before `open`.

        Args:
            host: Address to listen on, IPv4 or IPv6, or a name of this machine.
            port: TCP port; 0 for a free one, which is told.
            pages: What makes the page of each path; called in a thread of its own, several at once. One that raises gives
                status 500.
            tell: Takes a line for the log, in any thread.
            name: Begins each of these lines.
        """
        self._host = host
        self._port = port
        self._pages = pages
        self._tell = tell
        self._name = name
        self._lock = Lock()
        self._closing = Event()
        self._server: _Server | None = None
        self._thread = Thread(target=self._serve, name=name, daemon=True)

    def open(self) -> None:
        """Start to serve; never waits, and never fails."""
        self._thread.start()

    def close(self) -> None:
        """Serve nobody any more."""
        with self._lock:
            self._closing.set()
            server = self._server
        if server is not None:
            server.shutdown()
        if self._thread.ident is not None:
            self._thread.join()

    def _serve(self) -> None:
        reason = ""
        while not self._closing.is_set():
            try:
                server = _Server(self._host, self._port, self._pages, self._failed)
            except OSError as error:
                if not reason:
                    reason = f"{self._host}:{self._port} cannot be listened on: {error.strerror or error}"
                    self._tell(Note(Level.WARNING, f"{self._name}: {reason}; goes on trying"))
                self._closing.wait(TRY_AGAIN_S)
                continue
            self._tell(Note(Level.INFO, f"{self._name}: " + " and ".join(server.url + path for path in self._pages)))
            with server:
                with self._lock:
                    self._server = server
                if not self._closing.is_set():
                    server.serve_forever(LOOK_EVERY_S)
                    return

    def _failed(self, path: str, fault: Exception) -> None:
        self._tell(Note(Level.ERROR, f"{self._name}: {path} could not be made: {type(fault).__name__}: {fault}"))


class _Server(ThreadingMixIn, TCPServer):
    """A thread for each of a few requests; `service_actions` is called twice a second and cuts off the slow ones."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 16

    def __init__(
        self,
        host: str,
        port: int,
        pages: Mapping[str, Callable[[], Page]],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self.pages = pages
        self.failed = failed
        self._open: dict[Any, float] = {}
        self._lock = Lock()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Request)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve, or send away."""
        with self._lock:
            full = len(self._open) >= MOST_AT_ONCE
            if not full:
                self._open[request] = monotonic()
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """It has been dealt with."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut off whoever takes too long; his thread then ends by itself."""
        before_s = monotonic() - LONGEST_S
        with self._lock:
            slow = [request for request, since_s in self._open.items() if since_s < before_s]
            for request in slow:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # gone already

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever went away, or talked nonsense, is not worth a line."""


class _Request(BaseHTTPRequestHandler):
    server: _Server
    server_version = "gws"
    sys_version = ""
    timeout = SILENT_S

    def do_GET(self) -> None:
        """Answer with a page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without it."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        page = self._page(self.path.partition("?")[0])
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if with_body:
            self.wfile.write(page.body)

    def _page(self, path: str) -> Page:
        make = self.server.pages.get(path)
        if make is None:
            known = " ".join(self.server.pages)
            return Page(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", f"there are: {known}\n".encode())
        try:
            return make()
        except Exception as fault:  # noqa: BLE001 - the outermost call of a thread: told, and answered
            self.server.failed(path, fault)
            return Page(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", b"see the log\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Who asks is not told."""
